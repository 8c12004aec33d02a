"""Who tried too often of late: counted before a try is judged, so that tries made at once are all counted."""

import hashlib
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.database import db, writing
from app.models import Throttle
from app.rules.admission import Reason, Refusal

TRIES = 5
REQUESTS = 30
TRIES_WITHIN = timedelta(minutes=15)
PAUSE = timedelta(minutes=5)


def claim_request(origin: str, *, now: datetime) -> None:
    """Count a request that anybody may make (申请参赛). Raises Refusal TOO_MANY_TRIES beyond what an office needs."""
    claim_try(hashlib.sha256(f"request\n{origin}".encode()).hexdigest(), now, REQUESTS)


def claim_try(throttle: str, now: datetime, allowed: int = TRIES) -> None:
    """Count a try before it is judged, so that tries made at once are all counted. Raises Refusal TOO_MANY_TRIES."""
    try:
        paused_until = _counted(throttle, now, allowed)
    except IntegrityError:  # on PostgreSQL two first tries at once: the row is there now
        paused_until = _counted(throttle, now, allowed)
    if paused_until is not None:
        minutes = -(-int((paused_until - now).total_seconds()) // 60)
        raise Refusal(Reason.TOO_MANY_TRIES, minutes=max(1, minutes))


def _counted(throttle: str, now: datetime, allowed: int) -> datetime | None:
    with writing():
        row = db.session.get(Throttle, throttle, with_for_update=True)
        if row is None:
            row = Throttle(digest=throttle, failures=0, since=now)
            db.session.add(row)
        if row.paused_until is not None and row.paused_until > now:
            return row.paused_until
        if now - row.since > TRIES_WITHIN or row.paused_until is not None:
            row.failures, row.since, row.paused_until = 0, now, None
        if row.failures >= allowed:
            row.paused_until = now + PAUSE
            return row.paused_until
        row.failures += 1
        return None


def forget_tries(throttle: str) -> None:
    """Start counting anew, inside the transaction that is open: the last try was right."""
    db.session.execute(sa.delete(Throttle).where(Throttle.digest == throttle))
