"""The gate, the pragmas and the column type that everything stands on."""

import gc
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, StatementError

from app.database import (
    PRAGMAS,
    Unavailable,
    db,
    grouped,
    is_fixed,
    milliseconds,
    moment,
    table,
    writing,
)
from app.database.gate import Gate
from app.models import Unit, User
from tests.factories import NOON


@pytest.mark.parametrize(
    ("version", "fixed"),
    [
        ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 45, 0), False), ((3, 50, 6), False),
        ((3, 50, 7), True), ((3, 51, 2), False), ((3, 51, 3), True), ((3, 53, 4), True),
    ],
)  # fmt: skip
def test_only_an_sqlite_without_the_log_corruption_bug_is_used(version, fixed):
    assert is_fixed(version) is fixed


@pytest.mark.database("sqlite")
def test_every_connection_has_the_pragmas(context):
    asked = {}
    for name in PRAGMAS:
        asked[name] = db.session.execute(sa.text(f"PRAGMA {name}")).scalar()
    assert asked == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000,
        "trusted_schema": 0, "journal_size_limit": 67108864,
    }  # fmt: skip
    version = str(db.session.scalar(sa.text("SELECT sqlite_version()"))).split(".")
    assert is_fixed((int(version[0]), int(version[1]), int(version[2])))


def test_a_moment_comes_back_with_its_zone_to_the_millisecond(context):
    at = datetime(2026, 9, 17, 12, 0, 0, 123_000, tzinfo=timezone(timedelta(hours=8)))
    with writing() as session:
        session.add(User(name="李明", created_at=at))
    stored = db.session.scalars(sa.select(User.created_at)).one()
    assert stored == at
    assert stored.tzinfo is UTC


def test_a_moment_without_zone_is_refused(context):
    with pytest.raises(StatementError, match="a moment needs a time zone"), writing() as session:
        session.add(User(name="李明", created_at=datetime(2026, 9, 17)))  # noqa: DTZ001


def test_milliseconds_are_exact():
    at = datetime(2026, 9, 17, 4, 0, 0, 999_000, tzinfo=UTC)
    assert moment(milliseconds(at)) == at


def test_an_operation_that_fails_leaves_nothing(context):
    def fail():
        with writing() as session:
            session.add(Unit(name="市财政局"))
            session.flush()
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        fail()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Unit)) == 0


def test_an_operation_inside_an_operation_is_refused(context):
    with writing(), pytest.raises(RuntimeError, match="inside"), writing():
        pass


def test_a_read_before_an_operation_does_not_break_it(context):
    db.session.scalars(sa.select(Unit)).all()
    with writing() as session:
        session.add(Unit(name="市财政局"))
    assert db.session.scalars(sa.select(Unit.name)).all() == ["市财政局"]


def test_many_threads_of_both_kinds_of_writing_lose_nothing(app):
    statement = sa.text("INSERT INTO units (name, order_number) VALUES (:b_name, 0)")
    errors = []

    def write(number):
        with app.app_context():
            try:
                for round_ in range(5):
                    assert grouped(statement, {"b_name": f"g{number}-{round_}"}) == 1
                    with writing() as session:
                        session.add(Unit(name=f"w{number}-{round_}"))
            except Exception as error:
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with app.app_context():
        assert errors == []
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Unit)) == 120


def test_a_grouped_statement_that_fails_tells_its_sender(context):
    statement = sa.text(
        "INSERT INTO site (id, name, organizer, phone, phone_hours, icp) VALUES (:b_id, 'x', '', '', '', '')"
    )
    with pytest.raises(IntegrityError):
        grouped(statement, {"b_id": 2})
    assert grouped(statement, {"b_id": 1}) == 1


@pytest.mark.database("sqlite")
def test_a_statement_that_is_used_no_more_is_forgotten(context):
    for number in range(3):
        grouped(sa.text(f"UPDATE units SET order_number = {number}"), {})
    gc.collect()
    assert len(context.extensions["writers"]._phrases) == 0


def test_what_is_read_after_a_grouped_write_sees_it(context):
    db.session.scalars(sa.select(Unit)).all()
    grouped(sa.insert(Unit).values(name="市财政局", order=0), {})
    assert db.session.scalars(sa.select(Unit.name)).all() == ["市财政局"]


