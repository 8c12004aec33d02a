"""Quizzes: what is asked and how it is scored."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.database import db, writing
from app.models import Quiz
from app.operations.audit import record
from app.queries import banks as held
from app.queries import quizzes as questions
from app.queries.banks import Spread
from app.rules.blueprint import shortages
from app.rules.invalid import Invalid
from app.rules.paper import PaperSpec, Section
from app.rules.question import QuestionKind
from app.rules.terms import ContestTerms, Counting, ReviewRule
from app.rules.terms import faults as faults_of_terms

LONGEST_TITLE = 200
_TAKEN = "已有同名的试卷方案，请换一个名称。"


@dataclass(frozen=True)
class QuizDraft:
    """A quiz as filled in: duration in seconds, points and marks in hundredths, `attempts_allowed` 0 for any number."""

    title: str
    bank_id: int
    sections: tuple[Section, ...]
    duration: int
    attempts_allowed: int
    counting: Counting
    pass_mark: int
    excellence_mark: int
    review: ReviewRule = field(default_factory=ReviewRule)
    description: str = ""
    rules: tuple[str, ...] = ()

    @property
    def terms(self) -> ContestTerms:
        """The same as the terms of a contest."""
        return ContestTerms(
            spec=PaperSpec(self.sections),
            duration=self.duration,
            attempts_allowed=self.attempts_allowed,
            counting=self.counting,
            pass_mark=self.pass_mark,
            excellence_mark=self.excellence_mark,
            review=self.review,
        )


def make_quiz(values: QuizDraft, *, actor: int | None, now: datetime) -> int:
    """Make a quiz from a bank and return its id. Raises Invalid with everything that stands in the way."""
    _refuse_if(faults(values))
    try:
        with writing():
            quiz = Quiz(**columns(values), created_at=now, created_by=actor)
            db.session.add(quiz)
            db.session.flush()
            record(actor, "quiz.make", f"quiz:{quiz.id}", now, bank=values.bank_id)
            return quiz.id
    except IntegrityError:  # somebody made one of that title a moment ago
        raise Invalid(_TAKEN) from None


def edit_quiz(quiz_id: int, values: QuizDraft, *, actor: int | None, now: datetime) -> None:
    """Change a quiz. Contests that are published keep the terms they were published with.

    A shipped quiz that is changed here is no longer updated by the system. Raises Invalid.
    """
    if questions.one(quiz_id) is None:
        raise Invalid("没有这份试卷方案，请回到列表重新选择。")
    _refuse_if(faults(values, quiz_id=quiz_id))
    change = sa.update(Quiz).where(Quiz.id == quiz_id).values(**columns(values), shipped_checksum=None)
    try:
        with writing():
            db.session.execute(change)
            record(actor, "quiz.edit", f"quiz:{quiz_id}", now, bank=values.bank_id)
    except IntegrityError:
        raise Invalid(_TAKEN) from None


def faults(values: QuizDraft, *, quiz_id: int | None = None) -> tuple[str, ...]:
    """Why this quiz cannot be used, in sentences for the form; empty when it can. `quiz_id` is the one being edited."""
    found = []
    if not values.title.strip():
        found.append("请写试卷方案的名称。")
    elif len(values.title) > LONGEST_TITLE:
        found.append(f"名称超过{LONGEST_TITLE}个字，请写短一些。")
    else:
        same = questions.by_title(_plain(values.title))
        if same is not None and same.id != quiz_id:
            found.append(_TAKEN)
    found += _section_faults(values.sections)
    if held.one(values.bank_id) is None:
        return (*found, "请选择题库。")
    return (*found, *faults_of_terms(values.terms), *too_few(values.sections, held.spread(values.bank_id)))


def too_few(sections: tuple[Section, ...], spread: Spread) -> list[str]:
    """What a bank has too few of, in sentences, section after section."""
    return [message for section in sections for message in shortages(section, spread.get(section.kind, ()))]


def columns(values: QuizDraft) -> dict[str, Any]:
    """The columns of a quiz."""
    return {
        "title": _plain(values.title),
        "description": values.description.strip(),
        "rules": list(values.rules),
        "bank_id": values.bank_id,
        "sections": [section.as_json() for section in values.sections],
        "duration": values.duration,
        "attempts_allowed": values.attempts_allowed,
        "counting": str(values.counting),
        "pass_mark": values.pass_mark,
        "excellence_mark": values.excellence_mark,
        "review_after_hand_in": str(values.review.after_hand_in),
        "review_after_close": str(values.review.after_close),
    }


def _section_faults(sections: tuple[Section, ...]) -> list[str]:
    found = []
    kinds = [section.kind for section in sections]
    for kind in dict.fromkeys(kind for kind in kinds if kinds.count(kind) > 1):
        # both would draw from the same questions, and one could come twice on a paper
        found.append(f"{kind.label}写了{kinds.count(kind)}次，请合成一个部分。")
    for section in sections:
        if section.kind is QuestionKind.FILL_IN:
            found.append("填空题不能自动阅卷，请去掉填空题。")
        elif section.count < 1:
            found.append(f"{section.title}的题数应是正整数，不考这种题型就留空。")
        elif section.points < 1:
            found.append(f"{section.title}的每题分值应大于0。")
    return found


def _plain(title: str) -> str:
    return " ".join(title.split())


def _refuse_if(messages: tuple[str, ...]) -> None:
    if messages:
        raise Invalid(*messages)
