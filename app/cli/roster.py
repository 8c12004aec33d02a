"""To be filled."""

from flask.cli import AppGroup

roster = AppGroup("roster")
