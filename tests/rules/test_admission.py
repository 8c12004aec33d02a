"""Who may start, and why not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.rules.admission import Admitted, Reason, Standing, admission

OPENS = datetime(2026, 9, 17, 1, 0, tzinfo=UTC)
FRESH = Standing(OPENS, OPENS + timedelta(hours=8), attempts_allowed=2, attempts_used=0, open_attempt=None)
DURING, BEFORE, AFTER = OPENS + timedelta(hours=1), OPENS - timedelta(hours=1), OPENS + timedelta(hours=9)


def test_a_person_on_the_roster_starts_while_the_sitting_is_open():
    assert admission(FRESH, DURING) == Admitted()


def test_nobody_starts_before_the_opening_or_after_the_closing():
    assert admission(FRESH, BEFORE) is Reason.NOT_OPEN
    assert admission(FRESH, AFTER) is Reason.CLOSED


def test_all_attempts_used_is_a_refusal():
    assert admission(replace(FRESH, attempts_used=2), DURING) is Reason.USED_UP


def test_with_no_limit_one_may_start_again_and_again():
    assert admission(replace(FRESH, attempts_allowed=0, attempts_used=99), DURING) == Admitted()


def test_an_open_attempt_is_resumed_even_when_it_was_the_last_and_the_sitting_is_over():
    assert admission(replace(FRESH, attempts_used=2, open_attempt=7), AFTER) == Admitted(resume=7)
