"""Reading a bank of questions from any file: chooses the reader by what is inside, never by the name."""

import re
from dataclasses import replace
from pathlib import PurePath

from app.formats.bank_table import ByHand, question_header, read_bank_table
from app.formats.bank_text import read_bank_text
from app.formats.plain_text import decode
from app.formats.problem import Problem, Reading
from app.formats.spreadsheet import read_cells
from app.formats.table import is_workbook, read_delimited, size_problem, workbook

_NOTHING_FOUND = (
    "没有找到试题。文本里每题写成：题号和题干一行，选项A、B、C、D各一行，答案一行（如“答案：B”），判断题写“答案：正确”"
)
_GIFT = re.compile(r"^::[^\n]{0,200}?::|\{\s*[=~]", re.MULTILINE)
_IS_GIFT = "这是GIFT格式的题库，不能直接读取。请把内容整理到模板表格里，或写成一般的题库文本再上传"


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
    return read_bank_table(workbook(read_cells(content)), by_hand)


def _read_text(content: bytes, by_hand: ByHand | None) -> Reading:
    found = decode(content)
    if not found.text:
        return Reading(problems=found.problems)
    table = read_delimited(found)
    if table.is_readable and question_header(table.sheets[0]):
        return read_bank_table(table, by_hand)
    reading = read_bank_text(found.text)
    if not reading.questions and _GIFT.search(found.text):
        return Reading(problems=(Problem(None, None, "error", _IS_GIFT),))
    return replace(reading, problems=(*found.problems, *reading.problems))
