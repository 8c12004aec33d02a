"""One attempt as support sees it, and what an organizer may do to it."""

from collections.abc import Callable
from datetime import datetime

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.extensions import utc_now
from app.operations import attempt_changes as changes
from app.operations.attempts import close_if_overdue
from app.queries import attempts, late, notices, receipts
from app.queries.contests import ContestRow
from app.queries.receipts import Proof
from app.rules import prose
from app.rules.admission import Refusal
from app.rules.attempt import State
from app.rules.invalid import Invalid
from app.rules.notices import NAMES, Kind
from app.rules.roles import Role
from app.rules.terms import Visible
from app.web import access
from app.web.access import role_required
from app.web.candidate.entry import contest_or_404
from app.web.organizer import bp
from app.web.organizer.change_form import ExtensionForm, ReasonForm, ReopeningForm, VoidingForm

STATES = {State.OPEN: "正在作答", State.HELD: "暂停中", State.HANDED_IN: "已交卷", State.VOIDED: "已作废"}
Change = Callable[[datetime], None]


@bp.get("/contests/<slug>/attempts/<int:attempt_id>")
@role_required(Role.ORGANIZER)
def attempt(slug: str, attempt_id: int) -> ResponseReturnValue:
    """Its times, its receipt with the check, and everything that was done to it."""
    contest, proof = _found(slug, attempt_id)
    return render_template(
        "organizer/attempts/one.html",
        contest=contest,
        proof=proof,
        state=proof.attempt.course.state,
        state_word=STATES[proof.attempt.course.state],
        late=late.of_attempt(attempt_id),
        history=[(NAMES[Kind(told.kind)], told) for told in notices.all_of_attempt(attempt_id)],
    )


@bp.route("/contests/<slug>/attempts/<int:attempt_id>/extension", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def attempt_extension(slug: str, attempt_id: int) -> ResponseReturnValue:
    """加时"""
    form = ExtensionForm()

    def change(now: datetime) -> None:
        changes.extend(
            attempt_id, form.minutes.data or 0, reason=form.reason.data or "", actor=access.actor().user_id, now=now
        )

    return _asked(slug, attempt_id, form, Kind.EXTENDED, change)


@bp.route("/contests/<slug>/attempts/<int:attempt_id>/reopening", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def attempt_reopening(slug: str, attempt_id: int) -> ResponseReturnValue:
    """重新打开"""
    form = ReopeningForm()

    def change(now: datetime) -> None:
        changes.reopen(
            attempt_id,
            form.minutes.data or 0,
            reason=form.reason.data or "",
            actor=access.actor().user_id,
            now=now,
            despite_keys=form.despite_keys.data,
        )

    return _asked(slug, attempt_id, form, Kind.REOPENED, change)


@bp.route("/contests/<slug>/attempts/<int:attempt_id>/voiding", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def attempt_voiding(slug: str, attempt_id: int) -> ResponseReturnValue:
    """作废"""
    form = VoidingForm()

    def change(now: datetime) -> None:
        give_back = form.give_back.data == "yes"
        changes.void(
            attempt_id, give_back=give_back, reason=form.reason.data or "", actor=access.actor().user_id, now=now
        )

    return _asked(slug, attempt_id, form, Kind.VOIDED, change)


@bp.route("/contests/<slug>/attempts/<int:attempt_id>/restoration", methods=["GET", "POST"])
@role_required(Role.ORGANIZER)
def attempt_restoration(slug: str, attempt_id: int) -> ResponseReturnValue:
    """取消作废"""
    form = ReasonForm()

    def change(now: datetime) -> None:
        changes.restore(attempt_id, reason=form.reason.data or "", actor=access.actor().user_id, now=now)

    return _asked(slug, attempt_id, form, Kind.RESTORED, change)


def _asked(slug: str, attempt_id: int, form: ReasonForm, kind: Kind, change: Change) -> ResponseReturnValue:
    """The page that asks; when it is sent in order, the change and back to the attempt."""
    contest, proof = _found(slug, attempt_id)
    now, errors = utc_now(), []
    if form.validate_on_submit():
        try:
            change(now)
            flash(f"已{NAMES[kind]}：{proof.name}的第{proof.attempt.ordinal}份答卷。", "info")
            return redirect(url_for(".attempt", slug=slug, attempt_id=attempt_id), code=303)
        except Refusal as refusal:
            errors = [prose.refusal(refusal.reason, **refusal.facts)]
        except Invalid as error:
            errors = list(error.messages)
    shown = attempts.visible(contest.id, proof.terms, proof.sitting.closes_at, now)
    page = render_template(
        "organizer/attempts/change.html",
        contest=contest,
        proof=proof,
        form=form,
        kind=kind,
        word=NAMES[kind],
        errors=errors,
        has_keys=shown is Visible.KEYS,
    )
    return page, 409 if errors else 200


def _found(slug: str, attempt_id: int) -> tuple[ContestRow, Proof]:
    """The attempt, found through its contest; whoever looks closes it when its time is over."""
    contest = contest_or_404(slug)
    if receipts.proof(contest.id, attempt_id) is None:
        abort(404)
    close_if_overdue(attempt_id, now=utc_now())
    proof = receipts.proof(contest.id, attempt_id)
    return (contest, proof) if proof is not None else abort(404)
