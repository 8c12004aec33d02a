"""Banks in Aiken, Moodle's plainest form; and other banks, which must not be taken for it."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.formats.aiken import looks_like_aiken, read_aiken
from app.formats.problem import Reading

TEXT = "一周有几天？\nA) 五\nB) 七\nANSWER: B\n\nWho is it?\nA. x1\nB. x2\nC. x3\nANSWER: A\n"


def drafts(text: str):
    return [(q.draft.kind.label, q.draft.stem, q.draft.options, q.draft.key) for q in read_aiken(text).questions]


def messages(text: str):
    return [(q.row, p.level, p.message) for q in read_aiken(text).questions for p in q.problems]


def test_options_with_points_and_brackets_are_read():
    assert drafts(TEXT) == [
        ("单选", "一周有几天？", ("五", "七"), (1,)),
        ("单选", "Who is it?", ("x1", "x2", "x3"), (0,)),
    ]
    assert [q.row for q in read_aiken(TEXT).questions] == [1, 6]


def test_a_stem_may_take_several_lines_and_options_need_no_blank():
    assert drafts("甲\n\n乙\nA)丙\nB)丁\nANSWER:B") == [("单选", "甲\n乙", ("丙", "丁"), (1,))]


def test_signs_of_html_stay_as_written():
    assert drafts("a > b < c & <i>\nA) <\nB) >\nANSWER: A")[0][1:3] == ("a > b < c & <i>", ("<", ">"))


def test_true_and_false_make_a_statement_to_be_judged():
    assert drafts("The sun rises.\nA) True\nB) False\nANSWER: B") == [
        ("判断", "The sun rises.", ("正确", "错误"), (1,))
    ]


def test_a_letter_in_the_brackets_of_a_stem_stays():
    assert drafts("维生素（B）是\nA) 甲\nB) 乙\nANSWER: B")[0][1] == "维生素（B）是"


def test_several_letters_make_a_multiple_choice():
    assert drafts("甲\nA) 乙\nB) 丙\nC) 丁\nANSWER: A, C") == [("多选", "甲", ("乙", "丙", "丁"), (0, 2))]


@pytest.mark.parametrize(
    ("text", "row", "message"),
    [
        ("甲\nA) 乙\nANSWER: A", 1, "只有1个选项，单选题至少要有2个，请补上选项"),
        ("\nA) 乙\nB) 丙\nANSWER: A", 2, "缺少题干，请补上题目内容"),
        ("甲\nA) 乙\nB) 丙\nANSWER: 乙", 1, "第4行的ANSWER没有看懂，后面请只写选项字母，如“ANSWER: B”"),
        ("甲\nA) 乙\nB) 丙\nANSWER: D", 1, "答案写成了D，但只有2个选项，请改答案或补选项"),
        ("甲\nA) 乙\nC) 丙\nANSWER: A", 1, "第3行的选项字母是C，按顺序应当是B，请核对选项和ANSWER"),
        ("甲\nA) 乙\nB) 丙\n\n丁\nA) 戊\nB) 己\nANSWER: A", 1, "没有ANSWER一行，请在选项下面补上，如“ANSWER: B”"),
        ("甲\nA) 乙\nB) 丙", 1, "没有ANSWER一行，请在选项下面补上，如“ANSWER: B”"),
        ("ANSWER: A", 1, "这里没有题干，只有“ANSWER: A”；如果不是试题，请删去这一行"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(text, row, message):
    assert messages(text) == [(row, "error", message)]


def test_one_bad_question_does_not_spoil_the_others():
    text = "甲\nA) 乙\nANSWER: A\n\nA) 丙\n\nANSWER: 丁\n\n" + TEXT

    assert [q.verdict for q in read_aiken(text).questions] == ["error", "error", "ok", "ok"]


def test_aiken_is_known_by_its_keys():
    assert looks_like_aiken(TEXT)


@pytest.mark.parametrize(
    "text",
    [
        "1. 一周有几天？\nA. 五\nB. 七\n答案：B\n",
        "1. 一周有几天？\nA. 五\nB. 七\nANSWER: B\n2. 二\nA. 五\nB. 七\nANSWER: B\n",
        "一、单选题\n一周有几天？\nA. 五\nB. 七\nANSWER: B\n",
        "一周有几天？\nA. 五\nB. 七\nANSWER: B\n解析：一周七天\n",
        "一周有几天？\nA. 五\nB. 七\nANSWER: B\n【解析】一周七天\n",
        "一周有七天。\nANSWER: 对\n",
        "甲？{=乙 ~丙}",
        "会议纪要\nA. 甲\nB. 乙\n",
        "",
    ],
)
def test_an_ordinary_bank_is_not_taken_for_aiken(text):
    assert not looks_like_aiken(text)


PARTS = [
    "A) ",
    "B. ",
    "C)",
    "ANSWER: ",
    "ANSWER:A",
    "A",
    "Z",
    "甲",
    "\n",
    "\n\n",
    " ",
    "1. ",
    "（A）",
    "正确",
    "答案：",
    "<p>",
]


@given(st.lists(st.sampled_from(PARTS), max_size=40).map("".join))
@settings(max_examples=200, deadline=None)
def test_any_text_gives_a_reading_in_which_no_usable_question_is_faulty(text):
    looks_like_aiken(text)
    reading = read_aiken(text)

    assert isinstance(reading, Reading)
    for draft in reading.usable:
        assert draft.stem and draft.key and max(draft.key) < len(draft.options)


@pytest.mark.parametrize("part", ["A. x\n", "ANSWER: A\n", "x\n", "ANSWER: ", "A ", "x\nA. a\nB. b\nANSWER: A\n"])
def test_no_text_takes_long(part):
    started = time.process_time()
    looks_like_aiken(part * 50_000)
    read_aiken(part * 50_000)

    assert time.process_time() - started < 3
