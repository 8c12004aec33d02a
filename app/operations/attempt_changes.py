"""What an organizer does to one attempt: more time, opening it again, voiding it, taking that back."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.database import db, writing
from app.models import Attempt, RosterEntry, Sitting
from app.operations import notices
from app.operations.audit import record
from app.operations.handing_in import hand_in_here, recount
from app.queries import attempts as questions
from app.queries import pools
from app.rules import attempt as machine
from app.rules import notices as words
from app.rules.admission import Reason, Refusal
from app.rules.attempt import By
from app.rules.invalid import Invalid
from app.rules.notices import Kind
from app.rules.terms import ContestTerms, Visible

MOST_MINUTES = 600


def extend(attempt_id: int, minutes: int, *, reason: str, actor: int | None, now: datetime) -> None:
    """加时: that many minutes more.

    Raises Refusal: HANDED_IN, VOIDED, TIME_OVER; Invalid without a reason, as all of them here do.
    """
    why, more = notices.needed(reason), _minutes(minutes, least=1)
    with writing():
        attempt, _, _ = _found(attempt_id)
        attempt.follow(machine.extend(attempt.course, more, now))
        _tell(attempt, Kind.EXTENDED, words.extended(minutes, attempt.deadline), why, actor, now)
        record(actor, "attempt.extend", f"attempt:{attempt_id}", now, minutes=minutes, reason=why)


def reopen(
    attempt_id: int, minutes: int, *, reason: str, actor: int | None, now: datetime, despite_keys: bool = False
) -> None:
    """重新打开: go on with the time that was left, and `minutes` on top; its gradings stay, its score counts no more.

    Raises Refusal: VOIDED, NOT_HANDED_IN, PAUSED, OTHER_OPEN, NO_TIME; KEYS_SHOWN when the candidate may have seen the
    keys, unless `despite_keys`.
    """
    why, more = notices.needed(reason), _minutes(minutes, least=0)
    with writing():
        attempt, entry, sitting = _found(attempt_id)
        terms = pools.terms(entry.contest_id, attempt.terms_version)
        _may_reopen(attempt, entry, sitting, terms, now, despite_keys)
        course = machine.reopen(attempt.course, more, now, duration=terms.duration, closes_at=sitting.closes_at)
        before = {"receipt": attempt.receipt, "fingerprint": attempt.fingerprint, "score": attempt.score}
        attempt.follow(course)
        attempt.score = attempt.receipt = attempt.fingerprint = None
        attempt.reopened += 1
        attempt.lease = secrets.token_hex(16)
        _recount(entry)
        _tell(attempt, Kind.REOPENED, words.reopened(attempt.deadline), why, actor, now)
        record(actor, "attempt.reopen", f"attempt:{attempt_id}", now, minutes=minutes, reason=why, **before)


def void(attempt_id: int, *, give_back: bool, reason: str, actor: int | None, now: datetime) -> None:
    """作废: it counts nowhere any more; an open one is handed in first. `give_back` returns the chance to answer.

    Raises Refusal VOIDED.
    """
    why = notices.needed(reason)
    with writing():
        attempt, entry, _ = _found(attempt_id)
        if attempt.handed_in_at is None:
            hand_in_here(attempt_id, actor, now, By.ORGANIZER)
            db.session.refresh(attempt)
        attempt.follow(machine.void(attempt.course, now))
        attempt.given_back = give_back
        _recount(entry)
        _tell(attempt, Kind.VOIDED, words.voided(given_back=give_back), why, actor, now)
        record(actor, "attempt.void", f"attempt:{attempt_id}", now, given_back=give_back, reason=why)


def restore(attempt_id: int, *, reason: str, actor: int | None, now: datetime) -> None:
    """取消作废: it counts again. Raises Refusal: NOT_VOIDED, CHANCE_USED when the returned chance has been taken."""
    why = notices.needed(reason)
    with writing():
        attempt, entry, _ = _found(attempt_id)
        course = machine.restore(attempt.course)
        if attempt.given_back and _is_used_up(attempt, entry):
            raise Refusal(Reason.CHANCE_USED)
        attempt.follow(course)
        attempt.given_back = False
        _recount(entry)
        _tell(attempt, Kind.RESTORED, words.restored(), why, actor, now)
        record(actor, "attempt.restore", f"attempt:{attempt_id}", now, reason=why)


def _found(attempt_id: int) -> tuple[Attempt, RosterEntry, Sitting]:
    """The attempt with its roster entry and sitting, locked in the order in which a start locks them."""
    entry = db.session.scalars(
        sa.select(RosterEntry)
        .join(Attempt, Attempt.roster_entry_id == RosterEntry.id)
        .where(Attempt.id == attempt_id)
        .with_for_update(of=RosterEntry)
    ).one()
    sitting = db.session.scalars(
        sa.select(Sitting)
        .join(Attempt, Attempt.sitting_id == Sitting.id)
        .where(Attempt.id == attempt_id)
        .with_for_update(read=True, of=Sitting)
    ).one()
    attempt = db.session.scalars(sa.select(Attempt).where(Attempt.id == attempt_id).with_for_update()).one()
    return attempt, entry, sitting


def _recount(entry: RosterEntry) -> None:
    db.session.flush()
    recount(entry.id, pools.terms(entry.contest_id, pools.latest_versions(entry.contest_id).terms))


def _minutes(minutes: int, *, least: int) -> timedelta:
    if not least <= minutes <= MOST_MINUTES:
        raise Invalid(f"加时请填{least}到{MOST_MINUTES}分钟。")
    return timedelta(minutes=minutes)


def _may_reopen(
    attempt: Attempt, entry: RosterEntry, sitting: Sitting, terms: ContestTerms, now: datetime, despite_keys: bool
) -> None:
    if sitting.paused_at is not None:
        raise Refusal(Reason.PAUSED)
    others = sa.exists().where(
        Attempt.roster_entry_id == entry.id, Attempt.handed_in_at.is_(None), Attempt.id != attempt.id
    )
    if db.session.scalar(sa.select(others)):
        raise Refusal(Reason.OTHER_OPEN)
    seen = questions.visible(entry.contest_id, terms, sitting.closes_at, now)
    if attempt.handed_in_at is not None and seen is Visible.KEYS and not despite_keys:
        raise Refusal(Reason.KEYS_SHOWN)


def _is_used_up(attempt: Attempt, entry: RosterEntry) -> bool:
    """Whether as many attempts as are allowed count already, without this one."""
    allowed = pools.terms(entry.contest_id, pools.latest_versions(entry.contest_id).terms).attempts_allowed
    made = sa.select(sa.func.count()).where(
        Attempt.roster_entry_id == entry.id, Attempt.sitting_id == attempt.sitting_id, Attempt.given_back.is_(False)
    )
    return bool(allowed) and (db.session.scalar(made) or 0) >= allowed


def _tell(attempt: Attempt, kind: Kind, told: str, reason: str, actor: int | None, now: datetime) -> None:
    notices.tell(kind, told, reason, sitting_id=attempt.sitting_id, attempt_id=attempt.id, actor=actor, now=now)
