"""What every import keeps in the same form: the problems of a row, and the counts of what was done."""

from typing import Any

from app.formats.problem import Problem


def outcome(**counts: int) -> dict[str, int]:
    """What an import did, every count named."""
    return {name: counts.get(name, 0) for name in ("added", "changed", "unchanged", "skipped", "left", "kept")}


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem as kept in a reading: its place is the row's."""
    return {"column": problem.column, "level": problem.level, "message": problem.message}
