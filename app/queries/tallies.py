"""What is counted of a contest: the figures of its report, who is missing, how it goes."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.database import db
from app.models import Attempt, RosterEntry, RosterUnit, Sitting, Terms, User
from app.rules import rates
from app.rules.absence import Absent, Absentees, absence
from app.rules.masking import mask_phone
from app.rules.prose import SHANGHAI
from app.rules.rates import Tally, UnitTally
from app.rules.terms import ContestTerms

# Milliseconds, as moments are stored.
DAY = 86_400_000
SHANGHAI_AHEAD = SHANGHAI.utcoffset(None) // timedelta(milliseconds=1)


def figures(contest_id: int) -> rates.Figures:
    """All figures of the report, from one GROUP BY over the roster."""
    return rates.figures(*_counted(contest_id, _terms(contest_id)))


def absent_by_unit(contest_id: int) -> tuple[rates.Row, ...]:
    """Every unit that expects somebody, a parent before its children and with them added; 未分配 last."""
    counted = figures(contest_id)
    unassigned = tuple(row for row in counted.rows if row.kind == "unassigned")
    return tuple(row for row in counted.branches + unassigned if row.tally.expected or row.tally.participants)


@dataclass(frozen=True)
class Progress:
    """How a contest stands. People of the roster (as in the report's total), then of everybody: attempts by state."""

    participants: int
    expected: int
    answering: int
    handed_in: int
    last_saved_at: datetime | None


def progress(contest_id: int) -> Progress:
    """How many took part and are expected; how many are answering now; how many attempts were handed in."""
    units, unassigned, _ = _counted(contest_id, None)
    total = sum((unit.own for unit in units), unassigned)
    answering, handed_in, last_saved_at = db.session.execute(
        sa.select(
            _count(Attempt.handed_in_at.is_(None)),
            _count(Attempt.handed_in_at.is_not(None)),
            sa.func.max(Attempt.saved_at),
        )
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(Sitting.contest_id == contest_id, _counts_here())
    ).one()
    return Progress(total.participants, total.expected, answering, handed_in, last_saved_at)


def by_day(contest_id: int) -> tuple[tuple[date, int], ...]:
    """New participants of the roster on each day in Shanghai, from the first such day to the last, without gaps.

    A person is new on the day on which the first of their valid attempts started; the counts add up to 实参.
    """
    started = sa.type_coerce(Attempt.started_at, sa.BigInteger)
    first = (
        sa.select(sa.func.min(started).label("ms"))
        .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(RosterEntry.contest_id == contest_id, RosterEntry.expected, RosterEntry.result.is_not(None))
        .where(Attempt.handed_in_at.is_not(None), Attempt.voided_at.is_(None), Attempt.answered >= 1, _counts_here())
        .group_by(RosterEntry.id)
        .subquery()
    )
    # Whole days since 1970 in Shanghai; both databases divide integers to an integer.
    day = ((first.c.ms + sa.literal(SHANGHAI_AHEAD, sa.BigInteger)) // sa.literal(DAY, sa.BigInteger)).label("day")
    counted = {row.day: row.people for row in db.session.execute(
        sa.select(day, sa.func.count().label("people")).group_by(day)
    )}  # fmt: skip
    if not counted:
        return ()
    start = date(1970, 1, 1)
    return tuple(
        (start + timedelta(days=number), counted.get(number, 0)) for number in range(min(counted), max(counted) + 1)
    )


def absentees(contest_id: int, roster_unit_id: int | None, now: datetime) -> Absentees:
    """Who is expected and has no valid attempt, in that unit and all below it; in the whole contest for None.

    People with an excuse are left out. In 机构序列, then by name; a unit of another contest has nobody here.
    """
    places = _places(contest_id)
    rows = db.session.execute(_absent(contest_id, roster_unit_id)).all()
    # No database here sorts Chinese or walks a tree in the order of its siblings: both are done by keys.
    ordered = sorted(rows, key=lambda row: (places.get(row.unit_id, len(places)), row.sort_key, row.entry_id))
    return Absentees(now, tuple(_person(row) for row in ordered))


def _terms(contest_id: int) -> ContestTerms | None:
    select = sa.select(Terms.rules).where(Terms.contest_id == contest_id).order_by(Terms.version.desc()).limit(1)
    rules = db.session.scalar(select)
    return ContestTerms.from_json(rules) if rules else None


def _counted(contest_id: int, terms: ContestTerms | None) -> tuple[list[UnitTally], Tally, Tally]:
    """The tally of each unit's own staff, of 未分配 and of 编外. Without terms nobody's result reaches a mark."""
    units: list[UnitTally] = []
    unassigned = outside = Tally()
    for row in db.session.execute(_tallies(contest_id, terms)):
        if row.unit_id is not None:
            units.append(UnitTally(row.unit_id, row.parent_id, row.name, row.order, _tally(row, row.declared)))
        elif row.expected:
            unassigned += _tally(row, None)
        else:
            outside += replace(_tally(row, 0), enrolled=0, excused=0)
    return units, unassigned, outside


def _tallies(contest_id: int, terms: ContestTerms | None) -> sa.Select[Any]:
    """One row for each unit of the roster, counted or not, and one for each group of people outside all of them."""
    reached = RosterEntry.result
    of_unit = sa.case((RosterEntry.expected, RosterEntry.roster_unit_id)).label("unit_id")
    counts = (
        sa.select(
            of_unit,
            RosterEntry.expected.label("expected"),
            sa.func.count().label("enrolled"),
            # An excuse lapses when the person hands in a valid attempt.
            _count(sa.and_(RosterEntry.excuse.is_not(None), reached.is_(None))).label("excused"),
            sa.func.count(reached).label("participants"),
            _count(reached >= terms.excellence_mark if terms else sa.false()).label("excellent"),
            _count(reached >= terms.pass_mark if terms else sa.false()).label("passed"),
            _count(reached >= terms.full_score if terms else sa.false()).label("full"),
            sa.func.sum(RosterEntry.valid_attempts).label("attempts"),
            sa.func.sum(reached).label("score_sum"),
        )
        .where(RosterEntry.contest_id == contest_id)
        .group_by(of_unit, RosterEntry.expected)
        .subquery("counts")
    )
    columns = (RosterUnit.id, RosterUnit.parent_id, RosterUnit.name, RosterUnit.order, RosterUnit.declared)
    units = sa.select(*columns).where(RosterUnit.contest_id == contest_id).subquery("units")
    both = sa.outerjoin(units, counts, units.c.id == counts.c.unit_id, full=True)
    return sa.select(
        units.c.id.label("unit_id"), units.c.parent_id, units.c.name, units.c.order,
        units.c.declared, *(column for column in counts.c if column.name != "unit_id"),
    ).select_from(both).order_by(units.c.id)  # fmt: skip


def _tally(row: sa.Row[Any], declared: int | None) -> Tally:
    enrolled, excused = row.enrolled or 0, row.excused or 0
    return Tally(
        enrolled=enrolled,
        excused=excused,
        expected=enrolled - excused if declared is None else declared,
        participants=row.participants or 0,
        excellent=row.excellent or 0,
        passed=row.passed or 0,
        full=row.full or 0,
        attempts=int(row.attempts or 0),
        score_sum=int(row.score_sum or 0),
    )


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.count(sa.case((condition, 1)))


def _counts_here() -> sa.ColumnElement[bool]:
    """Practice counts for nothing."""
    return Sitting.mode != "practice"


def _places(contest_id: int) -> dict[int, int]:
    """Each unit's place when the tree is read from top to bottom: 机构序列."""
    select = sa.select(RosterUnit.id, RosterUnit.parent_id, RosterUnit.order).where(RosterUnit.contest_id == contest_id)
    units = [UnitTally(row.id, row.parent_id, "", row.order, Tally()) for row in db.session.execute(select)]
    branches = rates.figures(units, Tally(), Tally()).branches
    return {row.unit_id: place for place, row in enumerate(branches) if row.unit_id is not None}


def _absent(contest_id: int, roster_unit_id: int | None) -> sa.Select[Any]:
    attempts = (
        sa.select(
            Attempt.roster_entry_id,
            sa.func.count().label("made"),
            _count(Attempt.handed_in_at.is_(None)).label("open"),
            _count(Attempt.voided_at.is_not(None)).label("voided"),
            sa.func.max(Attempt.started_at).label("started_at"),
            sa.func.max(Attempt.handed_in_at).label("handed_in_at"),
        )
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(Sitting.contest_id == contest_id, _counts_here())
        .group_by(Attempt.roster_entry_id)
        .subquery("made")
    )
    select = (
        sa.select(
            RosterEntry.id.label("entry_id"), RosterEntry.roster_unit_id.label("unit_id"), User.name, User.sort_key,
            User.phone, User.staff_number, RosterUnit.name.label("unit"),
            attempts.c.made, attempts.c.open, attempts.c.voided, attempts.c.started_at, attempts.c.handed_in_at,
        )
        .join(User, User.id == RosterEntry.user_id)
        .outerjoin(RosterUnit, RosterUnit.id == RosterEntry.roster_unit_id)
        .outerjoin(attempts, attempts.c.roster_entry_id == RosterEntry.id)
        .where(RosterEntry.contest_id == contest_id, RosterEntry.expected)
        .where(RosterEntry.result.is_(None), RosterEntry.excuse.is_(None))
        .order_by(RosterEntry.id)
    )  # fmt: skip
    if roster_unit_id is None:
        return select
    return select.where(RosterEntry.roster_unit_id.in_(_subtree(contest_id, roster_unit_id)))


def _subtree(contest_id: int, roster_unit_id: int) -> sa.Select[tuple[int]]:
    """The unit and all below it. UNION, so that even a circle of parents ends."""
    top = sa.select(RosterUnit.id).where(RosterUnit.contest_id == contest_id, RosterUnit.id == roster_unit_id)
    below = top.cte("below", recursive=True)
    below = below.union(sa.select(RosterUnit.id).join(below, RosterUnit.parent_id == below.c.id))
    return sa.select(below.c.id)


def _person(row: sa.Row[Any]) -> Absent:
    return Absent(
        entry_id=row.entry_id,
        name=row.name,
        unit=row.unit or "",
        phone=mask_phone(row.phone),
        staff_number=row.staff_number or "",
        kind=absence(row.open or 0, row.made or 0),
        started_at=row.started_at,
        handed_in_at=row.handed_in_at,
        is_voided=bool(row.voided),
    )
