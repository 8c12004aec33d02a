"""Short drills: databases that take no writes, and crowds on one paper. `make chaos` is the long form."""

import pytest

from bench import crowd, trouble
from bench.trouble import Trouble


@pytest.mark.parametrize(
    ("kind", "where"), [(Trouble.FULL, "sqlite"), (Trouble.LOCKED, "sqlite"), (Trouble.LOCKED, "postgresql")]
)
def test_what_cannot_be_written_comes_again_and_reading_goes_on(tmp_path, kind, where):
    outcome = trouble.drill(kind, where, tmp_path / "disk", 1, seed="short")
    assert (outcome.faults, outcome.crashes) == ([], 0)
    assert outcome.turned_away >= 8 and outcome.figures["read"] > 5


def test_where_no_disk_may_be_mounted_files_that_may_not_grow_do_as_well(tmp_path, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    outcome = trouble.drill(Trouble.FULL, "sqlite", tmp_path / "disk", 1, seed="short")
    assert (outcome.faults, outcome.crashes) == ([], 0)
    assert outcome.turned_away >= 8


def test_fifty_threads_in_each_of_four_processes_are_one_attempt_and_one_grading(tmp_path, backend):
    outcome = crowd.drill(backend, tmp_path / "instance", 1, seed="short")
    assert (outcome.faults, outcome.crashes) == ([], 0)
    assert outcome.acknowledged > 0
