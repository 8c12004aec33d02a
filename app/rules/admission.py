"""May this person start now, or why not."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.rules.timing import Phase, phase


class Reason(StrEnum):
    """Why something is refused; the sentences stand in `rules.prose`."""

    NOT_PUBLISHED = "not_published"
    NOT_ON_ROSTER = "not_on_roster"
    NOT_OPEN = "not_open"
    CLOSED = "closed"
    USED_UP = "used_up"
    LATE_START = "late_start"
    NOT_OWN = "not_own"
    TOO_MANY_TRIES = "too_many_tries"
    SLOWED = "slowed"
    QUEUED = "queued"
    WRONG_PASSWORD = "wrong_password"
    LINK_USED = "link_used"
    BUSY = "busy"
    PAUSED = "paused"
    NOT_PAUSED = "not_paused"
    HANDED_IN = "handed_in"
    NOT_HANDED_IN = "not_handed_in"
    VOIDED = "voided"
    NOT_VOIDED = "not_voided"
    TIME_OVER = "time_over"
    NO_TIME = "no_time"
    OTHER_OPEN = "other_open"
    CHANCE_USED = "chance_used"
    KEYS_SHOWN = "keys_shown"
    NOT_LATER = "not_later"
    NOT_EARLIER = "not_earlier"


class Refusal(Exception):
    """A rule says no. `reason` is a code; `facts` fill its sentence."""

    def __init__(self, reason: Reason, **facts: object) -> None:
        super().__init__(reason)
        self.reason, self.facts = reason, facts


@dataclass(frozen=True)
class Standing:
    """What is known of a person in a contest before an attempt starts."""

    opens_at: datetime
    closes_at: datetime
    attempts_allowed: int
    attempts_used: int
    open_attempt: int | None
    is_paused: bool = False


@dataclass(frozen=True)
class Admitted:
    """The person may start; `resume` is the attempt that is already open."""

    resume: int | None = None


def admission(standing: Standing, now: datetime) -> Admitted | Reason:
    """An open attempt is always resumed, even after the closing (it is then handed in by whoever looks)."""
    if standing.open_attempt is not None:
        return Admitted(resume=standing.open_attempt)
    if standing.is_paused:  # a sitting that is paused has begun, and its closing moves with the pause
        return Reason.PAUSED
    where = phase(standing.opens_at, standing.closes_at, now)
    if where is Phase.BEFORE:
        return Reason.NOT_OPEN
    if where is Phase.CLOSED:
        return Reason.CLOSED
    if standing.attempts_allowed and standing.attempts_used >= standing.attempts_allowed:
        return Reason.USED_UP
    return Admitted()
