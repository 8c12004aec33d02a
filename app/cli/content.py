"""To be filled."""

from flask.cli import AppGroup

content = AppGroup("content")
