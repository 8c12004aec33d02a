"""迟到作答: what came after deadline and grace, and whether it counts."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.extensions import utc_now
from app.operations.late import LONGEST_REASON, accept_late, decline_late
from app.queries import late
from app.rules.invalid import Invalid
from app.rules.roles import Role
from app.web import access
from app.web.access import role_required
from app.web.candidate.entry import contest_or_404
from app.web.organizer import bp

SHOWN = 20
DECIDED_BEFORE = "这份迟到作答已经处理过了，没有再改动。"


@bp.get("/contests/<slug>/late-sheets")
@role_required(Role.ORGANIZER)
def late_sheets(slug: str) -> ResponseReturnValue:
    """Those that wait first, with what would change; below them what was decided."""
    contest = contest_or_404(slug)
    return render_template(
        "organizer/contests/late.html",
        contest=contest,
        waiting=late.queue(contest.id, request.args.get("page", 1, type=int), SHOWN, waiting=True),
        decided=late.queue(contest.id, request.args.get("decided", 1, type=int), SHOWN, waiting=False),
        longest=LONGEST_REASON,
    )


@bp.post("/contests/<slug>/late-sheets/<int:late_id>/acceptance")
@role_required(Role.ORGANIZER)
def accept_late_sheet(slug: str, late_id: int) -> ResponseReturnValue:
    """计入成绩"""
    return _decide(slug, late_id, accept_late, "已计入成绩，原来的作答和分数留作记录。本人在成绩回执上看得到。")


@bp.post("/contests/<slug>/late-sheets/<int:late_id>/refusal")
@role_required(Role.ORGANIZER)
def decline_late_sheet(slug: str, late_id: int) -> ResponseReturnValue:
    """不计入"""
    return _decide(slug, late_id, decline_late, "没有计入，成绩不变。本人在成绩回执上看得到理由。")


def _decide(slug: str, late_id: int, decide: Callable[..., bool], said: str) -> ResponseReturnValue:
    if late.contest_of(late_id) != contest_or_404(slug).id:
        abort(404)
    reason = request.form.get("reason", "")
    try:
        done = decide(late_id, reason=reason, actor=access.actor().user_id, now=utc_now())
        flash(said if done else DECIDED_BEFORE, "info")
    except Invalid as error:
        flash("".join(error.messages), "error")
    return redirect(url_for(".late_sheets", slug=slug), code=303)
