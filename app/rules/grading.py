"""Grading: what each item earned."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.rules.assembly import Paper
from app.rules.paper import PaperSpec
from app.rules.sheet import AnswerSheet


@dataclass(frozen=True)
class Graded:
    """Marks per item in hundredths, in the order of the paper, and how many items had a response."""

    marks: tuple[int, ...]
    answered: int

    @property
    def score(self) -> int:
        return sum(self.marks)


def grade(paper: Paper, spec: PaperSpec, keys: Sequence[Collection[int]], sheet: AnswerSheet) -> Graded:
    """Grade a sheet. `keys[place]` holds the right options of the pool's item at `place`.

    All or nothing: an item earns its section's points when exactly the key was chosen. A choice beyond the options
    is no choice, so that a forged sheet earns nothing and counts as nothing.
    """
    points = [section.points for section in spec.sections for _ in range(section.count)]
    marks, answered = [], 0
    for number, item in enumerate(paper.items, start=1):
        chosen = {item.order[place] for place in sheet.responses.get(number, ()) if place < len(item.order)}
        answered += bool(chosen)
        marks.append(points[number - 1] if chosen and chosen == set(keys[item.place]) else 0)
    return Graded(tuple(marks), answered)
