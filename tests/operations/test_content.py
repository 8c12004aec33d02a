"""What comes with the house."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.database import db
from app.models import Question
from app.operations.banks import import_bank
from app.operations.content import ContentError, Loaded, load_content
from app.operations.quizzes import QuizDraft, edit_quiz
from app.queries import banks, quizzes
from app.rules.question import Draft, QuestionKind
from app.rules.terms import Counting
from tests.operations.sheets import BANK

ROOT = Path(__file__).resolve().parent.parent.parent
NOW = datetime(2026, 9, 17, 4, 0, tzinfo=UTC)
QUIZ = """title = "小竞赛"
bank = "小题库"
duration_minutes = 10
attempts = 2
pass_mark_percent = 60
excellence_mark_percent = 90

[[sections]]
kind = "single_choice"
count = 1
points = "33.33"
"""


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    (tmp_path / "banks").mkdir()
    (tmp_path / "quizzes").mkdir()
    (tmp_path / "banks" / "小题库.txt").write_text(BANK, encoding="utf-8")
    (tmp_path / "quizzes" / "small.toml").write_text(QUIZ, encoding="utf-8")
    return tmp_path


def load(shipped: Path) -> Loaded:
    return load_content(shipped / "quizzes", shipped / "banks", now=NOW)


def revisions() -> list[tuple[int, int, str, str]]:
    select = sa.select(Question.number, Question.revision, Question.state, Question.stem)
    return [(n, r, s, t[:4]) for n, r, s, t in db.session.execute(select.order_by(Question.number, Question.revision))]


def rewrite(shipped: Path, old: str, new: str) -> None:
    path = shipped / "banks" / "小题库.txt"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_three_shipped_quizzes_load_with_their_banks(context: Flask):
    loaded = load_content(ROOT / "quizzes", ROOT / "question_banks", now=NOW)
    assert (loaded.banks, loaded.quizzes, loaded.notices) == (3, 3, [])
    assert sorted((quiz.title, quiz.bank) for quiz in quizzes.listed()) == [
        ("学习党纪条规服务科学发展网络知识竞赛", "党纪条规知识题库"),
        ("普法网络知识竞赛", "普法知识题库"),
        ("深入学习实践科学发展观知识竞赛", "科学发展观知识题库"),
    ]
    for quiz in quizzes.listed():
        assert (quiz.terms.full_score, quiz.terms.pass_mark, quiz.terms.excellence_mark) == (10_000, 6000, 9000)
        assert quiz.terms.spec.question_count == 34
    assert all(bank.total >= 40 and bank.is_shipped and not bank.pending for bank in banks.listed())


def test_unchanged_files_are_skipped(context: Flask, shipped: Path):
    assert load(shipped) == Loaded(banks=1, quizzes=1, added=3)
    assert load(shipped) == Loaded(unchanged=2)
    assert [(number, revision) for number, revision, _, _ in revisions()] == [(1, 1), (2, 1), (3, 1)]


def test_marks_are_shares_of_the_full_score_rounded_up_to_a_hundredth(context: Flask, shipped: Path):
    load(shipped)
    quiz = quizzes.by_title("小竞赛")
    assert quiz is not None
    assert (quiz.terms.full_score, quiz.terms.pass_mark, quiz.terms.excellence_mark) == (3333, 2000, 3000)


def test_a_changed_question_becomes_the_next_revision_and_a_missing_one_is_retired(context: Flask, shipped: Path):
    load(shipped)
    rewrite(shipped, "3. 一年有十二个月。\n答案：正确\n", "")
    rewrite(shipped, "一周有", "每周有")
    assert load(shipped) == Loaded(banks=1, unchanged=1, revised=1, retired=1)
    assert revisions() == [
        (1, 1, "superseded", "一周有（"),
        (1, 2, "approved", "每周有（"),
        (2, 1, "approved", "下列属于"),
        (3, 1, "retired", "一年有十"),
    ]


def test_a_question_that_comes_back_is_usable_again(context: Flask, shipped: Path):
    load(shipped)
    rewrite(shipped, "3. 一年有十二个月。", "4. 一年有十二个月。")
    load(shipped)
    rewrite(shipped, "4. 一年有十二个月。", "3. 一年有十二个月。")
    load(shipped)
    assert revisions()[2:] == [(3, 1, "approved", "一年有十"), (4, 1, "retired", "一年有十")]


def test_an_error_in_a_shipped_file_names_file_and_line(context: Flask, shipped: Path):
    rewrite(shipped, "答案：C", "答案：E")
    with pytest.raises(ContentError) as wrong:
        load(shipped)
    assert str(wrong.value) == "小题库.txt 第6行：答案写成了E，但只有4个选项，请改答案或补选项"
    assert banks.listed() == []


def test_a_number_used_twice_is_an_error(context: Flask, shipped: Path):
    rewrite(shipped, "3. 一年", "2. 一年")
    with pytest.raises(ContentError, match=r"小题库\.txt 第\d+行：题号2用了两次"):
        load(shipped)


def test_a_quiz_needs_its_bank_and_enough_questions(context: Flask, shipped: Path):
    path = shipped / "quizzes" / "small.toml"
    path.write_text(QUIZ.replace("小题库", "大题库"), encoding="utf-8")
    with pytest.raises(ContentError, match=r"small\.toml：没有题库“大题库”"):
        load(shipped)
    path.write_text(QUIZ.replace("count = 1", "count = 5"), encoding="utf-8")
    with pytest.raises(ContentError, match="题库里可用的单选题只有1道，抽不出5道"):
        load(shipped)
    path.write_text(QUIZ.replace("attempts = 2", 'attempts = "two"'), encoding="utf-8")
    with pytest.raises(ContentError) as wrong:
        load(shipped)
    assert (wrong.value.file, wrong.value.line) == ("small.toml", 4)


def test_what_an_organizer_made_or_changed_is_not_overwritten(context: Flask, shipped: Path):
    own = Draft(QuestionKind.SINGLE_CHOICE, "自己的题", ("甲", "乙"), (0,))
    bank_id = import_bank([own], title="小题库", actor=None, now=NOW).bank_id
    loaded = load(shipped)
    assert loaded.notices == ["题库“小题库”已由组织者建立，随系统提供的没有载入。"]
    assert [row.draft.stem for row in banks.questions(bank_id).rows] == ["自己的题"]
    quiz = quizzes.by_title("小竞赛")
    assert quiz is not None
    changed = QuizDraft(quiz.title, bank_id, quiz.terms.spec.sections, 1200, 1, Counting.LAST, 2000, 3000)
    edit_quiz(quiz.id, changed, actor=None, now=NOW)
    assert "试卷方案“小竞赛”已由组织者改过，随系统提供的没有载入。" in load(shipped).notices
    kept = quizzes.by_title("小竞赛")
    assert kept is not None
    assert kept.terms.duration == 1200
