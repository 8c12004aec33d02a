"""Who tried too often of late, and what very many failures have in common.

A name tried from one place is counted before the try is judged, so that tries made at once are all counted; it pauses.
Failures of many different names that share an address or a password are counted after it; they only slow down, one
try after the other, so that an attack never locks out the victim, nor the office behind the attacker's address.
"""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.database import Moment, db, grouped, kept, table, writing
from app.models import Throttle
from app.operations.audit import record
from app.rules.admission import Reason, Refusal

log = logging.getLogger("zhisai")
TRIES = 5
REQUESTS = 30
WITHIN = timedelta(minutes=15)
PAUSE = timedelta(minutes=5)
# How many different names may fail from one address: 300 people in one office, each of whom mistypes once.
NAMES_OF_AN_ADDRESS = 300
LOGINS_OF_AN_ADDRESS = 100
FAILURES_OF_A_PASSWORD = 30
TURN = timedelta(seconds=2)
KEPT = timedelta(days=1)
_throttles = table(Throttle)
CLEARED_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class Sign:
    """What failures may have in common. Over `allowed`, further tries with it are let through one by one."""

    digest: str
    allowed: int
    subject: str  # for the audit


def digest_of(*parts: str) -> str:
    """What is kept of names, addresses and the like."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def address(origin: str, way: str, allowed: int) -> Sign:
    """The address that tries come from, by this way of entering."""
    return Sign(digest_of("address", way, origin), allowed, f"origin:{origin}")


def password(typed: str) -> Sign:
    """A password that may be tried on many accounts. 20 bits of its digest are kept, too few to find it by."""
    return Sign(digest_of("password", digest_of(typed)[:5]), FAILURES_OF_A_PASSWORD, "password")


def claim_request(origin: str, *, now: datetime) -> None:
    """Count a request that anybody may make (申请参赛). Raises Refusal TOO_MANY_TRIES beyond what an office needs."""
    claim_try(digest_of("request", origin), now, REQUESTS)


def claim_try(throttle: str, now: datetime, allowed: int = TRIES) -> int:
    """Count a try before it is judged, and return the how manieth it is. Raises Refusal TOO_MANY_TRIES."""
    try:
        counted = _counted(throttle, now, allowed)
    except IntegrityError:  # on PostgreSQL two first tries at once: the row is there now
        counted = _counted(throttle, now, allowed)
    if isinstance(counted, int):
        return counted
    minutes = -(-int((counted - now).total_seconds()) // 60)
    raise Refusal(Reason.TOO_MANY_TRIES, minutes=max(1, minutes))


def _counted(throttle: str, now: datetime, allowed: int) -> int | datetime:
    """The number of this try, or until when there is a pause."""
    with writing():
        row = db.session.get(Throttle, throttle, with_for_update=True)
        if row is None:
            row = Throttle(digest=throttle, failures=0, since=now)
            db.session.add(row)
        if row.paused_until is not None and row.paused_until > now:
            return row.paused_until
        if now - row.since > WITHIN or row.paused_until is not None:
            row.failures, row.since, row.paused_until = 0, now, None
        if row.failures >= allowed:
            row.paused_until = now + PAUSE
            return row.paused_until
        row.failures += 1
        return row.failures


def forget_tries(throttle: str) -> None:
    """Start counting anew, inside the transaction that is open: the last try was right."""
    db.session.execute(sa.delete(Throttle).where(Throttle.digest == throttle))


_OF_SIGNS = sa.select(Throttle).where(Throttle.digest.in_(sa.bindparam("digests", expanding=True)))
_TAKE_TURN = (
    sa.update(Throttle)
    .where(Throttle.digest == sa.bindparam("b_digest"))
    .where(sa.or_(Throttle.paused_until.is_(None), Throttle.paused_until <= sa.bindparam("b_now", type_=Moment)))
    .values(paused_until=sa.bindparam("b_next", type_=Moment))
)


def take_turn(signs: Iterable[Sign], now: datetime) -> set[str]:
    """Let a try through, at once as long as no sign of it has many failures, and return the signs that have any.

    Raises Refusal QUEUED: somebody else's turn, come again in a moment.
    """
    allowed = {sign.digest: sign.allowed for sign in signs}
    rows = db.session.scalars(_OF_SIGNS, {"digests": list(allowed)}).all()
    failures = {row.digest: left for row in rows if (left := _left(row, now, allowed[row.digest]))}
    for digest in sorted(failures):
        turn = {"b_digest": digest, "b_now": now, "b_next": now + TURN}
        if failures[digest] >= allowed[digest] and not grouped(_TAKE_TURN, turn):
            raise Refusal(Reason.QUEUED, seconds=int(TURN.total_seconds()))
    return set(failures)


def count_failures(signs: Iterable[Sign], now: datetime) -> None:
    """A try with these signs was wrong. The one that reaches a limit is put into audit and log for somebody to see."""
    ordered = sorted(signs, key=lambda sign: sign.digest)  # one order for all: nobody waits in a circle
    try:
        _count(ordered, now)
    except IntegrityError:  # as above
        _count(ordered, now)
    clock = kept("throttles")  # only failures leave rows, so whoever fails also sweeps, once an hour is enough
    if now - clock.get("cleared_at", now - KEPT) >= CLEARED_EVERY:
        clock["cleared_at"] = now
        clear_throttles(now=now)


def _count(signs: list[Sign], now: datetime) -> None:
    with writing():
        for sign in signs:
            row = db.session.get(Throttle, sign.digest, with_for_update=True)
            if row is None:
                row = Throttle(digest=sign.digest, failures=0, since=now)
                db.session.add(row)
            if now - row.since >= WITHIN:
                row.failures, row.since = _left(row, now, sign.allowed), now
            row.failures += 1
            if row.failures == sign.allowed:
                record(None, "throttle.slow_down", sign.subject, now, failures=row.failures)
                log.warning("%s different tries failed with the same %s: slowed down", row.failures, sign.subject)


def _left(row: Throttle, now: datetime, allowed: int) -> int:
    """Failures not yet forgiven: each quarter of an hour forgives as many as are allowed, so an attack stays slowed."""
    return max(0, row.failures - max(0, (now - row.since) // WITHIN) * allowed)


def has_failures(*digests: Any) -> sa.Exists:
    """Part of a statement: whether any of these has a failure that counts, or a pause."""
    return sa.exists().where(_throttles.c.digest.in_(digests), _throttles.c.failures > 0)


def take_back_a_failure(sign: Sign) -> None:
    """A right try speaks for its address, inside the open transaction: a whole town may share one."""
    right = sa.update(Throttle).where(Throttle.digest == sign.digest, Throttle.failures > 0)
    db.session.execute(right.values(failures=Throttle.failures - 1), execution_options={"synchronize_session": False})


def clear_throttles(*, now: datetime) -> int:
    """Forget what was tried more than a day ago; returns how many rows went."""
    with writing():
        old = sa.delete(Throttle).where(Throttle.since < now - KEPT)
        return int(db.session.execute(old).rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count
