"""The command line: parse, call, print. Reports go to standard output, progress and complaints to standard error."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask import Flask

from app.cli.attempt import attempt
from app.cli.backup import backup, restore
from app.cli.bank import bank
from app.cli.clock import clock
from app.cli.content import content
from app.cli.contest import contest
from app.cli.doctor import doctor
from app.cli.files import stop
from app.cli.rehearsal import rehearse
from app.cli.report import report
from app.cli.roster import roster
from app.cli.units import units
from app.cli.user import user
from app.database import NoSuchTable, Unavailable

COMMANDS: tuple[click.Command, ...] = (
    content,
    bank,
    units,
    roster,
    contest,
    attempt,
    report,
    user,
    backup,
    restore,
    doctor,
    rehearse,
    clock,
)


def register(app: Flask) -> None:
    """Attach the commands to `flask`."""
    for command in COMMANDS:
        _guard(command)
        app.cli.add_command(command)


def _guard(command: click.Command) -> None:
    """A database that is missing or out of reach is told in a sentence, for each command below this one."""
    if isinstance(command, click.Group):
        for below in command.commands.values():
            _guard(below)
    elif command.callback is not None and not hasattr(command.callback, "is_guarded"):
        command.callback = _told(command.callback)


def _told(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def guarded(*args: Any, **options: Any) -> Any:
        try:
            return callback(*args, **options)
        except (Unavailable, NoSuchTable):
            stop(3, "数据库里还没有表，或者连不上。请先执行 flask db upgrade，并核对 DATABASE_URL。")

    guarded.is_guarded = True  # type: ignore[attr-defined]  # commands are module-wide, applications are not
    return guarded
