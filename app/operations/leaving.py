"""Who of the units in a people list is not in it, who of them stays all the same, and letting the others go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.database import db
from app.models import Attempt, Grant, RosterEntry, SignIn, User
from app.queries import people as questions
from app.rules.masking import mask_phone
from app.rules.matching import KnownPerson, Match, plain_name

Json = dict[str, Any]


@dataclass(frozen=True)
class Absent:
    """Somebody of these units who is not in the file; stays for a `reason`, leaves without one."""

    person: KnownPerson
    reason: str

    def as_row(self, units: dict[int, str]) -> Json:
        """The same as a row of the preview."""
        person = self.person
        unit = units.get(person.unit_id or 0, "")
        message = f"文件里没有他，{self.reason}" if self.reason else "文件里没有他，将停用"
        return {
            "row": None,
            "sheet": None,
            "person": person.id,
            "cells": cells(person.name, unit, person.staff_number, person.phone, person.login),
            "action": "keep" if self.reason else "leave",
            "problems": [{"column": None, "level": "warning", "message": message}],
            "changes": [],
            "verdict": "warning",
        }


def absent_people(
    rows: Sequence[Json], matches: Sequence[Match], known: Sequence[KnownPerson], now: datetime
) -> list[Absent]:
    """Those of the units in the file whom no row means. Kept is everybody whom a row with an error might mean."""
    usable = [match for match in matches if match.is_usable]
    units = {match.row.unit_id for match in usable if match.row.unit_id is not None}
    present = {match.person.id for match in usable if match.person}
    missing = [p for p in known if p.unit_id in units and p.id not in present and not p.has_left]
    unsure = _marks_of_faulty(rows)
    answered = questions.with_attempts([person.id for person in missing])
    managing = questions.with_roles(now)
    absent = []
    for person in missing:
        reason = ""
        if unsure & {plain_name(person.name), person.phone, person.staff_number}:
            reason = "但像是他的那一行有误，先不停用；请改好那一行再导入"
        elif person.id in answered:
            reason = "但他答过题，成绩要保留，不停用"
        elif person.id in managing:
            reason = "但他有管理权限，不停用；请先收回权限"
        absent.append(Absent(person, reason))
    return absent


def remove(user_ids: Sequence[int], now: datetime) -> int:
    """Mark these people as having left and end their sign-ins, in the transaction that is open; returns how many did.

    Whoever has started an attempt or been given a role in the meantime stays.
    """
    answered = (
        sa.select(Attempt.id)
        .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
        .where(RosterEntry.user_id == User.id)
    )
    lasting = sa.or_(Grant.ends_at.is_(None), Grant.ends_at > now)
    managing = sa.select(Grant.id).where(Grant.user_id == User.id, lasting)
    leave = sa.update(User).where(User.id.in_(user_ids), User.left_at.is_(None), ~answered.exists(), ~managing.exists())
    done = db.session.execute(leave.values(left_at=now), execution_options={"synchronize_session": False})
    left = sa.select(User.id).where(User.id.in_(user_ids), User.left_at.is_not(None))
    live = sa.update(SignIn).where(SignIn.user_id.in_(left), SignIn.revoked_at.is_(None))
    db.session.execute(live.values(revoked_at=now), execution_options={"synchronize_session": False})
    return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE has a row count


def _marks_of_faulty(rows: Sequence[Json]) -> set[str | None]:
    """Names, phones and 工号 in rows with an error."""
    faulty = [row["values"] for row in rows if row["action"] == "refuse"]
    marks = {
        mark for values in faulty for mark in (plain_name(values["name"]), values["phone"], values["staff_number"])
    }
    return {mark for mark in marks if mark}


def cells(
    name: str, unit: str, staff_number: str | None, phone: str | None, login: str | None
) -> list[tuple[str, str]]:
    """A person as shown in a preview: the phone masked."""
    return [
        ("姓名", name),
        ("单位", unit),
        ("工号", staff_number or ""),
        ("手机", mask_phone(phone)),
        ("账号", login or ""),
    ]
