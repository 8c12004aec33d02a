"""What pages ask about attempts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.database import Moment, db, fetched, milliseconds, table
from app.models import Attempt, Contest, RosterEntry, RosterUnit, SignIn, Sitting, User
from app.models.attempt import course_of
from app.queries import pools
from app.rules import attempt as machine
from app.rules import timing
from app.rules.attempt import Course
from app.rules.sheet import AnswerSheet
from app.rules.terms import ContestTerms, Visible


@dataclass(frozen=True)
class State:
    """What explains why a sheet was not stored."""

    lease: str
    handed_in_at: datetime | None
    handed_in_by: str | None
    deadline: datetime
    grace: int
    held_at: datetime | None


def state_for_saving(attempt_id: int, *, digest: str, now: datetime) -> State | None:
    """The state of an attempt for the sign-in with that digest; None when it is not live or not the owner's."""
    select = (
        sa.select(
            Attempt.lease, Attempt.handed_in_at, Attempt.handed_in_by, Attempt.deadline, Attempt.grace, Attempt.held_at
        )
        .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
        .join(SignIn, SignIn.user_id == RosterEntry.user_id)
        .where(Attempt.id == attempt_id, SignIn.digest == digest)
        .where(SignIn.revoked_at.is_(None), SignIn.expires_at > sa.bindparam("now", now, type_=Moment))
        .where(sa.or_(SignIn.contest_id.is_(None), SignIn.contest_id == RosterEntry.contest_id))
    )
    row = db.session.execute(select).one_or_none()
    return State(*row) if row else None


