"""What ships: every bank and every quiz, read by the readers that uploads use."""

import statistics
from collections import Counter

import pytest

from app.formats.bank import read_bank
from app.formats.quiz_toml import read_quiz
from app.rules.assembly import PoolItem, assemble
from app.rules.blueprint import shortages
from app.rules.citation import cited
from app.rules.lint import lint
from app.rules.question import QuestionKind
from config import ROOT

BANKS = sorted((ROOT / "question_banks").glob("*.txt"))
QUIZZES = sorted((ROOT / "quizzes").glob("*.toml"))
TITLES = {
    "深入学习实践科学发展观知识竞赛": "科学发展观知识题库",
    "学习党纪条规服务科学发展网络知识竞赛": "党纪条规知识题库",
    "普法网络知识竞赛": "普法知识题库",
}
LEAST = {"科学发展观知识题库": 240, "党纪条规知识题库": 300, "普法知识题库": 500}
SHARES = {QuestionKind.SINGLE_CHOICE: 55, QuestionKind.MULTIPLE_CHOICE: 25, QuestionKind.TRUE_FALSE: 20}


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
    assert len(bank.usable) >= LEAST[bank.title]


def test_an_editor_has_nothing_to_say_of_a_shipped_bank(bank):
    assert lint(bank.usable) == ()


def test_every_shipped_question_is_complete(bank):
    for draft in bank.usable:
        assert draft.explanation and draft.source and draft.topic, draft.place
        assert draft.difficulty in range(1, 6), draft.place
        assert draft.kind is QuestionKind.TRUE_FALSE or len(draft.options) == 4, draft.place


def test_kinds_are_mixed_and_keys_spread_as_planned(bank):
    by_kind = {kind: [draft.key for draft in bank.usable if draft.kind is kind] for kind in SHARES}
    for kind, percent in SHARES.items():
        assert abs(len(by_kind[kind]) * 100 / len(bank.usable) - percent) <= 3, kind
    places = Counter(by_kind[QuestionKind.SINGLE_CHOICE])
    assert max(places.values()) - min(places.values()) <= 1
    several = Counter(len(key) for key in by_kind[QuestionKind.MULTIPLE_CHOICE])
    assert set(several) == {2, 3, 4} and min(several.values()) * 100 >= 15 * len(by_kind[QuestionKind.MULTIPLE_CHOICE])
    true = by_kind[QuestionKind.TRUE_FALSE].count((0,))
    assert abs(true * 2 - len(by_kind[QuestionKind.TRUE_FALSE])) <= 6


def test_laws_and_party_rules_are_asked_in_situations_of_a_working_day(bank):
    """某局, 某县, 某单位 …: what a case begins with."""
    cases = sum(1 for draft in bank.usable if "某" in draft.stem)
    assert bank.title == "科学发展观知识题库" or cases * 4 >= len(bank.usable)


def test_no_law_fills_the_bank_of_laws(bank):
    if bank.title == "普法知识题库":
        titles = Counter(citation.title for draft in bank.usable for citation in (cited(draft.source) or ())[:1])
        assert max(titles.values()) * 100 <= 12 * len(bank.usable)
        assert len(titles) >= 40


def test_numbers_run_through_the_file(bank):
    assert [draft.number for draft in bank.usable] == [str(n) for n in range(1, len(bank.usable) + 1)]


@pytest.mark.parametrize("path", QUIZZES, ids=lambda path: path.stem)
def test_a_shipped_quiz_can_be_drawn_from_its_bank_with_a_hundred_points(path):
    quiz, drafts = read_quiz(path.read_bytes()), drafts_of(path)
    for section in quiz.spec.sections:
        held = Counter((draft.topic, draft.difficulty) for draft in drafts if draft.kind is section.kind)
        assert shortages(section, [(topic, level, count) for (topic, level), count in held.items()]) == []
    assert quiz.spec.full_score == 10_000
    assert quiz.description
    assert quiz.rules


@pytest.mark.parametrize("path", QUIZZES, ids=lambda path: path.stem)
def test_a_thousand_papers_of_a_quiz_are_alike(path):
    """Counts and points the same, every topic met, and a difficulty that hardly differs from paper to paper."""
    spec, drafts = read_quiz(path.read_bytes()).spec, drafts_of(path)
    pool, items = pool_of(spec, drafts)
    papers = [assemble(pool, spec, f"{path.stem} {number}") for number in range(1000)]
    levels, topics = [], []
    for paper in papers:
        drawn = [items[item.place] for item in paper.items]
        assert len({item.place for item in paper.items}) == spec.question_count
        assert [draft.kind for draft in drawn] == [s.kind for s in spec.sections for _ in range(s.count)]
        levels.append(sum(draft.difficulty for draft in drawn))
        topics.append(Counter(draft.topic for draft in drawn))
    mean = sum(levels) / 1000
    assert all(abs(level - mean) <= 0.25 * spec.question_count for level in levels)
    assert statistics.pstdev(levels) <= 0.08 * spec.question_count
    for topic in {draft.topic for draft in drafts}:
        counts = [found[topic] for found in topics]
        assert min(counts) >= 1 and max(counts) - min(counts) <= 3, topic
    drawn_at_all = {item.place for paper in papers for item in paper.items}
    assert len(drawn_at_all) >= 0.98 * len(pool)


def test_the_form_that_the_readme_shows_is_read_and_an_editor_has_nothing_to_say_of_it():
    readme = (ROOT / "question_banks" / "README.md").read_text(encoding="utf-8")
    sample = readme.split("```text\n")[1].split("```")[0]
    reading = read_bank(sample.encode(), "样子.txt")
    assert [(draft.kind.label, draft.key) for draft in reading.usable] == [
        ("单选", (2,)),
        ("多选", (0, 2, 3)),
        ("判断", (1,)),
    ]
    assert (lint(reading.usable), reading.problems) == ((), ())


def test_the_readme_counts_the_questions_of_each_bank(bank):
    readme = (ROOT / "question_banks" / "README.md").read_text(encoding="utf-8")
    assert f"| {bank.title} | {len(bank.usable)} |" in readme


def drafts_of(path):
    """What the bank of a shipped quiz holds."""
    title = read_quiz(path.read_bytes()).bank
    return next(read.usable for read in (read_bank(b.read_bytes(), b.name) for b in BANKS) if read.title == title)


def pool_of(spec, drafts):
    """The pool as publishing freezes it, and the question at each of its places."""
    items = [
        (number, draft)
        for number, section in enumerate(spec.sections)
        for draft in drafts
        if draft.kind is section.kind
    ]
    pool = [
        PoolItem(number, len(draft.options), draft.kind is QuestionKind.TRUE_FALSE, draft.topic, draft.difficulty)
        for number, draft in items
    ]
    return pool, [draft for _, draft in items]
