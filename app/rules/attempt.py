"""The course of an attempt: the state it is in, and what may happen to it at a given moment.

    start ─► open ⇄ held ─► handed in ⇄ voided
              ▲────── reopen ──┘

Every event is a function from a course to the next one; what may not happen raises Refusal.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.rules import timing
from app.rules.admission import Reason, Refusal

NONE = timedelta()


class State(StrEnum):
    """Where an attempt stands. `held` is open too, but its clock stands still."""

    OPEN = "open"
    HELD = "held"
    HANDED_IN = "handed_in"
    VOIDED = "voided"


class By(StrEnum):
    """Who handed in: the person in time; the page or the server at the deadline; an organizer who voids it."""

    PERSON = "person"
    SERVER = "server"
    ORGANIZER = "organizer"


@dataclass(frozen=True)
class Course:
    """The times of an attempt. `deadline` = min(start + duration + held_for, closing) + extension, kept as one moment.

    `held_for` is what pauses have taken and given back; `held_at` is where the clock stands while held.
    """

    started_at: datetime
    deadline: datetime
    grace: timedelta
    extension: timedelta = NONE
    held_for: timedelta = NONE
    held_at: datetime | None = None
    handed_in_at: datetime | None = None
    handed_in_by: By | None = None
    time_taken: timedelta | None = None
    voided_at: datetime | None = None

    @property
    def state(self) -> State:
        if self.voided_at is not None:
            return State.VOIDED
        if self.handed_in_at is not None:
            return State.HANDED_IN
        return State.OPEN if self.held_at is None else State.HELD

    @property
    def is_open(self) -> bool:
        return self.handed_in_at is None

    def clock(self, now: datetime) -> datetime:
        """The moment by which this attempt is judged: now, or the beginning of the pause in which it is held."""
        return now if self.held_at is None else self.held_at


def start(now: datetime, *, duration: int, closes_at: datetime, grace: timedelta) -> Course:
    """A new attempt; `duration` in seconds here and everywhere."""
    return Course(now, timing.deadline(now, duration, closes_at), grace)


def is_overdue(course: Course, now: datetime) -> bool:
    """True once not even a late packet can count any more; never while held."""
    return course.is_open and timing.is_overdue(course.clock(now), course.deadline, course.grace)


def may_save(course: Course, now: datetime) -> bool:
    """Whether a sheet that arrives now is stored: until deadline + grace, and all the while it is held."""
    return course.is_open and not is_overdue(course, now)


def may_hold(course: Course, now: datetime) -> bool:
    """Whether a pause concerns this attempt: its time is still running."""
    return course.state is State.OPEN and now < course.deadline


def may_move(course: Course, now: datetime) -> bool:
    """Whether a new closing concerns this attempt: it is open, not held, and not overdue."""
    return course.state is State.OPEN and not is_overdue(course, now)


def hand_in(course: Course, now: datetime, by: By) -> Course:
    """Handed in, stamped at the deadline at the latest; at or after it this is the server's doing, whoever asked."""
    _need_open(course)
    clock = course.clock(now)
    finished = now if course.held_at is not None else timing.finished_at(now, course.deadline)
    finished = max(finished, course.started_at)  # a clock set back takes no time
    taken = timing.finished_at(clock, course.deadline) - course.started_at - course.held_for
    return replace(
        course,
        handed_in_at=finished,
        handed_in_by=by if clock < course.deadline else By.SERVER,
        time_taken=max(taken, NONE),
    )


def extend(course: Course, more: timedelta, now: datetime) -> Course:
    """That much more time, counted from the deadline or, in the grace after it, from now. Refused once overdue."""
    _need_open(course)
    if is_overdue(course, now):
        raise Refusal(Reason.TIME_OVER)
    return _until(course, max(course.deadline, course.clock(now)) + more)


def reopen(course: Course, more: timedelta, now: datetime, *, duration: int, closes_at: datetime) -> Course:
    """Open again with the time that was left at the hand-in, as far as the closing allows, and `more` on top.

    Refused when that leaves no time at all.
    """
    if course.state is State.VOIDED:
        raise Refusal(Reason.VOIDED)
    if course.handed_in_at is None:
        raise Refusal(Reason.NOT_HANDED_IN)
    away = max(now - course.clock(course.handed_in_at), NONE)
    opened = replace(
        course,
        held_for=course.held_for + away,
        held_at=None,
        handed_in_at=None,
        handed_in_by=None,
        time_taken=None,
    )
    opened = replace(opened, deadline=_due(opened, duration, closes_at))
    if more > NONE:
        opened = _until(opened, max(opened.deadline, now) + more)
    if opened.deadline <= now:
        raise Refusal(Reason.NO_TIME)
    return opened


def void(course: Course, now: datetime) -> Course:
    """Counts nowhere any more. An open one is handed in on the way."""
    if course.state is State.VOIDED:
        raise Refusal(Reason.VOIDED)
    if course.is_open:
        course = hand_in(course, now, By.ORGANIZER)
    return replace(course, voided_at=now)


def restore(course: Course) -> Course:
    """The voiding is taken back: it counts again as it was handed in."""
    if course.state is not State.VOIDED:
        raise Refusal(Reason.NOT_VOIDED)
    return replace(course, voided_at=None)


def hold(course: Course, now: datetime) -> Course:
    """The clock of this attempt stands still from now on."""
    _need_open(course)
    if course.held_at is not None:
        raise Refusal(Reason.PAUSED)
    if not may_hold(course, now):
        raise Refusal(Reason.TIME_OVER)
    return replace(course, held_at=now)


def resume(course: Course, now: datetime) -> Course:
    """The clock goes on, and the time of the pause is given back."""
    _need_open(course)
    if course.held_at is None:
        raise Refusal(Reason.NOT_PAUSED)
    away = max(now - course.held_at, NONE)
    return replace(course, deadline=course.deadline + away, held_for=course.held_for + away, held_at=None)


def move(course: Course, now: datetime, *, duration: int, closes_at: datetime) -> Course:
    """The sitting closes at another moment: a deadline that the closing cuts follows it, both ways."""
    _need_open(course)
    if course.held_at is not None:
        raise Refusal(Reason.PAUSED)
    if is_overdue(course, now):
        raise Refusal(Reason.TIME_OVER)
    return replace(course, deadline=_due(course, duration, closes_at))


def _due(course: Course, duration: int, closes_at: datetime) -> datetime:
    return timing.deadline(course.started_at + course.held_for, duration, closes_at) + course.extension


def _until(course: Course, deadline: datetime) -> Course:
    return replace(course, extension=course.extension + (deadline - course.deadline), deadline=deadline)


def _need_open(course: Course) -> None:
    if course.state is State.VOIDED:
        raise Refusal(Reason.VOIDED)
    if not course.is_open:
        raise Refusal(Reason.HANDED_IN)
