"""Deadlines and phases, exact to the millisecond."""

from datetime import UTC, datetime, timedelta

import pytest

from app.rules.timing import Phase, deadline, finished_at, is_overdue, phase, shortened

OPENS = datetime(2026, 9, 17, 1, 0, tzinfo=UTC)
CLOSES = OPENS + timedelta(hours=8)
MS = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("now", "expected"),
    [(OPENS - MS, Phase.BEFORE), (OPENS, Phase.OPEN), (CLOSES - MS, Phase.OPEN), (CLOSES, Phase.CLOSED)],
)
def test_a_sitting_is_open_from_its_first_instant_up_to_its_last(now, expected):
    assert phase(OPENS, CLOSES, now) is expected


def test_a_deadline_is_the_start_and_the_duration():
    assert deadline(OPENS, 1800, CLOSES) == OPENS + timedelta(minutes=30)


def test_a_late_start_is_cut_by_the_closing():
    assert deadline(CLOSES - timedelta(minutes=6), 1800, CLOSES) == CLOSES


def test_an_extension_is_added_to_the_cut_deadline_too():
    assert deadline(CLOSES - timedelta(minutes=6), 1800, CLOSES, extension=60) == CLOSES + timedelta(minutes=1)


@pytest.mark.parametrize(("after", "overdue"), [(timedelta(seconds=60), False), (timedelta(seconds=60) + MS, True)])
def test_a_packet_counts_until_deadline_and_grace_exactly(after, overdue):
    assert is_overdue(CLOSES + after, CLOSES, timedelta(seconds=60)) is overdue


@pytest.mark.parametrize(
    ("left", "minutes"),
    [
        (timedelta(minutes=30), None),
        (timedelta(minutes=30) - MS, 29),
        (timedelta(minutes=6), 6),
        (timedelta(seconds=59), 0),
    ],
)
def test_whoever_starts_late_is_told_the_whole_minutes_left(left, minutes):
    assert shortened(1800, CLOSES, CLOSES - left) == minutes


def test_a_hand_in_is_never_stamped_after_the_deadline():
    assert finished_at(CLOSES + MS, CLOSES) == CLOSES
    assert finished_at(CLOSES - MS, CLOSES) == CLOSES - MS
