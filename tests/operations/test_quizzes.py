"""Quizzes from a bank."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.operations.banks import import_bank
from app.operations.quizzes import QuizDraft, edit_quiz, make_quiz
from app.queries import contests, pools, quizzes
from app.rules.invalid import Invalid
from app.rules.paper import Section
from app.rules.question import Draft, QuestionKind
from app.rules.terms import Counting
from tests import factories

NOW = datetime(2026, 9, 17, 4, 0, tzinfo=UTC)
SINGLE = QuestionKind.SINGLE_CHOICE


def draft(bank_id: int) -> QuizDraft:
    return QuizDraft(
        title="小竞赛",
        bank_id=bank_id,
        sections=(Section("单项选择题", SINGLE, 2, 5000),),
        duration=600,
        attempts_allowed=1,
        counting=Counting.BEST,
        pass_mark=6000,
        excellence_mark=9000,
        rules=("独立作答。",),
    )


@pytest.fixture
def bank(context: Flask) -> int:
    questions = [Draft(SINGLE, f"第{n}题", ("甲", "乙"), (0,)) for n in range(3)]
    return import_bank(questions, title="题库", actor=None, now=NOW).bank_id


def test_a_quiz_is_kept_as_it_was_filled_in(bank: int):
    quiz = quizzes.one(make_quiz(draft(bank), actor=None, now=NOW))
    assert quiz is not None
    assert (quiz.title, quiz.bank, quiz.rules, quiz.contests) == ("小竞赛", "题库", ("独立作答。",), 0)
    assert quiz.terms == draft(bank).terms
    assert [row.id for row in quizzes.listed()] == [quiz.id]


def test_everything_in_the_way_is_told_at_once(bank: int):
    values = replace(
        draft(bank), title=" ", duration=0, pass_mark=0, sections=(Section("单项选择题", SINGLE, 40, 100),)
    )  # fmt: skip
    with pytest.raises(Invalid) as refused:
        make_quiz(values, actor=None, now=NOW)
    assert refused.value.messages == (
        "请写试卷方案的名称。",
        "限时至少1分钟。",
        "合格线应大于0，且不超过满分。",
        "优秀线应不低于合格线，且不超过满分。",
        "题库里可用的单选题只有3道，抽不出40道。",
    )
    assert quizzes.listed() == []


def test_a_kind_stands_once_and_with_sensible_figures(bank: int):
    twice = (Section("甲", SINGLE, 1, 5000), Section("乙", SINGLE, 1, 0))
    sections = (*twice, Section("丙", QuestionKind.TRUE_FALSE, 0, 100))
    with pytest.raises(Invalid) as refused:
        make_quiz(replace(draft(bank), sections=sections, pass_mark=1, excellence_mark=1), actor=None, now=NOW)
    assert refused.value.messages == (
        "单选写了2次，请合成一个部分。",
        "乙的每题分值应大于0。",
        "丙的题数应是正整数，不考这种题型就留空。",
    )


def test_a_title_is_taken_once(bank: int):
    quiz_id = make_quiz(draft(bank), actor=None, now=NOW)
    with pytest.raises(Invalid, match="已有同名的试卷方案"):
        make_quiz(replace(draft(bank), title="小竞赛 "), actor=None, now=NOW)
    edit_quiz(quiz_id, replace(draft(bank), duration=900), actor=None, now=NOW)
    quiz = quizzes.by_title("小竞赛")
    assert quiz is not None
    assert quiz.terms.duration == 900


def test_a_quiz_without_a_bank_is_refused(bank: int):
    with pytest.raises(Invalid, match="请选择题库"):
        make_quiz(draft(99), actor=None, now=NOW)
    with pytest.raises(Invalid, match="没有这份试卷方案"):
        edit_quiz(99, draft(bank), actor=None, now=NOW)


def test_editing_a_quiz_leaves_a_published_contest_as_it_was(context: Flask):
    made = factories.city()
    contest_id, _ = factories.contest(made)
    quiz = quizzes.one(made.quiz)
    assert quiz is not None
    assert quiz.contests == 1
    shorter = replace(draft(made.bank), title=quiz.title)
    edit_quiz(made.quiz, shorter, actor=None, now=NOW)
    published = contests.by_id(contest_id)
    assert published is not None
    assert published.terms == pools.terms(contest_id, 1) == quiz.terms
