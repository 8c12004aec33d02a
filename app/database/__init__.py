"""The engine, the one gate through which everything is written, and the column types.

Reading happens in `db.session`, or by `fetched()`, one question by itself. Writing happens in `writing()`, one
operation in one fresh transaction, or through `grouped()`, one guarded statement that shares its commit with its
neighbours. On SQLite both pass one first-come first-served gate, which holds a file lock too, so that the command
line and the server never collide.
"""

import importlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as TimeoutExpired
from sqlalchemy.orm import DeclarativeBase, scoped_session

from app.database.moments import Moment, milliseconds, moment
from app.database.readers import Readers
from app.database.writers import Writers

__all__ = [
    "Base",
    "DatabaseError",
    "Disconnected",
    "Moment",
    "NoSuchTable",
    "PoolExhausted",
    "Unavailable",
    "UnsafeDatabase",
    "Writers",
    "close",
    "db",
    "executed",
    "fetched",
    "grouped",
    "init",
    "is_fixed",
    "kept",
    "milliseconds",
    "moment",
    "table",
    "taking",
    "writers",
    "writing",
]

# Versions below these corrupt a write-ahead log that is reset while being read: https://sqlite.org/wal.html
FIXED_SQLITE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "busy_timeout": "5000",
    "trusted_schema": "OFF",
    "journal_size_limit": "67108864",
}

# Nobody waits for a lock or a lost server until all threads wait: the answer is 503, and there is another try.
POSTGRESQL_PATIENCE = {"connect_timeout": 5, "options": "-c lock_timeout=3000"}

# What a busy, full or unreachable database raises: whoever asked should try again.
Unavailable = OperationalError
Disconnected = InterfaceError
PoolExhausted = TimeoutExpired
DatabaseError = DBAPIError  # whatever a database complains of
NoSuchTable = ProgrammingError  # PostgreSQL's name for it; SQLite says OperationalError


class Base(DeclarativeBase):
    """All tables; names of constraints follow one convention, so that a migration can name them."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class UnsafeDatabase(RuntimeError):
    """The SQLite at hand would lose or corrupt answers."""


def init(app: Flask) -> None:
    """Connect the application to its database. Raises UnsafeDatabase for an SQLite with a known corruption bug."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    made = Writers(url)
    if made.is_sqlite:
        options: dict[str, Any] = {"module": _sqlite_module(), "connect_args": {"check_same_thread": False}}
    else:
        options = {"pool_pre_ping": True, "pool_size": 16, "max_overflow": 16, "pool_timeout": 5}
        options["connect_args"] = POSTGRESQL_PATIENCE
    options["hide_parameters"] = True  # an error in a log must not carry names, telephones or leases
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", options)
    app.extensions["writers"], app.extensions["readers"] = made, Readers()
    db.init_app(app)
    with app.app_context():
        engine = db.engine
    made.use(engine)
    if made.is_sqlite:
        app.extensions["readers"].use(engine)
        sa.event.listen(engine, "do_connect", partial(_private, Path(url.database or "")))
        sa.event.listen(engine, "connect", _set_pragmas)
        sa.event.listen(engine, "begin", _begin)


@contextmanager
def writing() -> Iterator[scoped_session[Session]]:
    """One operation in one fresh transaction, committed at the end; an error rolls all of it back.

    The read that the caller had open ends first: a snapshot that turns into a write fails at once on SQLite.
    """
    if db.session.info.get("writing"):
        raise RuntimeError("an operation inside an operation: call its private part instead")
    db.session.rollback()
    gate = writers().gate
    if gate is None:
        yield from _transaction()
        return
    with gate:
        yield from _transaction()


def _transaction() -> Iterator[scoped_session[Session]]:
    db.session.info["writing"] = True
    try:
        connection = db.session.connection(execution_options={"writing": True})
        db.session.info["driver"] = connection.connection.driver_connection if writers().is_sqlite else None
        yield db.session
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        db.session.info["writing"] = False


