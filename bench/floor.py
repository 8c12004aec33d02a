"""The floor: bare Flask and raw SQL on SQLite, every answer durable. What the job costs with nothing around it.

WAL with synchronous=FULL, one writer with group commit, granian with one process. No sign-ins on the server, no CSRF,
no audit, no roster, no headers. `python -m bench.floor DATABASE PORT` serves what `furnish` has made.
"""

import json
import os
import secrets
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask import Flask, abort, jsonify, redirect, render_template_string, request, session
from flask.typing import ResponseReturnValue

from bench.cast import Person, Question
from bench.served import HOST
from bench.stored import sqlite

DATABASE = "FLOOR_DATABASE"
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # as the product hashes
DURATION_MS = 1_800_000
ITEMS = 50
SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, tail TEXT, login TEXT UNIQUE, password_hash TEXT);
CREATE INDEX ix_users_name ON users (name, tail);
CREATE TABLE questions (id INTEGER PRIMARY KEY, stem TEXT, options TEXT, key INTEGER);
CREATE TABLE attempts (
    id INTEGER PRIMARY KEY, user_id INTEGER UNIQUE REFERENCES users, paper TEXT, sheet TEXT, revision INTEGER,
    deadline INTEGER, saved_at INTEGER, handed_in_at INTEGER, score INTEGER
);
"""
SIGN_IN = """<!doctype html><title>登录</title><form method="post"><input name="name"><input name="tail">
<input name="login"><input name="password" type="password"><button>登录</button></form>"""
RULES = """<!doctype html><title>规则</title><p>限时30分钟。
<form method="post" action="/attempts"><button>开始</button></form>"""
PAPER = """<!doctype html><title>答题</title>
<form method="post" action="/attempts/{{ id }}/submission" data-attempt="{{ id }}" data-revision="{{ revision }}">
{% for item in items %}<section><p>{{ loop.index }}　{{ item.stem }}</p>{% set number = loop.index %}
{% for text in item.options %}<label><input type="radio" name="r-{{ number }}" value="{{ loop.index0 }}">
{{ text }}</label>{% endfor %}</section>
{% endfor %}<button>交卷</button></form>"""
RESULT = """<!doctype html><title>成绩</title><p>得分：{{ score }}"""


def furnish(path: Path, people: Sequence[Person], questions: Sequence[Question], password: str) -> None:
    """Make the database of the floor."""
    hashed = HASHER.hash(password)
    connection = _connect(path)
    connection.executescript(SCHEMA)
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO users (name, tail, login, password_hash) VALUES (?, ?, ?, ?)",
        [(p.name, p.tail, p.login, hashed) for p in people],
    )
    connection.executemany(
        "INSERT INTO questions (stem, options, key) VALUES (?, ?, ?)",
        [(q.stem, json.dumps(q.options, ensure_ascii=False), q.key) for q in questions],
    )
    connection.execute("COMMIT")
    connection.close()


class Writer:
    """Group commit: whoever gets the lock commits everything that waits; nobody is answered before that commit."""

    def __init__(self, path: Path) -> None:
        self._connection, self._lock = _connect(path), threading.Lock()
        self._waiting: deque[list[Any]] = deque()

    def write(self, statement: str, parameters: tuple[Any, ...]) -> int:
        """Execute durably; returns how many rows were changed."""
        entry: list[Any] = [statement, parameters, None]
        self._waiting.append(entry)
        with self._lock:
            if entry[2] is None:
                self._commit()
        return int(entry[2])

    def _commit(self) -> None:
        batch = []
        while self._waiting:
            batch.append(self._waiting.popleft())
        self._connection.execute("BEGIN IMMEDIATE")
        counts = [self._connection.execute(entry[0], entry[1]).rowcount for entry in batch]
        self._connection.execute("COMMIT")
        for entry, count in zip(batch, counts, strict=True):
            entry[2] = count


class Bare:
    """What the pages need: the writer, a reading connection for each thread, and all questions in memory."""

    def __init__(self, path: Path) -> None:
        self.writer, self._path, self._local = Writer(path), path, threading.local()
        select = "SELECT stem, options, key FROM questions ORDER BY id"
        self.pool = [Question(stem, tuple(json.loads(options)), key) for stem, options, key in self.read(select)]

    def read(self, statement: str, parameters: tuple[Any, ...] = ()) -> Any:
        """Execute a SELECT."""
        if not hasattr(self._local, "connection"):
            self._local.connection = _connect(self._path)
        return self._local.connection.execute(statement, parameters)

    def own(self, attempt_id: int, columns: str) -> Any:
        """These columns of the attempt, if it is the signed-in person's."""
        select = f"SELECT {columns} FROM attempts WHERE id = ? AND user_id = ?"
        return self.read(select, (attempt_id, session["user"])).fetchone() or abort(404)

    def known(self, form: Any) -> int:
        """Who that is."""
        if "login" not in form:
            select = "SELECT id FROM users WHERE name = ? AND tail = ?"
            return int(self.read(select, (form["name"], form["tail"])).fetchone()[0])
        row = self.read("SELECT id, password_hash FROM users WHERE login = ?", (form["login"],)).fetchone()
        try:
            HASHER.verify(row[1], form["password"])
        except VerifyMismatchError:
            abort(403)
        return int(row[0])


