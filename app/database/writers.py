"""How guarded statements reach the database: together on SQLite, where a sync costs more than everything else."""

import contextlib
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError as Unavailable

from app.database.gate import Gate
from app.database.spoken import Phrases


class _Entry:
    """One grouped statement on its way to the database."""

    __slots__ = ("done", "error", "parameters", "rowcount", "statement")

    def __init__(self, statement: sa.Executable, parameters: Mapping[str, Any]) -> None:
        self.statement, self.parameters = statement, parameters
        self.done, self.rowcount = False, 0
        self.error: BaseException | None = None


class Writers:
    """What one application needs for writing: the gate on SQLite, nothing on PostgreSQL, and the waiting statements."""

    def __init__(self, url: URL) -> None:
        self.is_sqlite = url.get_backend_name() == "sqlite"
        lock_file = Path(url.database + ".lock") if self.is_sqlite and url.database else None
        self.gate = Gate(lock_file) if self.is_sqlite else None
        self._queue: deque[_Entry] = deque()
        self._engine: sa.Engine | None = None
        self._connection: Any = None
        self._phrases = Phrases()

    def use(self, engine: sa.Engine) -> None:
        """Write through this engine; to be called once, before anything is written."""
        self._engine = engine if self.is_sqlite else engine.execution_options(isolation_level="AUTOCOMMIT")

    def grouped(self, statement: sa.Executable, parameters: Mapping[str, Any]) -> int:
        """What the function `grouped` promises, for whoever has no session open and no application at hand."""
        assert self._engine is not None
        if self.gate is None:
            with self._engine.connect() as connection:
                return _rowcount(connection, statement, parameters)
        entry = _Entry(statement, parameters)
        self._queue.append(entry)
        try:
            with self.gate:
                if not entry.done:
                    self._commit_together()
                if entry.error is not None:
                    raise entry.error  # inside, so that the gate learns of it
        except Unavailable:
            with contextlib.suppress(ValueError, IndexError):  # whoever was told 503 is not written behind its back
                self._queue.remove(entry)
            raise
        return entry.rowcount

    def close(self) -> None:
        """Let go of connection and lock; the next statement takes both anew."""
        self._forget_connection()
        if self.gate is not None:
            self.gate.close()

    def _commit_together(self) -> None:
        batch = []
        while self._queue:
            batch.append(self._queue.popleft())
        assert self._engine is not None and self._engine.dialect.dbapi is not None
        try:
            self._commit(batch)
        except (Unavailable, self._engine.dialect.dbapi.OperationalError) as error:
            self._forget_connection()  # no statement's fault: trying each one alone would only take each as long
            told = error if isinstance(error, Unavailable) else Unavailable("grouped statements", None, error)
            for entry in batch:
                entry.error = told
        except BaseException:
            self._forget_connection()  # whatever state it is in: nothing of the batch is stored
            for entry in batch:  # one faulty statement must not cost its neighbours their answers
                self._commit_alone(entry)
        finally:
            for entry in batch:
                entry.done = True

    def _commit(self, batch: list[_Entry]) -> None:
        """The short way; a statement that cannot go it (LongWay) fails like any faulty one, and goes alone."""
        assert self._engine is not None
        connection = self._kept_connection()
        connection.execute("BEGIN IMMEDIATE")
        for entry in batch:
            spoken = self._phrases.spoken(entry.statement, self._engine.dialect)
            entry.rowcount = connection.execute(spoken.sql, spoken.values(entry.parameters)).rowcount
        connection.execute("COMMIT")

    def _commit_alone(self, entry: _Entry) -> None:
        """The long way, which tells in SQLAlchemy's words what is wrong."""
        assert self._engine is not None
        entry.error = None
        try:
            with self._engine.connect().execution_options(writing=True) as connection, connection.begin():
                entry.rowcount = _rowcount(connection, entry.statement, entry.parameters)
        except BaseException as error:
            entry.error = error

    def _kept_connection(self) -> Any:
        if self._connection is None:
            assert self._engine is not None
            self._connection = self._engine.raw_connection()
        return self._connection.driver_connection

    def _forget_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.close()  # the pool rolls back what is open


def _rowcount(connection: sa.Connection, statement: sa.Executable, parameters: Mapping[str, Any]) -> int:
    asked = {"preserve_rowcount": True}  # of an INSERT too
    return connection.execute(statement, dict(parameters), execution_options=asked).rowcount