def grouped(statement: sa.Executable, parameters: Mapping[str, Any]) -> int:
    """Execute one guarded statement durably and return how many rows it changed.

    Statements that arrive together share one commit: whoever passes the gate first commits them all, and nobody
    is answered before that commit.
    """
    db.session.rollback()  # what the caller reads next must see what is written here
    return writers().grouped(statement, parameters)


def fetched(statement: sa.Executable, parameters: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
    """The rows of one question by itself, as of now: what is committed, or what the operation at work has written.

    No transaction is opened for it, which on SQLite costs more than most answers; two such questions may see two
    different moments.
    """
    readers: Readers = current_app.extensions["readers"]
    if not (db.session.registry.has() and db.session.info.get("writing")):
        rows = readers.rows(statement, parameters)
    elif driver := db.session.info["driver"]:
        rows, _ = readers.told(driver, statement, parameters) or (None, 0)
    else:
        rows = None
    return db.session.execute(statement, dict(parameters)).all() if rows is None else rows


def executed(statement: sa.Executable, parameters: Mapping[str, Any]) -> int:
    """Execute a statement inside the operation at work, and return how many rows it changed.

    On SQLite by its driver: for operations that thousands of people start in the same minutes.
    """
    driver = db.session.info["driver"]
    readers: Readers = current_app.extensions["readers"]
    told = readers.told(driver, statement, parameters) if driver else None
    if told is not None:
        return told[1]
    asked = {"preserve_rowcount": True}
    result: Any = db.session.execute(statement, dict(parameters), execution_options=asked)
    changed: int = result.rowcount
    return changed


def table(model: type[Base]) -> sa.Table:
    """The table of a model, for statements of the hot path: through mapped attributes each costs twice as much."""
    found = model.__table__
    assert isinstance(found, sa.Table)
    return found


def taking(*columns: sa.Column[Any]) -> dict[str, sa.BindParameter[Any]]:
    """The values of an INSERT or UPDATE that is built once: each column takes the parameter `b_` and its name."""
    return {column.name: sa.bindparam(f"b_{column.name}", type_=column.type) for column in columns}


def kept(name: str) -> dict[Any, Any]:
    """Memory of this process for what never changes once it is written, such as a published item pool."""
    memory: dict[Any, Any] = current_app.extensions.setdefault(f"kept:{name}", {})
    return memory


def writers() -> Writers:
    """What the application at hand writes with."""
    found: Writers = current_app.extensions["writers"]
    return found


def close(app: Flask) -> None:
    """Let go of every connection that this application keeps; what comes next opens them anew."""
    app.extensions["writers"].close()
    app.extensions["readers"].close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _sqlite_module() -> Any:
    for name in ("pysqlite3.dbapi2", "sqlcipher3.dbapi2", "sqlite3"):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        if is_fixed(module.sqlite_version_info):
            return module
    raise UnsafeDatabase(
        "本机的 SQLite 有已知的损坏缺陷，且没有装上 pysqlite3；请重新执行 make run 安装依赖，或改用 PostgreSQL。"
    )


def is_fixed(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite is free of the write-ahead-log corruption bug."""
    if version >= FIXED_SQLITE[0]:
        return True
    return any(version[:2] == fixed[:2] and version >= fixed for fixed in FIXED_SQLITE[1:])


def _private(path: Path, *_: object) -> None:
    """The database file is its owner's alone; SQLite gives its journal files the same mode."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours: see _begin
    cursor = connection.cursor()
    for name, value in PRAGMAS.items():
        cursor.execute(f"PRAGMA {name} = {value}")
    if cursor.execute("PRAGMA synchronous").fetchone() != (2,):
        raise UnsafeDatabase("SQLite 没有接受 synchronous=FULL，停止启动以免丢失答案。")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    # A deferred BEGIN that turns from reading to writing fails at once, whatever the busy timeout.
    writing_now = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing_now else "BEGIN")
