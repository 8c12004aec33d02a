"""The clock that deadlines are counted by, when the machine's own clock jumps."""

import json
import stat
from datetime import timedelta

import pytest

from app.clock import CALM, TOLERANCE, Clock
from app.database import milliseconds
from tests.factories import NOON

HOUR = 3_600_000


class Machine:
    """A machine whose clock can be put forward and back, and whose other clock cannot."""

    def __init__(self):
        self.wall, self.even = milliseconds(NOON), 5_000_000

    def pass_(self, span):
        self.wall += span
        self.even += span

    def clock(self, file=None):
        return Clock(file, wall=lambda: self.wall, even=lambda: self.even)


@pytest.fixture
def machine():
    return Machine()


def test_a_clock_that_is_left_alone_tells_the_machines_time(machine):
    clock = machine.clock()
    machine.pass_(1234)
    assert clock() == NOON + timedelta(milliseconds=1234)
    assert clock.is_calm and not clock.ahead


@pytest.mark.parametrize("jump", [HOUR, -HOUR, TOLERANCE + 1, -TOLERANCE - 1])
def test_after_a_jump_the_old_time_goes_on(machine, jump, caplog):
    clock = machine.clock()
    machine.wall += jump
    machine.pass_(5000)
    assert clock() == NOON + timedelta(seconds=5)
    assert not clock.is_calm and clock.ahead == timedelta(milliseconds=jump)
    assert clock() == NOON + timedelta(seconds=5)
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.parametrize("step", [TOLERANCE, -TOLERANCE, 500])
def test_a_small_step_is_followed(machine, step, caplog):
    clock = machine.clock()
    machine.wall += step
    assert clock() == NOON + timedelta(milliseconds=step)
    assert clock.is_calm and not clock.ahead and caplog.records == []


def test_calm_comes_a_minute_after_the_last_jump_to_the_millisecond(machine):
    clock = machine.clock()
    machine.wall += HOUR
    assert not clock.is_calm
    machine.pass_(CALM - 1)
    machine.wall += HOUR
    assert not clock.is_calm
    machine.pass_(CALM - 1)
    assert not clock.is_calm
    machine.pass_(1)
    assert clock.is_calm
    assert clock() == NOON + timedelta(milliseconds=2 * CALM - 1)


def test_a_clock_that_jumps_back_again_is_believed_again_and_calm_after_a_minute(machine):
    clock = machine.clock()
    machine.wall += HOUR
    assert clock() == NOON
    machine.pass_(CALM)
    assert clock.is_calm
    machine.wall -= HOUR
    assert clock() == NOON + timedelta(milliseconds=CALM)
    assert not clock.is_calm and not clock.ahead
    machine.pass_(CALM)
    assert clock.is_calm


def test_the_operator_may_accept_the_new_time_at_once(machine):
    clock = machine.clock()
    machine.wall += HOUR
    clock()
    clock.accept()
    assert clock() == NOON + timedelta(hours=1)
    assert clock.is_calm and not clock.ahead


def test_a_pause_between_reading_both_clocks_is_no_jump(machine, caplog):
    pauses = iter([0, 30_000, 0])

    def even():
        machine.pass_(next(pauses, 0))
        return machine.even

    clock = Clock(wall=lambda: machine.wall, even=even)
    clock()
    assert clock.is_calm and caplog.records == []


def test_a_process_that_starts_after_the_jump_goes_on_with_the_old_time(machine, tmp_path):
    file = tmp_path / "clock"
    machine.clock(file).share()
    machine.pass_(1000)
    machine.wall += HOUR
    later = machine.clock(file)
    assert later() == NOON + timedelta(seconds=1)
    assert not later.is_calm


def test_what_one_process_accepts_the_others_take_over(machine, tmp_path):
    serving = machine.clock(tmp_path / "clock")
    serving.share()
    machine.wall += HOUR
    assert serving() == NOON
    command = machine.clock(tmp_path / "clock")
    command.accept()
    serving.share()
    assert serving() == NOON + timedelta(hours=1)
    assert serving.is_calm and not serving.ahead
    serving.share()
    assert serving() == NOON + timedelta(hours=1)


def test_two_processes_that_read_a_millisecond_apart_leave_the_file_alone(machine, tmp_path):
    file = tmp_path / "clock"
    first = machine.clock(file)
    first.share()
    machine.wall += 1
    second = machine.clock(file)
    before = file.read_bytes()
    for clock in (first, second, first, second):
        clock.share()
    assert file.read_bytes() == before


def test_a_small_step_reaches_the_file_in_the_end(machine, tmp_path):
    clock = machine.clock(tmp_path / "clock")
    clock.share()
    machine.wall += TOLERANCE
    assert clock() == NOON + timedelta(milliseconds=TOLERANCE)
    clock.share()
    assert machine.clock(tmp_path / "clock")() == clock()
    machine.wall += TOLERANCE
    assert machine.clock(tmp_path / "clock")() == NOON + timedelta(milliseconds=2 * TOLERANCE)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"boot": "another start", "offset": 1}', '{"boot": 3}'])
def test_a_file_of_another_start_of_the_machine_or_of_nothing_is_ignored(machine, tmp_path, content):
    (tmp_path / "clock").write_text(content)
    assert machine.clock(tmp_path / "clock")() == NOON


def test_reading_a_clock_leaves_no_file(machine, tmp_path):
    machine.clock(tmp_path / "clock")()
    assert list(tmp_path.iterdir()) == []
    machine.clock(tmp_path / "clock").share()
    assert json.loads((tmp_path / "clock").read_bytes())["offset"] == machine.wall - machine.even


def test_the_file_is_its_owners_alone(machine, tmp_path):
    machine.clock(tmp_path / "clock").share()
    assert stat.S_IMODE((tmp_path / "clock").stat().st_mode) == 0o600


def test_a_folder_that_takes_no_file_costs_nothing_but_the_file(machine, tmp_path):
    clock = machine.clock(tmp_path / "missing" / "clock")
    clock.share()
    assert clock() == NOON
