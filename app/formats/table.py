"""Sheets of rows of strings out of any table file: the form is found by looking inside, never by the name."""

import csv
import io
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from app.formats.plain_text import TABLES_ONLY, TEXT_TOO, PlainText, decode
from app.formats.problem import Problem
from app.formats.spreadsheet import MOST_COLUMNS, MOST_ROWS
from app.rules.csv_guard import unguarded
from app.sandbox import Crashed, TooLarge, TooSlow, run_limited

LARGEST_MB = 20

_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DELIMITERS = (",", "\t", ";", "；")
_LONGEST_CELL = 32_768
_SAMPLE_LINES = 30

_REFUSALS = {
    "bomb": "这个文件解开后大得不正常，没有读取。请用 Excel 或 WPS 打开，把需要的内容复制到新表格里再上传",
    "word": "这是Word或WPS文字文档。请把内容复制到模板表格（.xlsx 或 .csv）里再上传",
    "slides": "这是演示文稿，不能读取。请把内容复制到模板表格里再上传",
    "archive": "这是压缩包。请解压后上传里面的表格或文本文件",
    "password": "这个文件设了打开密码，读不出内容。请取消密码、另存后再上传",
    "broken": "这个文件损坏了，或者不是真正的表格。请用 Excel 或 WPS 打开后另存为 .xlsx，再上传",
    "rows": f"工作表“{{detail}}”超过{MOST_ROWS}行。请删去多余的行（包括正文下面很远处的零星内容），或分成几个文件",
    "columns": f"工作表“{{detail}}”超过{MOST_COLUMNS}列。请删去右边多余的列，包括很远处的零星内容",
}
# What a file that may also be text can be told instead.
_TEXT_REFUSALS = {"word": "这是旧版的Word文档（.doc）或损坏的文档。请用 Word 或 WPS 打开，另存为 .docx 再上传"}
_TOO_LARGE = "表格里内容太多，或在离正文很远的地方有零星内容，没有读取。请把需要的内容复制到新表格里再上传"
_TOO_SLOW = "读这个文件用的时间太长，已停止。请分成几个文件，或把需要的内容复制到新表格里再上传"


@dataclass(frozen=True)
class Sheet:
    """Rows of strings from the sheet's row 1 and column A; `odd` tells which cells were a date or a fraction.

    `odd` maps (row index, column index), both from 0, to "date" or "fraction": such a cell may have looked
    otherwise on the screen (50% is kept as 0.5).
    """

    name: str | None
    rows: tuple[tuple[str, ...], ...]
    odd: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: bool = False


