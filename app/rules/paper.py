"""What a paper is made of: sections of one kind, how many questions, how many points each."""

from dataclasses import dataclass

from app.rules.question import QuestionKind


@dataclass(frozen=True)
class Section:
    """One part of a paper; `points` is what each question is worth, in hundredths of a point."""

    title: str
    kind: QuestionKind
    count: int
    points: int

    @property
    def full_score(self) -> int:
        """What the whole section is worth, in hundredths of a point."""
        return self.count * self.points


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
