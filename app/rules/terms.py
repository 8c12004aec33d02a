"""The rules of a contest as published: what an attempt keeps from its first second to its last."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from app.rules.paper import PaperSpec, Section

GRACE_SECONDS = 60


class Counting(StrEnum):
    """Which of a person's attempts counts."""

    BEST = "best"
    LAST = "last"
    FIRST = "first"


class Visible(StrEnum):
    """How much of an attempt its candidate may see, from least to most."""

    NOTHING = "nothing"
    SCORE = "score"
    PAPER = "paper"
    KEYS = "keys"


@dataclass(frozen=True)
class ReviewRule:
    """What a candidate sees after handing in, and after the last sitting has closed."""

    after_hand_in: Visible = Visible.SCORE
    after_close: Visible = Visible.KEYS

    def visible(self, *, all_closed: bool) -> Visible:
        """What may be seen now."""
        return self.after_close if all_closed else self.after_hand_in


@dataclass(frozen=True)
class ContestTerms:
    """Duration in seconds, points and marks in hundredths, `attempts_allowed` 0 for any number.

    `remarks` are the organizer's own sentences, shown below those that the rules themselves give.
    """

    spec: PaperSpec
    duration: int
    attempts_allowed: int
    counting: Counting
    pass_mark: int
    excellence_mark: int
    review: ReviewRule = ReviewRule()
    grace: int = GRACE_SECONDS
    remarks: tuple[str, ...] = ()

    @property
    def full_score(self) -> int:
        return self.spec.full_score

    def band(self, score: int) -> str | None:
        """优秀, 合格 (which includes 优秀 in the rates, but not in this word), or None."""
        if score >= self.excellence_mark:
            return "优秀"
        return "合格" if score >= self.pass_mark else None

    def as_json(self) -> dict[str, Any]:
        """A form that `from_json` reads back to an equal value."""
        return asdict(self) | {"counting": str(self.counting), "spec": [s.as_json() for s in self.spec.sections]}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "ContestTerms":
        review = value["review"]
        return cls(
            spec=PaperSpec(tuple(map(Section.from_json, value["spec"]))),
            duration=value["duration"],
            attempts_allowed=value["attempts_allowed"],
            counting=Counting(value["counting"]),
            pass_mark=value["pass_mark"],
            excellence_mark=value["excellence_mark"],
            review=ReviewRule(Visible(review["after_hand_in"]), Visible(review["after_close"])),
            grace=value["grace"],
            remarks=tuple(value.get("remarks", ())),  # terms frozen before there were remarks stay readable
        )


def faults(terms: ContestTerms) -> tuple[str, ...]:
    """Why these terms cannot be used, in words for the organizer; empty when they can."""
    found = []
    if not terms.spec.sections:
        found.append("试卷里还没有题：至少给一种题型填上题数。")
    if terms.duration < 60:
        found.append("限时至少1分钟。")
    if terms.attempts_allowed < 0:
        found.append("答题次数填0（不限）或正整数。")
    if not 0 < terms.pass_mark <= terms.full_score:
        found.append("合格线应大于0，且不超过满分。")
    if not terms.pass_mark <= terms.excellence_mark <= terms.full_score:
        found.append("优秀线应不低于合格线，且不超过满分。")
    return tuple(found)
