"""Handing in: the claim of an attempt, its grading, and the result that counts; inside a transaction that is open."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.database import db, executed, fetched, table, taking
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


class _Held(NamedTuple):
    """An attempt with all that grading it needs."""

    paper: list[list[int]]
    sheet: dict[str, Any]
    started_at: datetime
    deadline: datetime
    grace: int
    held_at: datetime | None
    held_for: int
    reopened: int
    terms_version: int
    roster_entry_id: int
    contest_id: int
    newest_terms: int
    newest_pool: int


_attempts, _entries = table(Attempt), table(RosterEntry)
_is_open = _attempts.c.handed_in_at.is_(None)
# Both rows are locked: on PostgreSQL neither a save nor another hand-in of the person comes in between.
_TO_GRADE = (
    sa.select(
        *(_attempts.c[name] for name in _Held._fields[:-3]), _entries.c.contest_id,
        *(part.label(f"newest_{name}") for name, part in pools.newest(_entries.c.contest_id).items()),
    )
    .join(_entries, _entries.c.id == _attempts.c.roster_entry_id)
    .where(_attempts.c.id == sa.bindparam("attempt_id"))
    .with_for_update(of=(_entries, _attempts))
)  # fmt: skip
_OPEN = _TO_GRADE.where(_is_open)
_CLOSE = (
    sa.update(_attempts)
    .where(_attempts.c.id == sa.bindparam("b_id"), _is_open)
    .values(
        taking(
            _attempts.c.handed_in_at, _attempts.c.handed_in_by, _attempts.c.time_taken, _attempts.c.score,
            _attempts.c.answered, _attempts.c.receipt, _attempts.c.fingerprint,
        )
    )
)  # fmt: skip
_gradings = table(Grading)
_GRADING = sa.insert(_gradings).values(taking(*(column for column in _gradings.c if column.name != "id")))
_CLEAR_GRADING = sa.delete(_gradings).where(
    _gradings.c.attempt_id == sa.bindparam("b_id"),
    _gradings.c.pool_version == sa.bindparam("b_version"),
    _gradings.c.reopened == sa.bindparam("b_reopened"),
)
_FINISHED = sa.select(
    _attempts.c.score, _attempts.c.time_taken, _attempts.c.handed_in_at, _attempts.c.started_at, _attempts.c.answered,
    _attempts.c.voided_at.is_not(None),
).where(_attempts.c.roster_entry_id == sa.bindparam("entry_id"), ~_is_open)  # fmt: skip
_RESULT = (
    sa.update(_entries)
    .where(_entries.c.id == sa.bindparam("b_id"))
    .values(taking(_entries.c.result, _entries.c.time_taken, _entries.c.handed_in_at, _entries.c.valid_attempts))
)


def hand_in_here(
    attempt_id: int, actor: int | None, now: datetime, by: By | None = None, *, only_overdue: bool = False
) -> bool:
    """Hand in as `hand_in` does, inside the transaction that is open."""
    attempt = next((_Held(*row) for row in fetched(_OPEN, {"attempt_id": attempt_id})), None)
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
        "b_handed_in_at": course.handed_in_at,
        "b_handed_in_by": course.handed_in_by,
        "b_time_taken": course.time_taken // timedelta(milliseconds=1),
        "b_score": graded.score,
        "b_answered": graded.answered,
        "b_receipt": receipt.number(attempt_id, local(course.handed_in_at)),
        "b_fingerprint": receipt.fingerprint(attempt.paper, sheet),
    }
    if not executed(_CLOSE, closed):
        return False
    _count(attempt_id, attempt, graded, now)
    record(actor, "attempt.hand_in", f"attempt:{attempt_id}", now, by=course.handed_in_by)
    return True


def grade_again(attempt_id: int, now: datetime) -> int:
    """Grade what is now stored on a finished attempt in place of what was, in the caller's transaction: its score."""
    (attempt,) = (_Held(*row) for row in fetched(_TO_GRADE, {"attempt_id": attempt_id}))
    graded, sheet = _graded(attempt)
    changed: dict[str, Any] = {"score": graded.score, "answered": graded.answered}
    changed["fingerprint"] = receipt.fingerprint(attempt.paper, sheet)
    db.session.execute(sa.update(_attempts).where(_attempts.c.id == attempt_id).values(changed))
    earlier = {"b_id": attempt_id, "b_version": attempt.newest_pool, "b_reopened": attempt.reopened}
    db.session.execute(_CLEAR_GRADING, earlier)
    _count(attempt_id, attempt, graded, now)
    return graded.score


def _count(attempt_id: int, attempt: _Held, graded: Graded, now: datetime) -> None:
    grading = {
        "b_attempt_id": attempt_id,
        "b_pool_version": attempt.newest_pool,
        "b_score": graded.score,
        "b_marks": list(graded.marks),
        "b_graded_at": now,
        "b_reopened": attempt.reopened,
    }
    executed(_GRADING, grading)
    recount(attempt.roster_entry_id, pools.terms(attempt.contest_id, attempt.newest_terms))


def _course(attempt: _Held) -> Course:
    """The times of an open attempt, as the rules take them."""
    return Course(
        attempt.started_at,
        attempt.deadline,
        timedelta(milliseconds=attempt.grace),
        held_for=timedelta(milliseconds=attempt.held_for),
        held_at=attempt.held_at,
    )


def _graded(attempt: _Held) -> tuple[Graded, AnswerSheet]:
    """What the stored sheet earns by the newest keys."""
    terms = pools.terms(attempt.contest_id, attempt.terms_version)
    pool, sheet = pools.pool(attempt.contest_id, attempt.newest_pool), AnswerSheet.from_json(attempt.sheet)
    return grade(Paper.from_json(attempt.paper), terms.spec, pool.keys, sheet), sheet


def recount(entry_id: int, terms: ContestTerms) -> None:
    """Set the result that counts from all of the person's finished attempts, inside the transaction that is open."""
    rows = fetched(_FINISHED, {"entry_id": entry_id})
    counted = result([Finished(*row) for row in rows], terms.counting)
    counts: dict[str, Any] = {"b_result": None, "b_time_taken": None, "b_handed_in_at": None, "b_valid_attempts": 0}
    if counted:
        counts = {f"b_{name}": value for name, value in vars(counted).items()}
        counts["b_result"] = counts.pop("b_score")
    executed(_RESULT, counts | {"b_id": entry_id})
