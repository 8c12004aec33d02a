"""Units from a list: what an uploaded one would do to the tree, and doing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.database import db
from app.formats import roster_table as formats
from app.formats.roster_table import UnitsReading, read_units
from app.models import Unit, UnitAlias
from app.operations.verdicts import outcome, problem_json
from app.queries import people as questions
from app.rules.matching import likely
from app.rules.question import Fault
from app.rules.unit_tree import KnownUnit, UnitPlan, UnitRow, plan_units

Json = dict[str, Any]


def check_units(content: bytes, file_name: str, now: datetime) -> Json:
    """A units list with the verdicts that it would get now. Writes nothing."""
    return judged(found(read_units(content, file_name)))


def found(reading: UnitsReading) -> Json:
    """A units list as read, in the form that an import keeps: to be judged now, and once more when it is confirmed."""
    return {
        "recognised": list(reading.recognised),
        "skipped": list(reading.skipped),
        "problems": [problem_json(problem) for problem in reading.problems],
        "rows": [_found_row(unit) for unit in reading.units],
    }


def _found_row(unit: formats.UnitRow) -> Json:
    cells = {
        "序号": str(unit.order) if unit.order is not None else "",
        "名称": unit.name,
        "代码": unit.code,
        "上级单位": unit.parent or "",
        "别名": "、".join(unit.aliases),
    }
    return {
        "row": unit.row,
        "sheet": unit.sheet,
        "values": {
            "name": unit.name,
            "code": unit.code or None,
            "order": unit.order,
            "parent": unit.parent,
            "aliases": list(unit.aliases),
        },
        "cells": list(cells.items()),
        "read": [problem_json(problem) for problem in unit.problems],
    }


def judged(reading: Json) -> Json:
    """The same with a verdict for each row: what of it is new, what changes, what cannot be."""
    known = questions.units()
    plans = _plans(reading, known)
    by_row = {plan.row.place: plan for plan in plans}
    names = {unit.id: unit.name for unit in known} | {plan.row.place: plan.name for plan in plans}
    rows = []
    for row in reading["rows"]:
        rows.append(_judged_row(row, by_row[_row(row).place], names))
    return reading | {"rows": rows}


@dataclass(frozen=True)
class UnitsPlan:
    """What confirming a units list writes."""

    plans: tuple[UnitPlan, ...]
    refused: int
    made_from: questions.Stamp

    def still_holds(self) -> bool:
        """Whether nobody has changed units since."""
        return questions.stamp() == self.made_from

    def carry_out(self, actor: int | None, now: datetime) -> Json:
        """Add and change units, inside the transaction that is open."""
        new = [plan for plan in self.plans if plan.unit is None]
        changed = [plan for plan in self.plans if plan.unit is not None and _changes(plan, {})]
        if new:
            rows = [{"name": plan.name, "code": plan.code, "order": plan.order} for plan in new]
            db.session.execute(sa.insert(Unit), rows)
        ids = {name: unit_id for unit_id, name in db.session.execute(sa.select(Unit.id, Unit.name))}
        made = {plan.row.place: ids[plan.name] for plan in new}
        below = [plan for plan in new if plan.parent_row or plan.parent_id]
        updates = [_values(plan, made) | {"id": made[plan.row.place]} for plan in below]
        updates += [_values(plan, made) | {"id": plan.unit.id} for plan in changed if plan.unit]
        if updates:
            db.session.execute(sa.update(Unit), updates)
        self._add_aliases(made)
        unchanged = len(self.plans) - len(new) - len(changed)
        return outcome(added=len(new), changed=len(changed), unchanged=unchanged, skipped=self.refused)

    def _add_aliases(self, made: dict[str, int]) -> None:
        rows = [
            {"unit_id": plan.unit.id if plan.unit else made[plan.row.place], "alias": alias}
            for plan in self.plans
            for alias in plan.new_aliases
        ]
        if rows:
            db.session.execute(sa.insert(UnitAlias), rows)


def plan(reading: Json, now: datetime) -> UnitsPlan:
    """The plan that a kept reading makes with the units as they are now."""
    stamp = questions.stamp()
    plans = [one for one in _plans(reading, questions.units()) if one.is_usable]
    return UnitsPlan(tuple(plans), len(reading["rows"]) - len(plans), stamp)


def _plans(reading: Json, known: Sequence[KnownUnit]) -> list[UnitPlan]:
    rows = [_row(row) for row in reading["rows"]]
    plans = plan_units(rows, known)
    names = [unit.name for unit in known] + [row.name for row in rows]
    for one in plans:
        one.faults[:] = [_with_likely(fault, one, names) for fault in one.faults]
    return plans


def _with_likely(fault: Fault, plan: UnitPlan, names: Sequence[str]) -> Fault:
    if not fault.message.startswith("没有上级单位"):
        return fault
    return fault._replace(message=f"{fault.message}，{unknown_unit_advice(plan.row.parent or '', names)}")


def verdict(problems: Sequence[Json]) -> str:
    """The gravest level among problems as an import keeps them: ok, warning or error."""
    levels = {problem["level"] for problem in problems}
    return "error" if "error" in levels else "warning" if "warning" in levels else "ok"


def unknown_unit_advice(name: str, known: Sequence[str]) -> str:
    """What to do about a unit that nobody knows: the likely one, if there is one."""
    from rapidfuzz.fuzz import ratio  # slow import, and few lists name an unknown unit

    meant = likely(name, known, ratio)
    if meant:
        return f"是不是“{meant}”？请改成单位表里的名称或代码"
    return "请先把它加进单位表，或改成单位表里的名称或代码"


def _row(row: Json) -> UnitRow:
    values = row["values"] | {"aliases": tuple(row["values"]["aliases"])}
    return UnitRow(row=row["row"], sheet=row["sheet"], is_faulty=verdict(row["read"]) == "error", **values)


def _judged_row(row: Json, plan: UnitPlan, names: dict[Any, str]) -> Json:
    problems = [*row["read"]]
    changes: list[tuple[str, str, str]] = []
    action = "refuse"
    if not plan.row.is_faulty:
        problems += [{"column": f.column, "level": f.level, "message": f.message} for f in plan.faults]
    if plan.is_usable:
        changes = _changes(plan, names) if plan.unit else []
        action = "add" if plan.unit is None else "change" if changes else "same"
    return row | {"action": action, "problems": problems, "changes": changes, "verdict": verdict(problems)}


def _changes(plan: UnitPlan, names: dict[Any, str]) -> list[tuple[str, str, str]]:
    unit = plan.unit
    assert unit is not None
    pairs = [
        ("名称", unit.name, plan.name),
        ("代码", unit.code or "", plan.code or ""),
        ("序号", str(unit.order), str(plan.order)),
    ]
    changes = [pair for pair in pairs if pair[1] != pair[2]]
    if plan.parent_row is not None or plan.parent_id != unit.parent_id:
        after = plan.parent_row if plan.parent_row is not None else plan.parent_id
        changes.append(("上级单位", names.get(unit.parent_id, ""), names.get(after, "")))
    if plan.new_aliases:
        changes.append(("别名", "", "、".join(plan.new_aliases)))
    if unit.is_retired:
        changes.append(("状态", "已停用", "恢复"))
    return changes


def _values(plan: UnitPlan, made: dict[str, int]) -> Json:
    parent = made[plan.parent_row] if plan.parent_row is not None else plan.parent_id
    return {"name": plan.name, "code": plan.code, "order": plan.order, "parent_id": parent, "retired_at": None}
