"""To be filled."""

from flask.cli import AppGroup

bank = AppGroup("bank")
