"""Starting, saving and handing in: the attempt engine."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.database import Moment, Writers, db, grouped, milliseconds, writers, writing
from app.models import Attempt, Contest, Grading, RosterEntry, SignIn, Sitting
from app.operations.audit import record
from app.queries import attempts as questions
from app.queries import pools
from app.rules import admission, receipt, timing
from app.rules.admission import Reason, Refusal
from app.rules.assembly import Paper, assemble
from app.rules.grading import grade
from app.rules.prose import local
from app.rules.results import Finished, result
from app.rules.sheet import AnswerSheet
from app.rules.terms import ContestTerms

# One transaction closes this many overdue papers, so that a rush at the deadline never holds the gate for long.
OVERDUE_BATCH = 25


class Saving(StrEnum):
    """What became of a sheet that a page sent."""

    SAVED = "saved"
    ELSEWHERE = "elsewhere"
    HANDED_IN = "handed_in"
    LATE = "late"
    SIGNED_OUT = "signed_out"


def start(contest_id: int, user_id: int, *, now: datetime, accept_short: bool = False, seed: str | None = None) -> int:
    """Start an attempt, or resume the one that is open, and return its id.

    Raises Refusal: NOT_ON_ROSTER, NOT_PUBLISHED, NOT_OPEN, CLOSED, USED_UP, or LATE_START when the closing cuts the
    duration and `accept_short` is false. However many callers come at once, one attempt is made.
    """
    for _ in range(2):  # on PostgreSQL the second of two simultaneous starters finds the first one's attempt
        try:
            with writing():
                return _start(contest_id, user_id, now, accept_short, seed or secrets.token_hex(16))
        except IntegrityError:
            continue
    raise RuntimeError("two starts in a row were refused by the database")


def _start(contest_id: int, user_id: int, now: datetime, accept_short: bool, seed: str) -> int:
    entry, sitting, versions = _place(contest_id, user_id)
    terms = pools.terms(contest_id, versions.terms)
    made = _made(entry.id, sitting.id)
    if made.open_id is not None and _is_overdue(made.open_deadline, made.open_grace, now):
        _hand_in(made.open_id, None, now)
        made = _made(entry.id, sitting.id)
    standing = admission.Standing(sitting.opens_at, sitting.closes_at, terms.attempts_allowed, made.count, made.open_id)
    verdict = admission.admission(standing, now)
    if isinstance(verdict, Reason):
        raise Refusal(verdict, opens=sitting.opens_at, closes=sitting.closes_at, allowed=terms.attempts_allowed)
    if verdict.resume is not None:
        return verdict.resume
    minutes = timing.shortened(terms.duration, sitting.closes_at, now)
    if minutes is not None and not accept_short:
        raise Refusal(Reason.LATE_START, minutes=minutes)
    pool = pools.pool(contest_id, versions.pool)
    attempt = Attempt(
        roster_entry_id=entry.id,
        sitting_id=sitting.id,
        ordinal=made.count + 1,
        seed=seed,
        paper=assemble(pool.for_assembly, terms.spec, seed).as_json(),
        sheet=AnswerSheet().as_json(),
        lease=secrets.token_hex(16),
        pool_version=pool.version,
        terms_version=versions.terms,
        started_at=now,
        deadline=timing.deadline(now, terms.duration, sitting.closes_at),
        grace=terms.grace * 1000,
    )
    db.session.add(attempt)
    db.session.flush()
    record(user_id, "attempt.start", f"attempt:{attempt.id}", now, contest=contest_id, ordinal=attempt.ordinal)
    return attempt.id


# The statements of the hot path are built once: building one costs as much as executing it.
_ENTRY = (
    sa.select(RosterEntry)
    .where(RosterEntry.contest_id == sa.bindparam("contest_id"), RosterEntry.user_id == sa.bindparam("user_id"))
    .with_for_update()
)
_SITTING = (
    sa.select(Sitting)
    .join(Contest, Contest.id == Sitting.contest_id)
    .where(Sitting.contest_id == sa.bindparam("contest_id"), Sitting.mode == "official")
    .where(Contest.published_at.is_not(None))
)
_is_open = Attempt.handed_in_at.is_(None)
_MADE = sa.select(
    sa.func.count().label("count"),
    sa.func.max(sa.case((_is_open, Attempt.id))).label("open_id"),
    sa.type_coerce(sa.func.max(sa.case((_is_open, Attempt.deadline))), Moment).label("open_deadline"),
    sa.func.max(sa.case((_is_open, Attempt.grace))).label("open_grace"),
).where(Attempt.roster_entry_id == sa.bindparam("entry_id"), Attempt.sitting_id == sa.bindparam("sitting_id"))


def _place(contest_id: int, user_id: int) -> tuple[RosterEntry, Sitting, pools.Versions]:
    place = {"contest_id": contest_id, "user_id": user_id}
    entry = db.session.scalars(_ENTRY, place).one_or_none()
    if entry is None:
        raise Refusal(Reason.NOT_ON_ROSTER)
    sitting = db.session.scalars(_SITTING, place).one_or_none()
    if sitting is None:
        raise Refusal(Reason.NOT_PUBLISHED)
    return entry, sitting, pools.latest_versions(contest_id)


def _made(entry_id: int, sitting_id: int) -> Any:
    """How many attempts there are in a sitting, and the one that is open with its deadline."""
    return db.session.execute(_MADE, {"entry_id": entry_id, "sitting_id": sitting_id}).one()


def _is_overdue(deadline: datetime, grace: int, now: datetime) -> bool:
    return timing.is_overdue(now, deadline, timedelta(milliseconds=grace))


def take_lease(attempt_id: int, *, owner: int) -> str | None:
    """Give the page that is being opened the right to save, and take it from every older page.

    None when the attempt is handed in already, or another person's.
    """
    lease = secrets.token_hex(16)
    taken = grouped(_TAKE_LEASE, {"b_id": attempt_id, "b_lease": lease, "b_owner": owner})
    return lease if taken else None


_TAKE_LEASE = (
    sa.update(Attempt)
    .where(Attempt.id == sa.bindparam("b_id"), Attempt.handed_in_at.is_(None))
    .where(sa.exists().where(RosterEntry.id == Attempt.roster_entry_id, RosterEntry.user_id == sa.bindparam("b_owner")))
    .values(lease=sa.bindparam("b_lease"))
)

# Owner, lease, revocation, revision, deadline and state stand in the statement itself: nothing can change in between.
_SAVE = (
    sa.update(Attempt)
    .where(
        Attempt.id == sa.bindparam("b_id"),
        Attempt.lease == sa.bindparam("b_lease"),
        Attempt.handed_in_at.is_(None),
        Attempt.revision < sa.bindparam("b_revision"),
        sa.type_coerce(Attempt.deadline, sa.BigInteger) + Attempt.grace >= sa.bindparam("b_ms", type_=sa.BigInteger),
        sa.exists()
        .where(RosterEntry.id == Attempt.roster_entry_id, SignIn.digest == sa.bindparam("b_digest"))
        .where(
            SignIn.user_id == RosterEntry.user_id,
            SignIn.revoked_at.is_(None),
            SignIn.expires_at > sa.bindparam("b_now", type_=Moment),
            sa.or_(SignIn.contest_id.is_(None), SignIn.contest_id == RosterEntry.contest_id),
        )
        .correlate(Attempt),
    )
    .values(
        sheet=sa.bindparam("b_sheet", type_=sa.JSON),
        revision=sa.bindparam("b_revision"),
        answered=sa.bindparam("b_answered"),
        saved_at=sa.bindparam("b_now", type_=Moment),
    )
)


def store_sheet(
    writers: Writers, attempt_id: int, *, lease: str, revision: int, sheet: AnswerSheet, digest: str, now: datetime
) -> bool:
    """Store a whole answer sheet durably, if the page may still save and no newer revision is stored.

    False when it was not stored; `save_sheet` then tells why. `digest` is that of the sender's sign-in.
    """
    parameters = {
        "b_id": attempt_id,
        "b_lease": lease,
        "b_revision": revision,
        "b_sheet": sheet.as_json(),
        "b_answered": sheet.answered,
        "b_now": now,
        "b_ms": milliseconds(now),
        "b_digest": digest,
    }
    return writers.grouped(_SAVE, parameters) > 0


def save_sheet(attempt_id: int, *, lease: str, revision: int, sheet: AnswerSheet, digest: str, now: datetime) -> Saving:
    """The same, and what became of the sheet.

    An equal or older revision answers SAVED: what it carried is contained in what is stored.
    """
    db.session.rollback()  # what is read next must see what is written here
    if store_sheet(writers(), attempt_id, lease=lease, revision=revision, sheet=sheet, digest=digest, now=now):
        return Saving.SAVED
    state = questions.state_for_saving(attempt_id, digest=digest, now=now)
    if state is None:
        return Saving.SIGNED_OUT
    if state.handed_in_at is not None:
        return Saving.HANDED_IN
    if _is_overdue(state.deadline, state.grace, now):
        return Saving.LATE
    return Saving.ELSEWHERE if state.lease != lease else Saving.SAVED


def hand_in(attempt_id: int, *, actor: int | None, now: datetime) -> bool:
    """Hand in what is stored, grade it, and let it count. False when it was handed in before: it is graded once.

    After deadline + grace this is the server's hand-in, stamped at the deadline, whoever asked for it.
    """
    with writing():
        return _hand_in(attempt_id, actor, now)


def hand_in_overdue(*, now: datetime) -> int:
    """Hand in every attempt that is past its deadline and grace; returns how many were."""
    handed_in = 0
    while batch := questions.overdue(now, OVERDUE_BATCH):
        with writing():
            handed_in += sum(_hand_in(attempt_id, None, now) for attempt_id in batch)
    return handed_in


def close_if_overdue(attempt_id: int, *, now: datetime) -> bool:
    """Hand in one attempt if its time is over: correctness never waits for the sweeper."""
    if not questions.is_overdue(attempt_id, now):
        return False
    return hand_in(attempt_id, actor=None, now=now)


_HANDED_IN = (
    sa.select(Attempt, RosterEntry)
    .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
    .where(Attempt.id == sa.bindparam("attempt_id"))
    .with_for_update(of=RosterEntry)
    .execution_options(populate_existing=True)
)
_CLAIM = (
    sa.update(Attempt)
    .where(Attempt.id == sa.bindparam("b_id"), Attempt.handed_in_at.is_(None))
    .values(
        handed_in_at=sa.bindparam("b_at", type_=Moment),
        handed_in_by=sa.bindparam("b_by"),
        time_taken=sa.bindparam("b_taken"),
    )
    .execution_options(synchronize_session=False)
)
_FINISHED = sa.select(Attempt).where(
    Attempt.roster_entry_id == sa.bindparam("entry_id"), Attempt.handed_in_at.is_not(None)
)


def _hand_in(attempt_id: int, actor: int | None, now: datetime) -> bool:
    attempt, entry = db.session.execute(_HANDED_IN, {"attempt_id": attempt_id}).one()
    overdue = _is_overdue(attempt.deadline, attempt.grace, now)
    finished = attempt.deadline if overdue else timing.finished_at(now, attempt.deadline)
    finished = max(finished, attempt.started_at)  # a clock set back takes no time
    by = "person" if actor is not None and now < attempt.deadline else "server"  # at the deadline the page does it
    taken = milliseconds(finished) - milliseconds(attempt.started_at)
    claimed = db.session.execute(_CLAIM, {"b_id": attempt_id, "b_at": finished, "b_by": by, "b_taken": taken})
    if not claimed.rowcount:  # type: ignore[attr-defined]  # an UPDATE has a row count
        return False
    # The sheet was read before the claim: on PostgreSQL a save may have come in between.
    db.session.refresh(attempt)
    _grade(attempt, entry, now)
    record(actor, "attempt.hand_in", f"attempt:{attempt_id}", now, by=by)
    return True


def _grade(attempt: Attempt, entry: RosterEntry, now: datetime) -> None:
    versions = pools.latest_versions(entry.contest_id)
    terms = pools.terms(entry.contest_id, attempt.terms_version)
    pool = pools.pool(entry.contest_id, versions.pool)
    sheet = AnswerSheet.from_json(attempt.sheet)
    graded = grade(Paper.from_json(attempt.paper), terms.spec, pool.keys, sheet)
    attempt.score, attempt.answered = graded.score, graded.answered
    assert attempt.handed_in_at is not None
    attempt.receipt = receipt.number(attempt.id, local(attempt.handed_in_at))
    attempt.fingerprint = receipt.fingerprint(attempt.paper, sheet)
    marks = list(graded.marks)
    db.session.add(
        Grading(attempt_id=attempt.id, pool_version=versions.pool, score=graded.score, marks=marks, graded_at=now)
    )
    db.session.flush()
    _recount(entry, pools.terms(entry.contest_id, versions.terms))


def _recount(entry: RosterEntry, terms: ContestTerms) -> None:
    """Set the result that counts from all of the person's finished attempts."""
    rows = db.session.scalars(_FINISHED, {"entry_id": entry.id}).all()
    counted = result((_finished(row) for row in rows), terms.counting)
    entry.result = counted.score if counted else None
    entry.time_taken = counted.time_taken if counted else None
    entry.handed_in_at = counted.handed_in_at if counted else None
    entry.valid_attempts = counted.valid_attempts if counted else 0


def _finished(row: Attempt) -> Finished:
    assert row.score is not None and row.time_taken is not None and row.handed_in_at is not None
    voided = row.voided_at is not None
    return Finished(row.score, row.time_taken, row.handed_in_at, row.started_at, row.answered, voided)
