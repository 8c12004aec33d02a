"""The sweeper: what it hands in, and that a jumping clock takes nobody's paper away."""

import json
from datetime import timedelta

import pytest

from app.clock import CALM, Clock
from app.database import Unavailable, db
from app.jobs import Sweeper
from app.models import Attempt
from app.operations import attempts
from app.operations.attempts import Saving
from tests import factories
from tests.factories import NOON
from tests.test_clock import HOUR, Machine

MINUTE = 60_000


@pytest.fixture
def machine(app, tmp_path):
    """A machine whose clock the whole application runs by."""
    machine = Machine()
    app.extensions["clock"] = app.config["CLOCK"] = machine.clock(tmp_path / "clock")
    return machine


@pytest.fixture
def clock(app, machine) -> Clock:
    clock: Clock = app.extensions["clock"]
    return clock


@pytest.fixture
def sweeper(app, machine):
    return Sweeper(app)


@pytest.fixture
def city(app, machine):
    with app.app_context():
        return factories.city()


@pytest.fixture
def contest(app, city):
    with app.app_context():
        return factories.contest(city)[0]


@pytest.fixture
def attempt_id(app, city, contest):
    """王芳 begins a paper of thirty minutes at noon."""
    with app.app_context():
        return attempts.start(contest, city.wang_fang, now=NOON)


@pytest.fixture
def enter(client, contest):
    client.submit("/c/pufa", {"name": "王芳", "tail": "1111"}, page="/c/pufa")


def handed_in_at(app, attempt_id):
    with app.app_context():
        return db.session.get_one(Attempt, attempt_id).handed_in_at


def page_saves(client, attempt_id, revision=1):
    """Open the paper and save one answer, as the page does."""
    page = client.get(f"/attempts/{attempt_id}")
    lease = page.get_data(as_text=True).partition('data-lease="')[2].partition('"')[0]
    packet = {"lease": lease, "revision": revision, "responses": {"1": [0]}, "marked": []}
    return client.post(f"/attempts/{attempt_id}/sheet", json=packet, headers={"X-CSRFToken": client.token})


def test_the_sweeper_hands_in_after_deadline_and_grace(app, machine, sweeper, attempt_id):
    machine.pass_(31 * MINUTE)
    sweeper.sweep()
    assert handed_in_at(app, attempt_id) is None
    machine.pass_(1)
    sweeper.sweep()
    assert handed_in_at(app, attempt_id) == NOON + timedelta(minutes=30)


def test_an_hour_ahead_hands_nobody_in_and_saves_go_on(app, client, machine, sweeper, attempt_id, enter):
    machine.pass_(10 * MINUTE)
    machine.wall += HOUR
    assert page_saves(client, attempt_id).get_json()["state"] == Saving.SAVED
    for _ in range(9):
        machine.pass_(2 * MINUTE)
        sweeper.sweep()
        assert client.get(f"/attempts/{attempt_id}").status_code == 200  # whoever looks closes no paper early
        assert client.get(f"/attempts/{attempt_id}/result").location == f"/attempts/{attempt_id}"
    assert page_saves(client, attempt_id, revision=2).get_json()["state"] == Saving.SAVED
    assert handed_in_at(app, attempt_id) is None


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_nobody_gets_more_than_the_limit_and_the_grace(app, client, machine, sweeper, attempt_id, enter, jump):
    machine.pass_(10 * MINUTE)
    machine.wall += jump
    sweeper.sweep()  # every two seconds, in life
    machine.pass_(21 * MINUTE)
    assert page_saves(client, attempt_id).get_json()["state"] == Saving.SAVED
    lease_holder = client.get(f"/attempts/{attempt_id}").get_data(as_text=True)
    lease = lease_holder.partition('data-lease="')[2].partition('"')[0]
    machine.pass_(1)
    packet = {"lease": lease, "revision": 2, "responses": {"1": [1]}, "marked": []}
    answer = client.post(f"/attempts/{attempt_id}/sheet", json=packet, headers={"X-CSRFToken": client.token})
    assert answer.get_json()["state"] == Saving.LATE
    sweeper.sweep()
    assert handed_in_at(app, attempt_id) == NOON + timedelta(minutes=30)


def test_while_the_clock_jumps_the_sweeper_rests_and_a_minute_later_it_goes_on(
    app, machine, clock, sweeper, attempt_id, city, contest
):
    with app.app_context():  # somebody is still at work: the new time is not used by itself
        machine.pass_(20 * MINUTE)
        attempts.start(contest, city.li_ming, now=clock())
        machine.pass_(-20 * MINUTE)
    machine.pass_(31 * MINUTE + 1)
    machine.wall += HOUR
    sweeper.sweep()
    machine.pass_(CALM - 1)
    sweeper.sweep()
    assert handed_in_at(app, attempt_id) is None
    machine.pass_(1)
    sweeper.sweep()
    assert handed_in_at(app, attempt_id) == NOON + timedelta(minutes=30)
    assert clock.ahead == timedelta(hours=1)