def application() -> Flask:
    """The bare application on the file of SQLite that the environment names."""
    return on(Bare(Path(os.environ[DATABASE])))


def on(bare: Bare) -> Flask:
    """The bare application on that database."""
    app = Flask("floor")
    app.secret_key = secrets.token_hex(32)
    app.add_url_rule("/healthz", "alive", lambda: "ok")
    app.add_url_rule("/sign-in", "sign_in_page", lambda: SIGN_IN)
    app.add_url_rule("/rules", "rules", lambda: RULES)
    _add_entry(app, bare)
    _add_answering(app, bare)
    _add_result(app, bare)
    return app


def _add_entry(app: Flask, bare: Bare) -> None:
    @app.post("/sign-in")
    def sign_in() -> ResponseReturnValue:
        session["user"] = bare.known(request.form)
        return redirect("/rules", 303)

    @app.post("/attempts")
    def start() -> ResponseReturnValue:
        user_id, dice = session["user"], secrets.SystemRandom()
        drawn = [[place, *dice.sample(range(4), 4)] for place in dice.sample(range(len(bare.pool)), ITEMS)]
        bare.writer.write(
            "INSERT INTO attempts (user_id, paper, sheet, revision, deadline) VALUES (?, ?, ?, 0, ?)"
            " ON CONFLICT DO NOTHING",
            (user_id, json.dumps(drawn), '{"responses":{}}', now_ms() + DURATION_MS),
        )
        (attempt_id,) = bare.read("SELECT id FROM attempts WHERE user_id = ?", (user_id,)).fetchone()
        return redirect(f"/attempts/{attempt_id}", 303)


def _add_answering(app: Flask, bare: Bare) -> None:
    @app.get("/attempts/<int:attempt_id>")
    def paper(attempt_id: int) -> ResponseReturnValue:
        drawn, revision = bare.own(attempt_id, "paper, revision")
        items = [
            {"stem": bare.pool[place].stem, "options": [bare.pool[place].options[at] for at in order]}
            for place, *order in json.loads(drawn)
        ]
        return render_template_string(PAPER, id=attempt_id, revision=revision, items=items)

    @app.post("/attempts/<int:attempt_id>/sheet")
    def save(attempt_id: int) -> ResponseReturnValue:
        body, now = request.get_json(), now_ms()
        revision, sheet = body["revision"], json.dumps({"responses": body["responses"]})
        saved = bare.writer.write(
            "UPDATE attempts SET sheet = ?, revision = ?, saved_at = ? WHERE id = ? AND user_id = ?"
            " AND handed_in_at IS NULL AND revision < ? AND deadline >= ?",
            (sheet, revision, now, attempt_id, session["user"], revision, now),
        )
        return jsonify(state="saved" if saved else "refused", revision=revision, now_ms=now)


def _add_result(app: Flask, bare: Bare) -> None:
    @app.post("/attempts/<int:attempt_id>/submission")
    def submit(attempt_id: int) -> ResponseReturnValue:
        form, (drawn,) = request.form, bare.own(attempt_id, "paper")
        responses = {str(n): [int(form[f"r-{n}"])] for n in range(1, ITEMS + 1) if f"r-{n}" in form}
        score = sum(
            2
            for number, (place, *order) in enumerate(json.loads(drawn), start=1)
            if responses.get(str(number)) == [order.index(bare.pool[place].key)]
        )
        bare.writer.write(
            "UPDATE attempts SET sheet = ?, revision = ?, handed_in_at = ?, score = ? WHERE id = ? AND user_id = ?"
            " AND handed_in_at IS NULL",
            (json.dumps({"responses": responses}), int(form["revision"]), now_ms(), score, attempt_id, session["user"]),
        )
        return redirect(f"/attempts/{attempt_id}/result", 303)

    @app.get("/attempts/<int:attempt_id>/result")
    def result(attempt_id: int) -> ResponseReturnValue:
        return render_template_string(RESULT, score=bare.own(attempt_id, "score")[0])


def now_ms() -> int:
    """The clock that both applications go by."""
    return time.time_ns() // 1_000_000


def _connect(path: Path) -> Any:
    connection = sqlite().connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    for pragma in ("journal_mode = wal", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def serve(application: str, database: str, port: int) -> None:
    """Serve one of the two applications ("bench.floor:application") on that database, as the product is served."""
    from granian import Granian  # slow import
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from run import THREADS

    os.environ[DATABASE] = database
    Granian(
        application, factory=True, interface=Interfaces.WSGI, address=HOST, port=port,
        workers=1, blocking_threads=THREADS, backlog=1024, log_access=False, log_level=LogLevels.warning,
    ).serve()  # fmt: skip


if __name__ == "__main__":
    serve("bench.floor:application", sys.argv[1], int(sys.argv[2]))
