"""Which attempt counts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.rules.results import Finished, Result, result
from app.rules.terms import Counting

T = datetime(2026, 9, 17, 1, 0, tzinfo=UTC)


def attempt(score, minutes, start_hour, answered=50):
    begun = T + timedelta(hours=start_hour)
    return Finished(score, minutes * 60_000, begun + timedelta(minutes=minutes), begun, answered)


FIRST, SECOND, THIRD = attempt(8000, 20, 0), attempt(9600, 25, 1), attempt(7000, 10, 2)


def test_best_last_and_first_choose_their_attempt_with_its_time():
    tries = [SECOND, FIRST, THIRD]
    assert result(tries, Counting.BEST) == Result(9600, 25 * 60_000, SECOND.handed_in_at, 3)
    assert result(tries, Counting.LAST) == Result(7000, 10 * 60_000, THIRD.handed_in_at, 3)
    assert result(tries, Counting.FIRST) == Result(8000, 20 * 60_000, FIRST.handed_in_at, 3)


def test_of_equal_bests_the_shorter_counts_then_the_earlier():
    shorter = attempt(9600, 24, 3)
    assert result([SECOND, shorter], Counting.BEST).handed_in_at == shorter.handed_in_at
    again = attempt(9600, 24, 5)
    assert result([again, shorter], Counting.BEST).handed_in_at == shorter.handed_in_at


def test_blank_and_voided_papers_count_nowhere():
    blank, voided = attempt(0, 1, 4, answered=0), replace(SECOND, voided=True)
    assert result([blank, voided], Counting.BEST) is None
    assert result([FIRST, blank, voided], Counting.LAST) == Result(8000, 20 * 60_000, FIRST.handed_in_at, 1)


def test_a_zero_with_something_answered_is_a_result():
    assert result([attempt(0, 5, 0, answered=1)], Counting.BEST).score == 0
