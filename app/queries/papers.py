"""The paper of an attempt: by places, in words, and after hand-in. The candidate's view has no field for the key."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.database import db
from app.models import Grading
from app.queries import pools
from app.queries.attempts import OwnAttempt
from app.rules.assembly import Paper, PaperItem
from app.rules.question import Picture
from app.rules.sheet import AnswerSheet
from app.rules.terms import Visible


@dataclass(frozen=True)
class Option:
    """An option as shown: its letter, its text, and the place that the form sends."""

    letter: str
    text: str
    value: int
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class ShownItem:
    """What a candidate sees of an item."""

    index: int
    kind: str
    stem: str
    options: tuple[Option, ...]
    chosen: frozenset[int]
    marked: bool
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class ShownSection:
    """A part of the paper as shown; points in hundredths."""

    title: str
    kind: str
    count: int
    points: int
    items: tuple[ShownItem, ...]


@dataclass(frozen=True)
class PlacedItem:
    """An item on a paper by its place in the pool, and what is chosen of it so far, as shown."""

    index: int
    place: int
    order: tuple[int, ...]
    chosen: tuple[int, ...]
    marked: bool


@dataclass(frozen=True)
class PlacedSection:
    """A part of the paper by the places of its items; points in hundredths."""

    title: str
    count: int
    points: int
    items: tuple[PlacedItem, ...]


def placed(view: OwnAttempt) -> tuple[PlacedSection, ...]:
    """The paper of an attempt without its words."""
    sheet, found, start = view.sheet, [], 0
    rows = [
        PlacedItem(index, place, tuple(order), sheet.responses.get(index, ()), index in sheet.marked)
        for index, (place, *order) in enumerate(view.attempt.paper, start=1)
    ]
    for section in view.terms.spec.sections:
        part = tuple(rows[start : start + section.count])
        found.append(PlacedSection(section.title, section.count, section.points, part))
        start += section.count
    return tuple(found)


def paper(view: OwnAttempt) -> tuple[ShownSection, ...]:
    """The paper of an attempt with what has been chosen so far."""
    pool = pools.pool(view.contest.id, view.attempt.pool_version)
    sheet, items = view.sheet, list(enumerate(Paper.from_json(view.attempt.paper).items, start=1))
    shown, start = [], 0
    for section in view.terms.spec.sections:
        part = items[start : start + section.count]
        start += section.count
        rows = tuple(_shown(index, item, pool.items[item.place], sheet) for index, item in part)
        shown.append(ShownSection(section.title, section.kind, section.count, section.points, rows))
    return tuple(shown)


def _shown(index: int, item: PaperItem, source: pools.Item, sheet: AnswerSheet) -> ShownItem:
    options = tuple(
        Option(chr(65 + at), source.options[place], at, source.pictures_of(place))
        for at, place in enumerate(item.order)
    )
    chosen = frozenset(sheet.responses.get(index, ()))
    marked = index in sheet.marked
    return ShownItem(index, source.kind, source.stem, options, chosen, marked, source.pictures_of(None))


@dataclass(frozen=True)
class Reviewed:
    """An item after hand-in; from `key` on everything is None unless the rule lets keys be seen. Hundredths."""

    index: int
    kind: str
    stem: str
    options: tuple[Option, ...]
    chosen: frozenset[int]
    points: int
    key: frozenset[int] | None = None
    mark: int | None = None
    right: bool | None = None
    explanation: str | None = None
    source: str | None = None
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class ReviewedSection:
    """A part of the paper after hand-in."""

    title: str
    count: int
    points: int
    items: tuple[Reviewed, ...]


def review(view: OwnAttempt, visible: Visible) -> tuple[ReviewedSection, ...]:
    """The own paper after hand-in, with keys only if `visible` says so."""
    keys = _keys(view) if visible is Visible.KEYS else {}
    return tuple(
        ReviewedSection(
            section.title,
            section.count,
            section.points,
            tuple(
                Reviewed(
                    i.index,
                    i.kind,
                    i.stem,
                    i.options,
                    i.chosen,
                    section.points,
                    **keys.get(i.index, {}),
                    pictures=i.pictures,
                )
                for i in section.items
            ),
        )
        for section in paper(view)
    )


def _keys(view: OwnAttempt) -> dict[int, dict[str, Any]]:
    """For each item of the paper what only a review with keys may show."""
    pool = pools.pool(view.contest.id, pools.latest_versions(view.contest.id).pool)
    marks = marks_of(view.attempt.id)
    found = {}
    for index, placed in enumerate(Paper.from_json(view.attempt.paper).items, start=1):
        source = pool.items[placed.place]
        key = frozenset(at for at, place in enumerate(placed.order) if place in source.key)
        chosen = frozenset(view.sheet.responses.get(index, ()))
        found[index] = {
            "key": key, "right": chosen == key, "mark": marks[index - 1],
            "explanation": source.explanation, "source": source.source,
        }  # fmt: skip
    return found


def marks_of(attempt_id: int) -> list[int]:
    """The newest marks of an attempt, in the order of its paper; empty before grading."""
    select = sa.select(Grading.marks).where(Grading.attempt_id == attempt_id)
    select = select.order_by(Grading.reopened.desc(), Grading.pool_version.desc())
    return db.session.scalars(select.limit(1)).one_or_none() or []
