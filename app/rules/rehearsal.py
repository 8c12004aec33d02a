"""演练: made-up people take a made-up contest on the running site; who does what when, and whether all of it was kept.

What a rehearsal makes has an id below zero, which no database ever gives by itself: so it can neither be taken for
anything real, nor be deleted in place of it, nor leave its number to a later contest.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt

Responses = Mapping[str, Sequence[int]]

# Loopback addresses are many: tries from this one are nobody else's.
ORIGIN = "127.88.0.1"
UNIT, NAMED = "演练单位（演练后自动删除）", "演练"
STARTING, CLOSING = 0.5, 0.4  # everybody starts in the first half, and hands in during the last two fifths
BETWEEN_SAVES = 20.0  # seconds; on a real paper people are slower
FEWEST_SAVES = 2
OF_DURATION = 0.9  # nobody comes too late who could hand in


def is_rehearsal(row_id: int) -> bool:
    """Whether a contest, unit or person of that id was made up for a rehearsal."""
    return row_id < 0


@dataclass(frozen=True)
class Extra:
    """A made-up person: obviously so by name and number; only the last four digits of the telephone are a secret."""

    user_id: int
    name: str
    phone: str

    @property
    def tail(self) -> str:
        return self.phone[-4:]


def extras(count: int, seed: str) -> list[Extra]:
    """So many made-up people: 演练00001, telephone 00000001234, and so on."""
    dice = random.Random(seed)
    return [Extra(-n, f"{NAMED}{n:05d}", f"0000000{dice.randrange(10_000):04d}") for n in range(1, count + 1)]


@dataclass(frozen=True)
class Pace:
    """When one of them comes, saves and hands in, in seconds from the beginning."""

    arrives: float
    saves: tuple[float, ...]
    hands_in: float


def paces(count: int, seconds: float, duration: float, seed: str) -> list[Pace]:
    """The pace of each: starts spread evenly, saves through the time that is left, hand-ins ever denser to the end.

    `seconds` is how long all of it takes, `duration` how long a paper may be worked.
    """
    dice = random.Random(seed)
    return [_pace((n + dice.random()) / count, seconds, duration, dice) for n in range(count)]


def _pace(place: float, seconds: float, duration: float, dice: random.Random) -> Pace:
    arrives = seconds * STARTING * place
    hands_in = seconds * (1 - CLOSING + CLOSING * sqrt(dice.random()))
    hands_in = min(max(hands_in, arrives + 0.1 * seconds), arrives + OF_DURATION * duration)
    count = max(FEWEST_SAVES, round((hands_in - arrives) / BETWEEN_SAVES))
    step = (hands_in - arrives) / (count + 1)
    return Pace(arrives, tuple(arrives + step * (n + dice.random()) for n in range(count)), hands_in)


@dataclass
class Account:
    """One person's side of the story: what was sent, by revision, and what the site acknowledged."""

    user_id: int
    sent: dict[int, Responses] = field(default_factory=dict)
    attempt_id: int | None = None
    acknowledged: int = 0
    saves: int = 0
    has_handed_in: bool = False


@dataclass(frozen=True)
class Stored:
    """An attempt as the database holds it; `graded` are the scores of its gradings, `result` what counts."""

    attempt_id: int
    revision: int
    responses: Responses
    handed_in_at: datetime | None
    score: int | None
    graded: tuple[int, ...]
    result: int | None


@dataclass(frozen=True)
class Losses:
    """How many people miss something that was acknowledged, have several attempts, or were not graded just once."""

    lost: int = 0
    doubled: int = 0
    misgraded: int = 0

    def __add__(self, other: "Losses") -> "Losses":
        return Losses(self.lost + other.lost, self.doubled + other.doubled, self.misgraded + other.misgraded)

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubled or self.misgraded)


def losses(accounts: Sequence[Account], stored: Mapping[int, Sequence[Stored]]) -> Losses:
    """Hold what everybody was told against what is stored, by person."""
    return sum((_losses(account, stored.get(account.user_id, ())) for account in accounts), Losses())


def _losses(account: Account, attempts: Sequence[Stored]) -> Losses:
    own = next((attempt for attempt in attempts if attempt.attempt_id == account.attempt_id), None)
    is_lost = account.attempt_id is not None and (own is None or not _holds(own, account))
    return Losses(is_lost, len(attempts) > 1, any(not _is_graded_once(attempt) for attempt in attempts))


def _holds(attempt: Stored, account: Account) -> bool:
    if attempt.revision < account.acknowledged or (account.has_handed_in and attempt.handed_in_at is None):
        return False
    return dict(attempt.responses) == dict(account.sent.get(attempt.revision, {}))


def _is_graded_once(attempt: Stored) -> bool:
    if attempt.handed_in_at is None:
        return not attempt.graded
    counted = attempt.score if attempt.responses else None
    return attempt.graded == (attempt.score,) and attempt.result == counted
