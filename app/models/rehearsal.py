"""How a statement tells what a rehearsal made from an installation's own."""

import sqlalchemy as sa

from app.models.contest import Contest
from app.models.unit import Unit
from app.models.user import User

Marked = type[Contest] | type[Unit] | type[User]


def made_up(model: Marked) -> sa.ColumnElement[bool]:
    """Only what a rehearsal made: its ids are below zero (see app/rules/rehearsal.py)."""
    return model.id < 0


def real(model: Marked) -> sa.ColumnElement[bool]:
    """Only an installation's own."""
    return model.id > 0
