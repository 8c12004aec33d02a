"""What the pages of a bank ask about its questions: found by their marks, one with its history."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.database import db
from app.models import Question, User
from app.queries.banks import CURRENT, QuestionRow, question_row
from app.queries.pages import SIZE, Page, contains, page
from app.rules.question import QuestionKind

# What stands for a question without a topic, or without a difficulty, where one is asked for.
NO_TOPIC, NO_DIFFICULTY = "", 0
STATES = ("approved", "pending", "retired")


@dataclass(frozen=True)
class Wanted:
    """Which questions of a bank are asked for; None is any. Without a state those in use: approved and pending."""

    kind: QuestionKind | None = None
    topic: str | None = None
    difficulty: int | None = None
    state: str | None = None
    search: str = ""


@dataclass(frozen=True)
class Revision:
    """One revision of a question: who made it, and when. `by` is empty for the system's own."""

    row: QuestionRow
    at: datetime
    by: str


@dataclass(frozen=True)
class Counts:
    """How many questions a bank has in each state, superseded revisions apart."""

    approved: int
    pending: int
    retired: int


def found(bank_id: int, wanted: Wanted, *, number: int = 1, size: int = SIZE) -> Page[QuestionRow]:
    """A page of the questions that are wanted, by number."""
    select = sa.select(Question).where(*_conditions(bank_id, wanted)).order_by(Question.number)
    return page(select, number, size).map(lambda row: question_row(row[0]))


def numbers(bank_id: int, wanted: Wanted) -> list[int]:
    """The numbers of all the questions that are wanted."""
    select = sa.select(Question.number).where(*_conditions(bank_id, wanted)).order_by(Question.number)
    return list(db.session.scalars(select))


def current(bank_id: int) -> list[QuestionRow]:
    """Everything that a bank holds today, approved or pending, by number."""
    select = sa.select(Question).where(Question.bank_id == bank_id, Question.state.in_(CURRENT))
    return [question_row(row) for row in db.session.scalars(select.order_by(Question.number))]


def topics(bank_id: int) -> list[str]:
    """The topics of a bank, by name."""
    select = sa.select(Question.topic).where(Question.bank_id == bank_id, Question.state != "superseded")
    return [topic for topic in db.session.scalars(select.distinct().order_by(Question.topic)) if topic]


def counts(bank_id: int) -> Counts:
    """How many questions there are in each state."""
    select = sa.select(Question.state, sa.func.count()).where(Question.bank_id == bank_id, Question.state.in_(STATES))
    by_state = {state: count for state, count in db.session.execute(select.group_by(Question.state))}
    return Counts(**{state: by_state.get(state, 0) for state in STATES})


def history(bank_id: int, number: int) -> list[Revision]:
    """All revisions of a question, the one that holds first; empty when there is no question of that number."""
    select = (
        sa.select(Question, User.name)
        .outerjoin(User, User.id == Question.created_by)
        .where(Question.bank_id == bank_id, Question.number == number)
        .order_by(Question.revision.desc())
    )
    return [Revision(question_row(row), row.created_at, name or "") for row, name in db.session.execute(select)]


def neighbours(bank_id: int, number: int) -> tuple[int | None, int | None]:
    """The numbers of the questions in use before and after this one."""
    here = (Question.bank_id == bank_id, Question.state.in_(CURRENT))
    before = sa.select(sa.func.max(Question.number)).where(*here, Question.number < number).scalar_subquery()
    after = sa.select(sa.func.min(Question.number)).where(*here, Question.number > number).scalar_subquery()
    one, other = db.session.execute(sa.select(before, after)).one()
    return one, other


def next_number(bank_id: int) -> int:
    """The number that the next new question of a bank will bear."""
    return (db.session.scalar(sa.select(sa.func.max(Question.number)).where(Question.bank_id == bank_id)) or 0) + 1


def same_question(bank_id: int, fingerprint: str, *, but: int | None = None) -> int | None:
    """The number of a question in use that asks exactly this, apart from the one of that number."""
    select = sa.select(sa.func.min(Question.number)).where(
        Question.bank_id == bank_id, Question.fingerprint == fingerprint, Question.state.in_(CURRENT)
    )
    return db.session.scalar(select if but is None else select.where(Question.number != but))


def _conditions(bank_id: int, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    states = CURRENT if wanted.state is None else (wanted.state,)
    where: list[Any] = [Question.bank_id == bank_id, Question.state.in_(states)]
    if wanted.kind is not None:
        where.append(Question.kind == wanted.kind)
    if wanted.topic is not None:
        where.append(Question.topic == wanted.topic)
    if wanted.difficulty is not None:
        is_so = Question.difficulty.is_(None) if wanted.difficulty == NO_DIFFICULTY else None
        where.append(Question.difficulty == wanted.difficulty if is_so is None else is_so)
    if text := wanted.search.strip():
        where.append(_says(bank_id, text))
    return where


def _says(bank_id: int, text: str) -> sa.ColumnElement[bool]:
    columns = (Question.stem, Question.source, Question.topic)
    ways = [*(contains(column, text) for column in columns), Question.id.in_(_with_option(bank_id, text))]
    if text.isascii() and text.isdigit() and len(text) < 9:
        ways.append(Question.number == int(text))
    return sa.or_(*ways)


def _with_option(bank_id: int, text: str) -> list[int]:
    """Ids of the questions with an option that contains the text.

    Both databases keep options as escaped JSON, in which figures of the escapes can be taken for figures of the text:
    what they find is looked at again here.
    """
    kept = sa.cast(Question.options, sa.Text)
    select = sa.select(Question.id, Question.options).where(Question.bank_id == bank_id)
    rows = db.session.execute(select.where(contains(kept, json.dumps(text)[1:-1])))
    return [question_id for question_id, options in rows if any(text.lower() in one.lower() for one in options)]
