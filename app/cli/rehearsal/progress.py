"""How a rehearsal goes, on one line of standard error: kept up to date where somebody watches, else told seldom."""

import sys
import time
from types import TracebackType

from app.cli.rehearsal.candidate import Notes

SELDOM = 60.0


class Line:
    """`tell` may be called as often as one likes."""

    def __init__(self, people: int, seconds: float) -> None:
        self._people, self._seconds = people, seconds
        self._watched = sys.stderr.isatty()
        self._told_at = time.monotonic()

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._watched:
            print(file=sys.stderr)

    def tell(self, passed: float, notes: Notes) -> None:
        """What has happened until now."""
        words = (
            f"{passed:.0f}／{self._seconds:.0f} 秒　进入 {notes.arrived}／{self._people}　开考 {notes.started}"
            f"　保存 {notes.saves}　交卷 {notes.handed_in}　503 {notes.busy}　出错 {notes.faults}"
        )
        if self._watched:
            print(f"\r\033[K{words}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - self._told_at >= SELDOM:
            self._told_at = time.monotonic()
            print(words, file=sys.stderr, flush=True)
