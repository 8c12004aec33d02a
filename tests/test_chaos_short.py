"""A short drill: the serving process is killed while people answer. `make chaos` is the long one."""

import pytest

from bench.chaos import drill


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    return drill(tmp_path_factory.mktemp("drill") / "instance", 2, seed="short", at_once=6)


def test_a_server_killed_under_load_loses_no_acknowledged_answer_and_doubles_nothing(outcome):
    assert outcome.faults == []


def test_the_drill_did_kill_a_server_at_work(outcome):
    assert outcome.kills == 2
    assert outcome.saves > 50 and outcome.cuts > 0
    assert outcome.attempts == outcome.handed_in > 5
