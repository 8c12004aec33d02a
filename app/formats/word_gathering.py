"""From the lines and tables of a Word file to questions in the file's order, each told by its paragraph."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from app.formats import bank_lines
from app.formats.bank_draft import tell_duplicates
from app.formats.bank_table import question_header, read_bank_table
from app.formats.bank_text import MOST_QUESTIONS, read_bank_text
from app.formats.problem import Problem, Reading, ReadQuestion
from app.formats.table import Table
from app.formats.word_items import Item, Line, QuestionTable
from app.formats.word_marks import marked, marks_last, unmarked
from app.formats.word_pictures import Album, illustrated
from app.rules.matching import row_place

_LINE_NUMBER = re.compile(r"第(\d{1,6})行")
_OPTION_PLACE = re.compile(r"option(\d+)")

_LONGEST_LETTER = 8
_LONGEST_LINE = 10_000

_T = TypeVar("_T")
_Placed = tuple[int, ReadQuestion]


def gathered(items: list[Item], album: Album) -> Reading:
    """The questions of all items with a verdict each, in their order; row numbers are paragraphs, in tables rows."""
    text = _Text([item for item in items if isinstance(item, Line)])
    reading = text.read(album)
    tables = [item for item in items if isinstance(item, QuestionTable)]
    placed = list(text.questions)
    recognised = list(reading.recognised)
    for table in tables:
        told, found = _read_table(table, album)
        recognised += told
        placed += [(table.paragraph, question) for question in found]
    if len(placed) > MOST_QUESTIONS:
        message = f"共{len(placed)}题，一次最多{MOST_QUESTIONS}题。请分成几个文件"
        return Reading(reading.title, problems=(Problem(None, None, "error", message),))
    placed.sort(key=lambda each: each[0])
    questions = tuple(tell_duplicates([question for _, question in placed]))
    return replace(reading, questions=questions, recognised=tuple(recognised), images=album.images.found)


class _Text:
    """The lines of the document as one text, and what stands in which of them."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines: list[str] = []
        self.paragraphs: list[int] = []
        self.pictures: list[tuple[int, int]] = []
        self.remarks: list[tuple[int, str]] = []
        self.questions: list[_Placed] = []
        for line in lines:
            self._add(line)

    def read(self, album: Album) -> Reading:
        """What the reader of text says, told by paragraphs; the questions are kept apart with their place."""
        if not any(self.lines):
            return Reading()
        reading = read_bank_text("\n".join(self.lines), tells_twins=False)
        owners = self._owners([question.row for question in reading.questions])
        for index, question in enumerate(reading.questions):
            at_stem, behind = owners.get(index, ([], []))
            drawn = illustrated(question, album, [(None, picture) for picture in at_stem], behind)
            self.questions.append(self._told_by_paragraph(drawn, self._remarks_of.get(index, [])))
        return replace(
            reading,
            title=unmarked(reading.title),
            note=unmarked(reading.note),
            questions=(),
            problems=tuple(replace(each, message=self._by_paragraph(each.message)) for each in reading.problems),
            recognised=tuple(map(self._by_paragraph, reading.recognised)),
        )

    def _add(self, line: Line) -> None:
        """Keep a line; marks stay only in options, where the text has to tell them apart."""
        text = marks_last(line.text)
        bare = unmarked(text).strip() if marked(text) else text
        pictures = marked(text)
        if pictures and not bare and self.lines:
            if _is_letter_alone(self.lines[-1].strip()):
                self.lines[-1] += " " + text.strip()
            else:
                self.pictures += [(len(self.lines) - 1, picture) for picture in pictures]
            return
        if pictures and not _holds_options(bare):
            self.pictures += [(len(self.lines), picture) for picture in pictures]
            text = bare
        self.remarks += [(len(self.lines), remark) for remark in line.remarks]
        self.lines.append(text)
        self.paragraphs.append(line.paragraph)

    def _owners(self, rows: list[int]) -> dict[int, tuple[list[int], list[int]]]:
        """For each question the pictures at its stem or options, and those behind its key; remarks likewise."""
        self._remarks_of: dict[int, list[str]] = {}
        found: dict[int, tuple[list[int], list[int]]] = {}
        if not self.pictures and not self.remarks:
            return found
        waiting = _by_line(self.pictures)
        remarks = _by_line(self.remarks)
        begins = {row - 1: index for index, row in enumerate(rows)}
        owner, is_behind = None, False
        for index, line in enumerate(self.lines):
            if index in begins:
                owner, is_behind = begins[index], False
            elif (plain := line.strip()) and bank_lines.fields(plain):
                is_behind = True
            elif plain and bank_lines.heading(plain):
                owner = None
            if owner is not None:
                found.setdefault(owner, ([], []))[is_behind].extend(waiting.get(index, ()))
                self._remarks_of.setdefault(owner, []).extend(remarks.get(index, ()))
        return found

    def _told_by_paragraph(self, question: ReadQuestion, remarks: list[str]) -> _Placed:
        row = self.paragraphs[question.row - 1]
        problems = [replace(each, row=row, message=self._by_paragraph(each.message)) for each in question.problems]
        problems += [Problem(row, "题干", "warning", remark) for remark in dict.fromkeys(remarks)]
        draft = question.draft and replace(question.draft, place=row_place(row, None, "段"))
        return row, replace(question, row=row, unit="段", draft=draft, problems=tuple(problems))

    def _by_paragraph(self, message: str) -> str:
        found = _LINE_NUMBER.match(message)
        if found and 0 < int(found[1]) <= len(self.paragraphs):
            message = f"第{self.paragraphs[int(found[1]) - 1]}段{message[found.end() :]}"
        return unmarked(message)


def _by_line(found: Iterable[tuple[int, _T]]) -> dict[int, list[_T]]:
    lines: dict[int, list[_T]] = {}
    for index, each in found:
        lines.setdefault(index, []).append(each)
    return lines


def _is_letter_alone(line: str) -> bool:
    if len(line) > _LONGEST_LETTER or bank_lines.option_letter(line, -1) is None:
        return False
    return not any(text for _, text in bank_lines.options(line, None))


def _holds_options(line: str) -> bool:
    if bank_lines.option_letter(line, -1) is not None:
        return True
    return len(line) <= _LONGEST_LINE and bool(bank_lines.inline_options(line)[1])


def _read_table(table: QuestionTable, album: Album) -> tuple[tuple[str, ...], list[ReadQuestion]]:
    reading = read_bank_table(Table((table.sheet,)), tells_twins=False)
    header = question_header(table.sheet)
    meaning = {column: name for name, column in header.columns.items()} if header else {}
    placed: dict[int, list[tuple[int | None, int]]] = {}
    explaining: dict[int, list[int]] = {}
    for row, column, picture in table.pictures:
        if option := _OPTION_PLACE.fullmatch(meaning.get(column, "")):
            placed.setdefault(row + 1, []).append((int(option[1]), picture))
        elif meaning.get(column) in ("stem", "options"):
            placed.setdefault(row + 1, []).append((None, picture))
        else:
            explaining.setdefault(row + 1, []).append(picture)
    remarks = _by_line(table.remarks)
    questions = []
    for question in reading.questions:
        drawn = illustrated(question, album, placed.get(question.row, []), explaining.get(question.row, []))
        remarked = dict.fromkeys(remarks.get(question.row - 1, ()))
        told = [Problem(question.row, "题干", "warning", remark, question.sheet) for remark in remarked]
        questions.append(replace(drawn, problems=(*drawn.problems, *told)))
    # there are no worksheets here: “表1”第1行是表头
    return tuple(told.removeprefix("工作表") for told in reading.recognised), questions
