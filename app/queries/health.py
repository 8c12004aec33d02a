"""Whether the database answers, with which schema, and how it is set."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from app.database import PRAGMAS, db, is_fixed
from app.extensions import MIGRATIONS
from app.models import AuditEntry, Import, User
from app.queries import snapshot

# What PostgreSQL promises only when these are on.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "server_encoding": "UTF8"}
SYNCHRONOUS = {"0": "OFF", "1": "NORMAL", "2": "FULL", "3": "EXTRA"}
SWITCHES = {"0": "OFF", "1": "ON"}


def schema() -> str | None:
    """The revision of the tables; None when they were not made by a migration."""
    if not sa.inspect(db.engine).has_table("alembic_version"):
        return None
    return db.session.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


@cache
def schemas() -> tuple[str, ...]:
    """Every schema that this version can read and upgrade, oldest first: the numbers of migrations/versions."""
    return tuple(sorted(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")))


def newest_schema() -> str:
    """The schema that this version works with."""
    return schemas()[-1]


@dataclass(frozen=True)
class Library:
    """Which database this is, and the settings without which it may forget; `wanted` is what they must be."""

    is_sqlite: bool
    version: str
    module: str
    is_fixed: bool
    settings: dict[str, str]
    wanted: dict[str, str]


def library() -> Library:
    """Asked of the database itself."""
    dialect: Any = db.engine.dialect
    with db.engine.connect() as connection:
        if dialect.name == "sqlite":
            module = dialect.dbapi
            found = {name: _pragma(connection, name) for name in PRAGMAS}
            fixed = is_fixed(module.sqlite_version_info)
            return Library(True, module.sqlite_version, module.__name__.split(".")[0], fixed, found, dict(PRAGMAS))
        found = {name: str(connection.scalar(sa.select(sa.func.current_setting(name)))) for name in DURABLE}
        version = str(connection.scalar(sa.select(sa.func.current_setting("server_version")))).split()[0]
        return Library(False, version, "psycopg", True, found, DURABLE)


def faults() -> list[str]:
    """What the database finds wrong in its own files."""
    with db.engine.connect() as connection:
        return snapshot.faults(connection)


@dataclass(frozen=True)
class Record:
    """What the rows tell of the past: the newest entry, the backups and where they went, the uploads, any people."""

    newest: datetime | None
    backed_up_at: datetime | None
    backup_folders: frozenset[str]
    uploads: frozenset[str]
    has_people: bool


def past() -> Record:
    newest = db.session.scalar(sa.select(sa.func.max(AuditEntry.at)))
    made = sa.select(AuditEntry.at, AuditEntry.detail).where(AuditEntry.action == "backup.make").order_by(AuditEntry.at)
    backups = db.session.execute(made).all()
    uploads = frozenset(db.session.scalars(sa.select(Import.checksum).distinct()))
    people = db.session.scalar(sa.select(sa.exists(sa.select(User.id))))
    folders = frozenset(detail["folder"] for _, detail in backups if "folder" in detail)
    return Record(newest, backups[-1][0] if backups else None, folders, uploads, bool(people))


def apart(now: datetime) -> timedelta | None:
    """How far the clock of the database's machine is ahead of ours; None where both are the same machine's."""
    if db.engine.dialect.name == "sqlite":
        return None
    there: datetime | None = db.session.scalar(sa.select(sa.func.clock_timestamp()))
    return there - now if there else None


def _pragma(connection: sa.Connection, name: str) -> str:
    value = str(connection.exec_driver_sql(f"PRAGMA {name}").scalar())
    if name == "synchronous":
        return SYNCHRONOUS.get(value, value)
    return SWITCHES.get(value, value) if PRAGMAS[name] in SWITCHES.values() else value