def test_the_operator_accepts_and_the_sweeper_goes_on_at_once(app, machine, clock, sweeper, attempt_id, runner):
    machine.pass_(10 * MINUTE)
    machine.wall += HOUR
    sweeper.sweep()
    told = runner.invoke(args=["clock", "show"])
    assert told.exit_code == 1 and "正在作答：1 人" in told.output
    refused = runner.invoke(args=["clock", "accept"])
    assert refused.exit_code == 1 and "每人会少 3600 秒" in refused.output
    assert handed_in_at(app, attempt_id) is None
    assert runner.invoke(args=["clock", "accept", "--yes"]).exit_code == 0
    sweeper.sweep()
    assert handed_in_at(app, attempt_id) == NOON + timedelta(minutes=30)
    assert runner.invoke(args=["clock", "show"]).exit_code == 0


def test_what_is_over_by_the_old_time_does_not_begin_again_when_an_earlier_one_is_accepted(
    app, machine, clock, sweeper, attempt_id, runner
):
    machine.pass_(31 * MINUTE + 1)
    machine.wall -= HOUR
    sweeper.sweep()  # rests: the clock has just jumped
    assert handed_in_at(app, attempt_id) is None
    assert runner.invoke(args=["clock", "accept"]).exit_code == 0
    assert handed_in_at(app, attempt_id) == NOON + timedelta(minutes=30)
    assert clock() < NOON


def test_the_command_tells_the_time_in_use_for_programs_too(app, machine, clock, attempt_id, runner):
    told = runner.invoke(args=["clock", "show", "--json"])
    assert told.exit_code == 0
    assert json.loads(told.output) == {"in_use": NOON.isoformat(), "ahead_seconds": 0.0, "answering": 1}
    assert runner.invoke(args=["clock", "show"]).output == "在用的时间：2026年09月17日 12:00:00，与机器的时钟一致。\n"


def test_the_new_time_is_used_by_itself_once_nobody_can_save(app, machine, clock, sweeper, attempt_id):
    machine.pass_(10 * MINUTE)
    machine.wall += HOUR
    sweeper.sweep()
    machine.pass_(21 * MINUTE)
    sweeper.sweep()
    assert clock.ahead == timedelta(hours=1)  # at deadline and grace a save still counts
    machine.pass_(1)
    sweeper.sweep()
    assert not clock.ahead
    assert clock() == NOON + timedelta(minutes=91, milliseconds=1)
    assert handed_in_at(app, attempt_id) == NOON + timedelta(minutes=30)


def test_a_restart_after_the_jump_goes_on_with_the_old_time(app, machine, sweeper, attempt_id, tmp_path):
    sweeper.sweep()
    machine.pass_(10 * MINUTE)
    machine.wall += HOUR
    app.extensions["clock"] = app.config["CLOCK"] = restarted = machine.clock(tmp_path / "clock")
    Sweeper(app)._settle(at_start=True)
    assert restarted() == NOON + timedelta(minutes=10)
    machine.pass_(2 * MINUTE)
    Sweeper(app).sweep()
    assert handed_in_at(app, attempt_id) is None


def test_a_clock_put_right_while_the_site_was_down_is_believed_at_once(app, machine, sweeper, city, tmp_path):
    sweeper.sweep()
    machine.wall += HOUR
    app.extensions["clock"] = app.config["CLOCK"] = restarted = machine.clock(tmp_path / "clock")
    Sweeper(app)._settle(at_start=True)
    assert restarted() == NOON + timedelta(hours=1)


def test_the_sweeper_outlives_a_database_without_tables(app, machine, sweeper, attempt_id, caplog):
    with app.app_context():
        db.session.remove()
        db.drop_all()
    try:
        sweeper.sweep()
        machine.wall += HOUR
        sweeper.sweep()
        machine.pass_(CALM)
        sweeper.sweep()
    finally:
        with app.app_context():
            db.session.remove()
            db.create_all()
    assert "the sweeper could not hand in" in caplog.text
    assert "whether somebody is answering could not be asked" in caplog.text


def test_time_taken_is_the_time_that_passed_whatever_the_machine_says(app, machine, clock, city, contest):
    with app.app_context():
        attempt_id = attempts.start(contest, city.li_ming, now=clock())
        machine.wall -= HOUR
        machine.pass_(MINUTE)
        attempts.hand_in(attempt_id, actor=city.li_ming, now=clock())
        assert db.session.get_one(Attempt, attempt_id).time_taken == MINUTE


class Refused(Exception):
    """A driver's error, with its code and, in its words, somebody's data."""

    sqlstate = "57P01"


@pytest.mark.parametrize(
    ("error", "sweeping", "asking"),
    [
        (Unavailable("王芳", {"phone": "13800001111"}, Refused("王芳")), "57P01", "OperationalError (57P01)"),
        (ValueError("王芳 13800001111"), "ValueError", "ValueError"),
    ],
)  # fmt: skip
def test_what_the_sweeper_logs_names_kind_code_and_place_and_quotes_nobody(
    app, machine, sweeper, caplog, monkeypatch, error, sweeping, asking
):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("app.jobs.hand_in_overdue", fail)
    monkeypatch.setattr("app.jobs.answering", fail)
    sweeper.sweep()
    machine.wall += HOUR
    sweeper._settle(at_start=True)
    first, _, second = [record.getMessage().splitlines() for record in caplog.records]
    assert first[0] == f"the sweeper could not hand in: {sweeping}"
    assert second[0] == f"whether somebody is answering could not be asked: {asking}"
    assert any("in _settle" in line for line in second)
    assert "王芳" not in caplog.text and "13800001111" not in caplog.text
