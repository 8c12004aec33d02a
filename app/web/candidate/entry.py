"""From the link to the first item: name and telephone, then unit and rules, then the start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length, Regexp

from app.extensions import utc_now
from app.operations import attempts as engine
from app.operations.sign_ins import SignedIn, enter
from app.queries import attempts, contests
from app.queries.contests import Candidate, ContestRow, Used
from app.rules import prose, rates, timing
from app.rules.admission import Reason, Refusal
from app.rules.masking import mask_phone
from app.rules.terms import Visible
from app.rules.timing import Phase
from app.web import access, device, waiting
from app.web.candidate import bp
from app.web.candidate.cards import card
from app.web.filters import site_words


class EntryForm(FlaskForm):
    """姓名 + 手机号后四位"""

    name = StringField("姓名", validators=[DataRequired("请填姓名。"), Length(max=60, message="姓名太长，请核对。")])
    tail = StringField("手机号后四位", validators=[Regexp(r"^\d{4}$", message="请填四个数字。")])


@bp.route("/c/<slug>", methods=["GET", "POST"])
def entry(slug: str) -> ResponseReturnValue:
    """The address that the link and the QR code open."""
    contest = contest_or_404(slug)
    if request.method == "GET" and _here(contest):
        return redirect(url_for(".rules", slug=slug), code=303)
    if request.method == "GET" and _is_account():
        return _not_here(contest)
    form = EntryForm()
    if form.validate_on_submit():
        chosen = request.form.get("candidate", "")
        name = " ".join((form.name.data or "").split())
        try:
            outcome = enter(
                contest.id,
                name,
                form.tail.data or "",
                origin=access.origin(),
                device=device.device("entry", name),
                now=utc_now(),
                replaces=access.earlier(),
                user_id=int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None,
            )
        except Refusal as refusal:
            if waiting.is_waiting(refusal):
                return waiting.answer(refusal, lambda sentence: _entry_page(contest, form, error=sentence))
            return refused(contest, refusal, name=name, tail=form.tail.data), 403
        if isinstance(outcome, SignedIn):
            device.remember("entry", name)
            response = make_response(redirect(url_for(".rules", slug=slug), code=303))
            return access.remember(response, outcome.token)
        return _entry_page(contest, form, outcome)
    device.leave_mark()
    return _entry_page(contest, form)


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
        return _rules_page(contest, candidate, now, prose.refusal(refusal.reason, **refusal.facts)), 409
    return redirect(url_for(".paper", attempt_id=attempt_id), code=303)


def _entry_page(
    contest: ContestRow, form: EntryForm, namesakes: Sequence[Candidate] = (), error: str | None = None
) -> str:
    shown = card(contest, site_words()["organizer"], utc_now())
    choices = [{"id": one.user_id, "unit": one.unit, "parent": one.parent} for one in namesakes]
    closed = contest.phase(utc_now()) is Phase.CLOSED
    return render_template(
        "candidate/entry.html", contest=shown, form=form, candidates=choices, error=error, closed=closed
    )


def contest_or_404(slug: str) -> ContestRow:
    """The published contest of that address."""
    contest = contests.by_slug(slug)
    if contest is None:
        abort(404)
    return contest


def refused(contest: ContestRow, refusal: Refusal, name: str, tail: str | None) -> str:
    """The page that says why somebody is not let in, and the ways on."""
    return render_template(
        "candidate/refusal.html",
        contest=contest,
        title="参赛名单里没有找到您" if refusal.reason is Reason.NOT_ON_ROSTER else "请稍等再试",
        what=_what_happened(refusal, name, tail),
        ways=[_another_try(contest.slug), _application(contest.slug, name, refusal.reason is Reason.NOT_ON_ROSTER)],
        reference="",
    )


def _another_try(slug: str) -> dict[str, object]:
    entry = url_for(".entry", slug=slug)
    if _is_account():
        way = {"title": "换一种方式", "text": "退出这个账号，用姓名和手机号后四位进入。", "label": "退出，用姓名进入"}
        return way | {"url": url_for("account.sign_out"), "post": {"next": entry}}
    text = "姓名写全，号码用单位登记的那个，旧号码也试试。"
    return {"title": "再核对一次", "text": text, "label": "重新填写", "url": entry}


def _application(slug: str, name: str, primary: bool) -> dict[str, object]:
    way = {"title": "申请参赛", "text": "填姓名、单位、手机，由组织者核对后加入名单。", "label": "申请参赛"}
    return way | {"url": url_for(".application", slug=slug, name=name), "primary": primary}


def _what_happened(refusal: Refusal, name: str, tail: str | None) -> str:
    if refusal.reason is not Reason.NOT_ON_ROSTER:
        said = prose.refusal(refusal.reason, **refusal.facts)
        is_here = refusal.reason is Reason.TOO_MANY_TRIES
        return f"{said}只有这台设备要等，换一台电脑或手机现在就能进；没有扣掉答题次数。" if is_here else said
    searched = f"按“{name}、手机后四位{tail}”没有查到。" if tail else f"{name}不在这场竞赛的名单里。"
    return f"{searched}多半是手机换过号，或名单漏了您。您没有做错什么，也没有扣掉答题次数。"


@dataclass(frozen=True)
class _Shown:
    """What the page shows of the person: never the whole telephone."""

    name: str
    unit: str
    parent: str
    masked_phone: str


def _here(contest: ContestRow) -> Candidate | None:
    """The signed-in person's place on this contest's roster."""
    who = access.person()
    if who is None or who.contest_id not in (None, contest.id):
        return None
    return contests.candidate(contest.id, who.user_id)


def _is_account() -> bool:
    who = access.person()
    return who is not None and not who.is_limited


def _not_here(contest: ContestRow) -> ResponseReturnValue:
    who = access.person()
    if who is not None and not who.is_limited:
        return refused(contest, Refusal(Reason.NOT_ON_ROSTER), name=who.name, tail=None), 403
    return redirect(url_for(".entry", slug=contest.slug), code=303)


def _rules_page(contest: ContestRow, candidate: Candidate, now: datetime, error: str | None = None) -> str:
    used = contests.used(candidate.entry_id)
    if used.open_id is not None and engine.close_if_overdue(used.open_id, now=now):
        used = contests.used(candidate.entry_id)
    return render_template(
        "candidate/rules.html",
        contest=card(contest, site_words()["organizer"], now),
        person=_Shown(candidate.name, candidate.unit, candidate.parent, mask_phone(candidate.phone)),
        start_url=url_for(".start", slug=contest.slug),
        error=error,
        attempts_line=_attempts_line(contest, used, now),
        took_part=used.count > 0,
        rules=prose.rules(contest.terms, contest.opens_at, contest.closes_at),
        **_state(contest, used, now),
    )


def _state(contest: ContestRow, used: Used, now: datetime) -> dict[str, object]:
    """Which button the page offers: resume, ready, late, not_open, closed, used_up."""
    if used.open_id is not None and used.open_deadline is not None:
        left = max(0, int((used.open_deadline - (used.open_clock or now)).total_seconds()))
        return {"state": "resume", "remaining": left, "is_held": used.open_clock is not None}
    if contest.paused_at is not None:
        return {"state": "paused"}
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
    left = f"；还可答{allowed - used.count}次" if allowed else "；次数不限"
    if contest.phase(now) is Phase.CLOSED:
        left = ""
    shown = attempts.visible(contest.id, contest.terms, contest.closes_at, now) is not Visible.NOTHING
    counted = f"，计入成绩{rates.points(used.result)}分" if shown and used.result is not None else ""
    return f"已答{finished}次{counted}{left}"
