"""What pages ask about quizzes."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.database import db
from app.models import Contest, QuestionBank, Quiz
from app.models.rehearsal import real
from app.rules.paper import PaperSpec, Section
from app.rules.terms import ContestTerms, Counting, ReviewRule, Visible


@dataclass(frozen=True)
class QuizRow:
    """A quiz with its rules; `contests` counts those held with it so far."""

    id: int
    title: str
    description: str
    rules: tuple[str, ...]
    bank_id: int
    bank: str
    terms: ContestTerms
    is_shipped: bool
    contests: int


_HELD = (
    sa.select(Contest.quiz_id, sa.func.count().label("count")).where(real(Contest)).group_by(Contest.quiz_id).subquery()
)
_SELECT = (
    sa.select(Quiz, QuestionBank.title, sa.func.coalesce(_HELD.c.count, 0))
    .join(QuestionBank, QuestionBank.id == Quiz.bank_id)
    .outerjoin(_HELD, _HELD.c.quiz_id == Quiz.id)
)


def listed() -> list[QuizRow]:
    """All quizzes, the newest first."""
    return [_row(*row) for row in db.session.execute(_SELECT.order_by(Quiz.created_at.desc(), Quiz.id.desc()))]


def one(quiz_id: int) -> QuizRow | None:
    """That quiz."""
    row = db.session.execute(_SELECT.where(Quiz.id == quiz_id)).one_or_none()
    return _row(*row) if row else None


def by_title(title: str) -> QuizRow | None:
    """The quiz of exactly that title."""
    row = db.session.execute(_SELECT.where(Quiz.title == title)).one_or_none()
    return _row(*row) if row else None


def _row(quiz: Quiz, bank: str, contests: int) -> QuizRow:
    terms = ContestTerms(
        spec=PaperSpec(tuple(map(Section.from_json, quiz.sections))),
        duration=quiz.duration,
        attempts_allowed=quiz.attempts_allowed,
        counting=Counting(quiz.counting),
        pass_mark=quiz.pass_mark,
        excellence_mark=quiz.excellence_mark,
        review=ReviewRule(Visible(quiz.review_after_hand_in), Visible(quiz.review_after_close)),
    )
    return QuizRow(
        id=quiz.id,
        title=quiz.title,
        description=quiz.description,
        rules=tuple(quiz.rules),
        bank_id=quiz.bank_id,
        bank=bank,
        terms=terms,
        is_shipped=quiz.shipped_checksum is not None,
        contests=contests,
    )
