"""Cells out of an Excel or OpenDocument workbook. Runs in the limited child only: see `table.read_table`."""

import datetime
import io
import zipfile
from typing import Any

from app.formats.zip_limits import is_bomb

MOST_ROWS = 20_000
MOST_COLUMNS = 100
_MOST_ENTRIES = 2_000
_MOST_UNPACKED = 400 << 20

Sheet = dict[str, Any]


def read_cells(content: bytes) -> dict[str, Any]:
    """{"sheets": [{name, rows, odd, hidden}]}, or {"refused": code, "detail": ...}.

    Rows are lists of strings from the sheet's row 1 and column A; `odd` lists [row, column, sort] of cells that were
    a date, a time or a fraction and may have looked otherwise on the screen.
    """
    refused = _refusal_of_zip(content) if content[:2] == b"PK" else _refusal_of_compound(content)
    if refused:
        return {"refused": refused, "detail": ""}
    import python_calamine  # slow import, and only wanted in the child

    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        sheets = [_sheet(book, described) for described in book.sheets_metadata if _is_worksheet(described)]
    except python_calamine.PasswordError:
        return {"refused": "password", "detail": ""}
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        return {"refused": "broken", "detail": str(error)[:200]}
    except _TooMany as error:
        return {"refused": error.code, "detail": error.sheet}
    return {"sheets": sheets}


class _TooMany(Exception):
    def __init__(self, code: str, sheet: str) -> None:
        super().__init__(code)
        self.code, self.sheet = code, sheet


def _refusal_of_zip(content: bytes) -> str:
    """A code when the archive's own directory says that it must not be unpacked, or that it is no workbook."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return "broken"
    if is_bomb(entries, _MOST_ENTRIES, _MOST_UNPACKED):
        return "bomb"
    names = {entry.filename for entry in entries}
    if any(name.startswith("word/") for name in names):
        return "word"
    if any(name.startswith("ppt/") for name in names):
        return "slides"
    is_workbook = any(name.startswith("xl/") for name in names) or "content.xml" in names
    return "" if is_workbook else "archive"


def _refusal_of_compound(content: bytes) -> str:
    if _names_stream(content, "EncryptedPackage"):
        return "password"
    if _names_stream(content, "Workbook") or _names_stream(content, "Book"):
        return ""
    if _names_stream(content, "WordDocument"):
        return "word"
    return "slides" if _names_stream(content, "PowerPoint Document") else "broken"


def _names_stream(content: bytes, name: str) -> bool:
    # a compound file keeps its directory in UTF-16, each name ended by a zero
    return name.encode("utf-16-le") + b"\0\0" in content


def _is_worksheet(described: Any) -> bool:
    return str(described.typ).rpartition(".")[2] == "WorkSheet"


def _sheet(book: Any, described: Any) -> Sheet:
    sheet = book.get_sheet_by_name(described.name)
    if sheet.end is not None:
        last_row, last_column = sheet.end
        if last_row >= MOST_ROWS:
            raise _TooMany("rows", described.name)
        if last_column >= MOST_COLUMNS:
            raise _TooMany("columns", described.name)
    rows: list[list[str]] = []
    odd: list[tuple[int, int, str]] = []
    for row_index, values in enumerate(sheet.to_python(skip_empty_area=False)):
        # nearly all cells are text: asking here saves two calls for each of a million
        rows.append([value if type(value) is str else _as_text(value) for value in values])
        others = [(column, value) for column, value in enumerate(values) if type(value) is not str]
        odd += [(row_index, column, sort) for column, value in others if (sort := _oddness(value))]
    _fill_down(rows, sheet.merged_cell_ranges)
    hidden = str(described.visible).rpartition(".")[2] != "Visible"
    return {"name": described.name, "rows": rows, "odd": odd, "hidden": hidden}


def _fill_down(rows: list[list[str]], merged: Any) -> None:
    """A cell merged over several rows stands in each of them, as a reader of the sheet sees it."""
    for (top, left), (bottom, _) in merged or ():
        if top >= len(rows) or left >= len(rows[top]) or not rows[top][left]:
            continue
        for row in rows[top + 1 : bottom + 1]:
            if left < len(row) and not row[left]:
                row[left] = rows[top][left]


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _figure(value)
    if isinstance(value, datetime.datetime):
        moment = f"{value.hour}:{value.minute:02}"
        return _day(value) if value.time() == datetime.time() else f"{_day(value)} {moment}"
    if isinstance(value, datetime.date):
        return _day(value)
    if isinstance(value, datetime.time):
        return f"{value.hour}:{value.minute:02}" + (f":{value.second:02}" if value.second else "")
    return "" if value is None else str(value)


def _figure(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    # spreadsheets show 15 digits: 0.1 + 0.2 is 0.3 there
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e21 else f"{value:.15g}"


def _day(value: datetime.date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def _oddness(value: Any) -> str:
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return "date"
    return "fraction" if isinstance(value, float) and not value.is_integer() else ""
