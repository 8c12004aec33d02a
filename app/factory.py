"""Putting the application together."""

import os

from click import ClickException
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, database, extensions, models, web
from app.web.candidate.door import SaveDoor
from app.web.candidate.news_door import NewsDoor
from app.web.filters import Templates
from app.web.shedding import Line, Shedding
from config import Settings, SettingsError


def _is_command() -> bool:
    """Whether this is the command line, where checking a file must leave no trace."""
    return os.environ.get("FLASK_RUN_FROM_CLI") == "true"


def _of_environment() -> Settings:
    try:
        return Settings.from_environment(keep=not _is_command())
    except SettingsError as error:
        if not _is_command():
            raise
        raise ClickException(str(error)) from None  # a command says it in one line


def assemble(settings: Settings | None = None) -> Flask:
    """The application for these settings, or for those of the environment: every part attached, no table touched."""
    settings = settings or _of_environment()
    app = Flask("app", static_folder="static", template_folder="templates")
    app.jinja_environment = Templates  # before anybody asks for it
    app.config.from_mapping(settings.flask())
    database.init(app)
    web.limits.register(app)
    extensions.init(app)
    app.extensions["tables"] = models.__all__
    web.register(app)
    cli.register(app)
    app.wsgi_app = SaveDoor(app, NewsDoor(app, app.wsgi_app))  # type: ignore[method-assign]
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    line = app.extensions["line"] = Line()
    app.wsgi_app = Shedding(app, line, app.wsgi_app)  # type: ignore[method-assign]
    return app
