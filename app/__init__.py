"""知赛: an online quiz and knowledge-competition platform. Importing a rule imports no Flask."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings


def create_app(settings: "Settings | None" = None) -> "Flask":
    """The assembled application, for the given settings or for those of the environment."""
    from app.factory import assemble  # lazy, so that rules and formats stay light

    return assemble(settings)
