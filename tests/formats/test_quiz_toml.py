"""Quiz definitions: read exactly, or refused with the line and the field."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.formats.quiz_toml import QuizDefinition, QuizError, read_quiz
from app.rules.paper import PaperSpec, Section
from app.rules.question import QuestionKind
from app.rules.terms import Counting, ReviewRule, Visible

WHOLE = """title = "示例竞赛"
description = "只作示例。"
rules = ["每人可答三次。", "取最高分。"]
bank = "示例题库"
duration_minutes = 30
attempts = 3
counting = "best"
pass_mark_percent = 60
excellence_mark_percent = 90

[review]
after_hand_in = "score"
after_close = "keys"

[[sections]]
title = "单项选择题"
kind = "single_choice"
count = 20
points = "2.5"

[[sections]]
kind = "true_false"
count = 10
points = 5
"""


def told(text: str):
    with pytest.raises(QuizError) as refused:
        read_quiz(text.encode())
    return [(problem.row, problem.column, problem.message) for problem in refused.value.problems]


def test_a_quiz_is_read_whole():
    assert read_quiz(WHOLE.encode()) == QuizDefinition(
        title="示例竞赛",
        description="只作示例。",
        rules=("每人可答三次。", "取最高分。"),
        bank="示例题库",
        duration_minutes=30,
        attempts=3,
        counting=Counting.BEST,
        pass_mark_percent=60,
        excellence_mark_percent=90,
        review=ReviewRule(Visible.SCORE, Visible.KEYS),
        spec=PaperSpec(
            (
                Section("单项选择题", QuestionKind.SINGLE_CHOICE, 20, 250),
                Section("判断题", QuestionKind.TRUE_FALSE, 10, 500),
            )
        ),
    )


def test_what_is_left_out_has_the_usual_values():
    text = 'title="甲"\nbank="乙"\nduration_minutes=10\n[[sections]]\nkind="any_number"\ncount=1\npoints="0.01"\n'
    quiz = read_quiz(text.encode("utf-8-sig"))

    assert (quiz.attempts, quiz.counting, quiz.pass_mark_percent, quiz.excellence_mark_percent) == (1, "best", 60, 90)
    assert (quiz.review, quiz.rules, quiz.description) == (ReviewRule(), (), "")
    assert quiz.spec.sections == (Section("不定项题", QuestionKind.ANY_NUMBER, 1, 1),)


SPREAD = """
[sections.topics]
"宪法" = 12
"民法典" = 8

