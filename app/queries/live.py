"""Where everybody on a roster stands right now: one GROUP BY for the counts, one page of rows."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from app.database import Moment, db
from app.models import Attempt, LateSheet, RosterEntry, RosterUnit, SignIn, User
from app.queries.pages import Page, contains, page
from app.rules import rates
from app.rules.masking import mask_phone
from app.rules.rates import Tally, UnitTally

# A page asks for news every minute at the latest: two answers missing, and it is gone.
SILENT_AFTER = timedelta(seconds=150)


class Presence(StrEnum):
    """Where somebody stands, in the order in which it is listed."""

    ANSWERING = "answering"
    OFFLINE = "offline"
    HELD = "held"
    OVERDUE = "overdue"
    ENTERED = "entered"
    ABSENT = "absent"
    HANDED_IN = "handed_in"
    VOIDED = "voided"


class Sort(StrEnum):
    """By what the rows are ordered."""

    PRESENCE = "presence"
    UNIT = "unit"
    NAME = "name"
    SEEN = "seen"


@dataclass(frozen=True)
class Wanted:
    """Which rows are wanted."""

    unit_id: int | None = None
    presence: Presence | None = None
    is_late: bool = False
    search: str = ""
    sort: Sort = Sort.PRESENCE


@dataclass(frozen=True)
class UnitCounts:
    """A unit with all below it: how many stand where, and of how many a late sheet waits for a decision."""

    unit_id: int | None
    name: str
    depth: int
    counts: Counter[Presence]
    late: int

    @property
    def total(self) -> int:
        return self.counts.total()


@dataclass(frozen=True)
class Person:
    """One person on the roster; `attempt_id` is the open attempt, else the last one. The phone is masked.

    `late_id` is a late sheet of theirs that waits for a decision.
    """

    name: str
    phone: str | None
    unit: str
    presence: Presence
    attempt_id: int | None
    answered: int | None
    alive_at: datetime | None
    deadline: datetime | None
    handed_in_at: datetime | None
    receipt: str | None
    late_id: int | None


def counts(contest_id: int, sitting_id: int, now: datetime) -> tuple[UnitCounts, ...]:
    """Every unit of the roster in 机构序列, each with all below it, then 未分配; the whole contest comes first."""
    base = _base(contest_id, sitting_id, now)
    late = sa.func.count(base.made.c.late_id)
    select = sa.select(RosterEntry.roster_unit_id, base.presence, sa.func.count(), late).select_from(base.tables)
    own: dict[int | None, Counter[Presence]] = {}
    own_late: Counter[int | None] = Counter()
    for unit_id, presence, count, waiting in db.session.execute(
        select.where(RosterEntry.contest_id == contest_id).group_by(RosterEntry.roster_unit_id, base.presence)
    ):
        own.setdefault(unit_id, Counter())[Presence(presence)] = count
        own_late[unit_id] += waiting
    rows = [UnitCounts(None, "全部", 0, sum(own.values(), Counter()), own_late.total())]
    units = _units(contest_id)
    below = _below(units)
    for row in rates.figures(units, Tally(), Tally()).branches:
        if row.unit_id is None:
            continue
        inside = below[row.unit_id]
        counted = sum((own.get(one, Counter()) for one in inside), Counter[Presence]())
        if counted:
            late_inside = sum(own_late[one] for one in inside)
            rows.append(UnitCounts(row.unit_id, row.name, row.depth, counted, late_inside))
    if None in own:
        rows.append(UnitCounts(0, "未分配", 0, own[None], own_late[None]))
    return tuple(rows)


def people(contest_id: int, sitting_id: int, wanted: Wanted, now: datetime, number: int, size: int) -> Page[Person]:
    """That page of those who are wanted."""
    base = _base(contest_id, sitting_id, now)
    select = (
        sa.select(
            User.name, User.phone, RosterUnit.name, base.presence, Attempt.id, Attempt.answered,
            sa.type_coerce(base.alive, Moment), Attempt.deadline, Attempt.handed_in_at, Attempt.receipt,
            base.made.c.late_id,
        )
        .select_from(base.tables)
        .join(User, User.id == RosterEntry.user_id)
        .outerjoin(RosterUnit, RosterUnit.id == RosterEntry.roster_unit_id)
        .outerjoin(Attempt, Attempt.id == sa.func.coalesce(base.made.c.open_id, base.made.c.last_id))
        .where(RosterEntry.contest_id == contest_id)
        .order_by(*_order(wanted.sort, base), User.sort_key, RosterEntry.id)
    )  # fmt: skip
    return page(_narrowed(select, contest_id, wanted, base), number, size).map(_person)


@dataclass(frozen=True)
class _Base:
    """The roster with what each person has made, and the two expressions that everything here is about."""

    tables: Any
    made: Any
    presence: sa.ColumnElement[str]
    alive: sa.ColumnElement[int]


def _base(contest_id: int, sitting_id: int, now: datetime) -> _Base:
    is_open = Attempt.handed_in_at.is_(None)
    made = (
        sa.select(
            Attempt.roster_entry_id,
            sa.func.max(sa.case((is_open, Attempt.id))).label("open_id"),
            sa.func.max(Attempt.id).label("last_id"),
            sa.func.max(sa.case((is_open, _plain(Attempt.held_at)))).label("held_at"),
            sa.func.max(sa.case((is_open, _plain(Attempt.deadline)))).label("deadline"),
            sa.func.max(_later(_later(Attempt.started_at, Attempt.saved_at), Attempt.seen_at)).label("alive"),
            sa.func.count(sa.case((sa.not_(is_open) & Attempt.voided_at.is_(None), 1))).label("valid"),
            sa.func.max(LateSheet.id).label("late_id"),
        )
        .outerjoin(LateSheet, sa.and_(LateSheet.attempt_id == Attempt.id, LateSheet.state == "waiting"))
        .where(Attempt.sitting_id == sitting_id)
        .group_by(Attempt.roster_entry_id)
        .subquery("made")
    )
    is_in = sa.exists().where(
        SignIn.user_id == RosterEntry.user_id,
        SignIn.revoked_at.is_(None),
        SignIn.expires_at > now,
        sa.or_(SignIn.contest_id.is_(None), SignIn.contest_id == contest_id),
    )
    silent = sa.bindparam("silent", now - SILENT_AFTER, type_=Moment)
    presence = sa.case(
        (made.c.held_at.is_not(None), Presence.HELD.value),
        (made.c.deadline <= sa.bindparam("moment", now, type_=Moment), Presence.OVERDUE.value),
        (made.c.open_id.is_not(None) & (made.c.alive < silent), Presence.OFFLINE.value),
        (made.c.open_id.is_not(None), Presence.ANSWERING.value),
        (made.c.valid > 0, Presence.HANDED_IN.value),
        (made.c.last_id.is_not(None), Presence.VOIDED.value),
        (is_in, Presence.ENTERED.value),
        else_=Presence.ABSENT.value,
    ).label("presence")
    tables = sa.outerjoin(RosterEntry, made, made.c.roster_entry_id == RosterEntry.id)
    return _Base(tables, made, presence, made.c.alive)


def _plain(column: Any) -> sa.ColumnElement[int]:
    return sa.type_coerce(column, sa.BigInteger)


def _later(first: Any, second: Any) -> sa.ColumnElement[int]:
    """The later of two moments of which the second may be missing: neither database has the other's word for it."""
    one, two = _plain(first), _plain(second)
    return sa.case((two > one, two), else_=one)


