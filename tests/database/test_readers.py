"""Single questions: without a transaction around them, and inside an operation."""

import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app.database import Moment, NoSuchTable, Unavailable, db, fetched, grouped, table, writing
from app.database.readers import KEPT
from app.models import Unit

_NAMES = sa.select(table(Unit).c.name, sa.bindparam("now", type_=Moment)).order_by(table(Unit).c.id)


def test_a_single_question_sees_what_is_committed_and_speaks_in_our_types(context):
    grouped(sa.insert(Unit).values(name="市财政局", order=0), {})
    at = datetime(2026, 9, 17, 1, 2, 3, 4000, tzinfo=UTC)
    assert [tuple(row) for row in fetched(_NAMES, {"now": at})] == [("市财政局", at)]


def test_a_single_question_inside_an_operation_sees_what_it_has_written(context):
    with writing() as session:
        session.add(Unit(name="市财政局"))
        session.flush()
        assert [row[0] for row in fetched(_NAMES, {"now": None})] == ["市财政局"]


@pytest.mark.database("sqlite")
def test_many_single_questions_at_once_leave_connections_for_transactions(app):
    errors = []

    def ask():
        with app.app_context():
            try:
                for _ in range(20):
                    fetched(_NAMES, {"now": None})
                    db.session.execute(sa.select(Unit.id)).all()
            except Exception as error:
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=ask) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    with app.app_context():
        assert len(app.extensions["readers"]._free) <= KEPT


def test_a_single_question_to_a_table_that_is_not_there_says_so_in_the_usual_words(context):
    with pytest.raises((Unavailable, NoSuchTable)):
        fetched(sa.select(sa.table("nowhere", sa.column("x"))), {})
