"""Lists in pages, the same for rows of the database and for rows at hand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from app.database import db

T = TypeVar("T")
U = TypeVar("U")

SIZE = 50


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list. `number` counts from 1 and never lies beyond the last page; `total` counts all rows."""

    rows: tuple[T, ...]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def previous(self) -> int | None:
        """The number of the page before, if there is one."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The number of the page after, if there is one."""
        return self.number + 1 if self.number < self.pages else None

    def map(self, make: Callable[[T], U]) -> "Page[U]":
        """The same page with each row turned into something else."""
        return Page(tuple(make(row) for row in self.rows), self.number, self.size, self.total)


def page(select: sa.Select[*tuple[Any, ...]], number: int, size: int = SIZE) -> Page[sa.Row[*tuple[Any, ...]]]:
    """That page of an ordered select, in two statements. A number that is too large or too small is put right."""
    total = db.session.scalar(sa.select(sa.func.count()).select_from(select.order_by(None).subquery())) or 0
    number = _within(number, size, total)
    rows = db.session.execute(select.limit(size).offset((number - 1) * size)).all()
    return Page(tuple(rows), number, size, total)


def page_of(rows: Sequence[T], number: int, size: int = SIZE) -> Page[T]:
    """That page of rows that are at hand already."""
    number = _within(number, size, len(rows))
    return Page(tuple(rows[(number - 1) * size : number * size]), number, size, len(rows))


def contains(column: sa.ColumnElement[Any] | Any, text: str) -> sa.ColumnElement[bool]:
    """Whether a column contains this text; % and _ stand for themselves, and letters for both cases."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    found: sa.ColumnElement[bool] = sa.func.lower(column).like(f"%{escaped.lower()}%", escape="\\")
    return found


def _within(number: int, size: int, total: int) -> int:
    return min(max(1, number), max(1, -(-total // size)))
