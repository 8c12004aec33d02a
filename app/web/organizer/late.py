"""迟到作答: what came after deadline and grace, weighed one by one or many together, and whether it counts."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.database import milliseconds, moment
from app.extensions import utc_now
from app.operations.late import decide_late
from app.operations.notices import LONGEST_REASON
from app.queries import late
from app.queries.contests import ContestRow
from app.queries.late import LateRow
from app.rules.late import Decision, Outcome
from app.rules.roles import Role
from app.web import access
from app.web.access import role_required
from app.web.candidate.entry import contest_or_404
from app.web.organizer import bp
from app.web.organizer.change_form import ReasonForm
from app.web.organizer.opening import whole

SHOWN = 20
MOST = 200  # at once: what is decided together is looked at together
DONE = {
    Decision.ACCEPT: "已计入成绩{}份，原来的作答和分数留作记录。本人在成绩回执上看得到。",
    Decision.DECLINE: "没有计入{}份，成绩不变。本人在成绩回执上看得到原因。",
}
LEFT = {
    Outcome.DECIDED_BEFORE: "{}份迟到作答已经处理过了，没有再改动。",
    Outcome.NEWER: "{}份在您看过以后又送来了新的作答，没有处理，请再看一遍。",
    Outcome.UNFINISHED: "{}份答卷又开放作答了，或者已经作废，现在不能计入，没有处理。",
}


@bp.get("/contests/<slug>/late-sheets")
@role_required(Role.ORGANIZER)
def late_sheets(slug: str) -> ResponseReturnValue:
    """Those that wait first, with what would change; below them what was decided."""
    contest = contest_or_404(slug)
    return _page(
        contest,
        "late",
        waiting=late.queue(contest.id, whole(request.args.get("page")) or 1, SHOWN, waiting=True),
        decided=late.queue(contest.id, whole(request.args.get("decided")) or 1, SHOWN, waiting=False),
    )


@bp.get("/contests/<slug>/late-sheets/<int:late_id>")
@role_required(Role.ORGANIZER)
def late_sheet(slug: str, late_id: int) -> ResponseReturnValue:
    """One of them, where the live view and the attempt lead to it."""
    contest = contest_or_404(slug)
    return _page(contest, "late_one", one=late.one(contest.id, late_id) or abort(404))


@bp.get("/contests/<slug>/late-decisions")
@role_required(Role.ORGANIZER)
def late_decisions(slug: str) -> ResponseReturnValue:
    """What would change, before the ticked ones or all that wait are decided for one reason."""
    contest, wanted = contest_or_404(slug), _numbers(request.args)
    if request.args.get("scope") != "all" and not wanted:
        flash("没有勾选。请先勾选，或选“全部”。", "error")
        return redirect(url_for(".late_sheets", slug=slug), code=303)
    rows = late.chosen(contest.id, None if request.args.get("scope") == "all" else wanted, MOST)
    return _weighed(contest, rows, ReasonForm(), utc_now())


@bp.post("/contests/<slug>/late-decisions")
@role_required(Role.ORGANIZER)
def decide_late_sheets(slug: str) -> ResponseReturnValue:
    """计入成绩 or 不计入, for those that were shown, as they were shown."""
    contest, form, wanted, seen_at = contest_or_404(slug), ReasonForm(), _numbers(request.form), _seen_at()
    if not late.are_of(contest.id, wanted):
        abort(404)
    if request.form.get("decision") not in set(Decision):
        abort(400)
    if not form.validate_on_submit():
        return _weighed(contest, late.chosen(contest.id, wanted, MOST), form, seen_at)
    decision, reason, actor = Decision(request.form["decision"]), form.reason.data or "", access.actor().user_id
    _tell(decision, decide_late(wanted, decision, reason=reason, seen_at=seen_at, actor=actor, now=utc_now()))
    return redirect(url_for(".late_sheets", slug=slug), code=303)


def _weighed(contest: ContestRow, rows: Sequence[LateRow], form: ReasonForm, seen_at: datetime) -> ResponseReturnValue:
    if not rows:
        flash("这些迟到作答都处理过了，没有再改动。", "info")
        return redirect(url_for(".late_sheets", slug=contest.slug), code=303)
    left = late.counts(contest.id)[0] - len(rows)
    return _page(contest, "late_decision", rows=rows, left=left, form=form, change=_change(rows), seen_at=seen_at)


def _page(contest: ContestRow, name: str, **facts: object) -> ResponseReturnValue:
    facts = {"seen_at": utc_now()} | facts
    facts["seen"] = milliseconds(facts.pop("seen_at"))  # type: ignore[arg-type]
    return render_template(
        f"organizer/contests/{name}.html",
        contest=contest,
        longest=LONGEST_REASON,
        accept=Decision.ACCEPT.value,
        decline=Decision.DECLINE.value,
        **facts,
    )


def _change(rows: Sequence[LateRow]) -> Counter[str]:
    """Of how many the score would rise, fall or stay, and how many cannot count now."""

    def kind(row: LateRow) -> str:
        before, after = row.score_before or 0, row.score_after or 0
        if not row.may_count:
            return "shut"
        return "more" if after > before else "less" if after < before else "same"

    return Counter(kind(row) for row in rows)


def _numbers(said: MultiDict[str, str]) -> list[int]:
    return [number for value in said.getlist("late") if (number := whole(value))][:MOST]


def _seen_at() -> datetime:
    """When the page was made on which it was decided: what arrived later was not seen."""
    said = request.form.get("seen", "")
    return moment(int(said)) if said.isascii() and said.isdigit() and len(said) < 15 else abort(400)


def _tell(decision: Decision, outcomes: Counter[Outcome]) -> None:
    if done := outcomes[Outcome.DECIDED]:
        flash(DONE[decision].format(done), "info")
    for outcome, words in LEFT.items():
        if outcomes[outcome]:
            flash(words.format(outcomes[outcome]), "error" if outcome is Outcome.NEWER else "info")
