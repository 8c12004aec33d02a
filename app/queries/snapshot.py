"""All rows of all tables, as they stood at one instant, while others go on writing."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.database import db

VERSION_TABLE = "alembic_version"
AT_ONCE = 500


@dataclass(frozen=True)
class Snapshot:
    """The tables as the database itself describes them: no class of ours, so that any schema can be read."""

    schema: str | None
    tables: Sequence[sa.Table]
    connection: sa.Connection

    def rows(self, table: sa.Table) -> Iterator[Sequence[Any]]:
        """Every row of a table, see `rows`."""
        return rows(self.connection, table)


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """Everything as of now, for as long as it is open; nobody waits for it, and it waits for nobody."""
    with db.engine.connect().execution_options(**_one_instant()) as connection, connection.begin():
        tables = described(connection)
        yield Snapshot(_schema(connection), [table for table in tables if table.name != VERSION_TABLE], connection)


def described(connection: sa.Connection) -> Sequence[sa.Table]:
    """The tables as they are, those first to which others refer."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    return metadata.sorted_tables


def names(table: sa.Table) -> list[str]:
    """The columns of a table, in an order that does not tell which migration added them."""
    return sorted(table.columns.keys())


def rows(connection: sa.Connection, table: sa.Table) -> Iterator[Sequence[Any]]:
    """Every row of a table, by `names`: moments as milliseconds, JSON as the very text that is stored."""
    select = sa.select(*(_as_stored(table.columns[name]) for name in names(table))).order_by(*table.primary_key)
    yield from connection.execute(select, execution_options={"yield_per": AT_ONCE})


def filled(*, but: Iterable[str] = (VERSION_TABLE,)) -> dict[str, int]:
    """How many rows each table holds that holds any."""
    with db.engine.connect() as connection, connection.begin():
        tables = [table for table in described(connection) if table.name not in but]
        counts = {t.name: connection.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in tables}
    return {name: count for name, count in counts.items() if count}


def faults(connection: sa.Connection) -> list[str]:
    """What SQLite finds wrong in its own file; PostgreSQL checks every reference as it is written."""
    if connection.dialect.name != "sqlite":
        return []
    found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(10)") if row[0] != "ok"]
    return found + [
        f"{row[0]} → {row[2]}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(10)
    ]


def _one_instant() -> dict[str, Any]:
    """A transaction that sees one instant: SQLite's always does, PostgreSQL's on request."""
    if db.engine.dialect.name == "sqlite":
        return {}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _as_stored(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    # read as a value, JSON's null and no value at all would be the same
    return sa.cast(column, sa.Text).label(column.name) if isinstance(column.type, sa.JSON) else column


def _schema(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    version: str | None = connection.scalar(sa.text(f"SELECT version_num FROM {VERSION_TABLE}"))
    return version
