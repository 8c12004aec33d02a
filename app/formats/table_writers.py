"""A bank as a table, .xlsx or .csv, in the columns of the template, so that it can be brought in again."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from app.formats.bank_losses import is_same, losses
from app.formats.bank_table import read_bank_table
from app.formats.spelling import PLAIN, Spelling, faithful
from app.formats.spreadsheet import MOST_ROWS
from app.formats.table import Sheet, Table
from app.formats.templates import TEMPLATES, Column
from app.formats.xml_tree import allowed
from app.rules.csv_guard import guarded
from app.rules.question import MOST_OPTIONS, Draft, letter

_SHEET = "题库"
_COLUMNS = TEMPLATES["题库模板.xlsx"].columns
_FEWEST_OPTIONS = sum(column.title.startswith("选项") for column in _COLUMNS)
_FACE = {"font_name": "宋体", "font_size": 11, "valign": "top"}


def write_xlsx(title: str, drafts: Sequence[Draft]) -> bytes:
    """The bank as a workbook: a frozen header, one question a row, every cell text; `title` is the file's title."""
    import xlsxwriter  # slow import, needed for downloads only

    columns, rows = _table(drafts)
    file = io.BytesIO()
    calm = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, calm) as book:
        book.set_properties({"title": allowed(title)})
        _fill(book, columns, rows)
    return file.getvalue()


def write_csv(drafts: Sequence[Draft]) -> bytes:
    """The same table as CSV that Excel and WPS open with Chinese intact, and with no formula in it."""
    columns, rows = _table(drafts)
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([column.title for column in columns])
    writer.writerows([guarded(text) for text in row] for row in rows)
    return file.getvalue().encode("utf-8-sig", "replace")


def lost_in_table(drafts: Sequence[Draft]) -> tuple[str, ...]:
    """What .xlsx and .csv cannot carry of these questions, in sentences; empty when they carry everything."""
    if len(drafts) >= MOST_ROWS:
        return (f"共{len(drafts)}题，一张表格再导入时最多读{MOST_ROWS - 1}题，请分成几个题库导出",)
    columns, rows = _table(drafts)
    return losses(drafts, _read_back(columns, rows), "表格")


def _table(drafts: Sequence[Draft]) -> tuple[list[Column], list[tuple[str, ...]]]:
    """The columns and the rows, each row in the plainest spelling that reads back."""
    columns = _columns(max((len(draft.options) for draft in drafts), default=0))
    rows = [_row(draft, columns, PLAIN) for draft in drafts]
    for place, (draft, read) in enumerate(zip(drafts, _read_back(columns, rows), strict=True)):
        if not is_same(draft, read):
            rows[place] = _row(draft, columns, _faithful(draft, columns, place + 1))
    return columns, rows


def _columns(most_options: int) -> list[Column]:
    columns = []
    for column in _COLUMNS:
        columns.append(column)
        if column.title == f"选项{letter(_FEWEST_OPTIONS - 1)}":
            more = range(_FEWEST_OPTIONS, min(most_options, MOST_OPTIONS))
            columns += [Column(f"选项{letter(place)}", column.width) for place in more]
    return columns


def _row(draft: Draft, columns: Sequence[Column], way: Spelling) -> tuple[str, ...]:
    said = {
        "题型": draft.kind.label,
        "题干": way.stem(draft),
        "答案": way.key(draft),
        "解析": draft.explanation,
        "依据": draft.source,
        "知识点": draft.topic,
        "难度": "" if draft.difficulty is None else str(draft.difficulty),
    }
    said |= {f"选项{letter(place)}": option for place, option in enumerate(way.options(draft))}
    return tuple(allowed(said.get(column.title, "")) for column in columns)


def _faithful(draft: Draft, columns: Sequence[Column], number: int) -> Spelling:
    def read(way: Spelling) -> Draft | None:
        return _read_back(columns, [_row(draft, columns, way)])[0]

    return faithful(draft, number, read) or PLAIN


def _read_back(columns: Sequence[Column], rows: Sequence[tuple[str, ...]]) -> list[Draft | None]:
    """What the reader of tables makes of each row; None where it saw no question."""
    header = tuple(column.title for column in columns)
    reading = read_bank_table(Table((Sheet(None, (header, *rows)),)))
    found = {question.row - 2: question.draft for question in reading.questions}
    return [found.get(place) for place in range(len(rows))]


def _fill(book: Any, columns: Sequence[Column], rows: Sequence[tuple[str, ...]]) -> None:
    text = book.add_format(_FACE | {"text_wrap": True, "num_format": "@"})  # 001 and long numbers stay as typed
    head = book.add_format(_FACE | {"bold": True, "bottom": 1})
    sheet = book.add_worksheet(_SHEET)
    sheet.freeze_panes(1, 0)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{len(rows) + 1}"})
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width, text)
        sheet.write_string(0, place, column.title, head)
    for row, values in enumerate(rows, start=1):
        for place, value in enumerate(values):
            if value:
                sheet.write_string(row, place, value, text)
