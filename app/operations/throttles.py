"""Who tried too often of late: a device and a name pause, a name at an address slows down, many names in common wait.

Four digits are ten thousand guesses, and whoever guesses can throw his cookies away. So nothing that costs him nothing
may set him free, and nothing that he does may shut out the person whose name he tries. What is counted, from the
narrowest to the widest:

1. **A name from a device** (the signed mark that the entry page leaves in a browser): five wrong tries, then five
   minutes' pause. It stops whoever keeps his cookies, and nobody else: a colleague at the next desk has another mark.
2. **A name at an address**, its *lane*, whatever the device: 20 wrong tries in a day, then one try every half hour. It
   stops whoever comes with a new mark each time: at most 20 + 48 guesses a day, a chance of 0.68 %. A device on which
   this name has entered before has a lane of its own, so that an attack from the office does not reach those who have
   been here. The others are slowed, not locked out: they wait for the next try, or come from another network (the
   telephone's own), or telephone; the page says so.
3. **A name from everywhere**: 60 wrong tries in a day put it on alert. From then on an address has 5 free tries instead
   of 20. More would mean that a stranger can lock somebody out by the name alone.
4. **Very many names** that share an address or a password (spraying): one try after the other, every two seconds.

Whoever reaches 2, 3 or 4 stands in audit and log, with whom it meant, so that somebody looks. All keys are made of what
was typed, so that names that do not exist answer, pause and cost like those that do. A login has the same, only that
its lane goes on every ten seconds: a password is not to be found in 8 640 guesses.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.database import db, fetched, kept, table, writing
from app.models import Throttle, User
from app.operations.audit import record
from app.operations.tries import Sign, Try, digest_of
from app.rules.admission import Reason, Refusal

log = logging.getLogger("zhisai")
TRIES = 5
REQUESTS = 30
WITHIN = timedelta(minutes=15)
PAUSE = timedelta(minutes=5)
DAY = timedelta(days=1)
# Wrong tries of one name in a day, from anywhere, that put it on alert; and what an address may try of it from then on.
ALERT, FREE_ON_ALERT = 60, 5
TURN = timedelta(seconds=2)
KEPT = DAY
_throttles = table(Throttle)
CLEARED_EVERY = timedelta(hours=1)
Outcome = TypeVar("Outcome")
Rows = dict[str, Throttle]


def insisting(work: Callable[[], Outcome]) -> Outcome:
    """Do it again when on PostgreSQL somebody else counted the same for the first time: the row is there now."""
    for _ in range(3):
        try:
            return work()
        except IntegrityError:
            continue
    return work()


_OF_TRY = sa.select(Throttle).where(Throttle.digest.in_(sa.bindparam("digests", expanding=True)))
_OF_TRY = _OF_TRY.order_by(Throttle.digest).with_for_update()  # one order for all: nobody waits in a circle


def counted(tried: Try) -> Rows:
    """What is counted of a try, by digest; locked until the transaction that is open ends."""
    return {row.digest: row for row in db.session.scalars(_OF_TRY, {"digests": tried.digests})}


def begin(tried: Try, now: datetime) -> Rows:
    """Let a try through, inside the transaction that is open, and return what is counted of it.

    Raises Refusal TOO_MANY_TRIES (the device pauses), SLOWED (the lane does), or QUEUED: come again in a moment.
    """
    rows = counted(tried)
    if (device := rows.get(tried.device)) is not None:
        if device.paused_until is not None and device.paused_until > now:
            raise Refusal(Reason.TOO_MANY_TRIES, minutes=_minutes(device.paused_until - now))
        if device.paused_until is not None or now - device.since > WITHIN:
            device.failures, device.since, device.paused_until = 0, now, None
    for row in (rows.get(tried.lane), rows.get(tried.name)):
        if row is not None and now - row.since >= DAY:
            row.failures, row.since, row.paused_until = 0, now, None
    name, lane = rows.get(tried.name), rows.get(tried.lane)
    free = FREE_ON_ALERT if name is not None and name.failures >= ALERT else tried.law.free
    if lane is not None and lane.failures >= free:
        _take_turn(lane, tried.law.every, now)
    for sign in tried.signs:
        if (row := rows.get(sign.digest)) is not None and _left(row, now, sign.allowed) >= sign.allowed:
            _take_turn(row, TURN, now)
    return rows


def _take_turn(row: Throttle, every: timedelta, now: datetime) -> None:
    if row.paused_until is not None and row.paused_until > now:
        if every < timedelta(minutes=1):
            raise Refusal(Reason.QUEUED, seconds=int(every.total_seconds()))
        raise Refusal(Reason.SLOWED, minutes=_minutes(row.paused_until - now))
    row.paused_until = now + every


def _minutes(left: timedelta) -> int:
    return max(1, -(-int(left.total_seconds()) // 60))


def claim(tried: Try, rows: Rows, now: datetime) -> None:
    """Count a try as wrong for its name, in the same transaction; who is right takes it back."""
    for digest in sorted((tried.device, tried.lane, tried.name)):
        _row(rows, digest, now).failures += 1
    if rows[tried.device].failures >= TRIES:
        rows[tried.device].paused_until = now + PAUSE
    lane, name = rows[tried.lane], rows[tried.name]
    if lane.failures == tried.law.free or name.failures == ALERT:
        people = _meant(tried)
        record(None, "throttle.slow_down", f"origin:{tried.origin}", now, failures=lane.failures, people=people)
        log.warning("%s tries with one name failed from origin:%s: slowed down", lane.failures, tried.origin)


def _meant(tried: Try) -> list[int]:
    """Whose name it is, for the audit; nobody's more often than not when somebody is guessing names."""
    names = [tried.typed, tried.typed.replace(" ", "")]
    theirs = User.login.in_(names) if tried.way == "login" else User.name.in_(names)
    return list(db.session.scalars(sa.select(User.id).where(theirs).order_by(User.id).limit(20)))