def test_the_gate_lets_writers_in_one_by_one_in_the_order_of_arrival(tmp_path):
    gate, order, inside = Gate(tmp_path / "lock"), [], []

    def enter(number):
        with gate:
            inside.append(number)
            order.append(number)
            assert inside == [number]
            inside.clear()

    gate.__enter__()
    threads = []
    for number in range(8):
        threads.append(threading.Thread(target=enter, args=(number,)))
        threads[-1].start()
        while len(gate._waiting) < number + 2:
            pass
    gate.__exit__()
    for thread in threads:
        thread.join(10)
    assert order == list(range(8))
    gate.close()


def test_noon_is_noon_in_shanghai():
    assert NOON.astimezone(timezone(timedelta(hours=8))).hour == 12


def test_a_faulty_statement_costs_its_neighbours_nothing(app):
    insert = sa.text("INSERT INTO units (name, order_number) VALUES (:b_name, :b_order)")
    told: dict[str, object] = {}

    def write(name, order):
        with app.app_context():
            try:
                told[name] = grouped(insert, {"b_name": name, "b_order": order})
            except Exception as error:
                told[name] = type(error).__name__
            finally:
                db.session.remove()

    rows = [(f"u{n}", n) for n in range(12)] + [("faulty", None)]
    threads = [threading.Thread(target=write, args=row) for row in rows]
    with app.app_context(), writing():  # everybody queues up behind this operation, and is committed together
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join(30)
    assert told == {f"u{n}": 1 for n in range(12)} | {"faulty": "IntegrityError"}


def test_a_gate_that_cannot_lock_its_file_lets_the_next_one_in(tmp_path):
    gate = Gate(tmp_path / "lock", patience=0.1)
    other = Gate(tmp_path / "lock")
    with other, pytest.raises(Unavailable), gate:
        pass
    with gate:
        pass
    for each in (gate, other):
        each.close()


def test_whoever_waits_too_long_at_the_gate_leaves_the_line(tmp_path):
    gate, told = Gate(None, patience=0.1), []

    def wait():
        try:
            with gate:
                told.append("in")
        except Unavailable:
            told.append("out")

    with gate:
        thread = threading.Thread(target=wait)
        thread.start()
        thread.join(10)
    assert told == ["out"]
    with gate:
        told.append("free")
    assert told == ["out", "free"]


def test_nobody_waits_behind_a_writer_who_is_stuck(tmp_path):
    gate, told = Gate(None, patience=60, stuck_after=0.05), []

    def wait():
        try:
            with gate:
                told.append("in")
        except Unavailable:
            told.append("out")

    with gate:
        waiting = [threading.Thread(target=wait) for _ in range(3)]
        for thread in waiting:
            thread.start()
        for thread in waiting:
            thread.join(10)
        assert told == ["out"] * 3
        with pytest.raises(Unavailable, match="stuck"):
            gate.__enter__()
    with gate:
        told.append("free")
    assert told[3:] == ["free"]


def test_while_writing_is_refused_one_tries_and_the_others_are_told_at_once():
    gate = Gate(None, patience=60, stuck_after=60)
    with pytest.raises(Unavailable, match="locked"), gate:
        raise Unavailable("locked", None, RuntimeError("locked"))
    with gate, pytest.raises(Unavailable, match="stuck"):
        gate.__enter__()

    def pass_through():
        with gate:
            pass

    gate.__enter__()
    queued = threading.Thread(target=pass_through)
    queued.start()  # it waits its turn: writing works again
    while len(gate._waiting) < 2:
        pass
    gate.__exit__()
    queued.join(10)
    assert not queued.is_alive()


def test_a_lock_file_that_cannot_be_made_is_a_matter_of_waiting(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable), Gate(tmp_path / "file" / "lock"):
        pass


def test_a_grouped_insert_that_inserts_nothing_says_so(context):
    unit = sa.insert(table(Unit)).from_select(
        ["name", "order_number"],
        sa.select(sa.literal("市财政局"), sa.literal(0)).where(~sa.exists().where(table(Unit).c.id > 0)),
        include_defaults=False,
    )
    assert [grouped(unit, {}), grouped(unit, {})] == [1, 0]
