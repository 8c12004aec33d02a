"""An installation of the product in a folder of its own, with made-up people and a contest that is open."""

import contextlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

import run
from app import create_app
from app.database import db, writing
from app.extensions import utc_now
from app.models import Question, QuestionBank, Quiz, Unit, User
from app.operations.accounts import grant
from app.operations.contests import Opening, open_contest
from app.operations.passwords import HASHER
from app.rules.roles import Role
from bench import cast
from bench.cast import PASSWORD, Person
from bench.served import HOST, Served, free_port
from config import Settings

POINTS = 200
CHUNK = 500


@dataclass(frozen=True)
class Installation:
    """Where it lies, under which name its contest is open, and for whom."""

    folder: Path
    slug: str
    people: tuple[Person, ...]
    database_url: str = ""

    @property
    def url(self) -> str:
        """The address of its database, as SQLAlchemy takes it."""
        return self.settings().database_url

    def settings(self) -> Settings:
        """What it runs with, for an application inside this process."""
        return _settings(self.folder, self.database_url)

    @property
    def database(self) -> Path:
        return self.folder / "zhisai.db"

    def serve(self, more: Mapping[str, str] | None = None) -> Served:
        """The product as `make run` serves it, on a free port; not started yet. `more` adds to its environment."""
        port = free_port()
        environment = {"INSTANCE_DIR": str(self.folder), "DATABASE_URL": self.database_url}
        environment |= {"HOST": HOST, "PORT": str(port), **(more or {})}
        return Served([sys.executable, "run.py"], environment, port, self.folder / "server.log")


def _settings(folder: Path, database_url: str) -> Settings:
    return Settings.from_environment({"INSTANCE_DIR": str(folder), "DATABASE_URL": database_url})


def furnish(folder: Path, people: Sequence[Person], *, items: int, pool: int, database_url: str = "") -> Installation:
    """Make tables and content, put the people in, and open a contest of one attempt and that many items for them.

    Without an address the database is a file of SQLite in that folder.
    """
    app = create_app(_settings(folder, database_url))
    with contextlib.redirect_stdout(sys.stderr):
        run.prepare(app)
    with app.app_context():
        now = utc_now()
        quiz_id = _write(people, items, pool, now)
        opening = Opening(quiz_id, "测量用知识竞赛", now - timedelta(hours=1), now + timedelta(days=1), slug="bench")
        slug = open_contest(opening, actor=None, now=now)
        db.session.remove()
        db.engine.dispose()
    return Installation(folder, slug, tuple(people), database_url)


def appoint(made: Installation, login: str) -> None:
    """Make this person an organizer; they sign in with the password that all have."""
    app = create_app(Settings.from_environment({"INSTANCE_DIR": str(made.folder)}))
    with app.app_context():
        user_id = db.session.scalars(sa.select(User.id).where(User.login == login)).one()
        grant(user_id, Role.ORGANIZER, actor=None, now=utc_now())
        db.session.remove()
        db.engine.dispose()


def _write(people: Sequence[Person], items: int, pool: int, now: datetime) -> int:
    hashed = HASHER.hash(PASSWORD)
    with writing() as session:
        unit, bank = Unit(name="市测量局", order=1), QuestionBank(title="测量用题库", created_at=now)
        session.add_all([unit, bank])
        session.flush()
        rows = [
            {
                "name": p.name, "phone": p.phone, "login": p.login, "password_hash": hashed, "unit_id": unit.id,
                "sort_key": p.login, "created_at": now,
            }
            for p in people
        ]  # fmt: skip
        for start in range(0, len(rows), CHUNK):
            session.execute(sa.insert(User), rows[start : start + CHUNK])
        session.add_all(
            Question(
                bank_id=bank.id, number=number, kind="single_choice", stem=q.stem, options=list(q.options),
                key=[q.key], created_at=now,
            )
            for number, q in enumerate(cast.questions(pool), start=1)
        )  # fmt: skip
        quiz = Quiz(
            title="测量用试卷方案", bank_id=bank.id, duration=1800, attempts_allowed=1, counting="best",
            sections=[{"title": "单项选择题", "kind": "single_choice", "count": items, "points": POINTS}],
            pass_mark=items * POINTS * 6 // 10, excellence_mark=items * POINTS * 9 // 10, created_at=now,
        )  # fmt: skip
        session.add(quiz)
        session.flush()
        return quiz.id
