"""Sheets out of any table file: numbers, dates, encodings, limits, and archives that mean harm."""

import re
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.formats.table import Table, read_table
from tests.formats.workbooks import archive, patched, workbook

DATA = Path(__file__).parent.parent / "data"  # small.xls: a merged title, the header below it, figures as figures
BOMB = "这个文件解开后大得不正常，没有读取。请用 Excel 或 WPS 打开，把需要的内容复制到新表格里再上传"
TOO_MUCH = "表格里内容太多，或在离正文很远的地方有零星内容，没有读取。请把需要的内容复制到新表格里再上传"
BROKEN = "这个文件损坏了，或者不是真正的表格。请用 Excel 或 WPS 打开后另存为 .xlsx，再上传"


def rows(content: bytes):
    table = read_table(content)
    assert table.problems == ()
    return [list(row) for row in table.sheets[0].rows]


def refusal(content: bytes) -> str:
    table = read_table(content)
    assert (table.sheets, table.is_readable) == ((), False)
    (problem,) = table.problems
    return problem.message


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (2.5, "2.5"),
        (0.1 + 0.2, "0.3"),
        (13800000000, "13800000000"),
        ("00123", "00123"),
        ("NA", "NA"),
        ("3.0", "3.0"),
        (True, "TRUE"),
    ],
)
def test_a_cell_reads_as_it_looks(value, text):
    assert rows(workbook([[value]])) == [[text]]


