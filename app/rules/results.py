"""Which of a person's attempts counts: best, last or first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.rules.terms import Counting


@dataclass(frozen=True)
class Finished:
    """A finished attempt: score in hundredths, time taken in milliseconds."""

    score: int
    time_taken: int
    handed_in_at: datetime
    started_at: datetime
    answered: int
    voided: bool = False

    @property
    def is_valid(self) -> bool:
        """Handed in, not voided, at least one item answered; with none it is 交白卷 and counts nowhere."""
        return not self.voided and self.answered >= 1


@dataclass(frozen=True)
class Result:
    """What counts of a person: the attempt chosen by the counting rule, and how many were valid (人次)."""

    score: int
    time_taken: int
    handed_in_at: datetime
    valid_attempts: int


def result(attempts: Iterable[Finished], counting: Counting) -> Result | None:
    """The result that counts; None without a valid attempt. Equal bests: the shorter, then the earlier."""
    valid = [attempt for attempt in attempts if attempt.is_valid]
    if not valid:
        return None
    if counting is Counting.BEST:
        chosen = min(valid, key=lambda a: (-a.score, a.time_taken, a.handed_in_at))
    elif counting is Counting.LAST:
        chosen = max(valid, key=lambda a: a.started_at)
    else:
        chosen = min(valid, key=lambda a: a.started_at)
    return Result(chosen.score, chosen.time_taken, chosen.handed_in_at, len(valid))
