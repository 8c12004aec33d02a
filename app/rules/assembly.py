"""Drawing a paper from a pool: the same seed gives the same paper, on every machine and version of Python."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from app.rules.blueprint import Cell, allot
from app.rules.paper import PaperSpec, Section


@dataclass(frozen=True)
class PaperItem:
    """One item on a paper: its place in the pool and the order in which its options are shown."""

    place: int
    order: tuple[int, ...]


@dataclass(frozen=True)
class Paper:
    """What one person sees: the items in order, section after section."""

    items: tuple[PaperItem, ...]

    def as_json(self) -> list[list[int]]:
        return [[item.place, *item.order] for item in self.items]

    @classmethod
    def from_json(cls, value: Sequence[Sequence[int]]) -> "Paper":
        return cls(tuple(PaperItem(row[0], tuple(row[1:])) for row in value))


@dataclass(frozen=True)
class PoolItem:
    """What assembly must know of an item in the pool."""

    section: int
    options: int
    keeps_order: bool
    topic: str = ""
    difficulty: int | None = None


class NotEnough(ValueError):
    """The pool holds fewer questions of a section, a topic or a difficulty than the paper spec draws."""


def assemble(pool: Sequence[PoolItem], spec: PaperSpec, seed: str) -> Paper:
    """Draw a paper. Raises NotEnough when a section of the pool is too small."""
    draw = _Draw(seed)
    items: list[PaperItem] = []
    for number, section in enumerate(spec.sections):
        places = [place for place, item in enumerate(pool) if item.section == number]
        for place in _drawn(pool, places, section, draw):
            options = list(range(pool[place].options))
            items.append(PaperItem(place, tuple(options if pool[place].keeps_order else draw.sample(options))))
    return Paper(tuple(items))


def _drawn(pool: Sequence[PoolItem], places: list[int], section: Section, draw: "_Draw") -> list[int]:
    """The places of a section's questions in the order in which they are asked."""
    if len(places) < section.count:
        raise NotEnough(section.title)
    if not section.is_spread:
        return draw.sample(places, section.count)
    cells: dict[Cell, list[int]] = defaultdict(list)
    for place in places:
        cells[pool[place].topic, pool[place].difficulty].append(place)
    counts = allot(section, {cell: len(held) for cell, held in cells.items()}, draw.below)
    if counts is None:
        raise NotEnough(section.title)
    return draw.sample([place for cell in cells if cell in counts for place in draw.sample(cells[cell], counts[cell])])


class _Draw:
    """Random numbers from a seed by SHA-256: `random.Random` may change between versions of Python."""

    def __init__(self, seed: str) -> None:
        self._seed, self._count = seed, 0

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1, evenly: 64 bits make the remainder's bias immeasurable."""
        self._count += 1
        digest = hashlib.sha256(f"{self._seed}:{self._count}".encode()).digest()
        return int.from_bytes(digest[:8]) % limit

    def sample(self, values: Sequence[int], count: int | None = None) -> list[int]:
        left = list(values)
        count = len(left) if count is None else count
        for index in range(count):
            other = index + self.below(len(left) - index)
            left[index], left[other] = left[other], left[index]
        return left[:count]
