"""Where the questions of a bank were used: in which published pools they stand, and how often they were answered."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

import sqlalchemy as sa

from app.database import db, kept
from app.models import Attempt, Contest, Grading, ItemPool, Question, Quiz, RosterEntry
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
    select = sa.select(Question.id, Question.number).where(Question.bank_id == bank_id)
    number_of = {question: number for question, number in db.session.execute(select)}
    found: dict[int, set[int]] = defaultdict(set)
    for contest_id, asked in _pools().items():
        for number in {number_of[question] for question in asked if question in number_of}:
            found[number].add(contest_id)
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
    newest = sa.select(sa.func.max(later.pool_version)).where(later.attempt_id == Attempt.id).scalar_subquery()
    select = (
        sa.select(RosterEntry.contest_id, Attempt.paper, Grading.marks)
        .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
        .join(Grading, sa.and_(Grading.attempt_id == Attempt.id, Grading.pool_version == newest))
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
    select = sa.select(Question.id).where(Question.bank_id == bank_id, Question.number == number)
    own = set(db.session.scalars(select))
    standing = ((contest_id, _at(asked, own)) for contest_id, asked in _pools().items())
    return {contest_id: places for contest_id, places in standing if places}


def _at(asked: tuple[int, ...], own: set[int]) -> frozenset[int]:
    return frozenset(place for place, question in enumerate(asked) if question in own)


def _pools() -> dict[int, tuple[int, ...]]:
    """The ids of the questions in each published contest's pool, by place; frozen, so they are read once a process."""
    known: dict[int, tuple[int, ...]] = kept("pool_questions")
    published = set(db.session.scalars(sa.select(Contest.id).where(Contest.published_at.is_not(None))))
    if missing := published - known.keys():
        # places and questions are the same in every version
        select = sa.select(ItemPool.contest_id, ItemPool.items).where(
            ItemPool.contest_id.in_(missing), ItemPool.version == 1
        )
        known |= {
            contest_id: tuple(item["question"] for item in items) for contest_id, items in db.session.execute(select)
        }
    return {contest_id: known[contest_id] for contest_id in published if contest_id in known}