_PAST_GRACE = sa.and_(
    Attempt.handed_in_at.is_(None),
    Attempt.held_at.is_(None),
    sa.type_coerce(Attempt.deadline, sa.BigInteger) + Attempt.grace < sa.bindparam("ms", type_=sa.BigInteger),
)
_OVERDUE = (
    sa.select(Attempt.id)
    .where(Attempt.deadline < sa.bindparam("now", type_=Moment), _PAST_GRACE)
    .order_by(Attempt.deadline, Attempt.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_IS_OVERDUE = sa.select(Attempt.id).where(Attempt.id == sa.bindparam("attempt_id"), _PAST_GRACE)


def overdue(now: datetime, limit: int) -> list[int]:
    """Ids of open attempts past deadline and grace, the longest waiting first; one that is held never is."""
    return list(db.session.scalars(_OVERDUE, {"now": now, "ms": milliseconds(now), "most": limit}))


def is_overdue(attempt_id: int, now: datetime) -> bool:
    """Whether this attempt is open and past deadline and grace."""
    return bool(db.session.scalar(_IS_OVERDUE, {"attempt_id": attempt_id, "ms": milliseconds(now)}))


def answering(now: datetime) -> int:
    """How many attempts are open and can still be saved into."""
    can_save = sa.type_coerce(Attempt.deadline, sa.BigInteger) + Attempt.grace >= milliseconds(now)
    select = sa.select(sa.func.count()).select_from(Attempt).where(Attempt.handed_in_at.is_(None), can_save)
    return db.session.scalars(select).one()


class AttemptRow(NamedTuple):
    """What the owner's pages show of an attempt; units as in the table."""

    id: int
    paper: list[list[int]]
    sheet: dict[str, Any]
    revision: int
    lease_before: str | None
    pool_version: int
    terms_version: int
    started_at: datetime
    deadline: datetime
    grace: int
    extension: int
    held_at: datetime | None
    held_for: int
    saved_at: datetime | None
    answered: int
    handed_in_at: datetime | None
    handed_in_by: str | None
    time_taken: int | None
    score: int | None
    receipt: str | None
    fingerprint: str | None
    voided_at: datetime | None

    @property
    def course(self) -> Course:
        return course_of(self)


class ContestName(NamedTuple):
    """Which contest it is."""

    id: int
    slug: str
    title: str


class EntryRow(NamedTuple):
    """The place on the roster, with the result that counts so far in hundredths."""

    id: int
    result: int | None


@dataclass(frozen=True)
class OwnAttempt:
    """An attempt as its owner's pages need it."""

    attempt: AttemptRow
    contest: ContestName
    entry: EntryRow
    closes_at: datetime
    name: str
    unit: str
    terms: ContestTerms
    turn: int  # which of the attempts that count it is, from 1

    def is_overdue(self, now: datetime) -> bool:
        """Whether it is open and past deadline and grace."""
        return machine.is_overdue(self.attempt.course, now)

    @property
    def held_at(self) -> datetime | None:
        """Since when its clock stands still; None when it runs, or is handed in."""
        return self.attempt.held_at if self.attempt.handed_in_at is None else None

    @property
    def sheet(self) -> AnswerSheet:
        return AnswerSheet.from_json(self.attempt.sheet)


_attempts, _contests, _entries = table(Attempt), table(Contest), table(RosterEntry)
_sittings, _users, _units = table(Sitting), table(User), table(RosterUnit)
_earlier = _attempts.alias()
_turn = (
    sa.select(sa.func.count() + 1)
    .where(_earlier.c.roster_entry_id == _attempts.c.roster_entry_id, _earlier.c.sitting_id == _attempts.c.sitting_id)
    .where(_earlier.c.ordinal < _attempts.c.ordinal, _earlier.c.given_back.is_(False))
    .correlate(_attempts)
    .scalar_subquery()
)
_OWN = (
    sa.select(
        *(_attempts.c[name] for name in AttemptRow._fields),
        *(_contests.c[name] for name in ContestName._fields),
        *(_entries.c[name] for name in EntryRow._fields),
        _sittings.c.closes_at, _users.c.name, _units.c.name, _turn,
    )
    .select_from(_attempts)
    .join(_entries, _entries.c.id == _attempts.c.roster_entry_id)
    .join(_contests, _contests.c.id == _entries.c.contest_id)
    .join(_sittings, _sittings.c.id == _attempts.c.sitting_id)
    .join(_users, _users.c.id == _entries.c.user_id)
    .outerjoin(_units, _units.c.id == _entries.c.roster_unit_id)
    .where(_attempts.c.id == sa.bindparam("attempt_id"), _entries.c.user_id == sa.bindparam("user_id"))
)  # fmt: skip


def own(attempt_id: int, user_id: int, contest_scope: int | None = None) -> OwnAttempt | None:
    """The attempt, if it is this person's (and, for a sign-in by name, in the contest that it is limited to)."""
    row = next(iter(fetched(_OWN, {"attempt_id": attempt_id, "user_id": user_id})), None)
    if row is None:
        return None
    cells = iter(row)
    attempt = AttemptRow(*islice(cells, len(AttemptRow._fields)))
    contest = ContestName(*islice(cells, len(ContestName._fields)))
    entry = EntryRow(*islice(cells, len(EntryRow._fields)))
    closes_at, name, unit, turn = cells
    if contest_scope not in (None, contest.id):
        return None
    terms = pools.terms(contest.id, attempt.terms_version)
    return OwnAttempt(attempt, contest, entry, closes_at, name, unit or "", terms, turn)


def visible(contest_id: int, terms: ContestTerms, closes_at: datetime, now: datetime) -> Visible:
    """What a candidate may see now. Closed means that nobody can save any more: grace over, every paper handed in."""
    rule = terms.review
    if rule.after_hand_in is rule.after_close or not timing.is_overdue(now, closes_at, timedelta(seconds=terms.grace)):
        return rule.visible(all_closed=False)
    return rule.visible(all_closed=not db.session.scalar(_NOT_OVER, {"contest_id": contest_id}))


# Somebody answers still, or the contest is paused: then its closing moves on.
_NOT_OVER = sa.select(
    sa.exists().where(
        Attempt.handed_in_at.is_(None),
        Attempt.roster_entry_id == RosterEntry.id,
        RosterEntry.contest_id == sa.bindparam("contest_id"),
    )
    | sa.exists().where(Sitting.contest_id == sa.bindparam("contest_id"), Sitting.paused_at.is_not(None))
)


@dataclass(frozen=True)
class Record:
    """One of a person's attempts, as listed under 我的成绩."""

    attempt_id: int
    contest: str
    sitting: str
    handed_in_at: datetime | None
    time_taken: int | None
    score: int | None
    full_score: int
    band: str | None
    is_counted: bool
    is_voided: bool
    answered: int
    total: int
    receipt: str | None
    fingerprint: str | None
    kept_until: datetime


def records(user_id: int, contest_scope: int | None, now: datetime, *, retention: timedelta) -> list[Record]:
    """All attempts of a person, the newest first; scores only as far as the review rule allows.

    Receipts are shown until the retention date, so long after the closing.
    """
    select = (
        sa.select(Attempt, Contest, Sitting.closes_at, RosterEntry)
        .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
        .join(Contest, Contest.id == RosterEntry.contest_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(RosterEntry.user_id == user_id)
        .order_by(Attempt.started_at.desc(), Attempt.id.desc())
    )
    if contest_scope is not None:
        select = select.where(RosterEntry.contest_id == contest_scope)
    return [_record(*row, now, retention) for row in db.session.execute(select)]


def _record(
    attempt: Attempt, contest: Contest, closes_at: datetime, entry: RosterEntry, now: datetime, retention: timedelta
) -> Record:
    terms = pools.terms(contest.id, attempt.terms_version)
    allowed = visible(contest.id, terms, closes_at, now)
    shown = allowed is not Visible.NOTHING and attempt.handed_in_at is not None
    is_kept = now < closes_at + retention
    return Record(
        attempt_id=attempt.id,
        contest=contest.title,
        sitting=f"第{attempt.ordinal}次" if terms.attempts_allowed != 1 else "",
        handed_in_at=attempt.handed_in_at,
        time_taken=None if attempt.time_taken is None else attempt.time_taken // 1000,
        score=attempt.score if shown else None,
        full_score=terms.full_score,
        band=terms.band(attempt.score) if shown and attempt.score is not None and attempt.answered else None,
        is_counted=shown and attempt.voided_at is None and attempt.handed_in_at == entry.handed_in_at,
        is_voided=attempt.voided_at is not None,
        answered=attempt.answered,
        total=terms.spec.question_count,
        receipt=attempt.receipt if is_kept else None,
        fingerprint=attempt.fingerprint if is_kept else None,
        kept_until=closes_at + retention,
    )
