"""Where the questions of a bank were used: in which published pools they stand, and how often they were answered."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

import sqlalchemy as sa

from app.database import db, kept
from app.models import Attempt, Contest, Grading, ItemPool, Question, Quiz, RosterEntry
from app.models.rehearsal import real
from app.rules.rates import share

NEWEST = 1000


@dataclass(frozen=True)
class Facility:
    """How a question was answered: on how many of the newest graded papers it stood, and on how many rightly."""

    asked: int
    right: int

    @property
    def rate(self) -> Fraction | None:
        """正答率; None while nobody was asked."""
        return share(self.right, self.asked)


def contests_by_number(bank_id: int) -> dict[int, int]:
    """In how many published contests the questions of a bank may be drawn, by number, over all their revisions."""
    select = sa.select(Question.id, Question.number, Question.created_at).where(Question.bank_id == bank_id)
    rows = db.session.execute(select).all()
    number_of = {question: number for question, number, _ in rows}
    made = {question: at for question, _, at in rows}
    found: dict[int, set[int]] = defaultdict(set)
    for contest_id, pool in _pools().items():
        for place in pool.places(made):
            found[number_of[pool.asked[place]]].add(contest_id)
    return {number: len(contests) for number, contests in found.items()}


def contest_titles(bank_id: int, number: int) -> list[str]:
    """The published contests that may draw that question, in any of its revisions; the newest first."""
    contests = list(_places(bank_id, number))
    select = sa.select(Contest.title).where(Contest.id.in_(contests)).order_by(Contest.id.desc())
    return list(db.session.scalars(select))


def facility(bank_id: int, number: int) -> Facility:
    """How that question was answered on the newest thousand graded papers of the contests that may draw it."""
    places = _places(bank_id, number)
    later = sa.orm.aliased(Grading)
    newest = (
        sa.select(sa.func.max(later.pool_version))
        .where(later.attempt_id == Attempt.id, later.reopened == Attempt.reopened)
        .scalar_subquery()
    )
    of_attempt = sa.and_(
        Grading.attempt_id == Attempt.id, Grading.reopened == Attempt.reopened, Grading.pool_version == newest
    )
    select = (
        sa.select(RosterEntry.contest_id, Attempt.paper, Grading.marks)
        .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
        .join(Grading, of_attempt)
        .where(RosterEntry.contest_id.in_(list(places)), Attempt.voided_at.is_(None))
        .order_by(Attempt.id.desc())
        .limit(NEWEST)
    )
    asked = right = 0
    for contest_id, paper, marks in db.session.execute(select):
        for item, mark in zip(paper, marks, strict=True):
            asked += item[0] in places[contest_id]
            right += item[0] in places[contest_id] and mark > 0
    return Facility(asked, right)


def quizzes(bank_id: int) -> list[str]:
    """The titles of the quizzes that draw from a bank."""
    return list(db.session.scalars(sa.select(Quiz.title).where(Quiz.bank_id == bank_id).order_by(Quiz.title)))


def _places(bank_id: int, number: int) -> dict[int, frozenset[int]]:
    """Where a question stands in the pools, by contest."""
    here = sa.and_(Question.bank_id == bank_id, Question.number == number)
    own = {question: at for question, at in db.session.execute(sa.select(Question.id, Question.created_at).where(here))}
    standing = ((contest_id, pool.places(own)) for contest_id, pool in _pools().items())
    return {contest_id: places for contest_id, places in standing if places}


@dataclass(frozen=True)
class _Pool:
    """The questions that a contest froze when it was published, by their ids and places."""

    published_at: datetime
    asked: tuple[int, ...]

    def places(self, made: Mapping[int, datetime]) -> frozenset[int]:
        """Where questions stand of which these are the ids and when each was made.

        SQLite gives the id of a deleted question to the next one: what was made after the publication is not in it.
        """
        return frozenset(
            place
            for place, question in enumerate(self.asked)
            if question in made and made[question] <= self.published_at
        )


def _pools() -> dict[int, _Pool]:
    """The pool of each published contest; what it asks is frozen, so that is read once a process."""
    known: dict[int, tuple[int, ...]] = kept("pool_questions")
    select = sa.select(Contest.id, Contest.published_at).where(Contest.published_at.is_not(None), real(Contest))
    published = {contest_id: at for contest_id, at in db.session.execute(select)}
    if missing := published.keys() - known.keys():
        # places and questions are the same in every version
        first = sa.and_(ItemPool.contest_id.in_(missing), ItemPool.version == 1)
        pools = db.session.execute(sa.select(ItemPool.contest_id, ItemPool.items).where(first))
        known |= {contest_id: tuple(item["question"] for item in items) for contest_id, items in pools}
    return {contest: _Pool(at, known[contest]) for contest, at in published.items() if at and contest in known}
