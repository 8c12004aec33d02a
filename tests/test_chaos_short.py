"""Short drills: one or two rounds of every kill and power cut. `make chaos` is the long form."""

import random

import pytest
import sqlalchemy as sa

from app.database import db, writing
from app.models import User
from app.operations import attempts
from bench import chaos, kills, power, stored
from bench.cast import Person
from bench.disk import LOG, MAIN, Disk, Event
from bench.kills import Kill
from bench.ledger import DOUBLED, LOST, Account, Fault, faults
from bench.power import Platter
from bench.printing import Outcome, drills
from tests import factories
from tests.factories import NOON


class Loaded(random.Random):
    """Dice that always fall on one side."""

    def __init__(self, kept):
        super().__init__(0)
        self._kept = kept

    def choice(self, _sides):
        return self._kept

    def random(self):
        return 0.6

    def shuffle(self, _events):
        raise AssertionError("0.6 does not shuffle")


@pytest.mark.parametrize("kill", Kill)
def test_a_server_killed_under_load_loses_no_acknowledged_answer_and_doubles_nothing(tmp_path, kill, backend):
    rounds = 2 if backend == "sqlite" else 1  # a PostgreSQL of its own takes its time to be made
    outcome = kills.drill(kill, backend, tmp_path / "instance", rounds, seed="short", at_once=6)
    assert (outcome.faults, outcome.crashes) == ([], 0)
    assert outcome.rounds == rounds
    assert outcome.acknowledged > (20 if kill is Kill.HAND_IN else 30)
    assert outcome.figures["attempts"] == outcome.figures["handed_in"] > 5


def test_a_power_cut_at_any_write_loses_nothing_that_was_acknowledged(tmp_path):
    outcome = power.drill(tmp_path, 60, seed="short")
    assert outcome.faults == []
    assert (outcome.rounds, outcome.acknowledged > 50) == (60, True)


def test_the_same_power_cuts_lose_answers_when_a_commit_is_not_synced(tmp_path):
    """So the test before is worth something, and so is synchronous=FULL."""
    outcome = power.drill(tmp_path, 60, seed="short", synchronous="NORMAL")
    assert outcome.count(LOST) > 0
    assert outcome.count(DOUBLED) == 0


def test_the_disk_remembers_all_that_sqlite_writes(tmp_path):
    path = tmp_path / "some.db"
    with Disk().in_place() as disk:
        connection = stored.sqlite().connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode = wal")
        connection.execute("CREATE TABLE t (x)")
        for number in range(50):
            connection.execute("INSERT INTO t VALUES (?)", (number,))
        log = path.with_name("some.db-wal").read_bytes()
        platter = Platter(b"")
        platter.take(disk.events)
        assert platter.after_a_cut(Loaded(kept=1.0)) == {MAIN: path.read_bytes(), LOG: log}
        connection.close()
    events = len(disk.events)
    connection = stored.sqlite().connect(path)  # the usual one is back
    connection.execute("INSERT INTO t VALUES (1)")
    connection.commit()
    connection.close()
    assert len(disk.events) == events


def test_a_cut_takes_what_was_not_synced_and_leaves_what_was():
    platter = Platter(b"....")
    platter.take([Event("write", MAIN, 0, b"ab"), Event("sync", MAIN), Event("write", MAIN, 2, b"cdef")])
    assert platter.after_a_cut(Loaded(kept=0.0))[MAIN] == b"ab.."
    assert platter.after_a_cut(Loaded(kept=1.0))[MAIN] == b"abcdef"
    platter.take([Event("truncate", MAIN, 3), Event("sync", LOG)])
    assert platter.after_a_cut(Loaded(kept=0.0))[MAIN] == b"ab.."
    assert platter.after_a_cut(Loaded(kept=1.0))[MAIN] == b"abc"


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome("a", 3, 7), 0),
        (Outcome("a", 3, 7, turned_away=5), 0),
        (Outcome("a", crashes=1), 1),
        (Outcome("a", faults=[Fault(LOST, "gone")]), 1),
    ],
)
def test_the_exit_code_is_1_when_anything_was_lost_or_crashed(monkeypatch, capsys, outcome, code):
    drill = chaos.Drill("one", 5, lambda folder, rounds, seed: outcome)
    monkeypatch.setattr(chaos, "_all", lambda: [drill])
    assert chaos.main(["--seed", "x"]) == code
    assert "种子 x" in capsys.readouterr().out


def test_a_drill_that_breaks_is_a_fault_and_costs_the_others_nothing(monkeypatch, capsys):
    def broken(*_):
        raise OSError("no room")

    monkeypatch.setattr(
        chaos, "_all", lambda: [chaos.Drill("bad", 1, broken), chaos.Drill("good", 1, lambda *_: Outcome("好", 1, 9))]
    )
    assert chaos.main([]) == 1
    assert "no room" in (told := capsys.readouterr().out) and "好" in told


def test_the_table_counts_each_kind_of_fault():
    outcome = Outcome("甲", 2, 30, faults=[Fault(LOST, "x"), Fault(DOUBLED, "y"), Fault("wrong", "z")], turned_away=4)
    assert drills([outcome]).splitlines()[1].split() == ["甲", "2", "30", "1", "1", "0", "4", "1", "0"]


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
    assert _judged(account) == [(LOST, "wang: revision 1 was acknowledged, 0 is stored")]
    _write("UPDATE attempts SET revision = 1")
    assert _judged(account) == [(LOST, "wang: revision 1 is not stored as it was sent")]
    _write("""UPDATE attempts SET sheet = '{"responses":{"1":[0]},"marked":[]}', answered = 1""")
    account.is_handed_in = True
    assert _judged(account) == [(LOST, "wang: the hand-in was acknowledged and is not stored")]
    attempts.hand_in(account.attempt_id, actor=made.wang_fang, now=NOON)
    assert _judged(account) == []
    _write("UPDATE roster_entries SET result = 1")
    assert len(_judged(account)) == 1
    _write(
        "INSERT INTO gradings (attempt_id, pool_version, score, marks, graded_at, reopened)"
        " SELECT attempt_id, 2, score, marks, graded_at, reopened FROM gradings"
    )
    assert _judged(account) == [(DOUBLED, "wang: graded 2 times")]


def _judged(account):
    db.session.rollback()
    with stored.connected(db.engine.url) as found:
        return [(fault.kind, fault.what) for fault in faults(found, [account])]


def _write(statement):
    with writing() as session:
        session.execute(sa.text(statement))
