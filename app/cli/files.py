"""What the commands that read files share: where uploads are kept, and how verdicts are printed."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import current_app

from app.queries.imports import ACTIONS, PreviewRow, RowProblem
from app.rules.invalid import Invalid
from app.rules.matching import row_place

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
LEVELS = {"error": "有误", "warning": "提醒"}
UNREADABLE = 2


def uploads_folder() -> Path:
    """Where the bytes of imported files are kept."""
    folder: Path = current_app.config["SETTINGS"].instance_dir / "uploads"
    return folder


def print_json(value: Any) -> None:
    """One JSON value on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def stop(code: int, *messages: str) -> NoReturn:
    """Complain on standard error and end with that exit code."""
    for message in messages:
        click.echo(message, err=True)
    raise SystemExit(code)


def stop_invalid(error: Invalid) -> NoReturn:
    """End because values mean something impossible."""
    stop(1, *error.messages)


def problems_json(problems: Iterable[RowProblem], rows: Iterable[PreviewRow]) -> list[dict[str, Any]]:
    """The problems of a file and of its rows, in the file's order, each with its row."""
    found = [_problem_json(problem, None, None) for problem in problems]
    return found + [_problem_json(problem, row.row, row.sheet) | whom(row) for row in rows for problem in row.problems]


def print_problems(problems: Sequence[dict[str, Any]]) -> None:
    """One line for each problem, as people read it."""
    for problem in problems:
        place = row_place(problem["row"], problem["sheet"]) if problem["row"] else problem.get("person", "全文")
        column = f"　{problem['column']}" if problem["column"] else ""
        click.echo(f"{LEVELS[problem['level']]}　{place}{column}：{problem['message']}")


def whom(row: PreviewRow) -> dict[str, str]:
    """Who is meant by a row that is not in the file: 李明，市财政局，工号G001; without a 工号 the masked telephone."""
    if row.row is not None:
        return {}
    cells = dict(row.cells)
    number = f"工号{cells['工号']}" if cells.get("工号") else cells.get("手机", "")
    return {"person": "，".join(text for text in (cells.get("姓名", ""), cells.get("单位", ""), number) if text)}


def print_actions(rows: Sequence[PreviewRow]) -> None:
    """新增 6，更新 2，… : what would happen to the rows."""
    counts = {action: sum(1 for row in rows if row.action == action) for action in ACTIONS}
    told = "，".join(f"{ACTIONS[action]} {count}" for action, count in counts.items() if count)
    click.echo(told or "没有读到内容")


def actions_json(rows: Sequence[PreviewRow]) -> dict[str, int]:
    """How many rows each action would have."""
    return {action: sum(1 for row in rows if row.action == action) for action in ACTIONS}


def is_unreadable(problems: Iterable[RowProblem]) -> bool:
    """Whether the file as a whole could not be read."""
    return any(problem.level == "error" for problem in problems)


def _problem_json(problem: RowProblem, row: int | None, sheet: str | None) -> dict[str, Any]:
    return {
        "row": row,
        "column": problem.column,
        "level": problem.level,
        "message": problem.message,
        "sheet": sheet,
    }
