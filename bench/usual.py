"""The usual Flask application: ORM, Flask-Login, Flask-WTF, one commit a save. Job and server are the floor's.

`python -m bench.usual DATABASE PORT` serves what `floor.furnish` has made.
"""

import os
import secrets
import sys
from typing import Any

import sqlalchemy as sa
from argon2.exceptions import VerifyMismatchError
from flask import Flask, abort, jsonify, redirect, render_template_string, request
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bench import floor
from bench.floor import DATABASE, DURATION_MS, HASHER, ITEMS, now_ms
from bench.stored import sqlite

TOKEN = '<input type="hidden" name="csrf_token" value="{{ csrf_token() }}">'
SIGN_IN, RULES, PAPER = (
    page.replace("<button", TOKEN + "<button") for page in (floor.SIGN_IN, floor.RULES, floor.PAPER)
)


class Base(DeclarativeBase):
    """The floor's tables as models."""


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class User(UserMixin, Base):
    """Somebody who takes part."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    tail: Mapped[str]
    login: Mapped[str]
    password_hash: Mapped[str]


class Question(Base):
    """A question; `options` is JSON."""

    __tablename__ = "questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    stem: Mapped[str]
    options: Mapped[list[str]] = mapped_column(sa.JSON)
    key: Mapped[int]


class Attempt(Base):
    """An attempt."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    paper: Mapped[list[list[int]]] = mapped_column(sa.JSON)
    sheet: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    revision: Mapped[int]
    deadline: Mapped[int]
    saved_at: Mapped[int | None]
    handed_in_at: Mapped[int | None]
    score: Mapped[int | None]


def application() -> Flask:
    """The usual application on the database that the environment names."""
    app = Flask("usual")
    app.config |= {
        "SECRET_KEY": secrets.token_hex(32),
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{os.environ[DATABASE]}",
        "SQLALCHEMY_ENGINE_OPTIONS": {"module": sqlite(), "connect_args": {"timeout": 30}},
    }
    db.init_app(app)
    CSRFProtect(app)
    login = LoginManager(app)
    login.user_loader(lambda user_id: db.session.get(User, int(user_id)))
    with app.app_context():
        sa.event.listen(db.engine, "connect", _durable)
    app.add_url_rule("/healthz", "alive", lambda: "ok")
    _add_entry(app)
    _add_answering(app)
    return app


def _durable(connection: Any, _record: object) -> None:
    for pragma in ("journal_mode = wal", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _add_entry(app: Flask) -> None:
    @app.route("/sign-in", methods=["GET", "POST"])
    def sign_in() -> ResponseReturnValue:
        if request.method == "GET":
            return render_template_string(SIGN_IN)
        login_user(_known(request.form))
        return redirect("/rules", 303)

    @app.get("/rules")
    @login_required
    def rules() -> ResponseReturnValue:
        return render_template_string(RULES)

    @app.post("/attempts")
    @login_required
    def start() -> ResponseReturnValue:
        dice = secrets.SystemRandom()
        pool = db.session.scalars(sa.select(Question.id)).all()
        paper = [[place, *dice.sample(range(4), 4)] for place in dice.sample(range(len(pool)), ITEMS)]
        attempt = Attempt(user_id=current_user.id, paper=paper, sheet={"responses": {}}, revision=0)
        attempt.deadline = now_ms() + DURATION_MS
        db.session.add(attempt)
        db.session.commit()
        return redirect(f"/attempts/{attempt.id}", 303)


def _known(form: Any) -> User:
    if "login" not in form:
        named = sa.select(User).where(User.name == form["name"], User.tail == form["tail"])
        return db.session.scalars(named).first() or abort(403)
    user = db.session.scalars(sa.select(User).where(User.login == form["login"])).one()
    try:
        HASHER.verify(user.password_hash, form["password"])
    except VerifyMismatchError:
        abort(403)
    return user


def _add_answering(app: Flask) -> None:
    @app.get("/attempts/<int:attempt_id>")
    @login_required
    def paper(attempt_id: int) -> ResponseReturnValue:
        attempt, questions = _own(attempt_id), _questions()
        items = [
            {"stem": questions[place].stem, "options": [questions[place].options[at] for at in order]}
            for place, *order in attempt.paper
        ]
        return render_template_string(PAPER, id=attempt_id, revision=attempt.revision, items=items)

    @app.post("/attempts/<int:attempt_id>/sheet")
    @login_required
    def save(attempt_id: int) -> ResponseReturnValue:
        attempt, body = _own(attempt_id), request.get_json()
        if attempt.handed_in_at or attempt.revision >= body["revision"] or attempt.deadline < now_ms():
            return jsonify(state="refused")
        attempt.sheet, attempt.revision = {"responses": body["responses"]}, body["revision"]
        attempt.saved_at = now_ms()
        db.session.commit()
        return jsonify(state="saved", revision=body["revision"], now_ms=now_ms())

    @app.post("/attempts/<int:attempt_id>/submission")
    @login_required
    def submit(attempt_id: int) -> ResponseReturnValue:
        attempt, questions, form = _own(attempt_id), _questions(), request.form
        responses = {str(n): [int(form[f"r-{n}"])] for n in range(1, ITEMS + 1) if f"r-{n}" in form}
        attempt.score = sum(
            2
            for number, (place, *order) in enumerate(attempt.paper, start=1)
            if responses.get(str(number)) == [order.index(questions[place].key)]
        )
        attempt.sheet, attempt.revision = {"responses": responses}, int(form["revision"])
        attempt.handed_in_at = now_ms()
        db.session.commit()
        return redirect(f"/attempts/{attempt_id}/result", 303)

    @app.get("/attempts/<int:attempt_id>/result")
    @login_required
    def result(attempt_id: int) -> ResponseReturnValue:
        return render_template_string(floor.RESULT, score=_own(attempt_id).score)


def _own(attempt_id: int) -> Attempt:
    own = sa.select(Attempt).where(Attempt.id == attempt_id, Attempt.user_id == current_user.id)
    return db.session.scalars(own).one_or_none() or abort(404)


def _questions() -> list[Question]:
    return list(db.session.scalars(sa.select(Question).order_by(Question.id)))


if __name__ == "__main__":
    floor.serve("bench.usual:application", sys.argv[1], int(sys.argv[2]))
