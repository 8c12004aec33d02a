"""The report as an Excel workbook that prints on A4 across, with a signature block."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from fractions import Fraction
from typing import Any

import xlsxwriter

from app.reports import absences
from app.reports.tables import HEADS, SIGNERS, ReportDocument
from app.rules import prose, rates
from app.rules.absence import Absentees
from app.rules.rates import Row

# The names under which official documents ask for them; where one is missing, Excel and WPS take another.
TITLE_FONT, HEAD_FONT, TEXT_FONT = "方正小标宋简体", "黑体", "宋体"
LAST = len(HEADS) - 1
NUMBERS = {name: "0.00%" if name in rates.RATES else "0.00" if name == "平均分" else "#,##0" for name in HEADS[2:LAST]}
WIDTHS = {"序号": 5, "参赛率": 9.5, "优秀人数": 9, "优秀率": 9.5, "合格率": 9.5, "满分率": 9.5, "备注": 14}
HAIR, THIN, MEDIUM = 7, 1, 2
ALMOST_ALL = Fraction(9999, 10_000)


def write_excel(document: ReportDocument) -> bytes:
    """The workbook. Every text is written as a text, so that a name is never a formula or a link."""
    with _workbook(document.title, document.organizer, document.as_of) as (workbook, file):
        sheet = workbook.add_worksheet("各单位参赛情况")
        names = [row.name for row in document.figures.rows]
        page = _Page(workbook, sheet, [_width(head, names) for head in HEADS])
        page.title(document.title, document.contest)
        page.notes(f"填报单位：{document.organizer}", document.roster_words)
        page.notes(document.state, document.as_of_words)
        page.heads(HEADS)
        last = len(document.figures.rows) - 1
        for place, row in enumerate(document.figures.rows):
            _write_row(page, row, is_last=place == last)
        page.row += 1
        for sentence in document.definitions:
            page.paragraph(sentence)
        page.signatures()
        page.set_up()
    return file.getvalue()


def write_absentees_excel(absentees: Absentees, *, contest: str, unit: str, organizer: str = "") -> bytes:
    """The list of those who have not taken part; `unit` names whom it covers, `organizer` who made it."""
    with _workbook(absences.TITLE, organizer, absentees.as_of) as (workbook, file):
        sheet = workbook.add_worksheet("未参赛人员名单")
        lines = absences.absent_lines(absentees)
        page = _Page(workbook, sheet, [6, _width("单位", [line[1] for line in lines]), 12, 15, 14, 12, 27, 27])
        page.title(absences.TITLE, contest)
        page.paragraph(absences.heading(absentees, unit=unit))
        page.heads(absences.HEADS)
        for place, line in enumerate(lines, start=1):
            rule = {"bottom": MEDIUM if place == len(lines) else HAIR}
            page.number(0, place, align="left", **rule)
            for column, text in enumerate(line[1:], start=1):
                page.text(column, text, text_wrap=column == 1, **rule)
            page.row += 1
        page.set_up()
    return file.getvalue()


@contextmanager
def _workbook(title: str, author: str, made_at: datetime) -> Iterator[tuple[Any, io.BytesIO]]:
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(file, options)
    created = prose.local(made_at).replace(tzinfo=None)
    workbook.set_properties({"title": title, "author": author, "created": created})
    yield workbook, file
    workbook.close()


class _Page:
    """One sheet, written from its top to its bottom; its columns are so many digits wide."""

    def __init__(self, workbook: Any, sheet: Any, widths: list[float]) -> None:
        self.sheet, self.last, self.row = sheet, len(widths) - 1, 0
        self._workbook, self._widths, self._head_row = workbook, widths, 0
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def format(self, **properties: Any) -> Any:
        """The workbook's format with these properties, made once."""
        full = {"font_name": TEXT_FONT, "font_size": 11, "valign": "vcenter"} | properties
        key = tuple(sorted(full.items()))
        if key not in self._formats:
            self._formats[key] = self._workbook.add_format(full)
        return self._formats[key]

    def text(self, column: int, text: str, **properties: Any) -> None:
        write = self.sheet.write_string if text else self._blank
        write(self.row, column, text, self.format(**properties))

    def _blank(self, row: int, column: int, _text: str, shape: Any) -> None:
        self.sheet.write_blank(row, column, None, shape)

    def number(self, column: int, value: int | float, **properties: Any) -> None:
        self.sheet.write_number(self.row, column, value, self.format(**properties))

    def merged(self, first: int, last: int, text: str, **properties: Any) -> None:
        shape = self.format(**properties)
        self.sheet.merge_range(self.row, first, self.row, last, "", shape)
        self.sheet.write_string(self.row, first, text, shape)

    def title(self, title: str, contest: str) -> None:
        self.sheet.set_row(self.row, 36)
        self.merged(0, self.last, title, font_name=TITLE_FONT, font_size=22, align="center")
        self.row += 1
        self.sheet.set_row(self.row, 22)
        self.merged(0, self.last, contest, font_size=14, align="center")
        self.row += 1

    def notes(self, left: str, right: str = "") -> None:
        middle = self.last // 2 if right else self.last
        self.merged(0, middle, left)
        if right:
            self.merged(middle + 1, self.last, right, align="right")
        self.row += 1

    def heads(self, heads: tuple[str, ...]) -> None:
        self._head_row = self.row
        self.sheet.set_row(self.row, 24)
        for column, head in enumerate(heads):
            align = "right" if head in NUMBERS else "left"
            self.text(column, head, font_name=HEAD_FONT, align=align, top=MEDIUM, bottom=THIN)
        self.row += 1

    def paragraph(self, text: str) -> None:
        """A sentence over the whole width: merged cells do not grow by themselves, so its height is set."""
        digits = int(sum(self._widths))
        self.sheet.set_row(self.row, 15 * (1 + _length(text) // digits) + 2)
        self.merged(0, self.last, text, font_size=10, text_wrap=True, valign="top")
        self.row += 1

    def signatures(self) -> None:
        self.row += 1
        self.sheet.set_row(self.row, 40)
        edges = (0, 3, 7, 11, self.last + 1)
        for signer, first, after in zip(SIGNERS, edges, edges[1:], strict=False):
            self.merged(first, after - 1, f"{signer}：", valign="top")
        self.row += 1

    def set_up(self) -> None:
        """How the sheet looks and prints: A4 across, one page wide, the head on every page."""
        for column, width in enumerate(self._widths):
            self.sheet.set_column(column, column, width)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        self.sheet.center_horizontally()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(self._head_row)
        self.sheet.freeze_panes(self._head_row + 1, 2)
        self.sheet.print_area(0, 0, self.row - 1, self.last)
        self.sheet.set_footer("&C第&P页，共&N页")
        self.sheet.hide_gridlines(2)


def _write_row(page: _Page, row: Row, *, is_last: bool) -> None:
    look: dict[str, Any] = {"bottom": MEDIUM if is_last else HAIR}
    if row.kind in ("sum", "total"):
        look["bold"] = True
    if row.kind == "total":
        look |= {"top": THIN, "bottom": MEDIUM if is_last else THIN}
    if row.number is None:
        page.text(0, "", **look)
    else:
        page.number(0, row.number, align="left", **look)
    page.text(1, row.name, text_wrap=True, indent=row.depth, **look)
    for column, ((name, read), printed) in enumerate(zip(rates.COLUMNS, rates.cells(row), strict=True), start=2):
        value = read(row)
        if value is None:
            page.text(column, printed, align="right", **look)
        else:
            page.number(column, _number(name, value), num_format=NUMBERS[name], align="right", **look)
    page.text(LAST, row.remark, text_wrap=True, **look)
    page.row += 1


def _number(name: str, value: int | Fraction) -> int | float:
    """A cell's number. A sheet would round 6 299.9 of 6 300 up to 100.00%, so what is not all stays below it."""
    if isinstance(value, int):
        return value
    if name in rates.RATES and ALMOST_ALL < value < 1:
        value = ALMOST_ALL
    return float(value)


def _width(head: str, names: list[str]) -> float:
    """The width of a column in digits; the column of names fits the longest, up to a line of 20 Chinese characters."""
    if head != "单位":
        return WIDTHS.get(head, 7.5)
    return min(max([12, *(_length(name) + 4 for name in names)]), 42)


def _length(text: str) -> int:
    """How many digits wide a text is: a Chinese character takes two."""
    return sum(1 if ord(character) < 0x2E80 and character not in "“”—÷−" else 2 for character in text)
