"""What a measurement means, on both sides of every line."""

from datetime import UTC, datetime, timedelta

import pytest

from app.rules import checkup
from app.rules.checkup import GIGABYTE, State, worst

GOOD, WATCH, WRONG = State
NOW = datetime(2026, 9, 17, 4, 0, tzinfo=UTC)
MS, SECOND, NONE = timedelta(milliseconds=1), timedelta(seconds=1), timedelta()


def test_an_affected_sqlite_is_wrong():
    assert checkup.sqlite_library("3.53.4", "pysqlite3", True).state is GOOD
    assert checkup.sqlite_library("3.40.1", "sqlite3", False).state is WRONG


@pytest.mark.parametrize(("version", "state"), [("13.22", WATCH), ("14.0", GOOD), ("16.9", GOOD)])
def test_an_old_postgresql_is_to_be_watched(version, state):
    assert checkup.postgresql_version(version).state is state


def test_one_setting_that_may_forget_answers_is_wrong_and_named():
    wanted = {"fsync": "on", "synchronous_commit": "on"}
    assert checkup.settings(dict(wanted), wanted, "请改").state is GOOD
    found = checkup.settings({"fsync": "on", "synchronous_commit": "off"}, wanted, "请改")
    assert (found.state, found.advice.split("；")[0]) == (WRONG, "请改，应为 synchronous_commit=on")


@pytest.mark.parametrize(
    ("found", "state"), [("0003", GOOD), (None, WRONG), ("0002", WRONG), ("0004", WRONG)]
)  # fmt: skip
def test_tables_of_any_other_version_are_wrong(found, state):
    assert checkup.schema(found, "0003").state is state


def test_a_fault_in_the_file_is_wrong_and_says_to_stop():
    assert checkup.soundness([]).state is GOOD
    found = checkup.soundness(["row 7 missing from index", "attempts → users"])
    assert found.state is WRONG
    assert found.found == "row 7 missing from index；attempts → users"
    assert found.advice.startswith("立即停掉网站")


@pytest.mark.parametrize(
    ("median", "slowest", "state"),
    [
        (0.000_02, 0.000_1, WATCH),
        (0.000_03, 0.001, GOOD),
        (0.030, 0.5, GOOD),
        (0.031, 0.1, WATCH),
        (0.005, 0.501, WATCH),
        (0.200, 0.3, WATCH),
        (0.201, 0.3, WRONG),
    ],
)
def test_a_disk_is_too_slow_or_too_quick_to_be_true(median, slowest, state):
    assert checkup.syncing("落盘", median, slowest).state is state


@pytest.mark.parametrize(
    ("free", "kind", "is_sqlite", "state"),
    [
        (2 * GIGABYTE, "ext4", True, GOOD),
        (2 * GIGABYTE - 1, "ext4", True, WATCH),
        (GIGABYTE // 4, "ext4", True, WATCH),
        (GIGABYTE // 4 - 1, "ext4", True, WRONG),
        (9 * GIGABYTE, "nfs4", True, WRONG),
        (9 * GIGABYTE, "fuse.sshfs", True, WRONG),
        (9 * GIGABYTE, "nfs4", False, GOOD),
        (9 * GIGABYTE, "tmpfs", False, WRONG),
        (9 * GIGABYTE, "overlay", True, WATCH),
    ],
)
def test_a_disk_that_is_full_or_forgets_or_is_shared_is_wrong(free, kind, is_sqlite, state):
    assert checkup.disk(free, 100 * GIGABYTE, kind, is_sqlite).state is state


@pytest.mark.parametrize(
    ("jumped", "ahead", "synchronised", "apart", "state"),
    [
        (NONE, None, True, None, GOOD),
        (50 * MS, 2 * SECOND, True, 2 * SECOND, GOOD),
        (-51 * MS, None, True, None, WRONG),
        (NONE, 2 * SECOND + MS, True, None, WRONG),
        (NONE, -SECOND, True, None, GOOD),
        (NONE, None, False, None, WATCH),
        (NONE, None, None, None, WATCH),
        (NONE, None, True, -2 * SECOND - MS, WATCH),
    ],
)
def test_a_clock_that_jumped_or_went_back_is_wrong(jumped, ahead, synchronised, apart, state):
    newest = None if ahead is None else NOW + ahead
    found = checkup.clock(NOW, "CST+0800", jumped, newest, synchronised, apart)
    assert found.state is state
    assert found.found.startswith("北京时间 2026-09-17 12:00:00，系统时区 CST+0800，")


def test_what_others_may_read_or_own_is_wrong():
    assert checkup.privacy("/srv/zhisai", [], []).state is GOOD
    loose = checkup.privacy("/srv/zhisai", ["secret_key"], [])
    assert (loose.state, loose.advice) == (WRONG, "执行 chmod -R go-rwx /srv/zhisai")
    assert checkup.privacy("/srv/zhisai", [], ["zhisai.db-wal"]).state is WRONG


def test_an_upload_that_is_gone_is_to_be_watched():
    assert checkup.uploads(3, 0).state is GOOD
    assert checkup.uploads(3, 1).found == "有 3 个，缺 1 个"


@pytest.mark.parametrize(
    ("age", "has_people", "state"),
    [
        (None, False, GOOD),
        (None, True, WATCH),
        (timedelta(days=2), True, GOOD),
        (timedelta(days=2) + MS, True, WATCH),
    ],
)
def test_a_backup_too_long_ago_is_to_be_watched(age, has_people, state):
    assert checkup.backup(NOW, age and NOW - age, has_people).state is state


@pytest.mark.parametrize(
    ("url", "is_secure", "is_local", "proxies", "state"),
    [
        ("http://127.0.0.1:8000", False, True, 0, GOOD),
        ("http://10.0.0.8:8000", False, False, 0, WATCH),
        ("https://jingsai.example.gov.cn", True, False, 0, WATCH),
        ("https://jingsai.example.gov.cn", True, False, 1, GOOD),
    ],
)
def test_an_address_without_encryption_or_with_a_proxy_untold_is_to_be_watched(
    url, is_secure, is_local, proxies, state
):
    assert checkup.address(url, is_secure, is_local, proxies).state is state


def test_the_whole_is_as_its_worst_part():
    fine, odd, bad = checkup.good("甲", ""), checkup.watch("乙", "", ""), checkup.wrong("丙", "", "")
    assert [worst([fine]), worst([fine, odd]), worst([odd, bad, fine])] == [GOOD, WATCH, WRONG]


def test_whatever_is_not_good_says_what_to_do_next():
    found = [
        checkup.sqlite_library("3.40.1", "sqlite3", False), checkup.schema(None, "0003"), checkup.syncing("落盘", 1, 1),
        checkup.disk(0, 1, "ext4", True), checkup.uploads(1, 1), checkup.backup(NOW, None, True),
    ]  # fmt: skip
    assert [finding for finding in found if not finding.advice] == []
