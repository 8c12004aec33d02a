"""The state machine of an attempt: every state with every event, and every boundary to 1 ms."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import attempt as machine
from app.rules.admission import Reason, Refusal
from app.rules.attempt import NONE, By, Course, State

START = datetime(2026, 9, 17, 4, 0, tzinfo=UTC)
MINUTE, SECOND, MS = timedelta(minutes=1), timedelta(seconds=1), timedelta(milliseconds=1)
DURATION = 1800
CLOSES = START + timedelta(hours=8)
DUE = START + 30 * MINUTE
GRACE = 60 * SECOND
TERMS: dict[str, Any] = {"duration": DURATION, "closes_at": CLOSES}

OPEN = machine.start(START, grace=GRACE, **TERMS)
HELD = machine.hold(OPEN, START + 10 * MINUTE)
HANDED_IN = machine.hand_in(OPEN, START + 20 * MINUTE, By.PERSON)
VOIDED = machine.void(HANDED_IN, START + 25 * MINUTE)

EVENTS = {
    "save": lambda course, now: course if machine.may_save(course, now) else None,
    "hand in": lambda course, now: machine.hand_in(course, now, By.PERSON),
    "extend": lambda course, now: machine.extend(course, 5 * MINUTE, now),
    "reopen": lambda course, now: machine.reopen(course, 5 * MINUTE, now, **TERMS),
    "void": machine.void,
    "restore": lambda course, now: machine.restore(course),
    "hold": machine.hold,
    "resume": machine.resume,
    "move": lambda course, now: machine.move(course, now, **TERMS),
}


def outcome(event, course, now):
    """The state that follows, the reason why none does, or None for a sheet that is not stored."""
    try:
        following = EVENTS[event](course, now)
    except Refusal as refusal:
        return refusal.reason
    return following.state if following is not None else None


# In time, in the grace, and 1 ms after it. An attempt that is held, handed in or voided does not mind the time.
IN_TIME, IN_GRACE, OVER = DUE - MS, DUE + GRACE, DUE + GRACE + MS
TABLE: dict[tuple[str, datetime], dict[str, State | Reason | None]] = {
    ("open", IN_TIME): {
        "save": State.OPEN, "hand in": State.HANDED_IN, "extend": State.OPEN, "reopen": Reason.NOT_HANDED_IN,
        "void": State.VOIDED, "restore": Reason.NOT_VOIDED, "hold": State.HELD, "resume": Reason.NOT_PAUSED,
        "move": State.OPEN,
    },
    ("open", IN_GRACE): {
        "save": State.OPEN, "hand in": State.HANDED_IN, "extend": State.OPEN, "reopen": Reason.NOT_HANDED_IN,
        "void": State.VOIDED, "restore": Reason.NOT_VOIDED, "hold": Reason.TIME_OVER, "resume": Reason.NOT_PAUSED,
        "move": State.OPEN,
    },
    ("open", OVER): {
        "save": None, "hand in": State.HANDED_IN, "extend": Reason.TIME_OVER, "reopen": Reason.NOT_HANDED_IN,
        "void": State.VOIDED, "restore": Reason.NOT_VOIDED, "hold": Reason.TIME_OVER, "resume": Reason.NOT_PAUSED,
        "move": Reason.TIME_OVER,
    },
    **{("held", now): {
        "save": State.HELD, "hand in": State.HANDED_IN, "extend": State.HELD, "reopen": Reason.NOT_HANDED_IN,
        "void": State.VOIDED, "restore": Reason.NOT_VOIDED, "hold": Reason.PAUSED, "resume": State.OPEN,
        "move": Reason.PAUSED,
    } for now in (IN_TIME, IN_GRACE, OVER)},
    **{("handed in", now): {
        "save": None, "hand in": Reason.HANDED_IN, "extend": Reason.HANDED_IN, "reopen": State.OPEN,
        "void": State.VOIDED, "restore": Reason.NOT_VOIDED, "hold": Reason.HANDED_IN, "resume": Reason.HANDED_IN,
        "move": Reason.HANDED_IN,
    } for now in (IN_TIME, IN_GRACE, OVER)},
    **{("voided", now): {
        "save": None, "hand in": Reason.VOIDED, "extend": Reason.VOIDED, "reopen": Reason.VOIDED,
        "void": Reason.VOIDED, "restore": State.HANDED_IN, "hold": Reason.VOIDED, "resume": Reason.VOIDED,
        "move": Reason.VOIDED,
    } for now in (IN_TIME, IN_GRACE, OVER)},
}  # fmt: skip
COURSES = {"open": OPEN, "held": HELD, "handed in": HANDED_IN, "voided": VOIDED}


def test_the_table_has_every_state_with_every_event():
    assert {name for name, _ in TABLE} == set(COURSES)
    assert {COURSES[name].state for name, _ in TABLE} == set(State)
    assert all(set(row) == set(EVENTS) for row in TABLE.values())


@pytest.mark.parametrize(
    ("name", "now", "event", "expected"),
    [(name, now, event, expected) for (name, now), row in TABLE.items() for event, expected in row.items()],
)
def test_every_state_answers_every_event(name, now, event, expected):
    assert outcome(event, COURSES[name], now) == expected


@pytest.mark.parametrize(
    ("now", "stored"),
    [(START, True), (DUE, True), (DUE + GRACE, True), (DUE + GRACE + MS, False)],
)
def test_packets_are_stored_until_deadline_and_grace(now, stored):
    assert machine.may_save(OPEN, now) is stored
    assert machine.is_overdue(OPEN, now) is not stored


@pytest.mark.parametrize(
    ("now", "stamped", "by"),
    [
        (DUE - MS, DUE - MS, By.PERSON),
        (DUE, DUE, By.SERVER),
        (DUE + GRACE, DUE, By.SERVER),
        (DUE + GRACE + MS, DUE, By.SERVER),
        (START - SECOND, START, By.PERSON),
    ],
)
def test_a_hand_in_is_stamped_at_the_deadline_at_the_latest(now, stamped, by):
    handed_in = machine.hand_in(OPEN, now, By.PERSON)
    assert (handed_in.handed_in_at, handed_in.handed_in_by) == (stamped, by)
    assert handed_in.time_taken == stamped - START


@pytest.mark.parametrize("closes", [DUE - MS, DUE, DUE + MS])
def test_the_closing_cuts_the_duration(closes):
    assert machine.start(START, duration=DURATION, closes_at=closes, grace=GRACE).deadline == min(DUE, closes)


@pytest.mark.parametrize(
    ("now", "deadline"),
    [(START, DUE + 5 * MINUTE), (DUE, DUE + 5 * MINUTE), (DUE + MS, DUE + 5 * MINUTE + MS)],
)
def test_an_extension_counts_from_the_deadline_and_in_the_grace_from_now(now, deadline):
    assert machine.extend(OPEN, 5 * MINUTE, now).deadline == deadline


@pytest.mark.parametrize(("at", "is_held"), [(DUE - MS, True), (DUE, False)])
def test_a_pause_concerns_whose_time_is_running(at, is_held):
    assert machine.may_hold(OPEN, at) is is_held


def test_while_held_nothing_is_overdue_and_the_pause_is_given_back_to_the_millisecond():
    held = machine.hold(OPEN, DUE - MS)
    later = DUE + timedelta(days=3)
    assert not machine.is_overdue(held, later)
    resumed = machine.resume(held, later)
    assert resumed.deadline == later + MS
    assert machine.may_save(resumed, later + MS + GRACE)
    assert machine.is_overdue(resumed, later + MS + GRACE + MS)


def test_a_pause_is_not_time_taken():
    resumed = machine.resume(machine.hold(OPEN, START + 10 * MINUTE), START + 50 * MINUTE)
    assert machine.hand_in(resumed, START + 55 * MINUTE, By.PERSON).time_taken == 15 * MINUTE


def test_handed_in_while_held_it_is_stamped_now_and_the_pause_is_not_time_taken():
    handed_in = machine.hand_in(HELD, START + 90 * MINUTE, By.PERSON)
    assert (handed_in.handed_in_at, handed_in.handed_in_by) == (START + 90 * MINUTE, By.PERSON)
    assert handed_in.time_taken == 10 * MINUTE


def test_a_clock_set_back_during_a_pause_takes_nothing():
    assert machine.resume(HELD, START).deadline == OPEN.deadline


def test_a_deadline_that_the_closing_had_cut_grows_again_with_it():
    cut = machine.start(START, duration=DURATION, closes_at=START + 6 * MINUTE, grace=GRACE)
    moved = machine.move(cut, START + MINUTE, duration=DURATION, closes_at=START + 20 * MINUTE)
    assert moved.deadline == START + 20 * MINUTE
    assert machine.move(moved, START + MINUTE, **TERMS).deadline == DUE


def test_an_extension_stays_on_top_when_the_closing_moves():
    cut = machine.start(START, duration=DURATION, closes_at=START + 6 * MINUTE, grace=GRACE)
    more = machine.extend(cut, 2 * MINUTE, START)
    assert machine.move(more, START, **TERMS).deadline == DUE + 2 * MINUTE


def test_an_early_ending_cuts_every_open_paper_at_that_moment():
    ended = machine.move(OPEN, START + MINUTE, duration=DURATION, closes_at=START + MINUTE)
    assert ended.deadline == START + MINUTE


def test_reopening_gives_back_what_was_left_at_the_hand_in():
    opened = machine.reopen(HANDED_IN, NONE, START + 60 * MINUTE, **TERMS)
    assert (opened.state, opened.deadline) == (State.OPEN, START + 70 * MINUTE)
    assert machine.hand_in(opened, START + 61 * MINUTE, By.PERSON).time_taken == 21 * MINUTE


@pytest.mark.parametrize(("closes", "refused"), [(START + HOUR_LATER, refused) for HOUR_LATER, refused in (
    (timedelta(hours=1), True), (timedelta(hours=1) + MS, False),
)])  # fmt: skip
def test_without_extra_minutes_reopening_needs_an_open_sitting(closes, refused):
    now = START + timedelta(hours=1)
    if refused:
        with pytest.raises(Refusal, match=Reason.NO_TIME):
            machine.reopen(HANDED_IN, NONE, now, duration=DURATION, closes_at=closes)
    else:
        assert machine.reopen(HANDED_IN, NONE, now, duration=DURATION, closes_at=closes).deadline == closes


def test_after_the_closing_extra_minutes_count_from_now():
    now = CLOSES + MINUTE
    assert machine.reopen(HANDED_IN, 5 * MINUTE, now, **TERMS).deadline == now + 5 * MINUTE


def test_an_attempt_handed_in_at_its_deadline_has_nothing_left_but_what_is_given():
    over = machine.hand_in(OPEN, DUE + 5 * MINUTE, By.SERVER)
    with pytest.raises(Refusal, match=Reason.NO_TIME):
        machine.reopen(over, NONE, DUE + 10 * MINUTE, **TERMS)
    assert machine.reopen(over, MINUTE, DUE + 10 * MINUTE, **TERMS).deadline == DUE + 11 * MINUTE


@pytest.mark.parametrize(("now", "by"), [(START + MINUTE, By.ORGANIZER), (DUE + 2 * MINUTE, By.SERVER)])
def test_voiding_an_open_attempt_hands_it_in(now, by):
    voided = machine.void(OPEN, now)
    assert (voided.handed_in_at, voided.handed_in_by, voided.voided_at) == (min(now, DUE), by, now)


def test_a_voiding_taken_back_leaves_everything_as_it_was():
    assert machine.restore(VOIDED) == HANDED_IN


steps = st.lists(
    st.tuples(
        st.sampled_from(["hand in", "extend", "reopen", "hold", "resume", "move", "pass"]),
        st.integers(0, 40 * 60_000),
        st.integers(0, 90 * 60_000),
    ),
    max_size=12,
)


@given(steps, st.integers(1, 8 * 3600_000))
def test_whatever_happens_the_deadline_is_the_sum_of_its_parts(taken, closes_after):
    """Also: nobody has more time than duration and extension, and no save is refused before the deadline."""
    now, closes_at = START, START + closes_after * MS
    course = machine.start(now, duration=DURATION, closes_at=closes_at, grace=GRACE)
    for event, wait, amount in taken:
        now += wait * MS
        course, closes_at = follow(course, event, now, amount * MS, closes_at)
        whole = course.started_at + course.held_for + DURATION * SECOND
        assert course.deadline == min(whole, closes_at) + course.extension
        clock = course.clock(now)
        if course.is_open:
            assert machine.may_save(course, now) is (clock <= course.deadline + GRACE)
            assert machine.may_save(course, now) is not machine.is_overdue(course, now)
        else:
            assert NONE <= course.time_taken <= DURATION * SECOND + course.extension
            assert course.handed_in_at <= max(course.deadline, now)


def follow(course: Course, event, now, amount, closes_at):
    try:
        if event == "hand in":
            return machine.hand_in(course, now, By.PERSON), closes_at
        if event == "extend":
            return machine.extend(course, amount, now), closes_at
        if event == "reopen":
            return machine.reopen(course, amount, now, duration=DURATION, closes_at=closes_at), closes_at
        if event == "hold":
            return machine.hold(course, now), closes_at
        if event == "resume":
            resumed = machine.resume(course, now)
            return resumed, closes_at + (now - course.held_at)  # the sitting's closing moves with its pause
        if event == "move":
            # a closing is never put into the past, and not while somebody is held
            moved = machine.move(course, now, duration=DURATION, closes_at=now + amount)
            return moved, now + amount
    except Refusal:
        pass
    return course, closes_at
