"""Two questions that ask nearly the same: one of them kept, or both."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.operations import questions as work
from app.operations.banks import import_bank
from app.operations.questions import ChangedMeanwhile
from app.operations.twins import keep_both, keep_one
from app.queries import questions
from app.queries.twins import pairs
from app.rules.question import Draft, QuestionKind

NOW = datetime(2026, 9, 17, 4, 0, tzinfo=UTC)
PLAIN = Draft(
    QuestionKind.SINGLE_CHOICE,
    "机关单位对外发布信息以前应当进行（　　）审查。",
    ("保密", "财务", "技术"),
    (0,),
    topic="信息发布",
)
FULL = replace(
    PLAIN,
    stem="机关单位对外发布信息之前应当进行（　　）审查。",
    explanation="先审查，后发布。",
    source="某条例第三条",
    topic="保密",
)
OTHER_OPTIONS = Draft(QuestionKind.SINGLE_CHOICE, "一周有（　　）天。", ("五", "七"), (1,))
SAME_STEM = replace(OTHER_OPTIONS, options=("三", "九", "七"), key=(2,))


@pytest.fixture
def bank(context: Flask) -> int:
    return import_bank([PLAIN, FULL, OTHER_OPTIONS, SAME_STEM], title="小题库", actor=None, now=NOW).bank_id


def found(bank_id: int) -> list[tuple[int, int, int | None]]:
    return [(pair.left.number, pair.right.number, pair.percent) for pair in pairs(bank_id)[0]]


def test_the_closest_come_first_then_those_with_the_same_stem_only(bank: int):
    (first, second) = found(bank)
    assert first[:2] == (1, 2) and (first[2] or 0) >= 70
    assert second == (3, 4, None)


def test_the_kept_one_takes_over_what_it_lacks_and_the_other_is_retired(bank: int):
    assert keep_one(bank, (1, 1), (2, 1), actor=None, now=NOW) == ("解析", "依据")
    (kept, *_) = questions.current(bank)
    assert (kept.number, kept.revision) == (1, 2)
    assert (kept.draft.explanation, kept.draft.source, kept.draft.topic) == (FULL.explanation, FULL.source, "信息发布")
    assert questions.history(bank, 2)[0].row.state == "retired"
    assert [pair[:2] for pair in found(bank)] == [(3, 4)]


def test_a_kept_one_that_lacks_nothing_stays_in_its_revision(bank: int):
    assert keep_one(bank, (2, 1), (1, 1), actor=None, now=NOW) == ()
    assert [one.row.revision for one in questions.history(bank, 2)] == [1]


def test_both_may_be_kept_until_one_of_them_asks_something_else(bank: int):
    keep_both(bank, (2, 1), (1, 1), actor=None, now=NOW)
    keep_both(bank, (1, 1), (2, 1), actor=None, now=NOW)  # a second click
    assert ([pair[:2] for pair in found(bank)], pairs(bank)[1]) == ([(3, 4)], 1)
    work.tag(bank, [1], difficulty=3, actor=None, now=NOW)
    assert [pair[:2] for pair in found(bank)] == [(3, 4)]
    work.edit_question(bank, 1, replace(PLAIN, stem=FULL.stem.replace("应当", "应")), revision=2, actor=None, now=NOW)
    assert [pair[:2] for pair in found(bank)] == [(1, 2), (3, 4)]


@pytest.mark.parametrize(("one", "other"), [((1, 1), (2, 2)), ((1, 1), (1, 1)), ((1, 1), (99, 1))])
def test_a_decision_on_what_is_no_longer_so_is_refused(bank: int, one: tuple[int, int], other: tuple[int, int]):
    for decide in (keep_one, keep_both):
        with pytest.raises(ChangedMeanwhile):
            decide(bank, one, other, actor=None, now=NOW)
    assert len(found(bank)) == 2
