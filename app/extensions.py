"""What the application borrows from Flask's neighbours, and its one clock."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import Flask, current_app
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from app.clock import Clock
from app.database import db

login = LoginManager()
csrf = CSRFProtect()
MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
migrate = Migrate(directory=str(MIGRATIONS), compare_type=True)


def init(app: Flask) -> None:
    """Attach every extension to the application."""
    login.init_app(app)
    csrf.init_app(app)
    migrate.init_app(app, db)
    app.extensions["clock"] = Clock(app.config["SETTINGS"].instance_dir / "clock")
    app.config.setdefault("CLOCK", app.extensions["clock"])


def utc_now() -> datetime:
    """The present instant, to the millisecond. Read by web, cli and jobs only; everything below takes `now`."""
    return now_of(current_app)


def now_of(app: Flask) -> datetime:
    """The same by the clock of that application."""
    clock: Callable[[], datetime] = app.config["CLOCK"]
    now = clock()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
