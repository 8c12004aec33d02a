"""One writer at a time on SQLite, across threads and processes."""

import fcntl
import os
import threading
import time
from collections import deque
from pathlib import Path

from sqlalchemy.exc import OperationalError as Unavailable


class Gate:
    """Lets one writer in at a time, in the order of arrival, across threads and (by a lock file) processes.

    Whoever waits longer than `patience` seconds gets Unavailable, and the next in line goes on: a stuck neighbour
    costs an answer, never the gate. Nobody waits behind a writer who has been inside for `stuck_after` seconds, nor,
    while the database refuses writing, behind the one who tries: there are threads left for reading.
    """

    def __init__(self, lock_file: Path | None, patience: float = 10.0, stuck_after: float = 3.0) -> None:
        self._waiting: deque[threading.Event] = deque()
        self._mutex = threading.Lock()
        self._patience, self._stuck_after = patience, stuck_after
        self._path, self._file = lock_file, -1
        self._let_in_at, self._is_refused = 0.0, False

    def __enter__(self) -> None:
        turn, until = threading.Event(), time.monotonic() + self._patience
        with self._mutex:
            if self._waiting and self._is_stuck():
                raise _unavailable("the writer before is stuck")
            self._waiting.append(turn)
            self._let_in()
        try:
            self._wait(turn, until)
            self._lock_file(until)
        except BaseException:
            self._leave(turn)
            raise

    def __exit__(self, _kind: object = None, error: BaseException | None = None, _at: object = None) -> None:
        self.tell(error)
        try:
            if self._file >= 0:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        finally:
            self._leave(self._waiting[0])

    def tell(self, error: BaseException | None) -> None:
        """What became of the writing, from whoever is inside: Unavailable means that nobody can write now."""
        self._is_refused = isinstance(error, Unavailable)

    def _is_stuck(self) -> bool:
        return self._is_refused or time.monotonic() - self._let_in_at > self._stuck_after

    def _wait(self, turn: threading.Event, until: float) -> None:
        slice_ = min(self._stuck_after, self._patience)
        while not turn.wait(slice_):
            if time.monotonic() > until or self._is_stuck():
                raise _unavailable("waiting for the gate")
            slice_ = 0.1

    def _lock_file(self, until: float) -> None:
        if self._path is None:
            return
        if self._file < 0:
            self._file = _opened(self._path)
        while True:
            try:
                return fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as held:
                if time.monotonic() > until:
                    self._is_refused = True
                    raise _unavailable("waiting for the lock of another process") from held
                time.sleep(0.002)

    def _leave(self, turn: threading.Event) -> None:
        with self._mutex:
            self._waiting.remove(turn)
            self._let_in()

    def _let_in(self) -> None:
        if self._waiting and not self._waiting[0].is_set():
            self._let_in_at = time.monotonic()
            self._waiting[0].set()

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _opened(path: Path) -> int:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:  # a full disk, for example
        raise _unavailable("the lock's file cannot be opened", error) from error


def _unavailable(what: str, cause: Exception | None = None) -> Unavailable:
    return Unavailable(what, None, cause or TimeoutError(what))
