"""Bars on long work: on standard error, and only where somebody watches."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Steps(Protocol):
    """Told when the next step of a piece of work begins."""

    def begin(self, step: str) -> None:
        """The step of that name begins, the one before it is done."""


@contextmanager
def steps(count: int) -> Iterator[Steps]:
    """A bar over that many steps; each is named as it begins."""
    from tqdm import tqdm  # slow import, and many commands have no bar

    bar = tqdm(total=count, file=sys.stderr, disable=not sys.stderr.isatty(), leave=False, bar_format="{desc} |{bar}|")
    try:
        yield _Bar(bar)
        bar.update(count - bar.n)
    finally:
        bar.close()


class _Bar:
    def __init__(self, bar: "object") -> None:
        self._bar = bar
        self._begun = False

    def begin(self, step: str) -> None:
        self._bar.update(int(self._begun))  # type: ignore[attr-defined]  # a tqdm, whose stubs load late
        self._bar.set_description_str(step)  # type: ignore[attr-defined]
        self._begun = True
