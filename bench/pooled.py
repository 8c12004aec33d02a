"""The floor on PostgreSQL: the same bare Flask, one statement a transaction, prepared, through a pool.

`python -m bench.pooled URL PORT` serves what `furnish` has made; synchronous_commit is on, as installed.
"""

import json
import os
import sys
from collections.abc import Sequence
from typing import Any

import psycopg
from flask import Flask
from psycopg_pool import ConnectionPool

from bench import floor
from bench.cast import Person, Question
from bench.floor import DATABASE, HASHER, Bare
from run import THREADS


def furnish(url: str, people: Sequence[Person], questions: Sequence[Question], password: str) -> None:
    """Make the database of the floor."""
    hashed = HASHER.hash(password)
    with psycopg.connect(_plain(url)) as connection:
        schema = floor.SCHEMA.replace("INTEGER PRIMARY KEY", "SERIAL PRIMARY KEY").replace("INTEGER", "BIGINT")
        for statement in schema.split(";")[:-1]:
            connection.execute(statement.encode())
        connection.cursor().executemany(
            "INSERT INTO users (name, tail, login, password_hash) VALUES (%s, %s, %s, %s)",
            [(p.name, p.tail, p.login, hashed) for p in people],
        )
        connection.cursor().executemany(
            "INSERT INTO questions (stem, options, key) VALUES (%s, %s, %s)",
            [(q.stem, json.dumps(q.options, ensure_ascii=False), q.key) for q in questions],
        )


class Pooled(Bare):
    """What the pages need, on PostgreSQL: it commits by itself, and groups what waits."""

    def __init__(self, url: str) -> None:
        self._connections = ConnectionPool(
            _plain(url), min_size=THREADS, max_size=THREADS, kwargs={"autocommit": True}, open=True
        )
        self.writer = self  # type: ignore[assignment]  # it commits by itself
        select = "SELECT stem, options, key FROM questions ORDER BY id"
        self.pool = [Question(stem, tuple(json.loads(options)), key) for stem, options, key in self.read(select)]

    def read(self, statement: str, parameters: tuple[Any, ...] = ()) -> Any:
        with self._connections.connection() as connection:
            return connection.execute(statement.replace("?", "%s").encode(), parameters)

    def write(self, statement: str, parameters: tuple[Any, ...]) -> int:
        """Execute durably; returns how many rows were changed."""
        return int(self.read(statement, parameters).rowcount)


def application() -> Flask:
    """The bare application on the PostgreSQL that the environment names."""
    return floor.on(Pooled(os.environ[DATABASE]))


def _plain(url: str) -> str:
    return url.replace("+psycopg", "")


if __name__ == "__main__":
    floor.serve("bench.pooled:application", sys.argv[1], int(sys.argv[2]))
