"""The 双向细目表 of a section: how many questions of each topic and each difficulty, and a draw that keeps to it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from app.rules.paper import Section

# A topic and a difficulty, each None where the section leaves it free.
Cell = tuple[str | None, int | None]
Chance = Callable[[int], int]


def cell_of(section: Section, topic: str, difficulty: int | None) -> Cell:
    """Where a question stands in the section's table."""
    return (topic if section.topics else None, difficulty if section.difficulties else None)


def allot(section: Section, room: Mapping[Cell, int], chance: Chance) -> dict[Cell, int] | None:
    """How many questions to draw from each cell, so that topics and difficulties both come out as the section says.

    `room` is how many questions each cell holds; `chance(limit)` a random whole number below the limit. None when no
    choice of questions fits.
    """
    return _Allotment(section, room, chance).filled()


def shortages(section: Section, held: Iterable[tuple[str, int | None, int]]) -> list[str]:
    """Why a section cannot be drawn, in Chinese; empty when it can.

    `held` is what there is of the section's kind: topic, difficulty, and how many of both.
    """
    held = list(held)
    name, have = section.kind.label, sum(count for *_, count in held)
    if have < section.count:
        return [f"题库里可用的{name}题只有{have}道，抽不出{section.count}道。"]
    topics: Counter[str | int | None] = Counter()
    levels: Counter[str | int | None] = Counter()
    room: Counter[Cell] = Counter()
    for topic, difficulty, count in held:
        topics[topic] += count
        levels[difficulty] += count
        room[cell_of(section, topic, difficulty)] += count
    short = [*_short(section, "知识点", section.topics, topics), *_short(section, "难度", section.difficulties, levels)]
    if not short and allot(section, room, lambda limit: 0) is None:
        short.append(f"{name}题不能同时满足知识点和难度的要求：请改一改各难度的题数，或给题少的知识点补题。")
    return short


def _short(
    section: Section, what: str, wanted: Iterable[tuple[str | int, int]], has: Counter[str | int | None]
) -> list[str]:
    name, wanted = section.kind.label, list(wanted)
    total = sum(count for _, count in wanted)
    if wanted and total != section.count:
        return [f"{name}题按{what}分配了{total}道，应是{section.count}道，或者全部空着。"]
    return [
        f"题库里{what}“{value}”的{name}题只有{has[value]}道，抽不出{count}道。"
        for value, count in wanted
        if has[value] < count
    ]


class _Allotment:
    """Questions handed out one by one; one that finds its difficulty full moves an earlier one (augmenting paths)."""

    def __init__(self, section: Section, room: Mapping[Cell, int], chance: Chance) -> None:
        self.chance = chance
        self.topics: dict[str | None, int] = {**dict(section.topics)} or {None: section.count}
        self.left: dict[int | None, int] = {**dict(section.difficulties)} or {None: section.count}
        self.room = room
        self.used: Counter[Cell] = Counter()

    def filled(self) -> dict[Cell, int] | None:
        wanted = [topic for topic, count in self.topics.items() for _ in range(count)]
        while wanted:
            if not self._place(wanted.pop(self.chance(len(wanted))), set()):
                return None
        return dict(+self.used)

    def _place(self, topic: str | None, tried: set[int | None]) -> bool:
        for difficulty in self._difficulties(topic):
            if difficulty in tried:
                continue
            tried.add(difficulty)
            if self.left[difficulty] or self._makes_way(difficulty, tried):
                self.left[difficulty] -= 1
                self.used[topic, difficulty] += 1
                return True
        return False

    def _makes_way(self, difficulty: int | None, tried: set[int | None]) -> bool:
        """Whether a question of some topic could leave this difficulty for another one."""
        for topic in self.topics:
            if self.used[topic, difficulty] and self._place(topic, tried):
                self.used[topic, difficulty] -= 1
                self.left[difficulty] += 1
                return True
        return False

    def _difficulties(self, topic: str | None) -> list[int | None]:
        """Where a topic has questions left, in an order by chance that favours the difficulties with many."""
        left = {level: self.room.get((topic, level), 0) - self.used[topic, level] for level in self.left}
        left = {level: count for level, count in left.items() if count > 0}
        order = []
        while left:
            mark = self.chance(sum(left.values()))
            for level in list(left):
                mark -= left[level]
                if mark < 0:
                    order.append(level)
                    del left[level]
                    break
        return order
