"""Reading a bank of questions from any file: chooses the reader by what is inside, never by the name."""

import re
from dataclasses import replace
from pathlib import PurePath

from app.formats import moodle_xml, qti, word
from app.formats.aiken import looks_like_aiken, read_aiken
from app.formats.bank_table import ByHand, question_header, read_bank_table
from app.formats.bank_text import read_bank_text
from app.formats.gift import looks_like_gift, read_gift
from app.formats.json_bank import looks_like_json, read_json
from app.formats.plain_text import PlainText, decode
from app.formats.problem import Problem, Reading
from app.formats.spreadsheet import read_cells
from app.formats.table import Table, is_workbook, read_delimited, size_problem, workbook

_NOTHING_FOUND = (
    "没有找到试题。文本里每题写成：题号和题干一行，选项A、B、C、D各一行，答案一行（如“答案：B”），判断题写“答案：正确”"
)
_SAMPLE_ROWS = 20
_BEGINNING = 8_000


def read_bank(content: bytes, name: str, by_hand: ByHand | None = None) -> Reading:
    """The questions of a file, each with its verdict; any bytes in, never an exception.

    Parses what it is given in this very process: bytes that come from outside go through `bank_limited`. `by_hand`
    says what the columns of a table mean.
    """
    if too_big := size_problem(content):
        return Reading(title_of(name), problems=(too_big,))
    reading = _read_archive(content, by_hand) if is_workbook(content) else _read_text(content, by_hand)
    if not reading.questions and not any(problem.level == "error" for problem in reading.problems):
        reading = replace(reading, problems=(*reading.problems, Problem(None, None, "error", _NOTHING_FOUND)))
    return replace(reading, title=reading.title or title_of(name))


def title_of(name: str) -> str:
    """A title from a file's name: no folder, no ending, at most 60 characters."""
    plain = re.sub(r"[\x00-\x1f]", "", PurePath(name.replace("\\", "/")).name)
    return re.sub(r"\.\w{1,5}$", "", plain).strip()[:60]


def _read_archive(content: bytes, by_hand: ByHand | None) -> Reading:
    if qti.looks_like(content):
        return qti.read_qti(content)
    if word.looks_like(content):
        return word.read_word(content)
    return read_bank_table(workbook(read_cells(content)), by_hand)


def _read_text(content: bytes, by_hand: ByHand | None) -> Reading:
    if moodle_xml.looks_like(content[:_BEGINNING].decode("utf-8", "replace").replace("\0", "")):
        return moodle_xml.read_moodle_xml(content)
    if qti.looks_like(content):
        return qti.read_qti(content)
    found = decode(content, with_json=True)
    if not found.text:
        return Reading(problems=found.problems)
    reading = _of_text(found, by_hand)
    return replace(reading, problems=(*found.problems, *reading.problems))


def _of_text(found: PlainText, by_hand: ByHand | None) -> Reading:
    if looks_like_json(found.text):
        return read_json(found.text)
    table = read_delimited(PlainText(found.text))
    if table.is_readable and (by_hand or question_header(table.sheets[0])):
        return read_bank_table(table, by_hand)
    if looks_like_gift(found.text):
        return read_gift(found.text)
    if looks_like_aiken(found.text):
        return read_aiken(found.text)
    reading = read_bank_text(found.text)
    if not reading.questions and _has_columns(table):
        return read_bank_table(table)  # without a header that we know: somebody may name the columns by hand
    return reading


def _has_columns(table: Table) -> bool:
    widths = [len(row) for sheet in table.sheets for row in sheet.rows[:_SAMPLE_ROWS] if any(row)]
    return table.is_readable and len(widths) > 1 and len(set(widths)) == 1 and widths[0] > 2
