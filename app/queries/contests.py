"""What pages ask about contests, their rosters and the people in them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.database import db, fetched, table
from app.models import Application, Attempt, Contest, Quiz, RosterEntry, RosterUnit, Sitting, User
from app.models.rehearsal import real
from app.queries import pools
from app.rules.rehearsal import is_rehearsal
from app.rules.terms import ContestTerms
from app.rules.timing import Phase, phase


@dataclass(frozen=True)
class ContestRow:
    """A published contest with its official sitting and its rules."""

    id: int
    slug: str
    title: str
    scope: str
    opens_at: datetime
    closes_at: datetime
    roster_taken_at: datetime | None
    terms: ContestTerms
    sitting_id: int
    paused_at: datetime | None

    @property
    def is_rehearsal(self) -> bool:
        return is_rehearsal(self.id)

    def phase(self, now: datetime) -> Phase:
        """While it is paused its clock stands still."""
        return phase(self.opens_at, self.closes_at, self.paused_at or now)


# Built once, on tables: building a statement costs more than executing it, and every page of a candidate asks these.
_contests, _sittings, _users = table(Contest), table(Sitting), table(User)
_entries, _units, _attempts = table(RosterEntry), table(RosterUnit), table(Attempt)
_SELECT = (
    sa.select(
        _contests.c.id, _contests.c.slug, _contests.c.title, _contests.c.scope, _sittings.c.opens_at,
        _sittings.c.closes_at, _contests.c.roster_taken_at, pools.newest(_contests.c.id)["terms"], _sittings.c.id,
        _sittings.c.paused_at,
    )
    .join(_sittings, _sittings.c.contest_id == _contests.c.id)
    .where(_contests.c.published_at.is_not(None), _sittings.c.mode == "official")
)  # fmt: skip
_BY_SLUG = _SELECT.where(_contests.c.slug == sa.bindparam("slug"))
_BY_ID = _SELECT.where(_contests.c.id == sa.bindparam("contest_id"))


def all_published() -> list[ContestRow]:
    """Every published contest, the one that closes last first; a rehearsal is on nobody's list."""
    rows = db.session.execute(
        _SELECT.where(real(Contest)).order_by(_sittings.c.closes_at.desc(), _contests.c.id.desc())
    )
    return [_row(*tuple(row)) for row in rows]


def by_slug(slug: str) -> ContestRow | None:
    """The published contest of that address."""
    return next((_row(*row) for row in fetched(_BY_SLUG, {"slug": slug})), None)


def by_id(contest_id: int) -> ContestRow | None:
    """The published contest of that id."""
    return next((_row(*row) for row in fetched(_BY_ID, {"contest_id": contest_id})), None)


def _row(
    contest_id: int,
    slug: str,
    title: str,
    scope: str,
    opens_at: datetime,
    closes_at: datetime,
    roster_taken_at: datetime | None,
    terms_version: int,
    sitting_id: int,
    paused_at: datetime | None,
) -> ContestRow:
    terms = pools.terms(contest_id, terms_version)
    return ContestRow(
        contest_id, slug, title, scope, opens_at, closes_at, roster_taken_at, terms, sitting_id, paused_at
    )


@dataclass(frozen=True)
class Candidate:
    """A person on a contest's roster, as the entry pages show them."""

    user_id: int
    entry_id: int
    name: str
    unit: str
    parent: str
    phone: str | None


_parents = _units.alias()
_CANDIDATE = (
    sa.select(_users.c.id, _entries.c.id, _users.c.name, _units.c.name, _parents.c.name, _users.c.phone)
    .select_from(_users)
    .join(_entries, _entries.c.user_id == _users.c.id)
    .outerjoin(_units, _units.c.id == _entries.c.roster_unit_id)
    .outerjoin(_parents, _parents.c.id == _units.c.parent_id)
    .where(_entries.c.contest_id == sa.bindparam("contest_id"))
)
_CANDIDATE_OF = _CANDIDATE.where(_users.c.id == sa.bindparam("user_id"))
_CANDIDATES = _CANDIDATE.where(
    _users.c.name.in_([sa.bindparam("name"), sa.bindparam("compact")]), _users.c.phone.endswith(sa.bindparam("tail"))
).order_by(_users.c.id)


def candidates(contest_id: int, name: str, tail: str) -> list[Candidate]:
    """Those on the roster with this name and these last four digits of the telephone; namesakes may be several.

    A blank typed between two Han characters does not matter; “Anna Smith” keeps hers.
    """
    if len(tail) != 4 or not (tail.isascii() and tail.isdecimal()):
        return []
    asked = {"contest_id": contest_id, "name": name, "compact": name.replace(" ", ""), "tail": tail}
    return [_candidate(*row) for row in fetched(_CANDIDATES, asked)]


