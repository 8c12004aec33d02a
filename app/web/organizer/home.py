"""管理首页: what to do next, in figures."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.extensions import utc_now
from app.queries import banks, contests, imports, people, quizzes
from app.queries.contests import ListedContest
from app.rules.rates import share
from app.rules.roles import Role
from app.rules.timing import Phase, phase
from app.web.access import role_required
from app.web.organizer import bp
from app.web.organizer.units import head_counts

WAITING_SHOWN = 5


@bp.get("")
@role_required(Role.ORGANIZER)
def home() -> ResponseReturnValue:
    """The running contests, then the four steps to the next one, each with how far it is."""
    now, held, tree = utc_now(), contests.listed(), people.unit_tree()
    phases = [(contest, phase(contest.opens_at, contest.closes_at, contest.paused_at or now)) for contest in held]
    running = sorted((c for c, at in phases if at is Phase.OPEN), key=lambda contest: contest.closes_at)
    return render_template(
        "organizer/home.html",
        now=now,
        running=[(contest, _rate(contest)) for contest in running],
        upcoming=sum(at is Phase.BEFORE for _, at in phases),
        contests=held,
        banks=banks.listed(),
        quizzes=quizzes.listed(),
        units=len(tree),
        **head_counts(tree),
        unconfirmed=[row for row in imports.recent(size=50).rows if row.state == "previewed"][:WAITING_SHOWN],
    )


def _rate(contest: ListedContest) -> object:
    return None if contest.participants > contest.expected else share(contest.participants, contest.expected)
