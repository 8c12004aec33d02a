"""Whether an answer that arrived now would be kept: the tables are of this version, and a durable write succeeds."""

import secrets
from enum import StrEnum

from sqlalchemy.exc import SQLAlchemyError

from app.database import db, writing
from app.queries import health


class Readiness(StrEnum):
    """Ready, or why not."""

    READY = "ready"
    UNREACHABLE = "database_unreachable"
    WITHOUT_TABLES = "schema_missing"
    OLDER = "schema_older"
    NEWER = "schema_newer"
    NOT_WRITABLE = "database_not_writable"


def readiness() -> Readiness:
    """Ready, or the first thing that stands in the way. Writes durably, but nothing that anybody reads."""
    try:
        schema = health.schema()
    except SQLAlchemyError:
        return Readiness.UNREACHABLE
    finally:
        db.session.rollback()
    if schema is None:
        return Readiness.WITHOUT_TABLES
    if schema != health.newest_schema():
        return Readiness.OLDER if schema < health.newest_schema() else Readiness.NEWER
    try:
        prove_writable()
    except SQLAlchemyError:
        return Readiness.NOT_WRITABLE
    return Readiness.READY


def prove_writable() -> None:
    """One durable write that changes nothing anybody reads. Raises an SQLAlchemyError when the database takes none."""
    with writing() as session:
        connection = session.connection()
        if connection.dialect.name == "sqlite":
            # SQLite skips a write that changes no byte: a number in the file's header, which nobody uses, does change
            connection.exec_driver_sql(f"PRAGMA user_version = {secrets.randbelow(2**31)}")
        else:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
