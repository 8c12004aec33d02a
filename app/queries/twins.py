"""Which questions of a bank ask nearly the same."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.database import db
from app.models import KeptTwins
from app.queries import questions
from app.queries.banks import QuestionRow
from app.rules.question import fingerprint
from app.rules.twins import twins


@dataclass(frozen=True)
class Pair:
    """Two questions of a bank, the smaller number first; `percent` is None when only their stems are the same."""

    left: QuestionRow
    right: QuestionRow
    percent: int | None


def pairs(bank_id: int) -> tuple[list[Pair], int]:
    """The pairs that nobody has decided on yet, the closest first, and how many were kept both."""
    rows = questions.current(bank_id)
    select = sa.select(KeptTwins.first, KeptTwins.second).where(KeptTwins.bank_id == bank_id)
    decided = {(first, second) for first, second in db.session.execute(select)}
    found = [Pair(rows[one], rows[other], percent) for one, other, percent in twins([row.draft for row in rows])]
    open_ = [pair for pair in found if not decided or fingerprints(pair.left, pair.right) not in decided]
    return open_, len(found) - len(open_)


def fingerprints(one: QuestionRow, other: QuestionRow) -> tuple[str, str]:
    """What a pair is remembered by: what both ask, in either order."""
    first, second = sorted((fingerprint(one.draft), fingerprint(other.draft)))
    return first, second
