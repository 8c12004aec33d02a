"""A statement in the words of SQLite's driver: SQLAlchemy compiles it once, the driver executes it each time.

Going through SQLAlchemy each time costs more than most statements of the hot path do.
"""

from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

Process = Callable[[Any], Any] | None


class LongWay(Exception):
    """A statement that needs SQLAlchemy each time: some of its words or values are made while it is executed."""


class Spoken:
    """One statement: its text, how each of its values is told, and how each column of its rows is understood."""

    def __init__(self, compiled: SQLCompiler, dialect: Dialect) -> None:
        self.sql = compiled.string
        own, binds = compiled.params, compiled.binds
        self._values: list[tuple[str, Any, Process]] = [
            (name, own[name], binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or ()
        ]
        columns = [column.type.dialect_impl(dialect) for column in compiled._result_columns or ()]
        self._understood: list[tuple[int, Callable[[Any], Any]]] = [
            (place, process)
            for place, kind in enumerate(columns)
            if (process := kind.result_processor(dialect, None)) is not None  # SQLite's driver names no types
        ]

    @classmethod
    def of(cls, statement: sa.Executable, dialect: Dialect) -> "Spoken | None":
        """None for one that has to go the long way: its values, or the columns that they are for, come with it."""
        compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]  # all that we execute compiles
        is_made = compiled.insert_prefetch or compiled.update_prefetch or compiled.post_compile_params
        changed = compiled.statement if compiled.isinsert or compiled.isupdate else None
        is_open = changed is not None and not changed._values and getattr(changed, "select", None) is None
        return None if is_made or is_open else cls(compiled, dialect)

    def values(self, parameters: Mapping[str, Any]) -> list[Any]:
        """In the order of their places."""
        found = [(parameters.get(name, own), process) for name, own, process in self._values]
        return [process(value) if process else value for value, process in found]

    def rows(self, told: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """What the driver told, in Python's types."""
        if not self._understood:
            return told
        understood = []
        for row in told:
            cells = list(row)
            for place, process in self._understood:
                cells[place] = process(cells[place])
            understood.append(tuple(cells))
        return understood


class Phrases:
    """The statements met so far, each compiled once. Most are built once and stay; the others are let go."""

    def __init__(self) -> None:
        self._known = WeakKeyDictionary[sa.Executable, Spoken | None]()

    def __len__(self) -> int:
        return len(self._known)

    def spoken(self, statement: sa.Executable, dialect: Dialect) -> Spoken:
        """Raises LongWay for a statement that cannot be told in advance."""
        if statement not in self._known:
            self._known[statement] = Spoken.of(statement, dialect)
        known = self._known[statement]
        if known is None:
            raise LongWay
        return known
