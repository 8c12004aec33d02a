"""申请参赛: who asks to be put on a roster, and what is decided."""

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from rapidfuzz import fuzz

from app.extensions import utc_now
from app.operations.applications import approve_application, decline_application
from app.queries import contests, people
from app.queries.pages import page_of
from app.queries.people import UnitNode
from app.rules.matching import is_short_for
from app.rules.roles import Role
from app.web import access
from app.web.access import role_required
from app.web.candidate.entry import contest_or_404
from app.web.organizer import bp
from app.web.organizer.opening import whole

SHOWN = 20
# Below this a name is another name; and the next best must be this much less alike, else the organizer chooses.
ALIKE, CLEARLY = 80, 8
DECIDED_BEFORE = "这份申请已经处理过了，没有再改动。"


@dataclass(frozen=True)
class Asked:
    """Who asks, and for which contest."""

    contest_id: int
    name: str
    phone: str


@bp.get("/contests/<slug>/applications")
@role_required(Role.ORGANIZER)
def applications(slug: str) -> ResponseReturnValue:
    """Those who wait first, with the unit that they probably mean; below them what was decided."""
    contest, tree = contest_or_404(slug), people.unit_tree()
    rows = contests.applications(contest.id)
    waiting = page_of([row for row in rows if row.state == "waiting"], request.args.get("page", 1, type=int), SHOWN)
    decided = page_of([row for row in rows if row.state != "waiting"], request.args.get("decided", 1, type=int), SHOWN)
    return render_template(
        "organizer/applications/list.html",
        contest=contest,
        units=tree,
        waiting=waiting,
        meant={row.id: clearly_meant(row.unit, tree) for row in waiting.rows},
        present=people.units_on_roster(contest.id, [row.phone for row in waiting.rows]),
        decided=decided,
    )


@bp.post("/contests/<slug>/applications/<int:application_id>/approval")
@role_required(Role.ORGANIZER)
def approve(slug: str, application_id: int) -> ResponseReturnValue:
    """批准: onto the roster, under the unit that the organizer chose."""
    asked = _request_or_404(slug, application_id)
    name, is_here = asked.name, (asked.name, asked.phone) in people.units_on_roster(asked.contest_id, [asked.phone])
    chosen = whole(request.form.get("unit", ""))
    unit = next((node for node in people.unit_tree() if node.id == chosen), None)
    if unit is None:
        flash(f"还没有给{name}选单位：请在单位一栏选好，再批准。", "error")
    elif approve_application(application_id, unit_id=unit.id, actor=access.actor().user_id, now=utc_now()):
        done = f"已更正，{name}现在在{unit.name}。" if is_here else f"已批准，{name}列入{unit.name}，现在就可以参赛。"
        flash(f"{done}请打电话告诉本人。", "info")
    else:
        flash(DECIDED_BEFORE, "info")
    return redirect(url_for(".applications", slug=slug), code=303)


@bp.post("/contests/<slug>/applications/<int:application_id>/refusal")
@role_required(Role.ORGANIZER)
def decline(slug: str, application_id: int) -> ResponseReturnValue:
    """不批准"""
    name = _request_or_404(slug, application_id).name
    declined = decline_application(application_id, actor=access.actor().user_id, now=utc_now())
    flash(f"没有批准{name}的申请。请打电话告诉本人原因。" if declined else DECIDED_BEFORE, "info")
    return redirect(url_for(".applications", slug=slug), code=303)


def clearly_meant(typed: str, tree: list[UnitNode]) -> int | None:
    """The unit whose name, or other name, was typed; else the only one it shortens, or by far the most alike."""
    names = [(name, node.id) for node in tree for name in (node.name, *node.aliases)]
    exact = {unit_id for name, unit_id in names if name == typed}
    # “市局” shortens many a name, and means none of them clearly
    shortened = {unit_id for name, unit_id in names if len(typed) > 2 and is_short_for(typed, name)}
    for found in (exact, shortened):
        if len(found) == 1:
            return found.pop()
    best: dict[int, float] = {}
    for name, unit_id in names:
        best[unit_id] = max(best.get(unit_id, 0), fuzz.ratio(typed, name))
    ranked = sorted(((likeness, unit_id) for unit_id, likeness in best.items()), reverse=True)
    if not ranked or ranked[0][0] < ALIKE:
        return None
    return None if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < CLEARLY else ranked[0][1]


def _request_or_404(slug: str, application_id: int) -> Asked:
    """Who asks, found through the contest."""
    contest = contest_or_404(slug)
    rows = contests.applications(contest.id)
    found = next((Asked(contest.id, row.name, row.phone) for row in rows if row.id == application_id), None)
    return found or abort(404)
