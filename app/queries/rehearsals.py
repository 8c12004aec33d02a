"""What a rehearsal asks: whether anybody real would be disturbed, what was stored, and what is left of it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.database import db, milliseconds
from app.models import Attempt, Contest, Grading, RosterEntry, Sitting, Unit, User
from app.models.rehearsal import made_up, real
from app.rules.rehearsal import Stored


@dataclass(frozen=True)
class Disturbed:
    """A contest whose people would notice: open, soon to open, or with papers that are still being answered."""

    title: str
    opens_at: datetime
    closes_at: datetime


def disturbed(now: datetime, until: datetime) -> list[Disturbed]:
    """The real contests in which somebody answers now, or may before `until`; a paused one goes on any moment."""
    answering = (
        sa.exists()
        .where(Attempt.sitting_id == Sitting.id, Attempt.handed_in_at.is_(None))
        .where(sa.type_coerce(Attempt.deadline, sa.BigInteger) + Attempt.grace >= milliseconds(now))
    )
    is_open = sa.or_(Sitting.closes_at > now, Sitting.paused_at.is_not(None), answering)
    select = (
        sa.select(Contest.title, Sitting.opens_at, Sitting.closes_at)
        .join(Sitting, Sitting.contest_id == Contest.id)
        .where(real(Contest), Contest.published_at.is_not(None), Sitting.opens_at <= until, is_open)
        .order_by(Sitting.opens_at, Contest.id)
    )
    return [Disturbed(*row) for row in db.session.execute(select)]


def coming_quiz(now: datetime) -> int | None:
    """The quiz of the real contest that opens next, or that is open now."""
    select = (
        sa.select(Contest.quiz_id)
        .join(Sitting, Sitting.contest_id == Contest.id)
        .where(real(Contest), Contest.published_at.is_not(None), Sitting.closes_at > now)
        .order_by(Sitting.opens_at < now, Sitting.opens_at, Contest.id)
    )
    return db.session.scalars(select).first()


@dataclass(frozen=True)
class Leftovers:
    """What stands in the tables of rehearsals that were not cleared away."""

    contests: int
    people: int
    units: int

    def __bool__(self) -> bool:
        return bool(self.contests or self.people or self.units)


def leftovers() -> Leftovers:
    """How much is left; nothing when the last rehearsal ended as it should and none is running."""
    counts = [sa.select(sa.func.count()).where(made_up(each)).scalar_subquery() for each in (Contest, User, Unit)]
    return Leftovers(*db.session.execute(sa.select(*counts)).one())


def stored(contest_id: int) -> dict[int, list[Stored]]:
    """Every attempt of a contest, by person."""
    of_contest = (
        sa.select(
            RosterEntry.user_id, RosterEntry.result, Attempt.id, Attempt.revision, Attempt.sheet, Attempt.handed_in_at,
            Attempt.score,
        )
        .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
        .where(RosterEntry.contest_id == contest_id)
        .order_by(Attempt.id)
    )  # fmt: skip
    graded = _graded(contest_id)
    found: dict[int, list[Stored]] = defaultdict(list)
    for row in db.session.execute(of_contest):
        responses, gradings = row.sheet["responses"], tuple(graded[row.id])
        attempt = Stored(row.id, row.revision, responses, row.handed_in_at, row.score, gradings, row.result)
        found[row.user_id].append(attempt)
    return found


def _graded(contest_id: int) -> dict[int, list[int]]:
    select = (
        sa.select(Grading.attempt_id, Grading.score)
        .join(Attempt, Attempt.id == Grading.attempt_id)
        .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
        .where(RosterEntry.contest_id == contest_id)
        .order_by(Grading.id)
    )
    scores: dict[int, list[int]] = defaultdict(list)
    for attempt_id, score in db.session.execute(select):
        scores[attempt_id].append(score)
    return scores
