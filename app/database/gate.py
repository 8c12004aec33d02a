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
    costs an answer, never the gate.
    """

    def __init__(self, lock_file: Path | None, patience: float = 10.0) -> None:
        self._waiting: deque[threading.Event] = deque()
        self._mutex = threading.Lock()
        self._patience = patience
        self._path, self._file = lock_file, -1

    def __enter__(self) -> None:
        turn, until = threading.Event(), time.monotonic() + self._patience
        with self._mutex:
            self._waiting.append(turn)
            self._waiting[0].set()
        try:
            if not turn.wait(self._patience):
                raise Unavailable("waiting for the gate", None, TimeoutError())
            self._lock_file(until)
        except BaseException:
            self._leave(turn)
            raise

    def __exit__(self, *_: object) -> None:
        try:
            if self._file >= 0:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        finally:
            self._leave(self._waiting[0])

    def _lock_file(self, until: float) -> None:
        if self._path is None:
            return
        if self._file < 0:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        while True:
            try:
                return fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as held:
                if time.monotonic() > until:
                    raise Unavailable("waiting for the lock of another process", None, held) from held
                time.sleep(0.002)

    def _leave(self, turn: threading.Event) -> None:
        with self._mutex:
            self._waiting.remove(turn)
            if self._waiting:
                self._waiting[0].set()

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
