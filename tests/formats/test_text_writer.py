"""A bank written in text form looks like the shipped ones and reads back equal, awkward questions included."""

from pathlib import Path

import pytest
from hypothesis import given, settings

from app.formats.bank_losses import is_same
from app.formats.bank_text import read_bank_text
from app.formats.text_writer import lost_in_text, write_text
from app.rules.question import Draft, Picture, QuestionKind
from tests.formats.drafts import drafts

SHIPPED = sorted(Path(__file__).parents[2].glob("question_banks/*.txt"))
ORDER = ["single_choice", "multiple_choice", "any_number", "true_false"]


def by_kind(bank: list[Draft]) -> list[Draft]:
    return sorted(bank, key=lambda draft: ORDER.index(draft.kind.value))


def read_back(bank: list[Draft]) -> list[Draft | None]:
    return [question.draft for question in read_bank_text(write_text("题库", "", bank).decode()).questions]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_bank_is_written_as_it_stands(path):
    content = path.read_bytes()
    reading = read_bank_text(content.decode())

    assert write_text(reading.title, reading.note, reading.usable) == content
    assert lost_in_text(reading.usable) == ()


def test_there_are_shipped_banks():
    assert SHIPPED


@given(drafts(awkward=False))
@settings(max_examples=25, deadline=None)
def test_questions_read_back_equal(bank):
    assert [is_same(*pair) for pair in zip(by_kind(bank), read_back(bank), strict=True)] == [True] * len(bank)


@given(drafts())
@settings(max_examples=25, deadline=None)
def test_awkward_questions_read_back_equal_and_nothing_is_lost(bank):
    assert lost_in_text(bank) == ()
    assert [is_same(*pair) for pair in zip(by_kind(bank), read_back(bank), strict=True)] == [True] * len(bank)


def test_only_what_would_be_misread_is_marked():
    bank = [
        Draft(QuestionKind.SINGLE_CHOICE, "甲（　　）。", ("乙", "丙"), (0,), "见下。 依据：第三条"),
        Draft(QuestionKind.SINGLE_CHOICE, "丁（　　）。", ("戊\n己", "庚"), (1,)),
    ]

    assert write_text("示例\n题库", "一\n\n二", bank).decode() == (
        "题库：示例 题库\n说明：一\n说明：二\n\n一、单项选择题\n\n"
        "1. 甲（　　）。\nA. 乙\nB. 丙\n答案：A\n解析：\n↵见下。 依据：第三条\n\n"
        "2. 丁（　　）。\nA. 戊\n己\nB. 庚\n答案：B\n"
    )


def test_a_marked_line_goes_on_with_what_stands_above_it():
    text = "1. 甲\n↵2. 乙\nA. 丙\n↵B. 丁\nB. 戊\n答案：A\n解析：己\n↵答案：B\n2. 庚\n答案：对"
    first, second = (question.draft for question in read_bank_text(text).questions)

    assert (first.stem, first.options, first.key, first.explanation) == (
        "甲\n2. 乙",
        ("丙\nB. 丁", "戊"),
        (0,),
        "己\n答案：B",
    )
    assert second.stem == "庚"


def test_title_and_note_read_back():
    reading = read_bank_text(write_text("示例题库", "一\n二", []).decode())

    assert (reading.title, reading.note) == ("示例题库", "一\n二")


def test_pictures_and_long_gaps_are_told_as_lost():
    bank = [
        Draft(QuestionKind.TRUE_FALSE, "看图。", ("正确", "错误"), (0,), pictures=(Picture("0" * 64),)),
        Draft(QuestionKind.TRUE_FALSE, f"甲{' ' * 30}乙。", ("正确", "错误"), (0,)),
    ]

    assert lost_in_text(bank) == ("第1题有图片，文本不带图片", "第2题的题干在文本里不能原样保留，再导入时会有出入")


def test_a_bank_that_is_too_long_for_one_file_is_told():
    bank = [Draft(QuestionKind.TRUE_FALSE, "甲", ("正确", "错误"), (0,))] * 20_001

    assert lost_in_text(bank) == ("共20001题，文本再导入时最多读20000题、200000行，请分成几个题库导出",)
