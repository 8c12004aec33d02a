"""Handing in: the claim of an attempt, its grading, and the result that counts; inside a transaction that is open."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.database import db, table
from app.models import Attempt, Grading, RosterEntry
from app.operations.audit import record
from app.queries import pools
from app.rules import attempt as machine
from app.rules import receipt
from app.rules.assembly import Paper
from app.rules.attempt import By, Course
from app.rules.grading import Graded, grade
from app.rules.prose import local
from app.rules.results import Finished, result
from app.rules.sheet import AnswerSheet
from app.rules.terms import ContestTerms

_attempts, _entries = table(Attempt), table(RosterEntry)
_is_open = _attempts.c.handed_in_at.is_(None)
# Both rows are locked: on PostgreSQL neither a save nor another hand-in of the person comes in between.
_TO_GRADE = (
    sa.select(
        _attempts.c.paper, _attempts.c.sheet, _attempts.c.started_at, _attempts.c.deadline, _attempts.c.grace,
        _attempts.c.held_at, _attempts.c.held_for, _attempts.c.reopened,
        _attempts.c.terms_version, _attempts.c.roster_entry_id, _entries.c.contest_id,
        *(part.label(f"newest_{name}") for name, part in pools.newest(_entries.c.contest_id).items()),
    )
    .join(_entries, _entries.c.id == _attempts.c.roster_entry_id)
    .where(_attempts.c.id == sa.bindparam("attempt_id"))
    .with_for_update(of=(_entries, _attempts))
)  # fmt: skip
_OPEN = _TO_GRADE.where(_is_open)
_CLOSE = sa.update(_attempts).where(_attempts.c.id == sa.bindparam("b_id"), _is_open)
_gradings = table(Grading)
_GRADING = sa.insert(_gradings)
_CLEAR_GRADING = sa.delete(_gradings).where(
    _gradings.c.attempt_id == sa.bindparam("b_id"),
    _gradings.c.pool_version == sa.bindparam("b_version"),
    _gradings.c.reopened == sa.bindparam("b_reopened"),
)
_FINISHED = sa.select(
    _attempts.c.score, _attempts.c.time_taken, _attempts.c.handed_in_at, _attempts.c.started_at, _attempts.c.answered,
    _attempts.c.voided_at.is_not(None),
).where(_attempts.c.roster_entry_id == sa.bindparam("entry_id"), ~_is_open)  # fmt: skip
_RESULT = sa.update(_entries).where(_entries.c.id == sa.bindparam("b_id"))


def hand_in_here(
    attempt_id: int, actor: int | None, now: datetime, by: By | None = None, *, only_overdue: bool = False
) -> bool:
    """Hand in as `hand_in` does, inside the transaction that is open."""
    attempt = db.session.execute(_OPEN, {"attempt_id": attempt_id}).one_or_none()
    if attempt is None:
        return False
    course = _course(attempt)
    if only_overdue and not machine.is_overdue(course, now):  # an extension or a pause came first
        return False
    course = machine.hand_in(course, now, by or (By.SERVER if actor is None else By.PERSON))
    assert course.handed_in_at is not None and course.time_taken is not None
    graded, sheet = _graded(attempt)
    closed = {
        "b_id": attempt_id,
        "handed_in_at": course.handed_in_at,
        "handed_in_by": course.handed_in_by,
        "time_taken": course.time_taken // timedelta(milliseconds=1),
        "score": graded.score,
        "answered": graded.answered,
        "receipt": receipt.number(attempt_id, local(course.handed_in_at)),
        "fingerprint": receipt.fingerprint(attempt.paper, sheet),
    }
    if not db.session.execute(_CLOSE, closed).rowcount:  # type: ignore[attr-defined]  # an UPDATE has a row count
        return False
    _count(attempt_id, attempt, graded, now)
    record(actor, "attempt.hand_in", f"attempt:{attempt_id}", now, by=course.handed_in_by)
    return True


def grade_again(attempt_id: int, now: datetime) -> int:
    """Grade what is now stored on a finished attempt in place of what was, in the caller's transaction: its score."""
    attempt = db.session.execute(_TO_GRADE, {"attempt_id": attempt_id}).one()
    graded, sheet = _graded(attempt)
    changed: dict[str, Any] = {"score": graded.score, "answered": graded.answered}
    changed["fingerprint"] = receipt.fingerprint(attempt.paper, sheet)
    db.session.execute(sa.update(_attempts).where(_attempts.c.id == attempt_id).values(changed))
    earlier = {"b_id": attempt_id, "b_version": attempt.newest_pool, "b_reopened": attempt.reopened}
    db.session.execute(_CLEAR_GRADING, earlier)
    _count(attempt_id, attempt, graded, now)
    return graded.score


def _count(attempt_id: int, attempt: Any, graded: Graded, now: datetime) -> None:
    pool_version, marks = attempt.newest_pool, list(graded.marks)
    grading = {"attempt_id": attempt_id, "pool_version": pool_version, "score": graded.score, "marks": marks}
    db.session.execute(_GRADING, grading | {"graded_at": now, "reopened": attempt.reopened})
    recount(attempt.roster_entry_id, pools.terms(attempt.contest_id, attempt.newest_terms))


def _course(attempt: Any) -> Course:
    """The times of an open attempt, as the rules take them."""
    return Course(
        attempt.started_at,
        attempt.deadline,
        timedelta(milliseconds=attempt.grace),
        held_for=timedelta(milliseconds=attempt.held_for),
        held_at=attempt.held_at,
    )


def _graded(attempt: Any) -> tuple[Graded, AnswerSheet]:
    """What the stored sheet earns by the newest keys."""
    terms = pools.terms(attempt.contest_id, attempt.terms_version)
    pool, sheet = pools.pool(attempt.contest_id, attempt.newest_pool), AnswerSheet.from_json(attempt.sheet)
    return grade(Paper.from_json(attempt.paper), terms.spec, pool.keys, sheet), sheet


def recount(entry_id: int, terms: ContestTerms) -> None:
    """Set the result that counts from all of the person's finished attempts, inside the transaction that is open."""
    rows = db.session.execute(_FINISHED, {"entry_id": entry_id})
    counted = result([Finished(*tuple(row)) for row in rows], terms.counting)
    counts: dict[str, Any] = {"result": None, "time_taken": None, "handed_in_at": None, "valid_attempts": 0}
    if counted:
        counts = vars(counted) | {"result": counted.score}
        del counts["score"]
    db.session.execute(_RESULT, counts | {"b_id": entry_id})
