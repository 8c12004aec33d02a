"""What becomes of two questions that ask nearly the same."""

from datetime import datetime

import sqlalchemy as sa

from app.database import db, writing
from app.models import KeptTwins, Question
from app.operations.audit import record
from app.operations.questions import ChangedMeanwhile, locked, refuse_unless_own, revise
from app.queries.banks import CURRENT, question_row
from app.queries.twins import fingerprints
from app.rules.revisions import changes, filled_up

# Which revisions somebody had before the eyes: the number of a question and its revision.
Seen = tuple[int, int]


def keep_one(bank_id: int, kept: Seen, other: Seen, *, actor: int | None, now: datetime) -> tuple[str, ...]:
    """Retire the other; what the kept one lacks of explanation, source, topic and difficulty it takes over.

    Returns the names of what it took over, as its next revision. Raises ChangedMeanwhile when either is not in use as
    it was seen, Invalid for a bank that cannot be changed.
    """
    refuse_unless_own(bank_id)
    with writing():
        stays, leaves = _as_seen(bank_id, kept, other)
        before = question_row(stays).draft
        after = filled_up(before, question_row(leaves).draft)
        taken = tuple(change.column for change in changes(before, after))
        if taken:
            names = ("explanation", "source", "topic", "difficulty")
            revise([(stays, {name: getattr(after, name) for name in names})], actor, now)
        leaves.state = "retired"
        record(actor, "question.merge", f"bank:{bank_id}", now, kept=stays.number, retired=leaves.number, taken=taken)
        return taken


def keep_both(bank_id: int, one: Seen, other: Seen, *, actor: int | None, now: datetime) -> None:
    """Remember that both are wanted, as long as they ask what they ask. Raises as `keep_one`."""
    refuse_unless_own(bank_id)
    with writing():
        rows = _as_seen(bank_id, one, other)
        first, second = fingerprints(*(question_row(row) for row in rows))
        same = (KeptTwins.bank_id == bank_id, KeptTwins.first == first, KeptTwins.second == second)
        if not db.session.scalar(sa.select(sa.exists().where(*same))):
            db.session.add(KeptTwins(bank_id=bank_id, first=first, second=second, kept_at=now, kept_by=actor))
        record(actor, "question.keep_both", f"bank:{bank_id}", now, numbers=sorted((one[0], other[0])))


def _as_seen(bank_id: int, one: Seen, other: Seen) -> tuple[Question, Question]:
    rows = {(row.number, row.revision): row for row in locked(bank_id, [one[0], other[0]]) if row.state in CURRENT}
    if one == other or one not in rows or other not in rows:
        raise ChangedMeanwhile
    return rows[one], rows[other]
