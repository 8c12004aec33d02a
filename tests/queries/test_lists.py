"""Lists cost the same few statements, however long they are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from app.database import db, writing
from app.models import Import, Question, QuestionBank, Quiz, Unit, UnitAlias, User
from app.queries import banks, imports, people, quizzes

NOW = datetime(2026, 9, 17, 4, 0, tzinfo=UTC)


def fill(count: int) -> None:
    """That many banks with a question, quizzes, units with a person, and imports."""
    with writing() as session:
        for n in range(count):
            bank = QuestionBank(title=f"题库{n}", created_at=NOW)
            unit = Unit(name=f"第{n}局", order=n)
            session.add_all([bank, unit])
            session.flush()
            session.add_all(
                [
                    Question(
                        bank_id=bank.id, number=1, kind="single_choice", stem="题干", options=["甲", "乙"], key=[0],
                        created_at=NOW,
                    ),
                    Quiz(
                        title=f"竞赛{n}", bank_id=bank.id, sections=[], duration=60, attempts_allowed=1,
                        counting="best", pass_mark=1, excellence_mark=1, created_at=NOW,
                    ),
                    UnitAlias(unit_id=unit.id, alias=f"{n}局"),
                    User(name="李明", unit_id=unit.id, created_at=NOW, sort_key="li"),
                    Import(
                        kind="bank", file_name="题库.txt", checksum="0" * 64, reading={"rows": []}, created_at=NOW
                    ),
                ]
            )  # fmt: skip


@contextmanager
def counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("ask", "cost"),
    [
        (banks.listed, 2),
        (lambda: banks.questions(1), 2),
        (quizzes.listed, 1),
        (people.unit_tree, 3),
        (people.people, 2),
        (imports.recent, 2),
    ],
    ids=["banks", "questions", "quizzes", "units", "people", "imports"],
)
@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_as_much_with_three_rows_as_with_one(
    context: Flask, ask: Callable[[], object], cost: int, rows: int
):
    fill(rows)
    with counted() as statements:
        ask()
    assert len([statement for statement in statements if statement.lstrip().startswith("SELECT")]) == cost
