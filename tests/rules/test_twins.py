"""Questions that ask nearly the same, what a revision changes, and how a bank is made up."""

from dataclasses import replace
from fractions import Fraction

from app.rules.balance import balance
from app.rules.question import Draft, Picture, QuestionKind
from app.rules.revisions import Changed, changes, filled_up, key_words
from app.rules.twins import Piece, marked, twins

SINGLE, SEVERAL, JUDGED = QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE, QuestionKind.TRUE_FALSE
WEEK = Draft(SINGLE, "一周有（　　）天。", ("五", "六", "七"), (2,), topic="历法", difficulty=1)
YEAR = Draft(JUDGED, "一年有十二个月。", ("正确", "错误"), (0,), explanation="十二个月。", topic="历法")
SEASONS = Draft(SEVERAL, "季节有（　　）。", ("春", "夏天时节", "周"), (0, 1), source="常识")


def test_questions_with_the_same_stem_and_other_options_are_twins():
    assert twins([WEEK, YEAR, replace(WEEK, options=("三百六十五", "七千", "九十九"))]) == ((0, 2, None),)


def test_the_closest_twins_come_first():
    drafts = [
        replace(WEEK, stem="机关单位对外发布信息应当先行审查", options=("保密审查办公室", "别的")),
        replace(WEEK, stem="机关单位对外发布信息应当事先审查", options=("保密审查办公室", "别的")),
        replace(WEEK, stem="机关单位对外发布信息应当先行审查", options=("保密审查办公室", "其他")),
    ]
    found = twins(drafts, 50)
    assert [pair[:2] for pair in found] == [(0, 2), (0, 1), (1, 2)]
    assert [pair.percent or 0 for pair in found] == sorted((pair.percent or 0 for pair in found), reverse=True)


def test_differences_are_marked_and_the_order_of_options_is_none():
    one = replace(WEEK, stem="应当分别标注", options=("甲", "特急", "丙"))
    left, right = marked(one, replace(WEEK, stem="应当标注", options=("丙", "特提", "甲")))
    assert left.stem == (Piece("应当", False), Piece("分别", True), Piece("标注", False))
    assert right.stem == (Piece("应当", False), Piece("标注", False))
    assert left.options == ((Piece("甲", False),), (Piece("特", False), Piece("急", True)), (Piece("丙", False),))
    assert right.options[1] == (Piece("特", False), Piece("提", True))


def test_an_option_that_the_other_has_no_place_for_differs_as_a_whole():
    left, _ = marked(replace(WEEK, options=("甲", "乙")), replace(WEEK, options=("甲",)))
    assert left.options == ((Piece("甲", False),), (Piece("乙", True),))


def test_a_revision_tells_every_column_that_it_changes():
    after = replace(WEEK, options=("五", "七"), key=(1,), difficulty=None, pictures=(Picture("a" * 64, None, "日历"),))
    assert changes(WEEK, after) == (
        Changed("选项", "A. 五\nB. 六\nC. 七", "A. 五\nB. 七"),
        Changed("答案", "C", "B"),
        Changed("难度", "1", ""),
        Changed("配图", "", "题干：日历"),
    )
    assert changes(WEEK, WEEK) == ()


def test_a_key_is_said_in_letters_or_in_the_words_of_a_judgement():
    assert [key_words(draft) for draft in (WEEK, SEASONS, YEAR, replace(YEAR, key=()))] == ["C", "AB", "正确", ""]


def test_only_what_is_missing_is_taken_over():
    taken = filled_up(WEEK, replace(YEAR, source="常识", difficulty=5))
    assert taken == replace(WEEK, explanation="十二个月。", source="常识")


def test_a_bank_is_counted_by_difficulty_topic_and_key():
    found = balance([WEEK, YEAR, SEASONS])
    assert found.kinds == (SINGLE, SEVERAL, JUDGED)
    assert [(row.name, row.counts, row.total) for row in found.difficulties if row.total] == [
        ("难度1", (1, 0, 0), 1),
        ("没有写难度", (0, 1, 1), 2),
    ]
    assert [(row.name, row.counts) for row in found.topics] == [("历法", (1, 0, 1)), ("没有写知识点", (0, 1, 0))]
    assert [(part.name, part.count) for part in found.single_keys] == [("A", 0), ("B", 0), ("C", 1), ("D", 0)]
    assert [(part.name, part.rate) for part in found.judged_keys] == [("正确", Fraction(1)), ("错误", Fraction(0))]
    assert [(part.name, part.count) for part in found.key_counts] == [("2个", 1)]
    assert [(part.name, part.count, part.rate) for part in found.longest] == [
        ("单选", 0, Fraction(0)),
        ("多选", 0, Fraction(0)),
    ]
    assert [(part.name, part.count) for part in found.without] == [("解析", 2), ("依据", 2), ("知识点", 1), ("难度", 2)]


def test_an_empty_bank_has_nothing_to_count():
    found = balance([])
    assert (found.kinds, found.topics, found.single_keys, found.longest) == ((), (), (), ())
    assert all(part.rate is None for part in found.without)
