"""Importing a list of units or people from the command line: read, judge, print, write."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from app.cli.files import (
    UNREADABLE,
    actions_json,
    is_unreadable,
    print_actions,
    print_json,
    print_problems,
    problems_json,
    stop,
    stop_invalid,
    uploads_folder,
)
from app.cli.progress import steps
from app.extensions import utc_now
from app.operations import uploads
from app.queries import imports
from app.queries.imports import EFFECTIVE, PreviewRow, RowProblem
from app.rules.invalid import Invalid


@dataclass(frozen=True)
class List:
    """What kind of list: its counting word, how it is judged without writing, how it is kept for confirmation."""

    counted: str
    check: Callable[[bytes, str, datetime], dict[str, Any]]
    preview: Callable[..., int]


def import_list(kind: List, file: Path, dry_run: bool, skip_faulty: bool, as_json: bool) -> None:
    """Import a list, or only print what it would do. Ends with the exit code that the commands promise."""
    now = utc_now()
    with steps(3) as bar:
        bar.begin("读取")
        content = file.read_bytes()
        bar.begin("核对")
        judged = kind.check(content, file.name, now)
        problems, rows = imports.problems_of(judged), imports.preview_rows(judged)
        faulty = sum(1 for row in rows if row.verdict == "error")
        report = _report(file, problems, rows)
        is_stopped = is_unreadable(problems) or (faulty > 0 and not skip_faulty) or dry_run
        if not is_stopped and any(row.action in EFFECTIVE for row in rows):
            bar.begin("写入")
            report["outcome"] = _confirmed(kind, content, file.name, now)
    if as_json:
        print_json(report)
    else:
        print_problems(report["problems"])
        print_actions(rows)
    if is_unreadable(problems):
        stop(UNREADABLE, "文件读不了，什么也没有写入。")
    if faulty and (dry_run or not skip_faulty):
        stop(1, f"有 {faulty} 行有误，什么也没有写入。请改好后再导入；或加 --skip-faulty，跳过这些行。")
    if not rows or (faulty == len(rows)):
        stop(1, "没有可以导入的内容，什么也没有写入。")
    if not as_json:
        click.echo(_told(kind, report["outcome"], dry_run))


def _report(file: Path, problems: tuple[RowProblem, ...], rows: tuple[PreviewRow, ...]) -> dict[str, Any]:
    return {
        "file": file.name,
        "rows": sum(1 for row in rows if row.row is not None),
        "actions": actions_json(rows),
        "problems": problems_json(problems, rows),
        "outcome": None,
    }


def _confirmed(kind: List, content: bytes, file_name: str, now: datetime) -> dict[str, Any]:
    try:
        import_id = kind.preview(content, file_name, folder=uploads_folder(), actor=None, now=now)
        return uploads.confirm_import(import_id, actor=None, now=now).outcome
    except Invalid as error:
        stop_invalid(error)


def _told(kind: List, outcome: dict[str, Any] | None, dry_run: bool) -> str:
    if dry_run:
        return "这是试算，什么也没有写入；去掉 --dry-run 就会导入。"
    if outcome is None:
        return "与系统里的完全一样，没有要写入的。"
    left = f"，停用 {outcome['left']}" if outcome["left"] else ""
    return f"已导入：新增 {outcome['added']} {kind.counted}，更新 {outcome['changed']}{left}。"
