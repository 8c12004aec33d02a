"""The roster of a contest: who is expected, and the units of that day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.database import db, writing
from app.models import Contest, RosterEntry, RosterUnit, Sitting, Unit, User
from app.operations.audit import record
from app.rules.invalid import Invalid

CHUNK = 500


@dataclass(frozen=True)
class Invited:
    """A person to be put on a roster, with the unit of that day."""

    user_id: int
    unit_id: int | None


def invited(unit_ids: Sequence[int] | None, user_ids: Sequence[int] | None) -> list[Invited]:
    """Who is meant: the people named, those of the units named and below, or everybody who belongs to a unit."""
    select = sa.select(User.id, User.unit_id).where(User.left_at.is_(None)).order_by(User.id)
    people = [Invited(*row) for row in db.session.execute(select)]
    if user_ids is not None:
        wanted = set(user_ids)
        return [person for person in people if person.user_id in wanted]
    if unit_ids is not None:
        inside = _with_descendants(unit_ids)
        return [person for person in people if person.unit_id in inside]
    # an account that only manages something belongs to no unit, and is not expected to take part
    return [person for person in people if person.unit_id is not None]


def units_of(unit_ids: Sequence[int] | None, user_ids: Sequence[int] | None) -> set[int]:
    """The units that the report lists, those without people too; with a list of people, only the people's own."""
    if user_ids is not None:
        return set()
    if unit_ids is not None:
        return _with_descendants(unit_ids)
    return set(db.session.scalars(sa.select(Unit.id).where(Unit.retired_at.is_(None))))


def _with_descendants(unit_ids: Iterable[int]) -> set[int]:
    parents = db.session.execute(sa.select(Unit.id, Unit.parent_id)).all()
    inside = set(unit_ids)
    while more := {unit_id for unit_id, parent in parents if parent in inside} - inside:
        inside |= more
    return inside


def take(contest: Contest, people: Sequence[Invited], unit_ids: set[int], now: datetime) -> None:
    """Write the roster, inside the transaction that is open: these people, and these units even without any."""
    units = freeze_units(contest.id, unit_ids | {person.unit_id for person in people if person.unit_id is not None})
    rows = [
        {
            "contest_id": contest.id,
            "user_id": person.user_id,
            "roster_unit_id": units.get(person.unit_id) if person.unit_id else None,
            "expected": True,
            "source": "roster",
            "valid_attempts": 0,
        }
        for person in people
    ]
    for start in range(0, len(rows), CHUNK):
        db.session.execute(sa.insert(RosterEntry), rows[start : start + CHUNK])
    contest.roster_taken_at = now


def freeze_units(contest_id: int, unit_ids: Iterable[int]) -> dict[int, int]:
    """Copy these units, and those above them, into the contest where they are not yet; unit id to roster unit id."""
    units = {unit.id: unit for unit in db.session.scalars(sa.select(Unit))}
    select = sa.select(RosterUnit.unit_id, RosterUnit.id).where(RosterUnit.contest_id == contest_id)
    frozen: dict[int, int] = {unit_id: row_id for unit_id, row_id in db.session.execute(select)}
    for unit_id in unit_ids:
        chain: list[Unit] = []
        above: int | None = unit_id
        while above is not None and above not in frozen:
            chain.append(units[above])
            above = units[above].parent_id
        for unit in reversed(chain):
            row = RosterUnit(
                contest_id=contest_id, unit_id=unit.id, name=unit.name, code=unit.code, order=unit.order,
                parent_id=frozen.get(unit.parent_id) if unit.parent_id else None,
            )  # fmt: skip
            db.session.add(row)
            db.session.flush()
            frozen[unit.id] = row.id
    return frozen


def refresh_roster(contest_id: int, *, actor: int | None, now: datetime) -> int:
    """Before the first sitting opens: take in everybody who has joined the units on the roster since; returns how many.

    Raises Invalid once the sitting has opened: the roster of that day stands.
    """
    with writing():
        contest = db.session.get_one(Contest, contest_id)
        opens_at = db.session.scalar(sa.select(sa.func.min(Sitting.opens_at)).where(Sitting.contest_id == contest_id))
        if opens_at is not None and now >= opens_at:
            raise Invalid("竞赛已经开始，名单以开始时为准；漏录的人请走“申请参赛”。")
        units = sa.select(RosterUnit.unit_id).where(RosterUnit.contest_id == contest_id)
        known = sa.select(RosterEntry.user_id).where(RosterEntry.contest_id == contest_id)
        people = [
            Invited(*row)
            for row in db.session.execute(
                sa.select(User.id, User.unit_id).where(
                    User.left_at.is_(None), User.unit_id.in_(units), User.id.not_in(known)
                )
            )
        ]
        take(contest, people, set(), now)
        record(actor, "contest.refresh_roster", f"contest:{contest_id}", now, added=len(people))
        return len(people)
