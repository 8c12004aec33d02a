"""Starting, saving and handing in: the attempt engine."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.database import Moment, db, grouped, milliseconds, writing
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
    entry, sitting = _place(contest_id, user_id)
    _close_overdue_of(entry.id, now)
    terms_version = pools.latest_terms_version(contest_id)
    terms = pools.terms(contest_id, terms_version)
    made = db.session.execute(
        sa.select(sa.func.count(), sa.func.max(sa.case((Attempt.handed_in_at.is_(None), Attempt.id)))).where(
            Attempt.roster_entry_id == entry.id, Attempt.sitting_id == sitting.id
        )
    ).one()
    standing = admission.Standing(sitting.opens_at, sitting.closes_at, terms.attempts_allowed, made[0], made[1])
    verdict = admission.admission(standing, now)
    if isinstance(verdict, Reason):
        raise Refusal(verdict, opens=sitting.opens_at, closes=sitting.closes_at, allowed=terms.attempts_allowed)
    if verdict.resume is not None:
        return verdict.resume
    minutes = timing.shortened(terms.duration, sitting.closes_at, now)
    if minutes is not None and not accept_short:
        raise Refusal(Reason.LATE_START, minutes=minutes)
    pool = pools.pool(contest_id, pools.latest_pool_version(contest_id))
    attempt = Attempt(
        roster_entry_id=entry.id,
        sitting_id=sitting.id,
        ordinal=made[0] + 1,
        seed=seed,
        paper=assemble(pool.for_assembly(), terms.spec, seed).as_json(),
        sheet=AnswerSheet().as_json(),
        lease=secrets.token_hex(16),
        pool_version=pool.version,
        terms_version=terms_version,
        started_at=now,
        deadline=timing.deadline(now, terms.duration, sitting.closes_at),
        grace=terms.grace * 1000,
    )
    db.session.add(attempt)
    db.session.flush()
    record(user_id, "attempt.start", f"attempt:{attempt.id}", now, contest=contest_id, ordinal=attempt.ordinal)
    return attempt.id


def _place(contest_id: int, user_id: int) -> tuple[RosterEntry, Sitting]:
    entry = db.session.scalars(
        sa.select(RosterEntry)
        .where(RosterEntry.contest_id == contest_id, RosterEntry.user_id == user_id)
        .with_for_update()
    ).one_or_none()
    if entry is None:
        raise Refusal(Reason.NOT_ON_ROSTER)
    sitting = db.session.scalars(
        sa.select(Sitting)
        .join(Contest, Contest.id == Sitting.contest_id)
        .where(Sitting.contest_id == contest_id, Sitting.mode == "official", Contest.published_at.is_not(None))
    ).one_or_none()
    if sitting is None:
        raise Refusal(Reason.NOT_PUBLISHED)
    return entry, sitting


def take_lease(attempt_id: int) -> str | None:
    """Give the page that is being opened the right to save, and take it from every older page.

    None when the attempt is handed in already.
    """
    lease = secrets.token_hex(16)
    taken = grouped(_TAKE_LEASE, {"b_id": attempt_id, "b_lease": lease})
    return lease if taken else None


_TAKE_LEASE = (
    sa.update(Attempt)
    .where(Attempt.id == sa.bindparam("b_id"), Attempt.handed_in_at.is_(None))
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


def save_sheet(attempt_id: int, *, lease: str, revision: int, sheet: AnswerSheet, digest: str, now: datetime) -> Saving:
    """Store a whole answer sheet durably, if the page may still save and no newer revision is stored.

    An equal or older revision answers SAVED: what it carried is contained in what is stored. `digest` is that of
    the sender's sign-in.
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
    if grouped(_SAVE, parameters):
        return Saving.SAVED
    state = questions.state_for_saving(attempt_id, digest=digest, now=now)
    if state is None:
        return Saving.SIGNED_OUT
    if state.handed_in_at is not None:
        return Saving.HANDED_IN
    if timing.is_overdue(now, state.deadline, timedelta(milliseconds=state.grace)):
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


def _close_overdue_of(roster_entry_id: int, now: datetime) -> None:
    open_id = db.session.scalar(
        sa.select(Attempt.id).where(Attempt.roster_entry_id == roster_entry_id, Attempt.handed_in_at.is_(None))
    )
    if open_id is not None and questions.is_overdue(open_id, now):
        _hand_in(open_id, None, now)


def _hand_in(attempt_id: int, actor: int | None, now: datetime) -> bool:
    owner = sa.select(Attempt.roster_entry_id).where(Attempt.id == attempt_id).scalar_subquery()
    entry = db.session.scalars(sa.select(RosterEntry).where(RosterEntry.id == owner).with_for_update()).one()
    row = db.session.execute(
        sa.select(Attempt.deadline, Attempt.grace, Attempt.started_at).where(Attempt.id == attempt_id)
    ).one()
    overdue = timing.is_overdue(now, row.deadline, timedelta(milliseconds=row.grace))
    finished = row.deadline if overdue else timing.finished_at(now, row.deadline)
    claim = (
        sa.update(Attempt)
        .where(Attempt.id == attempt_id, Attempt.handed_in_at.is_(None))
        .values(
            handed_in_at=finished,
            handed_in_by="server" if overdue or actor is None else "person",
            time_taken=milliseconds(finished) - milliseconds(row.started_at),
        )
    )
    if not db.session.execute(claim).rowcount:  # type: ignore[attr-defined]  # an UPDATE has a row count
        return False
    _grade(attempt_id, entry, now)
    record(actor, "attempt.hand_in", f"attempt:{attempt_id}", now, by="server" if overdue else "person")
    return True


def _grade(attempt_id: int, entry: RosterEntry, now: datetime) -> None:
    attempt = db.session.get_one(Attempt, attempt_id, populate_existing=True)
    terms = pools.terms(entry.contest_id, attempt.terms_version)
    version = pools.latest_pool_version(entry.contest_id)
    pool = pools.pool(entry.contest_id, version)
    sheet = AnswerSheet.from_json(attempt.sheet)
    graded = grade(Paper.from_json(attempt.paper), terms.spec, pool.keys, sheet)
    attempt.score, attempt.answered = graded.score, graded.answered
    assert attempt.handed_in_at is not None
    attempt.receipt = receipt.number(attempt.id, local(attempt.handed_in_at))
    attempt.fingerprint = receipt.fingerprint(attempt.paper, sheet)
    db.session.add(
        Grading(
            attempt_id=attempt.id, pool_version=version, score=graded.score, marks=list(graded.marks), graded_at=now
        )
    )
    db.session.flush()
    _recount(entry)


def _recount(entry: RosterEntry) -> None:
    """Set the result that counts from all of the person's finished attempts."""
    select = sa.select(Attempt).where(Attempt.roster_entry_id == entry.id, Attempt.handed_in_at.is_not(None))
    rows = db.session.scalars(select).all()
    terms = pools.terms(entry.contest_id, pools.latest_terms_version(entry.contest_id))
    counted = result((_finished(row) for row in rows), terms.counting)
    entry.result = counted.score if counted else None
    entry.time_taken = counted.time_taken if counted else None
    entry.handed_in_at = counted.handed_in_at if counted else None
    entry.valid_attempts = counted.valid_attempts if counted else 0


def _finished(row: Attempt) -> Finished:
    assert row.score is not None and row.time_taken is not None and row.handed_in_at is not None
    return Finished(
        row.score, row.time_taken, row.handed_in_at, row.started_at, row.answered, row.voided_at is not None
    )
