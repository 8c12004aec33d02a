"""To be filled."""

from flask.cli import AppGroup

units = AppGroup("units")