@dataclass(frozen=True)
class Table:
    """The sheets of a file, and what is wrong with the file as a whole."""

    sheets: tuple[Sheet, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_readable(self) -> bool:
        """Whether no problem of the file forbids reading it."""
        return not any(problem.level == "error" for problem in self.problems)


def read_table(content: bytes) -> Table:
    """The sheets of a workbook or of delimited text. Never raises; at most 20 MB, 20 000 rows, 100 columns."""
    if too_big := size_problem(content):
        return Table(problems=(too_big,))
    if is_workbook(content):
        return _read_workbook(content)
    found = decode(content, instead=TABLES_ONLY)
    return read_delimited(found) if found.text else Table(problems=found.problems)


def size_problem(content: bytes) -> Problem | None:
    """Why a file is refused before it is looked at, if it is."""
    if not content:
        return _file_error("文件是空的。请检查是否选对了文件")
    if len(content) > LARGEST_MB << 20:
        size = len(content) / (1 << 20)
        return _file_error(f"文件有{size:.0f}MB，最大{LARGEST_MB}MB。请删去图片和多余内容，或分成几个文件")
    return None


def is_workbook(content: bytes) -> bool:
    """Whether the bytes begin like a zipped or a compound file, whatever the name says."""
    return content.startswith((_ZIP, _EMPTY_ZIP, _COMPOUND))


def workbook(answer: dict[str, Any], *, instead: str = TEXT_TOO) -> Table:
    """The table that `spreadsheet.read_cells` answered with; `instead` as for `decode`."""
    if "refused" in answer:
        refusals = _REFUSALS | _TEXT_REFUSALS if instead == TEXT_TOO else _REFUSALS
        message = refusals[answer["refused"]].format(detail=answer["detail"])
        return Table(problems=(_file_error(message),))
    sheets = tuple(_sheet(found) for found in answer["sheets"])
    rows = sum(len(sheet.rows) for sheet in sheets)
    if rows > MOST_ROWS:
        return Table(problems=(_file_error(f"几个工作表合起来有{rows}行，最多{MOST_ROWS}行。请分成几个文件"),))
    return Table(sheets)


def read_delimited(found: PlainText) -> Table:
    """One sheet out of text separated by commas, tabs or semicolons."""
    delimiter = _delimiter(found.text)
    # counted before parsing, so that a line of twenty million commas costs nothing
    if found.text.count(delimiter) > MOST_ROWS * MOST_COLUMNS:
        return Table(problems=(_file_error(_TOO_LARGE),))
    csv.field_size_limit(_LONGEST_CELL)
    rows: list[tuple[str, ...]] = []
    try:
        for values in csv.reader(io.StringIO(found.text, newline=""), delimiter=delimiter):
            if len(rows) == MOST_ROWS:
                return Table(problems=(_file_error(f"超过{MOST_ROWS}行。请分成几个文件"),))
            if len(values) > MOST_COLUMNS and any(values[MOST_COLUMNS:]):
                return Table(problems=(_file_error(f"第{len(rows) + 1}行超过{MOST_COLUMNS}列。请删去多余的列"),))
            rows.append(tuple(map(unguarded, values[:MOST_COLUMNS])))
    except csv.Error:
        message = f"第{len(rows) + 1}行附近的双引号没有成对，后面的内容连成了一格。请改正后再上传"
        return Table(problems=(_file_error(message),))
    return Table((Sheet(None, tuple(rows)),), found.problems)


def _read_workbook(content: bytes) -> Table:
    """The sheets of an .xlsx, .xls or .ods file, parsed in the limited child."""
    try:
        return workbook(run_limited("app.formats.spreadsheet:read_cells", content), instead=TABLES_ONLY)
    except TooLarge:
        return Table(problems=(_file_error(_TOO_LARGE),))
    except TooSlow:
        return Table(problems=(_file_error(_TOO_SLOW),))
    except Crashed:
        return Table(problems=(_file_error(_REFUSALS["broken"]),))


def _file_error(message: str) -> Problem:
    return Problem(None, None, "error", message)


def _sheet(found: dict[str, Any]) -> Sheet:
    cells = {(row, column): sort for row, column, sort in found["odd"]}
    return Sheet(found["name"], tuple(map(tuple, found["rows"])), cells, found["hidden"])


def _delimiter(text: str) -> str:
    """The sign that splits the first rows into the most columns, alike in most of them."""
    lines = [line for line in text[:100_000].split("\n") if line.strip()][:_SAMPLE_LINES]

    def evenness(delimiter: str) -> tuple[Fraction, int]:
        counts = _counts(lines, delimiter)
        usual = max(set(counts), key=lambda count: (counts.count(count), count), default=0)
        return (Fraction(counts.count(usual), len(counts)) if usual else Fraction(0), usual)

    return max(_DELIMITERS, key=evenness)


def _counts(lines: list[str], delimiter: str) -> list[int]:
    """How often the sign separates cells in each row: where it stands inside quotes, it does not."""
    try:
        rows = list(csv.reader([line + "\n" for line in lines], delimiter=delimiter))
    except csv.Error:
        return [line.count(delimiter) for line in lines]
    # the sample may end in the middle of a cell of several lines
    return [max(len(row) - 1, 0) for row in (rows[:-1] if len(rows) > 2 else rows)]
