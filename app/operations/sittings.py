"""What an organizer does to a whole sitting while people answer: close it later or earlier, pause it, go on."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.database import Moment, db, milliseconds, writing
from app.models import Attempt, Sitting, Terms
from app.operations import notices
from app.operations.audit import record
from app.queries import attempts as questions
from app.queries import pools
from app.rules import notices as words
from app.rules.admission import Reason, Refusal
from app.rules.notices import Kind
from app.rules.terms import Visible
from app.rules.timing import Phase, phase

_deadline = sa.type_coerce(Attempt.deadline, sa.BigInteger)
_started_at = sa.type_coerce(Attempt.started_at, sa.BigInteger)
_held_at = sa.type_coerce(Attempt.held_at, sa.BigInteger)
_now = sa.bindparam("b_ms", type_=sa.BigInteger)
_open = sa.and_(Attempt.sitting_id == sa.bindparam("b_sitting"), Attempt.handed_in_at.is_(None))

# Whoever locks many attempts locks them by ascending id, as the sweeper does: nobody waits in a circle.
_LOCK = sa.select(Attempt.id).where(_open).order_by(Attempt.id).with_for_update()
# What the rules `attempt.move`, `hold` and `resume` say, for all attempts of a sitting at once.
_whole = _started_at + Attempt.held_for + sa.bindparam("b_duration", type_=sa.BigInteger)
_closes = sa.bindparam("b_closes", type_=sa.BigInteger)
_MOVE = (
    sa.update(Attempt)
    .where(_open, Attempt.held_at.is_(None), _deadline + Attempt.grace >= _now)
    .where(Attempt.terms_version == sa.bindparam("b_terms"))
    .values(deadline=sa.case((_whole < _closes, _whole), else_=_closes) + Attempt.extension)
)
_HOLD = (
    sa.update(Attempt)
    .where(_open, Attempt.held_at.is_(None), _deadline > _now)
    .values(held_at=sa.bindparam("b_now", type_=Moment))
)
_away = sa.case((_now > _held_at, _now - _held_at), else_=0)
_RESUME = (
    sa.update(Attempt)
    .where(_open, Attempt.held_at.is_not(None))
    .values(deadline=_deadline + _away, held_for=Attempt.held_for + _away, held_at=None)
)


def postpone(
    sitting_id: int,
    closes_at: datetime,
    *,
    reason: str,
    actor: int | None,
    now: datetime,
    despite_keys: bool = False,
) -> int:
    """延期: close later. A deadline that the closing had cut grows with it; returns how many open papers are concerned.

    Raises Refusal: PAUSED, NOT_LATER; KEYS_SHOWN when it is over and candidates see the keys, unless `despite_keys`.
    """
    why = notices.needed(reason)
    with writing():
        sitting = _found(sitting_id)
        if sitting.paused_at is not None:
            raise Refusal(Reason.PAUSED)
        if closes_at <= max(sitting.closes_at, now):
            raise Refusal(Reason.NOT_LATER, closes=max(sitting.closes_at, now))
        if not despite_keys and _is_over_with_keys(sitting, now):
            raise Refusal(Reason.KEYS_SHOWN)
        concerned = _move(sitting, closes_at, now)
        told = words.postponed(closes_at)
        notices.tell(Kind.POSTPONED, told, why, sitting_id=sitting_id, actor=actor, now=now)
        _record(actor, "sitting.postpone", sitting_id, now, closes=closes_at, reason=why, concerned=concerned)
        return concerned


def end_early(sitting_id: int, closes_at: datetime | None, *, reason: str, actor: int | None, now: datetime) -> int:
    """提前结束: close earlier, or now for None. No paper runs on past the new closing but by its own extension.

    Raises Refusal: PAUSED, NOT_OPEN, CLOSED, NOT_EARLIER.
    """
    why = notices.needed(reason)
    with writing():
        sitting = _found(sitting_id)
        _need_running(sitting, now)
        closing = now if closes_at is None else closes_at
        if not (now <= closing < sitting.closes_at and sitting.opens_at < closing):
            raise Refusal(Reason.NOT_EARLIER, closes=sitting.closes_at)
        concerned = _move(sitting, closing, now)
        notices.tell(Kind.ENDED, words.ended(closing), why, sitting_id=sitting_id, actor=actor, now=now)
        _record(actor, "sitting.end_early", sitting_id, now, closes=closing, reason=why, concerned=concerned)
        return concerned


def pause(sitting_id: int, *, reason: str, actor: int | None, now: datetime) -> int:
    """暂停: every clock that runs stands still, nobody can start. Returns how many papers are held.

    Raises Refusal: PAUSED, NOT_OPEN, CLOSED.
    """
    why = notices.needed(reason)
    with writing():
        sitting = _found(sitting_id)
        _need_running(sitting, now)
        sitting.paused_at = now
        held = _changed(_HOLD, b_sitting=sitting_id, b_ms=milliseconds(now), b_now=now)
        notices.tell(Kind.PAUSED, words.paused(), why, sitting_id=sitting_id, actor=actor, now=now)
        _record(actor, "sitting.pause", sitting_id, now, reason=why, concerned=held)
        return held


def resume(sitting_id: int, *, reason: str, actor: int | None, now: datetime) -> int:
    """恢复: every deadline and the closing move by the length of the pause. Returns how many papers go on.

    Raises Refusal NOT_PAUSED.
    """
    why = notices.needed(reason)
    with writing():
        sitting = _found(sitting_id)
        if sitting.paused_at is None:
            raise Refusal(Reason.NOT_PAUSED)
        away = max(now, sitting.paused_at) - sitting.paused_at
        sitting.closes_at, sitting.paused_at = sitting.closes_at + away, None
        going_on = _changed(_RESUME, b_sitting=sitting_id, b_ms=milliseconds(now))
        told = words.resumed(int(away.total_seconds()))
        notices.tell(Kind.RESUMED, told, why, sitting_id=sitting_id, actor=actor, now=now)
        _record(actor, "sitting.resume", sitting_id, now, closes=sitting.closes_at, reason=why, concerned=going_on)
        return going_on


def _found(sitting_id: int) -> Sitting:
    return db.session.scalars(
        sa.select(Sitting).where(Sitting.id == sitting_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def _need_running(sitting: Sitting, now: datetime) -> None:
    if sitting.paused_at is not None:
        raise Refusal(Reason.PAUSED)
    where = phase(sitting.opens_at, sitting.closes_at, now)
    if where is not Phase.OPEN:
        reason = Reason.NOT_OPEN if where is Phase.BEFORE else Reason.CLOSED
        raise Refusal(reason, opens=sitting.opens_at, closes=sitting.closes_at)


def _is_over_with_keys(sitting: Sitting, now: datetime) -> bool:
    terms = pools.terms(sitting.contest_id, pools.latest_versions(sitting.contest_id).terms)
    shown = questions.visible(sitting.contest_id, terms, sitting.closes_at, now)
    return now >= sitting.closes_at and shown is Visible.KEYS


def _move(sitting: Sitting, closes_at: datetime, now: datetime) -> int:
    """Set the closing, and every deadline of an open paper anew; returns how many papers that are."""
    sitting.closes_at = closes_at
    versions = db.session.scalars(sa.select(Terms.version).where(Terms.contest_id == sitting.contest_id)).all()
    return sum(
        _changed(
            _MOVE,
            b_sitting=sitting.id,
            b_terms=version,
            b_duration=pools.terms(sitting.contest_id, version).duration * 1000,
            b_closes=milliseconds(closes_at),
            b_ms=milliseconds(now),
        )
        for version in versions
    )


def _changed(statement: sa.Update, **parameters: Any) -> int:
    db.session.flush()
    db.session.execute(_LOCK, {"b_sitting": parameters["b_sitting"]})
    changed = db.session.execute(statement, parameters, execution_options={"synchronize_session": False})
    count: int = changed.rowcount  # type: ignore[attr-defined]  # an UPDATE has a row count
    return count


def _record(actor: int | None, action: str, sitting_id: int, now: datetime, **detail: object) -> None:
    told = {name: milliseconds(fact) if isinstance(fact, datetime) else fact for name, fact in detail.items()}
    record(actor, action, f"sitting:{sitting_id}", now, **told)
