"""Small workbooks for the tests of reading, made on the spot."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import xlsxwriter

Rows = Sequence[Sequence[Any]]
HEADER = ("题型", "题干", "选项A", "选项B", "选项C", "选项D", "答案", "解析")


def workbook(sheets: Mapping[str, Rows] | Rows, arrange: Callable[[Any, Any], None] | None = None) -> bytes:
    """An .xlsx with these sheets; `arrange` gets the book and its first sheet before it is closed."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    for name, rows in (sheets if isinstance(sheets, Mapping) else {"题库": sheets}).items():
        sheet = book.add_worksheet(name)
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                sheet.write_string(row, column, value) if isinstance(value, str) else sheet.write(row, column, value)
    if arrange:
        arrange(book, book.worksheets()[0])
    book.close()
    return file.getvalue()


def questions(*rows: Sequence[Any]) -> bytes:
    """An .xlsx with the usual header and these rows below."""
    return workbook([HEADER, *rows])


def patched(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The same archive with the parts that `change` (name, bytes) alters."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return file.getvalue()


def archive(**parts: bytes) -> bytes:
    """A zip of these names (__ stands for /) and contents."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    return file.getvalue()
