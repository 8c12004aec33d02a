"""A bank written as a table, .xlsx or .csv, reads back equal and computes nothing."""

import csv
import io

import openpyxl
import pytest
from hypothesis import given, settings

from app.formats.bank_losses import is_same
from app.formats.bank_table import read_bank_table
from app.formats.plain_text import decode
from app.formats.spreadsheet import read_cells
from app.formats.table import read_delimited, workbook
from app.formats.table_writers import lost_in_table, write_csv, write_xlsx
from app.rules.question import Draft, Picture, QuestionKind
from tests.formats.drafts import drafts

JUDGED = ("正确", "错误")


def from_csv(bank: list[Draft]) -> list[Draft | None]:
    return [q.draft for q in read_bank_table(read_delimited(decode(write_csv(bank)))).questions]


def from_xlsx(bank: list[Draft]) -> list[Draft | None]:
    return [q.draft for q in read_bank_table(workbook(read_cells(write_xlsx("题库", bank)))).questions]


@given(drafts())
@settings(max_examples=60, deadline=None)
def test_what_is_written_reads_back_equal(bank):
    assert lost_in_table(bank) == ()
    for read in (from_csv(bank), from_xlsx(bank)):
        assert [is_same(*pair) for pair in zip(bank, read, strict=True)] == [True] * len(bank)


def test_the_columns_are_those_of_the_template_and_as_many_options_as_there_are():
    bank = [Draft(QuestionKind.SINGLE_CHOICE, "甲", tuple("123456"), (5,), "乙", "丙", "丁", 2)]
    rows = list(csv.reader(io.StringIO(write_csv(bank).decode("utf-8-sig"))))

    assert rows == [
        "题型 题干 选项A 选项B 选项C 选项D 选项E 选项F 答案 解析 依据 知识点 难度".split(),  # noqa: SIM905
        ["单选", "甲", *"123456", "F", "乙", "丙", "丁", "2"],
    ]


def test_the_workbook_keeps_its_header_in_sight_and_every_cell_text():
    bank = [Draft(QuestionKind.SINGLE_CHOICE, "=1+1", ("001", "http://x"), (0,))]
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx("示例题库", bank)))
    sheet = book.active

    assert (book.properties.title, sheet.title, sheet.freeze_panes) == ("示例题库", "题库", "A2")
    assert [(cell.value, cell.data_type) for cell in sheet[2][1:4]] == [
        ("=1+1", "s"),
        ("001", "s"),
        ("http://x", "s"),
    ]
    assert sheet["B2"].alignment.wrap_text
    assert sheet["B2"].hyperlink is None


def test_an_empty_bank_is_a_header():
    assert write_csv([]).decode("utf-8-sig") == "题型,题干,选项A,选项B,选项C,选项D,答案,解析,依据,知识点,难度\r\n"


def test_no_cell_of_csv_is_a_formula():
    bank = [Draft(QuestionKind.SINGLE_CHOICE, "=1+1", ("-1", "'+2", "＝3", "@x", "4"), (0,))]
    rows = list(csv.reader(io.StringIO(write_csv(bank).decode("utf-8-sig"))))

    assert rows[1][1:7] == ["'=1+1", "'-1", "''+2", "'＝3", "'@x", "4"]
    assert is_same(bank[0], from_csv(bank)[0])


@pytest.mark.parametrize(
    "stem",
    ["2、甲", "（多选）甲", "甲（单选）", "（2分）甲", "甲（2分）", "题干", "甲（A）", "甲【出题：乙】", "第3题：甲"],
)
def test_a_stem_that_a_reader_would_tidy_is_written_so_that_it_comes_back(stem):
    bank = [Draft(QuestionKind.SINGLE_CHOICE, stem, ("A. 答案", "B. 选项"), (0,))]

    assert is_same(bank[0], from_csv(bank)[0])


def test_a_statement_that_ends_in_a_word_of_judgement_comes_back():
    bank = [Draft(QuestionKind.TRUE_FALSE, "这样做（对）", JUDGED, (0,))]

    assert is_same(bank[0], from_xlsx(bank)[0])


def test_semicolons_in_every_line_do_not_make_columns():
    bank = [Draft(QuestionKind.TRUE_FALSE, "甲；\n乙；", JUDGED, (0,), "丙；\n丁；") for _ in range(5)]

    assert [is_same(*pair) for pair in zip(bank, from_csv(bank), strict=True)] == [True] * 5


def test_pictures_are_told_as_lost():
    bank = [Draft(QuestionKind.TRUE_FALSE, "看图。", JUDGED, (0,), pictures=(Picture("0" * 64),))] * 12

    assert lost_in_table(bank) == ("第1、2、3、4、5、6、7、8、9、10题等12题有图片，表格不带图片",)


def test_a_bank_that_is_too_long_for_one_sheet_is_told():
    bank = [Draft(QuestionKind.TRUE_FALSE, "甲", JUDGED, (0,))] * 20_000

    assert lost_in_table(bank) == ("共20000题，一张表格再导入时最多读19999题，请分成几个题库导出",)
