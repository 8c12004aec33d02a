"""A short drill: the serving process is killed while people answer. `make chaos` is the long one."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from app.database import db, writing
from app.models import User
from app.operations import attempts
from bench import stored
from bench.cast import Person
from bench.chaos import drill
from bench.ledger import Account, faults
from tests import factories
from tests.factories import NOON


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    return drill(tmp_path_factory.mktemp("drill") / "instance", 2, seed="short", at_once=6)


def test_a_server_killed_under_load_loses_no_acknowledged_answer_and_doubles_nothing(outcome):
    assert outcome.faults == []


def test_the_drill_did_kill_a_server_at_work(outcome):
    assert outcome.kills == 2
    assert outcome.saves > 50 and outcome.cuts > 0
    assert outcome.attempts == outcome.handed_in > 5


@pytest.mark.database("sqlite")
def test_the_judge_sees_what_a_server_could_do_wrong(context):
    """A drill that finds nothing proves something only if it would have found it."""
    made = factories.city()
    contest, _ = factories.contest(made)
    with writing() as session:
        session.get_one(User, made.wang_fang).login = "wang"
    account = Account(Person("王芳", "13800001111", "wang"), attempts.start(contest, made.wang_fang, now=NOON))
    assert _judged(account) == []
    account.note({"1": [0]})
    assert _judged(account) == []  # it was sent, and need not have arrived
    account.acknowledged = 1
    assert _judged(account) == ["wang: revision 1 was acknowledged, 0 is stored"]
    _write("UPDATE attempts SET revision = 1")
    assert _judged(account) == ["wang: revision 1 is not stored as it was sent"]
    _write("""UPDATE attempts SET sheet = '{"responses":{"1":[0]},"marked":[]}', answered = 1""")
    account.is_handed_in = True
    assert _judged(account) == ["wang: the hand-in was acknowledged and is not stored"]
    attempts.hand_in(account.attempt_id, actor=made.wang_fang, now=NOON)
    assert _judged(account) == []
    _write("UPDATE roster_entries SET result = 1")
    assert len(_judged(account)) == 1
    _write("INSERT INTO gradings SELECT id + 1, attempt_id, 2, score, marks, graded_at FROM gradings")
    assert _judged(account) == ["wang: graded 2 times"]


def _judged(account):
    db.session.rollback()
    connection = stored.reading(Path(db.engine.url.database or ""))
    try:
        return faults(connection, [account])
    finally:
        connection.close()


def _write(statement):
    with writing() as session:
        session.execute(sa.text(statement))
