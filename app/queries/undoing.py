"""What taking an import back would take along."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.database import db
from app.models import Import, Question, QuestionBank
from app.queries import uses


@dataclass(frozen=True)
class Undoing:
    """Questions of the import as its bank holds them, how many were edited since, and what hangs on them."""

    questions: int
    edited: int
    bank: str
    removes_bank: bool
    quizzes: tuple[str, ...]


def undoing(import_id: int) -> Undoing | None:
    """What would go with that import; None when it is not confirmed, or not one of questions."""
    found = db.session.get(Import, import_id)
    if found is None or found.kind != "bank" or found.state != "confirmed" or found.outcome is None:
        return None
    bank_id = found.outcome["bank_id"]
    mine = Question.import_id == import_id
    count = sa.func.count(sa.distinct(Question.number))
    quizzes = tuple(uses.quizzes(bank_id))
    others = db.session.scalar(
        sa.select(sa.exists().where(Question.bank_id == bank_id, ~mine | Question.import_id.is_(None)))
    )
    return Undoing(
        questions=db.session.scalar(sa.select(count).where(mine)) or 0,
        edited=db.session.scalar(sa.select(count).where(mine, Question.revision > 1)) or 0,
        bank=db.session.scalar(sa.select(QuestionBank.title).where(QuestionBank.id == bank_id)) or "",
        removes_bank=bool(found.outcome.get("made_bank")) and not others and not quizzes,
        quizzes=quizzes,
    )
