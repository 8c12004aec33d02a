"""The 双向细目表 of a section: how many questions of each topic and each difficulty, and a draw that keeps to it."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from typing import Literal

from app.rules.paper import Section

# A topic and a difficulty; a question may be without the latter.
Cell = tuple[str, int | None]
Chance = Callable[[int], int]
# Combinations of an even section's shares that are tried before they give way.
_TRIES = 20
# The one row or column of a table in which topics or difficulties are left to chance.
_FREE = object()
_Margin = Mapping[Hashable, int]
_Square = tuple[Hashable, Hashable]


def allot(section: Section, room: Mapping[Cell, int], chance: Chance) -> dict[Cell, int] | None:
    """How many questions to draw from each cell, so that topics and difficulties both come out as the section says.

    `room` is how many questions there are of each topic and difficulty; `chance(limit)` a random whole number below the
    limit. An even section's own shares give way where they cannot be had together. None when no choice fits.
    """
    for _ in range(_TRIES if section.is_even else 1):
        found = _Allotment(section.count, *_margins(section, room, chance), room, chance).filled()
        if found is not None:
            return found
    return allot(replace(section, is_even=False), room, chance) if section.is_even else None


def shortages(section: Section, held: Iterable[tuple[str, int | None, int]]) -> list[str]:
    """Why a section cannot be drawn, in Chinese; empty when it can.

    `held` is what there is of the section's kind: topic, difficulty, and how many of both.
    """
    held = list(held)
    name, have = section.kind.label, sum(count for *_, count in held)
    if have < section.count:
        return [f"题库里可用的{name}题只有{have}道，抽不出{section.count}道。"]
    topics: Counter[Hashable] = Counter()
    levels: Counter[Hashable] = Counter()
    room: Counter[Cell] = Counter()
    for topic, difficulty, count in held:
        topics[topic] += count
        levels[difficulty] += count
        room[topic, difficulty] += count
    short = [*_short(section, "知识点", section.topics, topics), *_short(section, "难度", section.difficulties, levels)]
    if not short and section.topics and section.difficulties and allot(section, room, lambda limit: 0) is None:
        short.append(f"{name}题不能同时满足知识点和难度的要求：请改一改各难度的题数，或给题少的知识点补题。")
    return short


def _short(section: Section, what: str, wanted: Iterable[tuple[str | int, int]], has: Counter[Hashable]) -> list[str]:
    name, wanted = section.kind.label, list(wanted)
    total = sum(count for _, count in wanted)
    if wanted and total != section.count:
        return [f"{name}题按{what}分配了{total}道，应是{section.count}道，或者全部空着。"]
    return [
        f"题库里{what}“{value}”的{name}题只有{has[value]}道，抽不出{count}道。"
        for value, count in wanted
        if has[value] < count
    ]


def _margins(section: Section, room: Mapping[Cell, int], chance: Chance) -> tuple[_Margin, _Margin]:
    """How many questions of each topic and of each difficulty; empty where it is left to chance."""
    topics: _Margin = dict(section.topics)
    levels: _Margin = dict(section.difficulties)
    if section.is_even:
        topics = topics or _shares(section.count, room, 0, chance)
        levels = levels or _shares(section.count, room, 1, chance)
    return topics, levels


def _shares(count: int, room: Mapping[Cell, int], place: Literal[0, 1], chance: Chance) -> _Margin:
    """That many questions in the room's own proportions, each share off by less than one: a systematic sample.

    Marks stand at equal distances on a line of all questions, the first by chance; each topic gets its marks.
    """
    held: Counter[Hashable] = Counter()
    for cell, number in room.items():
        held[cell[place]] += number
    total, values = sum(held.values()), list(held)
    shares: dict[Hashable, int] = {}
    mark, end = chance(total), 0
    while values:
        value = values.pop(chance(len(values)))
        end += held[value] * count
        if end > mark:
            shares[value] = (end - mark - 1) // total + 1
            mark += shares[value] * total
    return shares


class _Allotment:
    """Questions handed out one by one; one that finds its difficulty full moves an earlier one (augmenting paths)."""

    def __init__(self, count: int, topics: _Margin, levels: _Margin, room: Mapping[Cell, int], chance: Chance) -> None:
        self.chance = chance
        self.rows: dict[Hashable, int] = dict(topics or {_FREE: count})
        self.left: dict[Hashable, int] = dict(levels or {_FREE: count})
        self.squares: dict[_Square, list[tuple[Cell, int]]] = {}
        for cell, held in room.items():
            square = (cell[0] if topics else _FREE, cell[1] if levels else _FREE)
            self.squares.setdefault(square, []).append((cell, held))
        self.room = {square: sum(held for _, held in cells) for square, cells in self.squares.items()}
        self.used: Counter[_Square] = Counter()

    def filled(self) -> dict[Cell, int] | None:
        wanted = [row for row, count in self.rows.items() for _ in range(count)]
        while wanted:
            if not self._place(wanted.pop(self.chance(len(wanted))), set()):
                return None
        return dict(Counter(cell for square, used in self.used.items() for cell in self._picked(square, used)))

    def _picked(self, square: _Square, used: int) -> list[Cell]:
        """The cells of so many questions out of a square, which holds several where something is left free."""
        tickets = [cell for cell, held in self.squares.get(square, ()) for _ in range(held)]
        return [tickets.pop(self.chance(len(tickets))) for _ in range(used)]

    def _place(self, row: Hashable, tried: set[Hashable]) -> bool:
        for column in self._columns(row):
            if column in tried:
                continue
            tried.add(column)
            if self.left[column] or self._makes_way(column, tried):
                self.left[column] -= 1
                self.used[row, column] += 1
                return True
        return False

    def _makes_way(self, column: Hashable, tried: set[Hashable]) -> bool:
        """Whether a question of some topic could leave this difficulty for another one."""
        for row in self.rows:
            if self.used[row, column] and self._place(row, tried):
                self.used[row, column] -= 1
                self.left[column] += 1
                return True
        return False

    def _columns(self, row: Hashable) -> list[Hashable]:
        """The difficulties in which a topic has questions left, by chance, those with many rather first."""
        left = {column: self.room.get((row, column), 0) - self.used[row, column] for column in self.left}
        left = {column: count for column, count in left.items() if count > 0}
        order: list[Hashable] = []
        while left:
            mark = self.chance(sum(left.values()))
            for column in list(left):
                mark -= left[column]
                if mark < 0:
                    order.append(column)
                    del left[column]
                    break
        return order
