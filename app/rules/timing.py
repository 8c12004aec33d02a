"""Time as an argument: deadlines, phases, how long is left."""

from datetime import datetime, timedelta
from enum import StrEnum


class Phase(StrEnum):
    """Where a sitting stands."""

    BEFORE = "before"
    OPEN = "open"
    CLOSED = "closed"


def phase(opens_at: datetime, closes_at: datetime, now: datetime) -> Phase:
    """A sitting is open from its first instant up to, but not including, its last."""
    if now < opens_at:
        return Phase.BEFORE
    return Phase.OPEN if now < closes_at else Phase.CLOSED


def deadline(started_at: datetime, duration: int, closes_at: datetime, extension: int = 0) -> datetime:
    """The earlier of start + duration and the sitting's closing, plus a personal extension; durations in seconds."""
    return min(started_at + timedelta(seconds=duration), closes_at) + timedelta(seconds=extension)


def is_overdue(now: datetime, due: datetime, grace: timedelta) -> bool:
    """True once not even a late packet can count any more. At deadline + grace exactly it still counts."""
    return now > due + grace


def shortened(duration: int, closes_at: datetime, now: datetime) -> int | None:
    """Whole minutes left for somebody who starts now, when the closing cuts the duration; None when it does not."""
    left = int((closes_at - now).total_seconds())
    return left // 60 if left < duration else None


def finished_at(now: datetime, due: datetime) -> datetime:
    """The stamp of a hand-in: never later than the deadline."""
    return min(now, due)