[sections.difficulties]
1 = 5
3 = 15
"""


def spread(table: str) -> str:
    """The quiz whose first section has that table."""
    return WHOLE.replace('points = "2.5"\n', f'points = "2.5"\n{table}')


def test_a_section_may_say_how_many_of_each_topic_and_difficulty():
    (first, second) = read_quiz(spread(SPREAD).encode()).spec.sections

    assert first.topics == (("宪法", 12), ("民法典", 8))
    assert first.difficulties == ((1, 5), (3, 15))
    assert not second.is_spread


@pytest.mark.parametrize(
    ("old", "new", "row", "said"),
    [
        ("= 12", "= 13", 21, "topics：加起来是21题，应与这一节的 count 相同"),
        ("= 12", '= "多"', 21, 'topics：要写成一行一个的题数，如 [sections.topics] 下面写 "宪法" = 3'),
        ("= 12", "= 0", 21, 'topics：要写成一行一个的题数，如 [sections.topics] 下面写 "宪法" = 3'),
        ("3 = 15", "6 = 15", 25, "difficulties：难度只有1、2、3、4、5，没有“6”"),
        ("3 = 15", "3 = 5", 25, "difficulties：加起来是10题，应与这一节的 count 相同"),
    ],
)
def test_a_table_that_does_not_add_up_is_told_with_its_line(old, new, row, said):
    assert told(spread(SPREAD.replace(old, new))) == [
        (row, f"sections第1节的 {said.split('：')[0]}", f"sections第1节的 {said}")
    ]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ('title = "示例竞赛"', 'title = ""', (1, "title", "title：不能空着，请填写")),
        ('bank = "示例题库"', "", (None, "bank", "bank：不能空着，请填写")),
        (
            "duration_minutes = 30",
            "duration_minutes = 0",
            (5, "duration_minutes", "duration_minutes：要写成1到1440的整数"),
        ),
        ("attempts = 3", "attempts = -1", (6, "attempts", "attempts：要写成0到100的整数")),
        ("attempts = 3", "attempts = true", (6, "attempts", "attempts：要写成0到100的整数")),
        ('"best"', '"mean"', (7, "counting", "counting：只能是 best、last、first 中的一个")),
        ("percent = 60", "percent = 60.5", (8, "pass_mark_percent", "pass_mark_percent：要写成1到100的整数")),
        (
            "excellence_mark_percent = 90",
            "excellence_mark_percent = 50",
            (9, "excellence_mark_percent", "excellence_mark_percent：优秀线不能低于合格线，请改正"),
        ),
        (
            '"keys"',
            '"all"',
            (13, "review的 after_close", "review的 after_close：只能是 nothing、score、paper、keys 中的一个"),
        ),
        (
            'kind = "true_false"',
            'kind = "fill_in"',  # no machine can mark it
            (
                22,
                "sections第2节的 kind",
                "sections第2节的 kind：只能是 single_choice、multiple_choice、any_number、true_false 中的一个",
            ),
        ),
        ("count = 10", "", (21, "sections第2节的 count", "sections第2节的 count：要写成1到500的整数")),
        (
            'points = "2.5"',
            "points = 2.5",
            (
                19,
                "sections第1节的 points",
                'sections第1节的 points：每题分值要写成整数或带引号的小数（如 3 或 "2.5"），大于0，至多两位小数',
            ),
        ),
        (
            "count = 20",
            "count = 495",
            (15, "sections", "sections：一共505题，一份试卷最多500题，请减少题数"),
        ),
        (
            'rules = ["每人可答三次。", "取最高分。"]',
            'rules = "每人可答三次。"',
            (3, "rules", 'rules：要写成一列带引号的句子，如 rules = ["每人可答三次。"]'),
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_field(old, new, found):
    assert told(WHOLE.replace(old, new, 1)) == [found]


@pytest.mark.parametrize("points", ['"2.555"', '"-1"', '"0"', "0", '"nan"', '"1e9"', '"三"', "true", "[]", '"1/2"'])
def test_points_are_decimal_and_exact_or_refused(points):
    assert [column for _, column, _ in told(WHOLE.replace('"2.5"', points))] == ["sections第1节的 points"]


def test_a_misspelt_field_is_told_with_those_there_are():
    ((row, column, message),) = told(WHOLE.replace("[review]", "[review]\nafter_handin = 1"))

    assert (row, column) == (12, "review的 after_handin")
    assert message == "review的 after_handin：没有这个项目，请检查拼写；可用的有：after_hand_in、after_close"


def test_everything_wrong_is_told_at_once():
    assert len(told("title = 3\nattempts = 1.5\nrules = 1\nreview = 1\nsections = 1")) == 7


@pytest.mark.parametrize(
    ("content", "row", "message"),
    [
        (b"title = \n", 1, "这里不合TOML写法，请检查引号、等号和方括号是否成对"),
        (b'a = 1\nb = "x\n', 2, "这里不合TOML写法，请检查引号、等号和方括号是否成对"),
        ("title = “甲”".encode("gb18030"), None, "文件不是UTF-8编码的文本，请另存为UTF-8后重试"),
        (b"a = " + b"[" * 5000, None, "文件里有过长的数字或过深的嵌套，读不出内容，请改正"),
        (b"a = " + b"1" * 5000, None, "文件里有过长的数字或过深的嵌套，读不出内容，请改正"),
        (b"#" * 300_000, None, "文件超过256KB，不像是竞赛方案，请检查是否选对了文件"),
    ],
)
def test_a_file_that_is_no_toml_is_told_where(content, row, message):
    with pytest.raises(QuizError) as refused:
        read_quiz(content)

    assert [(problem.row, problem.message) for problem in refused.value.problems] == [(row, message)]


PARTS = [
    "title",
    "sections",
    "review",
    "points",
    "count",
    " = ",
    '"甲"',
    "1",
    "[",
    "]",
    "[[",
    "]]",
    "\n",
    ".",
    "{",
    "}",
    "nan",
    "-1",
]


@given(st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PARTS)).map(lambda parts: "".join(parts).encode())))
@settings(max_examples=200)
def test_any_bytes_give_a_quiz_or_a_refusal_in_words(content):
    told: object
    try:
        told = read_quiz(content).spec.sections
    except QuizError as refused:
        told = refused.problems

    assert told
