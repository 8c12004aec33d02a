"""Automatic numbers of Word documents come out as they are seen on the page."""

import pytest

from app.formats.word import read_word
from app.formats.word_figures import figure
from tests.formats.word_files import document, level, number, numbered_list, p

LISTS = (
    numbered_list(0, level(0, "decimal", "%1."), level(1, "upperLetter", "%2."))
    + numbered_list(1, level(0, "chineseCounting", "%1、", '<w:suff w:val="nothing"/>'))
    + numbered_list(2, level(0, "upperLetter", "%1．"))
    + number(1, 0)
    + number(2, 1)
    + "".join(number(n, 2, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>') for n in (3, 4))
)


def read(*blocks: str, numbering: str = LISTS, styles: str = ""):
    return read_word(document(*blocks, numbering=numbering, styles=styles))


def told(reading) -> list[tuple[str, str, tuple[str, ...], tuple[int, ...]]]:
    return [(q.draft.number, q.draft.stem, q.draft.options, q.draft.key) for q in reading.questions if q.draft]


def test_questions_and_options_numbered_by_word_itself():
    reading = read(
        p("单选题", number="2"),
        p("甲题", number="1"),
        p("甲", number="1", level=1),
        p("乙", number="1", level=1),
        p("答案：B"),
        p("乙题", number="1"),
        p("丙", number="1", level=1),
        p("丁", number="1", level=1),
        p("答案：A"),
        p("多选题", number="2"),
        p("丙题", number="1"),
        p("戊", number="1", level=1),
        p("己", number="1", level=1),
        p("答案：AB"),
    )

    assert told(reading) == [
        ("1", "甲题", ("甲", "乙"), (1,)),
        ("2", "乙题", ("丙", "丁"), (0,)),
        ("3", "丙题", ("戊", "己"), (0, 1)),
    ]
    assert reading.recognised == ("第1段“一、单选题”：以下按单选题读取", "第10段“二、多选题”：以下按多选题读取")


def test_options_in_lists_that_begin_anew_for_each_question():
    options = [(p("甲", number=n), p("乙", number=n), p("答案：A")) for n in ("3", "4")]

    assert told(read(p("1. 题"), *options[0], p("2. 题二"), *options[1])) == [
        ("1", "题", ("甲", "乙"), (0,)),
        ("2", "题二", ("甲", "乙"), (0,)),
    ]


def test_a_number_may_come_from_the_style_and_from_the_style_below_it():
    styles = (
        '<w:style w:type="paragraph" w:styleId="Q"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Q2"><w:basedOn w:val="Q"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="O"><w:pPr>'
        '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    reading = read(
        p("题", style="Q2"),
        p("甲", style="O"),
        p("乙", style="O"),
        p("答案：A"),
        p("无号", style="Q", number="0"),
        styles=styles,
    )

    assert told(reading) == [("1", "题", ("甲", "乙"), (0,))]


def test_a_level_may_be_known_by_its_style():
    lists = numbered_list(
        0, level(0, "decimal", "%1."), level(1, "upperLetter", "%2.", '<w:pStyle w:val="O"/>')
    ) + number(1, 0)
    styles = '<w:style w:styleId="O"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'

    assert told(
        read(p("题", number="1"), p("甲", style="O"), p("乙", style="O"), p("答案：A"), numbering=lists, styles=styles)
    ) == [("1", "题", ("甲", "乙"), (0,))]


def test_a_list_may_only_name_the_style_of_another():
    lists = LISTS.replace(
        '<w:num w:numId="1">',
        '<w:abstractNum w:abstractNumId="9"><w:numStyleLink w:val="L"/></w:abstractNum><w:num w:numId="1">',
    ) + number(9, 9)
    styles = (
        '<w:style w:type="numbering" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )

    assert (
        told(read(p("题", number="9"), p("A. 甲"), p("B. 乙"), p("答案：A"), numbering=lists, styles=styles))[0][0]
        == "1"
    )


def test_levels_that_never_restart_go_on():
    lists = numbered_list(
        0, level(0, "chineseCounting", "%1、"), level(1, "decimal", "%2.", '<w:lvlRestart w:val="0"/>')
    ) + number(1, 0)
    answers = (p("A. 甲"), p("B. 乙"), p("答案：A"))
    reading = read(
        p("单选题", number="1"), p("题", number="1", level=1), *answers, p("多选题", number="1"),
        p("题二", number="1", level=1), *answers, numbering=lists,
    )  # fmt: skip

    assert [draft[0] for draft in told(reading)] == ["1", "2"]


def test_the_numbers_of_higher_levels_are_shown_in_their_form():
    lists = numbered_list(
        0, level(0, "chineseCounting", "%1、"), level(1, "decimal", "第%2题：", "<w:isLgl/>")
    ) + number(1, 0)

    assert told(read(p("题", number="1", level=1), p("A. 甲"), p("B. 乙"), p("答案：A"), numbering=lists))[0][:2] == (
        "1",
        "题",
    )


def test_an_empty_item_is_no_question_but_an_empty_option_is_told():
    reading = read(
        p("题", number="1"), p("甲", number="3"), p("乙", number="3"), p(number="3"), p("答案：A"), p(number="1")
    )

    assert [problem.message[:6] for problem in reading.questions[0].problems] == ["选项C是空的"]
    assert len(reading.questions) == 1


def test_bullets_are_not_read():
    lists = numbered_list(0, level(0, "bullet", "\uf0b7")) + number(1, 0)

    assert told(read(p("1. 题"), p("A. 甲", number="1"), p("B. 乙", number="1"), p("答案：A"), numbering=lists)) == [
        ("1", "题", ("甲", "乙"), (0,))
    ]


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("decimal", ("1", "10", "105")),
        ("decimalZero", ("01", "10", "105")),
        ("upperLetter", ("A", "J", "AAAAA")),
        ("lowerRoman", ("i", "x", "cv")),
        ("upperRoman", ("I", "X", "CV")),
        ("chineseCounting", ("一", "十", "一百零五")),
        ("chineseCountingThousand", ("一", "十", "一百零五")),
        ("chineseLegalSimplified", ("壹", "壹拾", "壹佰零伍")),
        ("ideographTraditional", ("甲", "癸", "戊")),
        ("decimalEnclosedCircle", ("①", "⑩", "105")),
        ("decimalEnclosedParen", ("⑴", "⑽", "105")),
        ("decimalFullWidth", ("１", "１０", "１０５")),
        ("none", ("", "", "")),
        ("hindiVowels", ("1", "10", "105")),
    ],
)
def test_figures_are_written_in_the_form_of_the_list(form, written):
    assert tuple(figure(n, form) for n in (1, 10, 105)) == written


@pytest.mark.parametrize(
    ("n", "said"),
    [(12, "十二"), (20, "二十"), (21, "二十一"), (110, "一百一十"), (1001, "一千零一"), (10_010, "一万零一十")],
)
def test_counting_in_chinese(n, said):
    assert figure(n, "chineseCounting") == said
