"""The command line: parse, call, print. Reports go to standard output, progress and complaints to standard error."""

from flask import Flask

from app.cli.attempt import attempt
from app.cli.bank import bank
from app.cli.content import content
from app.cli.contest import contest
from app.cli.report import report
from app.cli.roster import roster
from app.cli.units import units
from app.cli.user import user


def register(app: Flask) -> None:
    """Attach the commands to `flask`."""
    for group in (content, bank, units, roster, contest, attempt, report, user):
        app.cli.add_command(group)
