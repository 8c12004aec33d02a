"""What ships: every bank and every quiz, read by the readers that uploads use."""

from collections import Counter

import pytest

from app.formats.bank import read_bank
from app.formats.quiz_toml import read_quiz
from app.rules.question import QuestionKind
from config import ROOT

BANKS = sorted((ROOT / "question_banks").glob("*.txt"))
QUIZZES = sorted((ROOT / "quizzes").glob("*.toml"))
TITLES = {
    "深入学习实践科学发展观知识竞赛": "科学发展观知识题库",
    "学习党纪条规服务科学发展网络知识竞赛": "党纪条规知识题库",
    "普法网络知识竞赛": "普法知识题库",
}


@pytest.fixture(params=BANKS, ids=lambda path: path.stem)
def bank(request):
    return read_bank(request.param.read_bytes(), request.param.name)


def test_three_quizzes_ship_each_with_its_bank():
    read = [read_quiz(path.read_bytes()) for path in QUIZZES]
    assert {quiz.title: quiz.bank for quiz in read} == TITLES
    assert {read_bank(path.read_bytes(), path.name).title for path in BANKS} == set(TITLES.values())


def test_a_shipped_bank_is_read_without_a_single_remark(bank):
    assert [problem for read in bank.questions for problem in read.problems] == []
    assert bank.problems == ()
    assert len(bank.usable) >= 40


def test_every_shipped_question_is_complete(bank):
    for draft in bank.usable:
        assert draft.explanation, draft.place
        assert draft.source, draft.place
        assert draft.topic, draft.place
        assert draft.difficulty in range(1, 6), draft.place


def test_keys_are_spread_over_the_options(bank):
    single = [draft.key[0] for draft in bank.usable if draft.kind is QuestionKind.SINGLE_CHOICE]
    judged = [draft.key[0] for draft in bank.usable if draft.kind is QuestionKind.TRUE_FALSE]
    several = Counter(len(draft.key) for draft in bank.usable if draft.kind is QuestionKind.MULTIPLE_CHOICE)
    assert max(Counter(single).values()) <= 0.3 * len(single)
    assert 0.4 <= sum(judged) / len(judged) <= 0.6
    assert set(several) == {2, 3, 4}


def test_a_key_is_not_told_by_its_length(bank):
    single = [draft for draft in bank.usable if draft.kind is QuestionKind.SINGLE_CHOICE]
    longest = [
        d for d in single if all(len(d.options[d.key[0]]) > len(o) for i, o in enumerate(d.options) if i != d.key[0])
    ]
    assert len(longest) <= 0.3 * len(single)


def test_numbers_run_through_the_file(bank):
    assert [draft.number for draft in bank.usable] == [str(n) for n in range(1, len(bank.usable) + 1)]


@pytest.mark.parametrize("path", QUIZZES, ids=lambda path: path.stem)
def test_a_shipped_quiz_can_be_drawn_from_its_bank_with_a_hundred_points(path):
    quiz = read_quiz(path.read_bytes())
    file = next(bank for bank in BANKS if read_bank(bank.read_bytes(), bank.name).title == quiz.bank)
    have = Counter(draft.kind for draft in read_bank(file.read_bytes(), file.name).usable)
    assert all(have[section.kind] >= section.count for section in quiz.spec.sections)
    assert sum(section.full_score for section in quiz.spec.sections) == 10_000
    assert quiz.description
    assert quiz.rules
