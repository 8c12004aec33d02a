"""What a database holds, read past the server: the judge of what was lost."""

import importlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

Responses = dict[str, list[int]]


@dataclass(frozen=True)
class Sheet:
    """An answer sheet as it lies in the table `attempts`."""

    revision: int
    responses: Responses
    is_handed_in: bool


def sqlite() -> Any:
    """The bundled SQLite, as the product uses it; the system's only where there is no other."""
    for name in ("pysqlite3.dbapi2", "sqlcipher3.dbapi2"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return importlib.import_module("sqlite3")


def sqlite_library() -> str:
    """The file of the compiled SQLite that the product uses."""
    package = sqlite().__name__.split(".")[0]
    path = importlib.import_module("_sqlite3" if package == "sqlite3" else f"{package}._sqlite3").__file__
    assert path is not None
    return path


def reading(path: Path) -> Any:
    """A connection that may read only; it sees what is committed, and nothing else."""
    options = {"isolation_level": None, "timeout": 10, "check_same_thread": False}
    connection = sqlite().connect(f"file:{path}?mode=ro", uri=True, **options)
    connection.execute("PRAGMA query_only = ON")
    return connection


@contextmanager
def connected(url: str | sa.URL) -> Iterator[sa.Connection]:
    """A connection of SQLAlchemy's to either database, for reading; each statement sees what is committed then."""
    url = sa.make_url(url)
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine("sqlite://", module=sqlite(), creator=lambda: reading(Path(url.database or "")))
    else:
        engine = sa.create_engine(url)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection
    finally:
        engine.dispose()


class Judge:
    """Looks up what is stored of an attempt in a file of SQLite, or at an address of PostgreSQL; for any thread."""

    def __init__(self, where: str) -> None:
        self._mutex = threading.Lock()
        self._connection = _postgresql(where) if where.startswith("postgresql") else reading(Path(where))

    def sheet(self, attempt_id: int) -> Sheet | None:
        """The stored sheet of an attempt."""
        select = f"SELECT revision, sheet, handed_in_at FROM attempts WHERE id = {attempt_id:d}"
        with self._mutex:
            row = self._connection.execute(select).fetchone()
        if row is None:
            return None
        stored = json.loads(row[1]) if isinstance(row[1], str) else row[1]
        return Sheet(row[0], stored["responses"], row[2] is not None)


def _postgresql(url: str) -> Any:
    import psycopg  # slow import, needed on PostgreSQL only

    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
