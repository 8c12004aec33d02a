"""What pages and imports ask about units and the people in them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.database import db
from app.models import Attempt, Grant, Import, RosterEntry, RosterUnit, Unit, UnitAlias, User
from app.models.rehearsal import real
from app.queries.pages import SIZE, Page, contains, page
from app.rules.matching import KnownPerson
from app.rules.unit_tree import KnownUnit

CHUNK = 500


@dataclass(frozen=True)
class UnitNode:
    """A unit in the tree, in the official order. `own` counts its own people, `total` those below it too."""

    id: int
    name: str
    code: str | None
    order: int
    depth: int
    parent_id: int | None
    aliases: tuple[str, ...]
    own: int
    total: int


@dataclass(frozen=True)
class PersonInList:
    """A person in the people list; the page masks the phone (`rules.masking.mask_phone`)."""

    id: int
    name: str
    unit_id: int | None
    unit: str
    staff_number: str | None
    phone: str | None
    login: str | None
    left_at: datetime | None


def units() -> list[KnownUnit]:
    """Every unit with its aliases, in the official order."""
    aliases: dict[int, list[str]] = {}
    for unit_id, alias in db.session.execute(sa.select(UnitAlias.unit_id, UnitAlias.alias).order_by(UnitAlias.id)):
        aliases.setdefault(unit_id, []).append(alias)
    select = sa.select(Unit.id, Unit.name, Unit.code, Unit.order, Unit.parent_id, Unit.retired_at)
    return [
        KnownUnit(row[0], row[1], row[2], row[3], row[4], tuple(aliases.get(row[0], ())), row[5] is not None)
        for row in db.session.execute(select.where(real(Unit)).order_by(Unit.order, Unit.id))
    ]


def unit_tree() -> list[UnitNode]:
    """All units, each parent before its children, with head-counts; people who left are not counted."""
    known = [unit for unit in units() if not unit.is_retired]
    here = {unit.id for unit in known}
    children: dict[int | None, list[KnownUnit]] = {}
    for unit in known:
        children.setdefault(unit.parent_id if unit.parent_id in here else None, []).append(unit)
    heads = _heads()
    nodes: list[UnitNode] = []
    for top in children.get(None, []):
        _grow(top, 0, children, heads, nodes)
    return nodes


def unassigned() -> int:
    """How many people belong to no unit; accounts that only manage something are among them."""
    return _heads().get(None, 0)


def people(
    *, search: str = "", unit_id: int | None = None, without_unit: bool = False, number: int = 1, size: int = SIZE
) -> Page[PersonInList]:
    """A page of the people who are here, by sound of the name; `search` is part of name or unit, or a 工号 or login.

    `unit_id` keeps to the people of that unit itself, `without_unit` to those of none.
    """
    select = (
        sa.select(
            User.id, User.name, User.unit_id, Unit.name, User.staff_number, User.phone, User.login, User.left_at
        )
        .outerjoin(Unit, Unit.id == User.unit_id)
        .where(User.left_at.is_(None), real(User))
    )  # fmt: skip
    if unit_id is not None:
        select = select.where(User.unit_id == unit_id)
    if without_unit:
        select = select.where(User.unit_id.is_(None))
    if text := search.strip():
        select = select.where(
            sa.or_(contains(User.name, text), contains(Unit.name, text), User.staff_number == text, User.login == text)
        )  # fmt: skip
    select = select.order_by(User.sort_key, User.id)
    return page(select, number, size).map(_person)


def known_people() -> list[KnownPerson]:
    """Everybody, those who left included, in the form in which an import compares them."""
    select = sa.select(User.id, User.name, User.unit_id, User.staff_number, User.phone, User.login, User.left_at)
    select = select.where(real(User)).order_by(User.id)
    return [KnownPerson(*row[:6], has_left=row[6] is not None) for row in db.session.execute(select)]


def units_on_roster(contest_id: int, phones: list[str]) -> dict[tuple[str, str], str]:
    """The unit of each person on this contest's roster who has one of these telephones, by name and telephone."""
    select = (
        sa.select(User.name, User.phone, RosterUnit.name)
        .join(RosterEntry, RosterEntry.user_id == User.id)
        .outerjoin(RosterUnit, RosterUnit.id == RosterEntry.roster_unit_id)
        .where(RosterEntry.contest_id == contest_id, User.phone.in_(phones))
        .order_by(User.id)
    )
    return {(name, phone): unit or "" for name, phone, unit in db.session.execute(select) if phone}


def with_attempts(user_ids: list[int]) -> set[int]:
    """Those of these people who have an attempt in any contest."""
    select = sa.select(RosterEntry.user_id).join(Attempt, Attempt.roster_entry_id == RosterEntry.id).distinct()
    return {
        user_id
        for start in range(0, len(user_ids), CHUNK)
        for user_id in db.session.scalars(select.where(RosterEntry.user_id.in_(user_ids[start : start + CHUNK])))
    }


def with_roles(now: datetime) -> set[int]:
    """Everybody who holds a role now."""
    select = sa.select(Grant.user_id).where(sa.or_(Grant.ends_at.is_(None), Grant.ends_at > now))
    return set(db.session.scalars(select.distinct()))


@dataclass(frozen=True)
class Stamp:
    """Changes whenever somebody adds units or people, or confirms an import of them."""

    users: int
    last_user: int
    here: int
    units: int
    last_import: datetime | None


def stamp() -> Stamp:
    """What a plan for an import was made from, so that it can be told whether that still stands."""
    here_now = sa.func.count().filter(User.left_at.is_(None))
    users, last, here = db.session.execute(
        sa.select(sa.func.count(), sa.func.max(User.id), here_now).where(real(User))
    ).one()
    last_import = db.session.scalar(
        sa.select(sa.func.max(Import.confirmed_at)).where(Import.kind.in_(("units", "people")))
    )
    units_now = db.session.scalar(sa.select(sa.func.count()).where(real(Unit))) or 0
    return Stamp(users, last or 0, here, units_now, last_import)


def _person(row: sa.Row[*tuple[Any, ...]]) -> PersonInList:
    person_id, name, unit_id, unit, staff_number, phone, login, left_at = row
    return PersonInList(person_id, name, unit_id, unit or "", staff_number, phone, login, left_at)


def _heads() -> dict[int | None, int]:
    here = sa.and_(User.left_at.is_(None), real(User))
    select = sa.select(User.unit_id, sa.func.count()).where(here).group_by(User.unit_id)
    return {unit_id: count for unit_id, count in db.session.execute(select)}


def _grow(
    unit: KnownUnit,
    depth: int,
    children: dict[int | None, list[KnownUnit]],
    heads: dict[int | None, int],
    nodes: list[UnitNode],
) -> int:
    """Append the unit and all below it; returns how many people they have together."""
    place = len(nodes)
    own = heads.get(unit.id, 0)
    node = UnitNode(unit.id, unit.name, unit.code, unit.order, depth, unit.parent_id, unit.aliases, own, own)
    nodes.append(node)
    total = own + sum(_grow(child, depth + 1, children, heads, nodes) for child in children.get(unit.id, []))
    nodes[place] = replace(node, total=total)
    return total