def fail(tried: Try, rows: Rows, now: datetime) -> None:
    """Count a wrong try for its name and for all that it has in common with others, in the same transaction."""
    first = is_first(tried, rows)
    claim(tried, rows, now)
    _count(wrong_signs(tried, first), now, rows)


def is_first(tried: Try, rows: Rows) -> bool:
    """Whether this name has not failed from there yet."""
    return tried.lane not in rows or not rows[tried.lane].failures


def wrong_signs(tried: Try, is_first: bool) -> list[Sign]:
    """Which signs a wrong try counts for: a name counts once for its address, however often it fails there."""
    return list(tried.signs if is_first else tried.signs[1:])


def succeed(tried: Try, rows: Rows) -> None:
    """A right try: its device begins anew, and what it had got wrong is taken off its name; all in one transaction.

    It speaks for its address, too: a whole town may share one.
    """
    tries = rows[tried.device].failures if tried.device in rows else 0
    if tries:
        theirs = sa.update(Throttle).where(Throttle.digest.in_([tried.lane, tried.name]), Throttle.failures >= tries)
        db.session.execute(theirs.values(failures=Throttle.failures - tries), execution_options=_UNSEEN)
        forget_tries(tried.device)
    address = tried.signs[0]
    if address.digest in rows:
        right = sa.update(Throttle).where(Throttle.digest == address.digest, Throttle.failures > 0)
        db.session.execute(right.values(failures=Throttle.failures - 1), execution_options=_UNSEEN)


_UNSEEN = {"synchronize_session": False}


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
    raise Refusal(Reason.TOO_MANY_TRIES, minutes=_minutes(counted - now))


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


def count_failures(signs: Iterable[Sign], now: datetime) -> None:
    """A try with these signs was wrong. The one that reaches a limit is put into audit and log for somebody to see."""
    wrong = list(signs)

    def count() -> None:
        with writing():
            digests = {"digests": [sign.digest for sign in wrong]}
            _count(wrong, now, {row.digest: row for row in db.session.scalars(_OF_TRY, digests)})

    insisting(count)
    sweep(now)


def sweep(now: datetime) -> None:
    """Forget what is old, at most once an hour: only failures leave rows, so whoever fails also sweeps."""
    clock = kept("throttles")
    if now - clock.get("cleared_at", now - KEPT) >= CLEARED_EVERY:
        clock["cleared_at"] = now
        clear_throttles(now=now)


def _count(signs: Iterable[Sign], now: datetime, rows: Rows) -> None:
    for sign in sorted(signs, key=lambda sign: sign.digest):
        row = _row(rows, sign.digest, now)
        if now - row.since >= WITHIN:
            row.failures, row.since = _left(row, now, sign.allowed), now
        row.failures += 1
        if row.failures == sign.allowed:
            record(None, "throttle.slow_down", sign.subject, now, failures=row.failures)
            log.warning("%s different tries failed with the same %s: slowed down", row.failures, sign.subject)


def _row(rows: Rows, digest: str, now: datetime) -> Throttle:
    if digest not in rows:
        rows[digest] = Throttle(digest=digest, failures=0, since=now)
        db.session.add(rows[digest])
    return rows[digest]


def _left(row: Throttle, now: datetime, allowed: int) -> int:
    """Failures not yet forgiven: each quarter of an hour forgives as many as are allowed, so an attack stays slowed."""
    return max(0, row.failures - max(0, (now - row.since) // WITHIN) * allowed)


SHARED = 5  # a try has at most so many digests
HAS_FAILED = sa.exists().where(
    _throttles.c.digest.in_([sa.bindparam(f"b_shared{number}") for number in range(SHARED)]), _throttles.c.failures > 0
)
_HAS_FAILED = sa.select(HAS_FAILED)


def shared(tried: Try) -> dict[str, str]:
    """What HAS_FAILED must know of a try, to say whether it shares a failure or a pause with another."""
    digests = tried.digests
    return {f"b_shared{number}": digests[min(number, len(digests) - 1)] for number in range(SHARED)}


def is_clear(tried: Try) -> bool:
    """Whether the try shares no failure with another."""
    ((has_failed,),) = fetched(_HAS_FAILED, shared(tried))
    return not has_failed


def clear_throttles(*, now: datetime) -> int:
    """Forget what was tried more than a day ago; returns how many rows went."""
    with writing():
        old = sa.delete(Throttle).where(Throttle.since < now - KEPT)
        return int(db.session.execute(old).rowcount)  # type: ignore[attr-defined]  # a DELETE has a row count
