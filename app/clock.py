"""The clock that deadlines are counted by: it goes on evenly when the machine's own clock jumps."""

import contextlib
import json
import logging
import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

log = logging.getLogger("zhisai")

TOLERANCE = 1000  # milliseconds; a smaller step is a correction, and is followed
CALM = 60_000  # milliseconds without another jump until papers are handed in automatically again
_QUICK = 100  # milliseconds that reading both clocks may take (else they are read again), and that are not noticed
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def _wall() -> int:
    return time.time_ns() // 1_000_000


def _even() -> int:
    """Milliseconds since the machine started: nobody can set them, and a sleeping machine counts them too."""
    return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)) // 1_000_000


class Clock:
    """The present instant, as the machine's clock tells it, until that jumps; then the old time goes on.

    People in the middle of a paper neither lose time nor win any. The machine's new time is taken over when it comes
    back by itself, when the operator accepts it, or (see app/jobs.py) when nobody is answering. `file` carries the
    time in use to other processes and to a restart; it counts until the machine itself is started again.
    """

    def __init__(
        self, file: Path | None = None, *, wall: Callable[[], int] = _wall, even: Callable[[], int] = _even
    ) -> None:
        self._file, self._wall, self._even = file, wall, even
        self._mutex = threading.Lock()
        self._changed_at: int | None = None
        at, offset = self._read_both()
        self._offset = self._seen = offset  # what must be added to the even clock: in use, and seen last
        self._kept = self._read_file()  # what the file said when it was last read
        if self._kept is not None:
            self._offset = self._seen = self._kept
        self._notice(at, offset)

    def __call__(self) -> datetime:
        at, offset = self._read_both()
        if abs(offset - self._seen) > _QUICK:
            self._notice(at, offset)
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at + self._offset)

    @property
    def ahead(self) -> timedelta:
        """How far the machine's clock is ahead of the time in use; zero while they agree."""
        self()
        return timedelta(milliseconds=self._seen - self._offset)

    @property
    def is_calm(self) -> bool:
        """Whether the machine's clock has not jumped for a minute."""
        self()
        return self._changed_at is None or self._even() - self._changed_at >= CALM

    def accept(self) -> None:
        """Take over the machine's time as it is now, and tell the other processes."""
        with self._mutex:
            _, self._offset = self._read_both()
            self._seen, self._changed_at = self._offset, None
            self._write_file()

    def share(self) -> None:
        """Take over what another process has accepted, and leave the time in use for those to come."""
        with self._mutex:
            kept = self._read_file()
            if kept is None or (kept == self._kept and abs(kept - self._offset) > TOLERANCE // 2):
                self._write_file()
                kept = self._offset
            elif abs(kept - self._offset) > TOLERANCE:
                self._offset = self._seen if abs(kept - self._seen) <= TOLERANCE else kept
                self._changed_at = None
                log.warning("the time in use was changed by another process")
            self._kept = kept

    def _read_both(self) -> tuple[int, int]:
        """The even clock, and how much the wall clock is ahead of it, read at one instant."""
        while True:
            before, wall, after = self._even(), self._wall(), self._even()
            if after - before <= _QUICK:
                return after, wall - after

    def _notice(self, at: int, offset: int) -> None:
        with self._mutex:
            step, ahead = offset - self._seen, offset - self._offset
            self._seen = offset
            if abs(ahead) <= TOLERANCE:
                self._offset = offset
            if abs(step) <= TOLERANCE:
                return
            self._changed_at = at
        if abs(ahead) <= TOLERANCE:
            log.warning("the machine's clock is right again; papers are handed in automatically in a minute")
        else:
            log.error(
                "the machine's clock jumped by %+.1f s: the old time stays in use, and for a minute no paper is"
                " handed in automatically; see flask clock show",
                step / 1000,
            )

    def _read_file(self) -> int | None:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads((self._file or Path()).read_bytes())
            if kept["boot"] == _BOOT_ID.read_text().strip():
                return int(kept["offset"])
        return None

    def _write_file(self) -> None:
        if self._file is None:
            return
        with contextlib.suppress(OSError):  # on a full disk the next round tries again
            new = self._file.with_name(f"{self._file.name}.{os.getpid()}")
            new.touch(mode=0o600)  # its owner's alone, like all that lies in the folder
            new.write_text(json.dumps({"boot": _BOOT_ID.read_text().strip(), "offset": self._offset}))
            new.replace(self._file)
