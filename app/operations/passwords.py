"""Hashing passwords: slow on purpose, and so never by more threads at once than the machine can spare."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.rules.admission import Reason, Refusal

# 21 to 31 ms on the reference machine; the library's defaults would cost ten times as much at an opening rush.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Compared against where there is no password, so that both answers cost the same.
NOBODY = HASHER.hash(secrets.token_hex(16))

# Two at a time; whoever would wait longer is asked to try again, so that saves always find a free thread soon.
_SLOTS = threading.BoundedSemaphore(2)
PATIENCE_SECONDS = 0.5


def hashed(password: str) -> str:
    """What is stored of a password. Raises Refusal BUSY when too many are being hashed."""
    with _slot():
        return HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password. Raises Refusal BUSY when too many are being compared."""
    with _slot():
        try:
            return HASHER.verify(kept or NOBODY, password)
        except (VerifyMismatchError, InvalidHashError):
            return False


@contextmanager
def _slot() -> Iterator[None]:
    if not _SLOTS.acquire(timeout=PATIENCE_SECONDS):
        raise Refusal(Reason.BUSY)
    try:
        yield
    finally:
        _SLOTS.release()
