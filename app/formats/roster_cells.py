"""The cells of a roster by meaning, without anything that looks like an identity card's number."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from app.formats.columns import Header, bare, cell, column_letter, find_header
from app.formats.problem import Problem
from app.formats.table import Sheet, read_table

_IDENTITY_TITLE = re.compile(r"身份证|证件号|证件编号|公民身份|身份号")
_IDENTITY = re.compile(
    r"(?<!\d)\d{6}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"
)
_SEEN_ROWS = 2000


@dataclass(frozen=True)
class RosterLine:
    """One row below a header: its cells by meaning ("" where there is none), and the meanings that have a column."""

    row: int
    sheet: str | None
    cells: dict[str, str]
    columns: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


@dataclass
class RosterCells:
    """Everything read of a roster's file before its rows are judged."""

    lines: list[RosterLine] = field(default_factory=list)
    problems: tuple[Problem, ...] = ()
    recognised: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


def read_cells(content: bytes, titles: dict[str, str], needed: tuple[str, ...], missing: str) -> RosterCells:
    """The rows below the header of every sheet that has one, without anything like an identity card's number."""
    table = read_table(content)
    if not table.is_readable:
        return RosterCells(problems=table.problems)
    meaning_of = {title: meaning for meaning, words in titles.items() for title in words.split()}
    found = RosterCells(problems=table.problems)
    for sheet in table.sheets:
        header = (
            None if sheet.hidden else find_header(sheet.rows, meaning_of.get, lambda columns: _has(columns, needed))
        )
        if header is None:
            found.skipped += _why_skipped(sheet)
            continue
        dropped = _identity_columns(sheet, header)
        found.problems += tuple(_told_dropped(sheet, column) for column in sorted(dropped))
        kept = {meaning: column for meaning, column in header.columns.items() if column not in dropped}
        header = Header(header.row, kept, {meaning: header.titles[meaning] for meaning in kept})
        found.recognised += (header.told(sheet.name),)
        found.lines += [_line(sheet, index, row, kept, titles) for index, row in _rows_below(sheet, header)]
    if not found.recognised:
        found.problems += (Problem(None, None, "error", missing),)
    return found


def _has(columns: Mapping[str, int], needed: Iterable[str]) -> bool:
    return all(name in columns for name in needed)


def _why_skipped(sheet: Sheet) -> tuple[str, ...]:
    if not any(value.strip() for row in sheet.rows for value in row):
        return ()
    where = f"工作表“{sheet.name}”" if sheet.name else "这张表"
    return (f"{where}是隐藏的，没有读取" if sheet.hidden else f"{where}没有找到表头，没有读取",)


def _rows_below(sheet: Sheet, header: Header) -> Iterator[tuple[int, tuple[str, ...]]]:
    columns = [column for meaning, column in header.columns.items() if meaning != "order"]
    for index in range(header.row + 1, len(sheet.rows)):
        row = sheet.rows[index]
        if any(cell(row, column) for column in columns):
            yield index, row


def _line(
    sheet: Sheet, index: int, row: tuple[str, ...], columns: dict[str, int], titles: dict[str, str]
) -> RosterLine:
    problems: tuple[Problem, ...] = ()
    cells = {}
    for meaning in titles:
        text = cell(row, columns.get(meaning))
        cells[meaning] = without_identity(text)
        if cells[meaning] != text:
            told = "这一行的一格里写着身份证号，已舍去；请核对这一格原本要写的内容"
            problems += (Problem(index + 1, None, "warning", told, sheet.name),)
    return RosterLine(index + 1, sheet.name, cells, frozenset(columns), problems)


def without_identity(text: str) -> str:
    """The text without identity-card numbers, however they are spaced or written."""
    if sum(sign.isdigit() for sign in text) < 17:
        return text
    folded = unicodedata.normalize("NFKC", text)
    closed = re.sub(r"(?<=\d)[\s\-]+(?=[\dXx])", "", folded)
    if _IDENTITY.search(folded):
        return _IDENTITY.sub("", folded).strip()
    return _IDENTITY.sub("", closed).strip() if _IDENTITY.search(closed) else text


def _identity_columns(sheet: Sheet, header: Header) -> set[int]:
    """The columns that hold identity-card numbers, by their title or by what most of their cells look like."""
    titles = sheet.rows[header.row]
    columns = {index for index, title in enumerate(titles) if _IDENTITY_TITLE.search(bare(title))}
    rows = sheet.rows[header.row + 1 : header.row + 1 + _SEEN_ROWS]
    for column in range(len(titles)):
        filled = [value for row in rows if (value := cell(row, column))]
        alike = sum(without_identity(value) != value for value in filled)
        if alike * 2 > len(filled):
            columns.add(column)
    return columns


def _told_dropped(sheet: Sheet, column: int) -> Problem:
    message = f"{column_letter(column)}列像是身份证号，本平台不需要，已整列舍去，没有保存"
    return Problem(None, "身份证号", "warning", message, sheet.name)