def test_dates_and_times_are_readable():
    def arrange(book, sheet):
        sheet.write_datetime(0, 0, date(2024, 10, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_datetime(0, 1, time(8, 5), book.add_format({"num_format": "hh:mm"}))
        sheet.write_number(0, 2, 0.5, book.add_format({"num_format": "0%"}))

    table = read_table(workbook([[]], arrange))

    assert table.sheets[0].rows == (("2024年10月1日", "8:05", "0.5"),)
    assert table.sheets[0].odd == {(0, 0): "date", (0, 1): "date", (0, 2): "fraction"}


def test_rows_and_columns_are_counted_from_the_corner_of_the_sheet():
    assert rows(workbook([[], [], ["", "", "甲"]])) == [["", "", ""], ["", "", ""], ["", "", "甲"]]


def test_a_cell_merged_over_rows_stands_in_each_of_them():
    def arrange(book, sheet):
        sheet.merge_range(0, 0, 2, 0, "甲局")
        sheet.merge_range(0, 1, 0, 2, "横跨")

    found = rows(workbook([["", "", ""], ["", "一", "二"], ["", "三", "四"]], arrange))

    assert found == [["甲局", "横跨", ""], ["甲局", "一", "二"], ["甲局", "三", "四"]]


def test_an_old_workbook_is_read_as_what_it_is():
    table = read_table((DATA / "small.xls").read_bytes())

    assert (table.problems, [sheet.name for sheet in table.sheets]) == ((), ["单选题", "Sheet2"])
    assert table.sheets[0].rows[2] == ("示例：一周有（　　）天。", "5", "6", "7", "8", "C", "1")


def test_an_opendocument_sheet_is_read():
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body><office:spreadsheet>'
        '<table:table table:name="名单"><table:table-row>'
        '<table:table-cell office:value-type="string"><text:p>姓名</text:p></table:table-cell>'
        '<table:table-cell office:value-type="float" office:value="3"><text:p>3</text:p></table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    parts = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "META-INF__manifest.xml": manifest.encode(),
        "content.xml": content.encode(),
    }

    assert rows(archive(**parts)) == [["姓名", "3"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_delimited_text_is_read_in_any_usual_encoding(encoding, delimiter):
    text = f'姓名{delimiter}单位\n"示例甲{delimiter}""一"""{delimiter}甲局，乙科\n\n示例乙{delimiter}001\n'

    assert rows(text.encode(encoding)) == [
        ["姓名", "单位"],
        [f'示例甲{delimiter}"一"', "甲局，乙科"],
        [],
        ["示例乙", "001"],
    ]


def test_a_hidden_sheet_is_marked():
    def arrange(book, sheet):
        book.worksheets()[1].hide()

    found = read_table(workbook({"甲": [["1"]], "乙": [["2"]]}, arrange))

    assert [(sheet.name, sheet.hidden) for sheet in found.sheets] == [("甲", False), ("乙", True)]


# --- what is refused


def test_a_file_of_thirty_megabytes_is_refused_unread():
    assert refusal(bytes(30 << 20)) == "文件有30MB，最大20MB。请删去图片和多余内容，或分成几个文件"


def test_an_archive_that_unpacks_to_a_flood_is_refused_by_its_directory():
    flood = patched(workbook([["甲"]]), lambda name, part: part + b" " * (40 << 20) if "sheet1" in name else part)

    assert (len(flood) < 100_000, refusal(flood)) == (True, BOMB)


def test_an_archive_of_thousands_of_parts_is_refused():
    assert refusal(archive(xl__workbook=b"", **{f"part{n}": b"" for n in range(2100)})) == BOMB


@pytest.mark.parametrize(
    "change",
    [
        lambda name, part: part.replace(b'uniqueCount="1"', b'uniqueCount="4294967295"') if "Strings" in name else part,
        lambda name, part: (
            re.sub(
                rb"<row .*</row>",
                b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
                part,
            )
            if "sheet1" in name
            else part
        ),
    ],
    ids=["strings by the thousand million", "a cell in the farthest corner"],
)
def test_a_small_file_that_asks_for_all_memory_is_refused_alone(change):
    assert refusal(patched(workbook([["甲"]]), change)) == TOO_MUCH


def test_entities_that_multiply_are_not_expanded():
    entities = b"".join(b'<!ENTITY a%d "%s">' % (n + 1, b"&a%d;" % n * 10) for n in range(9))
    laughs = b'<!DOCTYPE sst [<!ENTITY a0 "ha">' + entities + b"]><sst"

    def change(name, part):
        return part.replace(b"<sst", laughs, 1).replace("甲".encode(), b"&a9;") if "Strings" in name else part

    table = read_table(patched(workbook([["甲"]]), change))

    assert [len(cell) for sheet in table.sheets for row in sheet.rows for cell in row if len(cell) > 100] == []


def test_a_declared_size_without_content_costs_nothing():
    content = patched(workbook([["甲"]]), lambda name, part: re.sub(rb'ref="A1"', b'ref="A1:XFD1048576"', part))

    assert rows(content) == [["甲"]]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            [(0, 0), (20_000, 0)],
            "工作表“题库”超过20000行。请删去多余的行（包括正文下面很远处的零星内容），或分成几个文件",
        ),
        ([(0, 0), (0, 100)], "工作表“题库”超过100列。请删去右边多余的列，包括很远处的零星内容"),
    ],
)
def test_too_many_rows_or_columns_are_refused_with_the_sheets_name(cells, message):
    def arrange(book, sheet):
        for row, column in cells:
            sheet.write_string(row, column, "甲")

    assert refusal(workbook([[]], arrange)) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("甲,乙\n" * 20_001, "超过20000行。请分成几个文件"),
        ("甲,乙\n" + ",".join("丙" * 101), "第2行超过100列。请删去多余的列"),
        ("," * 2_000_001, TOO_MUCH),
        ('甲,乙\n"' + "丙" * 40_000, "第2行附近的双引号没有成对，后面的内容连成了一格。请改正后再上传"),
    ],
)
def test_too_much_delimited_text_is_refused(text, message):
    assert refusal(text.encode()) == message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04" + bytes(100), BROKEN),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), BROKEN),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage\0".encode("utf-16-le"),
            "这个文件设了打开密码，读不出内容。请取消密码、另存后再上传",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument\0".encode("utf-16-le"),
            "这是Word或WPS文字文档。请把内容复制到模板表格（.xlsx 或 .csv）里再上传",
        ),
        (
            "<meta charset=utf-8><table><tr><td>姓名</td></tr></table>".encode(),
            "这其实是网页，不是表格。请用 Excel 或 WPS 打开后另存为 .xlsx，再上传",
        ),
    ],
)
def test_what_only_looks_like_a_workbook_gives_one_clear_message(content, message):
    assert refusal(content) == message


@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"]))
@settings(max_examples=30)
def test_any_bytes_give_a_table(content, beginning):
    assert isinstance(read_table(beginning + content), Table)
