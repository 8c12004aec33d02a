"""Hashing passwords: slow on purpose, so in an executor of its own, for which only so many requests may wait.

Whoever finds no place is asked at once to come again: web threads stay free for saves, however many sign in.
"""

import os
import secrets
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.rules.admission import Reason, Refusal

# 21 to 31 ms on the reference machine; the library's defaults would cost ten times as much at an opening rush.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Compared against where there is no password, so that both answers cost the same.
NOBODY = HASHER.hash(secrets.token_hex(16))

HASHING = 2  # the other half of the web threads belongs to those who answer, whatever happens
RETRY_AFTER_SECONDS = 1


class Hasher:
    """A place at the executor: what it hashes and compares waits for one of the two threads."""

    def hashed(self, password: str) -> str:
        """What is stored of a password."""
        return _EXECUTOR.submit(HASHER.hash, password).result()

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether this is the password; where none is kept the answer costs the same."""
        return _EXECUTOR.submit(_matches, kept or NOBODY, password).result()


@contextmanager
def place() -> Iterator[Hasher]:
    """A place at the executor, for as long as the block lasts. Raises Refusal BUSY at once when all are taken.

    Taken before anything is written or counted, so that being turned away costs nobody a try.
    """
    if not _PLACES.acquire(blocking=False):
        raise Refusal(Reason.BUSY, seconds=RETRY_AFTER_SECONDS)
    try:
        yield Hasher()
    finally:
        _PLACES.release()


def _matches(kept: str, password: str) -> bool:
    try:
        return HASHER.verify(kept, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _let_saves_go_first() -> None:
    """On Linux a thread has a priority of its own: when the cores are busy, hashing waits and saving does not."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


_PLACES = threading.BoundedSemaphore(HASHING)
_EXECUTOR = ThreadPoolExecutor(HASHING, thread_name_prefix="hashing", initializer=_let_saves_go_first)