def _order(sort: Sort, base: _Base) -> tuple[Any, ...]:
    if sort is Sort.UNIT:
        return RosterUnit.order.is_(None), RosterUnit.order, RosterUnit.id
    if sort is Sort.SEEN:
        return base.alive.is_(None), base.alive.desc()
    if sort is Sort.NAME:
        return ()
    rank = {presence.value: place for place, presence in enumerate(Presence)}
    return (sa.case(rank, value=base.presence),)


def _narrowed(select: Any, contest_id: int, wanted: Wanted, base: _Base) -> Any:
    if wanted.presence is not None:
        select = select.where(base.presence == wanted.presence.value)
    if wanted.is_late:
        select = select.where(base.made.c.late_id.is_not(None))
    if wanted.unit_id == 0:
        select = select.where(RosterEntry.roster_unit_id.is_(None))
    elif wanted.unit_id is not None:
        inside: Collection[int] = _below(_units(contest_id)).get(wanted.unit_id, ())
        select = select.where(RosterEntry.roster_unit_id.in_(inside))
    if wanted.search:
        select = select.where(contains(User.name, wanted.search) | (Attempt.receipt == wanted.search))
    return select


def _person(row: Any) -> Person:
    name, phone, unit, presence, attempt_id, answered, alive_at, deadline, handed_in_at, receipt, late_id = row
    return Person(
        name, mask_phone(phone), unit or "", Presence(presence), attempt_id, answered, alive_at, deadline,
        handed_in_at, receipt, late_id,
    )  # fmt: skip


def _units(contest_id: int) -> list[UnitTally]:
    columns = (RosterUnit.id, RosterUnit.parent_id, RosterUnit.name, RosterUnit.order)
    rows = db.session.execute(sa.select(*columns).where(RosterUnit.contest_id == contest_id))
    return [UnitTally(*row, Tally()) for row in rows]


def _below(units: list[UnitTally]) -> dict[int, set[int]]:
    """Each unit with all below it."""
    parents = {unit.unit_id: unit.parent_id for unit in units}
    inside: dict[int, set[int]] = {unit_id: set() for unit_id in parents}
    for unit_id in parents:
        above: int | None = unit_id
        while above is not None and unit_id not in inside[above]:
            inside[above].add(unit_id)
            above = parents.get(above)
    return inside
