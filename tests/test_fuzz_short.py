"""A few damaged files for the real server; `make chaos` sends a thousand. And whether its judge would see a fault."""

import pytest

from bench import traces
from bench.fuzz import fuzz
from tests.corpus.zip_lies import ESCAPED


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    return fuzz(tmp_path_factory.mktemp("fuzz"), 8, 3, at_once=2, minutes=2, is_quiet=True)


def test_a_server_that_gets_damaged_files_answers_all_of_them_and_keeps_nothing(outcome):
    assert outcome.faults == []
    assert outcome.files == sum(outcome.statuses.values()) == 8


def test_answers_are_saved_meanwhile(outcome):
    assert outcome.saves > 0


def test_the_judge_sees_what_files_may_leave_behind(tmp_path):
    instance, scratch = tmp_path / "instance", tmp_path / "tmp"
    kept = instance / "uploads" / "ab"
    kept.mkdir(parents=True, mode=0o700)
    (instance / "uploads").chmod(0o700)
    kept.chmod(0o700)
    scratch.mkdir()
    (kept / ("a" * 64)).touch(mode=0o600)
    assert traces.found_in(instance, scratch, since=traces.escaped(tmp_path)) == []

    (kept / "odd").touch(mode=0o644)
    (kept / "odd").chmod(0o644)
    (scratch / "left").touch()
    (tmp_path / "beside").touch()
    outside = tmp_path.parent / ESCAPED
    outside.touch()
    try:
        found = traces.found_in(instance, scratch, since=set())
    finally:
        outside.unlink()

    assert found == [
        f"a file escaped: {outside}",
        "left in the folder for temporary files: left",
        "beside the instance: beside",
        "among the uploads: uploads/ab/odd",
        "open to others: uploads/ab/odd",
    ]
