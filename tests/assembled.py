"""One assembled application for each database, handed to one test after another as if it were new.

Assembling costs more than most tests do: a hundred addresses to compile, then every page that is shown and every
statement that is executed. What a test leaves behind is put back; an application that a test has built onto is thrown
away, and the next test gets another. Who listens to an engine must take the ear away again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask

from app import create_app
from app.clock import Clock
from app.database import Writers, close, db
from config import Settings


class Assembled:
    """The applications that wait for their next test, by the address of their database."""

    def __init__(self) -> None:
        self._waiting: dict[str, _Kept] = {}

    @contextmanager
    def as_new(self, settings: Settings) -> Iterator[Flask]:
        """The application for these settings, just as `create_app` would make it."""
        kept = self._waiting.pop(settings.database_url, None) or _Kept(create_app(settings))
        kept.put_back(settings)
        yield kept.app
        if kept.is_as_built:
            self._waiting[settings.database_url] = kept
        if not kept.is_as_built or kept.must_reconnect:
            close(kept.app)

    def close(self) -> None:
        """There is no next test."""
        while self._waiting:
            close(self._waiting.popitem()[1].app)


class _Kept:
    def __init__(self, app: Flask) -> None:
        self.app = app
        self._config, self._extensions = dict(app.config), dict(app.extensions)
        self._built = _built(app)

    @property
    def is_as_built(self) -> bool:
        return _built(self.app) == self._built

    @property
    def must_reconnect(self) -> bool:
        """On SQLite the next test has another file; on PostgreSQL nothing but a forgotten connection must be closed."""
        with self.app.app_context():
            db.session.remove()
            return db.engine.name == "sqlite" or db.engine.pool.checkedout() > 0  # type: ignore[attr-defined]

    def put_back(self, settings: Settings) -> None:
        """What an application remembers of its settings, of its clock, and of what it has answered before."""
        app = self.app
        _replace(app.config, self._config | settings.flask())
        _replace(app.extensions, self._extensions)
        app.extensions["clock"] = app.config["CLOCK"] = Clock(settings.instance_dir / "clock")
        with app.app_context():
            app.extensions["writers"] = Writers(db.engine.url)
            app.extensions["writers"].use(db.engine)
        app._got_first_request = False  # so that a test may still build onto it


def _built(app: Flask) -> list[object]:
    """What a test may build onto an application."""
    hooks = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
    listed = [{name: list(functions) for name, functions in hook.items() if functions} for hook in hooks]
    return [app.wsgi_app, dict(app.view_functions), len(list(app.url_map.iter_rules())), *listed]


def _replace(values: dict[str, Any], by: dict[str, Any]) -> None:
    values.clear()
    values.update(by)
