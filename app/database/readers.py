"""How single statements reach SQLite by its driver: questions over kept connections without a transaction around
them, and whatever an operation says inside its own.
"""

import contextlib
from collections import deque
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.database.spoken import LongWay, Phrases

KEPT = 4  # the pool's others are for whoever needs a transaction
Rows = list[tuple[Any, ...]]


class Readers:
    """The connections that one application keeps for reading; a question takes one and puts it back."""

    def __init__(self) -> None:
        self._phrases = Phrases()
        self._engine: sa.Engine | None = None
        self._free: deque[Any] = deque()

    def use(self, engine: sa.Engine) -> None:
        """Read from this SQLite; to be called once. Without it every question goes the long way."""
        self._engine = engine

    def rows(self, statement: sa.Executable, parameters: Mapping[str, Any]) -> Rows | None:
        """The answer in one's own words; None when only SQLAlchemy can give it, or say why there is none."""
        if self._engine is None or (dialect := self._engine.dialect).dbapi is None:
            return None
        try:
            spoken = self._phrases.spoken(statement, dialect)
            connection = self._free.popleft() if self._free else self._engine.raw_connection()
            driver: Any = connection.driver_connection
            told = driver.execute(spoken.sql, spoken.values(parameters)).fetchall()
        except (LongWay, IndexError, dialect.dbapi.Error):  # IndexError: somebody else took the last one
            return None  # a connection in an unknown state is not put back
        if len(self._free) < KEPT:
            self._free.append(connection)
        else:
            connection.close()
        return spoken.rows(told)

    def told(self, driver: Any, statement: sa.Executable, parameters: Mapping[str, Any]) -> tuple[Rows, int] | None:
        """Rows, and how many were changed, in the transaction that is open on this connection of the driver's.

        None when only SQLAlchemy can say it. What the database complains of is raised in SQLAlchemy's words.
        """
        assert self._engine is not None and self._engine.dialect.dbapi is not None
        complaint = self._engine.dialect.dbapi.Error
        try:
            spoken = self._phrases.spoken(statement, self._engine.dialect)
            cursor = driver.execute(spoken.sql, spoken.values(parameters))
            return spoken.rows(cursor.fetchall()), cursor.rowcount
        except LongWay:
            return None
        except complaint as error:
            raise DBAPIError.instance("", None, error, complaint, hide_parameters=True) from error

    def close(self) -> None:
        """Let go of all connections; the next question opens one anew."""
        while self._free:
            with contextlib.suppress(Exception):
                self._free.popleft().close()
