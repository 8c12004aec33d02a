"""The command line: parse, call, print. Reports go to standard output, progress and complaints to standard error."""

from flask import Flask

from app.cli.bank import bank
from app.cli.content import content
from app.cli.roster import roster
from app.cli.units import units


def register(app: Flask) -> None:
    """Attach the groups of commands to `flask`."""
    for group in (content, bank, units, roster):
        app.cli.add_command(group)
