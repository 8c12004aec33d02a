"""What a paper is made of: sections of one kind, how many questions, how many points each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.rules.question import QuestionKind


@dataclass(frozen=True)
class Section:
    """One part of a paper; `points` is what each question is worth, in hundredths of a point.

    `topics` and `difficulties` say how many questions of each to draw and add up to `count`. Where one of them is
    empty, an even section keeps to the pool's own shares of it, as nearly as whole questions can; another leaves it
    to chance.
    """

    title: str
    kind: QuestionKind
    count: int
    points: int
    topics: tuple[tuple[str, int], ...] = ()
    difficulties: tuple[tuple[int, int], ...] = ()
    is_even: bool = False

    @property
    def full_score(self) -> int:
        """What the whole section is worth, in hundredths of a point."""
        return self.count * self.points

    @property
    def is_spread(self) -> bool:
        """Whether topics or difficulties count when it is drawn."""
        return bool(self.is_even or self.topics or self.difficulties)

    def as_json(self) -> dict[str, Any]:
        """A form that `from_json` reads back to an equal value."""
        return {
            "title": self.title,
            "kind": str(self.kind),
            "count": self.count,
            "points": self.points,
            "topics": [list(pair) for pair in self.topics],
            "difficulties": [list(pair) for pair in self.difficulties],
            "even": self.is_even,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Section":
        """The section; one kept before sections were spread over topics draws from all alike."""
        return cls(
            title=value["title"],
            kind=QuestionKind(value["kind"]),
            count=value["count"],
            points=value["points"],
            topics=tuple((topic, count) for topic, count in value.get("topics", ())),
            difficulties=tuple((level, count) for level, count in value.get("difficulties", ())),
            is_even=value.get("even", False),
        )


@dataclass(frozen=True)
class PaperSpec:
    """The sections of a paper, in the order in which a candidate meets them."""

    sections: tuple[Section, ...]

    @property
    def full_score(self) -> int:
        """What the whole paper is worth, in hundredths of a point."""
        return sum(section.full_score for section in self.sections)

    @property
    def question_count(self) -> int:
        """How many questions a candidate answers."""
        return sum(section.count for section in self.sections)
