"""People from a list: what an uploaded one would do, and doing it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.database import db
from app.formats import roster_table as formats
from app.formats.roster_table import PeopleReading, read_people
from app.models import User
from app.operations.leaving import Absent, absent_people, cells, remove
from app.operations.spelling import sort_key
from app.operations.units import unknown_unit_advice, verdict
from app.operations.verdicts import outcome, problem_json
from app.queries import people as questions
from app.rules.masking import mask_phone
from app.rules.matching import Match, PersonRow, match_people, plain_name
from app.rules.unit_tree import KnownUnit

Json = dict[str, Any]
CHUNK = 500


def check_people(content: bytes, file_name: str, now: datetime, *, mode: str = "supplement") -> Json:
    """A people list with the verdicts that it would get now. Writes nothing."""
    return judged(found(read_people(content, file_name), mode), now)


def found(reading: PeopleReading, mode: str) -> Json:
    """A people list as read, in the form that an import keeps: to be judged now, and once more when it is confirmed."""
    return {
        "mode": mode,
        "recognised": list(reading.recognised),
        "skipped": list(reading.skipped),
        "problems": [problem_json(problem) for problem in reading.problems],
        "rows": [_found_row(person) for person in reading.people],
    }


def _found_row(person: formats.PersonRow) -> Json:
    values = {name: getattr(person, name) for name in ("name", "unit", "staff_number", "phone", "login")}
    return {
        "row": person.row,
        "sheet": person.sheet,
        "values": values,
        "cells": cells(**values),
        "read": [problem_json(problem) for problem in person.problems],
    }


def judged(reading: Json, now: datetime) -> Json:
    """The same with a verdict for each row; under `replace` also who of these units is not in the file."""
    judgement = _judge(reading, now)
    return reading | {"rows": [*judgement.rows, *(absent.as_row(judgement.units) for absent in judgement.absent)]}


@dataclass(frozen=True)
class PeoplePlan:
    """What confirming a people list writes."""

    new: tuple[Json, ...]
    changed: tuple[Json, ...]
    leaving: tuple[int, ...]
    counts: dict[str, int]
    made_from: questions.Stamp

    def still_holds(self) -> bool:
        """Whether nobody has changed units or people since."""
        return questions.stamp() == self.made_from

    def carry_out(self, actor: int | None, now: datetime) -> Json:
        """Add, change and remove, inside the transaction that is open. Nobody with an attempt is ever removed."""
        for start in range(0, len(self.new), CHUNK):
            db.session.execute(sa.insert(User), [row | {"created_at": now} for row in self.new[start : start + CHUNK]])
        if self.changed:
            db.session.execute(sa.update(User), list(self.changed))
        left = sum(remove(self.leaving[start : start + CHUNK], now) for start in range(0, len(self.leaving), CHUNK))
        kept = self.counts["kept"] + len(self.leaving) - left
        return outcome(**(self.counts | {"added": len(self.new), "left": left, "kept": kept}))


def plan(reading: Json, now: datetime) -> PeoplePlan:
    """The plan that a kept reading makes with the people of now; nobody leaves whom the preview did not name."""
    stamp = questions.stamp()
    named = {row["person"] for row in reading["rows"] if row["action"] == "leave"}
    judgement = _judge(reading | {"rows": [row for row in reading["rows"] if row["row"] is not None]}, now)
    usable = [match for match in judgement.matches if match.is_usable]
    changed = [
        {"id": match.person.id} | values for match in usable if match.person and (values := _changed(match))
    ]  # fmt: skip
    known = sum(1 for match in usable if match.person)
    leaving = tuple(a.person.id for a in judgement.absent if not a.reason and a.person.id in named)
    return PeoplePlan(
        new=tuple(_new(match) for match in usable if match.person is None),
        changed=tuple(changed),
        leaving=leaving,
        counts={
            "changed": len(changed),
            "unchanged": known - len(changed),
            "skipped": len(judgement.rows) - len(usable),
            "kept": sum(1 for absent in judgement.absent if absent.reason),
        },
        made_from=stamp,
    )


def known_in(content: bytes, file_name: str, now: datetime) -> tuple[int, ...]:
    """Ids of the people on a list who are known already: all of its usable rows, once it has been imported."""
    judgement = _judge(found(read_people(content, file_name), "supplement"), now)
    return tuple(match.person.id for match in judgement.matches if match.is_usable and match.person)


@dataclass(frozen=True)
class _Judgement:
    rows: list[Json]
    matches: list[Match]
    absent: list[Absent]
    units: dict[int, str]


def _judge(reading: Json, now: datetime) -> _Judgement:
    units, known = questions.units(), questions.known_people()
    called = _called(units)
    names = {unit.id: unit.name for unit in units}
    readable = [row for row in reading["rows"] if verdict(row["read"]) != "error"]
    problems = {id(row): [*row["read"]] for row in reading["rows"]}
    placed: list[tuple[Json, PersonRow]] = []
    for row in readable:
        unit_id = _unit_of(row, called, names, problems[id(row)])
        placed.append((row, _person(row, unit_id)))
    usable = [(row, person) for row, person in placed if verdict(problems[id(row)]) != "error"]
    matches = match_people([person for _, person in usable], known)
    found_by = {id(row): match for (row, _), match in zip(usable, matches, strict=True)}
    has_phones = any(person.phone for _, person in placed)
    rows = [_judged_row(row, found_by.get(id(row)), problems[id(row)], names, has_phones) for row in reading["rows"]]
    absent = absent_people(rows, matches, known, now) if reading["mode"] == "replace" else []
    return _Judgement(rows, matches, absent, names)


def _called(units: Iterable[KnownUnit]) -> dict[str, int]:
    """Units by whatever they are called: code, name, alias."""
    called: dict[str, int] = {}
    for unit in units:
        for text in (unit.code, unit.name, *unit.aliases):
            if text:
                called.setdefault(plain_name(text), unit.id)
    return called


def _unit_of(row: Json, called: dict[str, int], names: dict[int, str], problems: list[Json]) -> int | None:
    text = row["values"]["unit"]
    if not text:
        return None
    unit_id = called.get(plain_name(text))
    if unit_id is None:
        advice = unknown_unit_advice(text, list(names.values()))
        problems.append({"column": "单位", "level": "error", "message": f"没有“{text}”，{advice}"})
    return unit_id


def _person(row: Json, unit_id: int | None) -> PersonRow:
    values = row["values"]
    return PersonRow(
        row=row["row"],
        sheet=row["sheet"],
        name=values["name"],
        unit_id=unit_id,
        staff_number=values["staff_number"] or None,
        phone=values["phone"] or None,
        login=values["login"] or None,
    )


def _judged_row(row: Json, match: Match | None, problems: list[Json], names: dict[int, str], has_phones: bool) -> Json:
    changes: list[tuple[str, str, str]] = []
    action = "refuse"
    if match is not None:
        problems += [{"column": f.column, "level": f.level, "message": f.message} for f in match.faults]
        if match.is_usable:
            problems += _gaps(match, has_phones)
            changes = _changes(match, names)
            action = _action(match, changes)
    if action == "refuse":
        # how the reader told namesakes apart matters no more, and may contradict
        problems = [p for p in problems if p["level"] == "error" or p["column"] != "姓名"]
    person = match.person.id if match and match.person else None
    return row | {
        "person": person,
        "action": action,
        "problems": problems,
        "changes": changes,
        "verdict": verdict(problems),
    }


def _action(match: Match, changes: list[tuple[str, str, str]]) -> str:
    if match.person is None:
        return "add"
    if match.person.has_left:
        return "revive"
    return "change" if changes else "same"


def _gaps(match: Match, has_phones: bool) -> list[Json]:
    """What a person will miss who comes in like this."""
    row, gaps = match.row, []
    if has_phones and not row.phone and not (match.person and match.person.phone):
        message = "没有手机号，不能用姓名加手机号后四位入场；请补上"
        gaps.append({"column": "手机", "level": "warning", "message": message})
    return gaps


def _changed(match: Match) -> Json:
    """The columns of the known person that the row changes; an empty cell changes nothing, an account is kept."""
    row, person = match.row, match.person
    assert person is not None
    values: Json = {}
    if plain_name(row.name) != plain_name(person.name):
        values |= {"name": row.name, "sort_key": sort_key(row.name)}
    for name in ("unit_id", "staff_number", "phone"):
        wanted = getattr(row, name)
        if wanted is not None and wanted != getattr(person, name):
            values[name] = wanted
    if row.login and not person.login:
        values["login"] = row.login
    if person.has_left:
        values["left_at"] = None
    return values


def _changes(match: Match, names: dict[int, str]) -> list[tuple[str, str, str]]:
    person = match.person
    if person is None:
        return []
    values = _changed(match)
    changes = []
    if "name" in values:
        changes.append(("姓名", person.name, values["name"]))
    if "unit_id" in values:
        changes.append(("单位", names.get(person.unit_id or 0, ""), names[values["unit_id"]]))
    if "staff_number" in values:
        changes.append(("工号", person.staff_number or "", values["staff_number"]))
    if "phone" in values:
        changes.append(("手机", mask_phone(person.phone), mask_phone(values["phone"])))
    if "login" in values:
        changes.append(("账号", "", values["login"]))
    if "left_at" in values:
        changes.append(("状态", "已停用", "恢复"))
    return changes


def _new(match: Match) -> Json:
    row = match.row
    return {
        "name": row.name,
        "unit_id": row.unit_id,
        "staff_number": row.staff_number,
        "phone": row.phone,
        "login": row.login,
        "sort_key": sort_key(row.name),
    }
