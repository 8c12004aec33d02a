"""From the link to the first item: name and telephone, then unit and rules, then the start."""

from datetime import datetime

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length, Regexp

from app.extensions import utc_now
from app.operations import attempts as engine
from app.operations.accounts import SignedIn, enter
from app.queries import attempts, contests
from app.queries.contests import Candidate, ContestRow, Used
from app.rules import prose, timing
from app.rules.admission import Reason, Refusal
from app.rules.masking import mask_phone
from app.rules.timing import Phase
from app.web import access
from app.web.candidate import bp


class EntryForm(FlaskForm):
    """姓名 + 手机号后四位; `person` names one of several namesakes."""

    name = StringField("姓名", validators=[DataRequired("请填姓名。"), Length(max=60, message="姓名太长，请核对。")])
    tail = StringField("手机号后四位", validators=[Regexp(r"^\d{4}$", message="请填四个数字。")])
    person = HiddenField()


@bp.route("/c/<slug>", methods=["GET", "POST"])
def entry(slug: str) -> ResponseReturnValue:
    """The address that the link and the QR code open."""
    contest = contest_or_404(slug)
    if request.method == "GET" and _here(contest):
        return redirect(url_for(".rules", slug=slug), code=303)
    form = EntryForm()
    namesakes: list[Candidate] = []
    if form.validate_on_submit():
        chosen = request.form.get("person", "")
        name = "".join((form.name.data or "").split())
        try:
            outcome = enter(
                contest.id,
                name,
                form.tail.data or "",
                origin=access.origin(),
                now=utc_now(),
                user_id=int(chosen) if chosen.isascii() and chosen.isdigit() else None,
            )
        except Refusal as refusal:
            return refused(contest, refusal, name=name, tail=form.tail.data), 403
        if isinstance(outcome, SignedIn):
            response = make_response(redirect(url_for(".rules", slug=slug), code=303))
            return access.remember(response, outcome.token)
        namesakes = outcome
    return render_template("candidate/entry.html", contest=contest, form=form, candidates=namesakes, now=utc_now())


@bp.get("/c/<slug>/rules")
def rules(slug: str) -> ResponseReturnValue:
    """Confirm the unit, read the rules, start or go on."""
    contest = contest_or_404(slug)
    candidate = _here(contest)
    if candidate is None:
        return _not_here(contest)
    return _rules_page(contest, candidate, utc_now())


@bp.post("/c/<slug>/attempts")
def start(slug: str) -> ResponseReturnValue:
    """Start, or go on where one was."""
    contest = contest_or_404(slug)
    candidate = _here(contest)
    if candidate is None:
        return _not_here(contest)
    now = utc_now()
    try:
        attempt_id = engine.start(
            contest.id, candidate.user_id, now=now, accept_short=bool(request.form.get("accept_short"))
        )
    except Refusal as refusal:
        flash(prose.refusal(refusal.args[0], **refusal.facts), "error")
        return _rules_page(contest, candidate, now), 409
    return redirect(url_for(".paper", attempt_id=attempt_id), code=303)


def contest_or_404(slug: str) -> ContestRow:
    """The published contest of that address."""
    contest = contests.by_slug(slug)
    if contest is None:
        abort(404)
    return contest


def refused(contest: ContestRow, refusal: Refusal, **facts: object) -> str:
    """The page that says why somebody is not let in, and the ways on."""
    return render_template(
        "candidate/refusal.html",
        contest=contest,
        reason=refusal.reason,
        sentence=prose.refusal(refusal.reason, **refusal.facts),
        reference=f"{prose.local(utc_now()):%m%d-%H%M-%S}",
        **facts,
    )


def _here(contest: ContestRow) -> Candidate | None:
    """The signed-in person's place on this contest's roster."""
    who = access.person()
    if who is None or who.contest_id not in (None, contest.id):
        return None
    return contests.candidate(contest.id, who.user_id)


def _not_here(contest: ContestRow) -> ResponseReturnValue:
    who = access.person()
    if who is not None and not who.is_limited:
        return refused(contest, Refusal(Reason.NOT_ON_ROSTER), name=who.name, tail=None), 403
    return redirect(url_for(".entry", slug=contest.slug), code=303)


def _rules_page(contest: ContestRow, candidate: Candidate, now: datetime) -> str:
    used = contests.used(candidate.entry_id)
    if used.open_id is not None and engine.close_if_overdue(used.open_id, now=now):
        used = contests.used(candidate.entry_id)
    return render_template(
        "candidate/rules.html",
        contest=contest,
        person=candidate,
        masked_phone=mask_phone(candidate.phone),
        attempts_line=_attempts_line(contest, used, now),
        rules=prose.rules(contest.terms, contest.opens_at, contest.closes_at),
        duration=prose.duration(contest.terms.duration),
        used=used,
        now=now,
        **_state(contest, used, now),
    )


def _state(contest: ContestRow, used: Used, now: datetime) -> dict[str, object]:
    """Which button the page offers: resume, ready, late, not_open, closed, used_up."""
    if used.open_id is not None and used.open_deadline is not None:
        left = max(0, int((used.open_deadline - now).total_seconds()))
        return {"state": "resume", "remaining": left}
    if (phase := contest.phase(now)) is not Phase.OPEN:
        return {"state": "not_open" if phase is Phase.BEFORE else "closed"}
    if contest.terms.attempts_allowed and used.count >= contest.terms.attempts_allowed:
        return {"state": "used_up"}
    minutes = timing.shortened(contest.terms.duration, contest.closes_at, now)
    return {"state": "ready"} if minutes is None else {"state": "late", "minutes": minutes}


def _attempts_line(contest: ContestRow, used: Used, now: datetime) -> str:
    allowed = contest.terms.attempts_allowed
    finished = used.count - (used.open_id is not None)
    if not finished:
        return prose.attempts(contest.terms)
    left = f"还可答{allowed - used.count}次" if allowed else "次数不限"
    shown = attempts.score_shown(contest.terms, closes_at=contest.closes_at, now=now)
    counted = f"，计入成绩{prose.points(used.result)}分" if shown and used.result is not None else ""
    return f"已答{finished}次{counted}；{left}"