def candidate(contest_id: int, user_id: int) -> Candidate | None:
    """This person on the contest's roster."""
    asked = {"contest_id": contest_id, "user_id": user_id}
    return next((_candidate(*row) for row in fetched(_CANDIDATE_OF, asked)), None)


def _candidate(user_id: int, entry_id: int, name: str, unit: str, parent: str, phone: str | None) -> Candidate:
    return Candidate(user_id, entry_id, name, unit or "", parent or "", phone)


@dataclass(frozen=True)
class Used:
    """A person's attempts in a contest so far, without those that were voided and given back; `result` in hundredths.

    `open_clock` is the moment by which the open one is judged: None is now, a moment is the beginning of a pause.
    """

    count: int
    open_id: int | None
    open_deadline: datetime | None
    open_clock: datetime | None
    result: int | None
    last_id: int | None


_USED = (
    sa.select(
        _attempts.c.id,
        _attempts.c.handed_in_at,
        _attempts.c.deadline,
        _attempts.c.held_at,
        _attempts.c.given_back,
        _entries.c.result,
    )
    .join(_entries, _entries.c.id == _attempts.c.roster_entry_id)
    .where(_attempts.c.roster_entry_id == sa.bindparam("entry_id"))
    .order_by(_attempts.c.started_at, _attempts.c.id)
)


def used(entry_id: int) -> Used:
    """How far a person has come in a contest."""
    rows = fetched(_USED, {"entry_id": entry_id})
    finished = [attempt_id for attempt_id, handed_in_at, *_ in rows if handed_in_at is not None]
    open_id, _, deadline, held_at, *_ = next((row for row in rows if row[1] is None), (None,) * 4)
    return Used(
        count=sum(not given_back for *_, given_back, _ in rows),
        open_id=open_id,
        open_deadline=deadline,
        open_clock=held_at,
        result=rows[0][-1] if rows else None,
        last_id=finished[-1] if finished else None,
    )


@dataclass(frozen=True)
class ListedContest:
    """A contest in the organizer's list, published or not."""

    id: int
    slug: str
    title: str
    quiz: str
    opens_at: datetime
    closes_at: datetime
    expected: int
    participants: int
    waiting: int
    paused_at: datetime | None

    @property
    def is_rehearsal(self) -> bool:
        return is_rehearsal(self.id)


def listed(*, with_rehearsal: bool = False) -> list[ListedContest]:
    """All contests, the newest first, with how many are expected, took part, and ask to be let in.

    A rehearsal that is running counts nowhere, and is listed only where it is asked for.
    """
    entries = (
        sa.select(
            RosterEntry.contest_id,
            # 应参 and 实参 as the report counts them: an excuse lapses with a result, 编外 is in neither
            sa.func.count()
            .filter(RosterEntry.expected, sa.or_(RosterEntry.excuse.is_(None), RosterEntry.result.is_not(None)))
            .label("expected"),
            sa.func.count(RosterEntry.result).filter(RosterEntry.expected).label("participants"),
        )
        .group_by(RosterEntry.contest_id)
        .subquery()
    )
    waiting = (
        sa.select(Application.contest_id, sa.func.count().label("waiting"))
        .where(Application.state == "waiting")
        .group_by(Application.contest_id)
        .subquery()
    )
    select = (
        sa.select(
            Contest.id, Contest.slug, Contest.title, Quiz.title, Sitting.opens_at, Sitting.closes_at,
            sa.func.coalesce(entries.c.expected, 0), sa.func.coalesce(entries.c.participants, 0),
            sa.func.coalesce(waiting.c.waiting, 0), Sitting.paused_at,
        )
        .join(Quiz, Quiz.id == Contest.quiz_id)
        .join(Sitting, Sitting.contest_id == Contest.id)
        .outerjoin(entries, entries.c.contest_id == Contest.id)
        .outerjoin(waiting, waiting.c.contest_id == Contest.id)
        .order_by(Contest.created_at.desc(), Contest.id.desc())
    )  # fmt: skip
    if not with_rehearsal:
        select = select.where(real(Contest))
    return [ListedContest(*row) for row in db.session.execute(select)]


def applications(contest_id: int) -> list[Application]:
    """申请参赛, those that wait first, then the newest."""
    order = sa.case((Application.state == "waiting", 0), else_=1)
    select = sa.select(Application).where(Application.contest_id == contest_id)
    return list(db.session.scalars(select.order_by(order, Application.created_at.desc(), Application.id.desc())))
