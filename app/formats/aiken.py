"""A bank in Aiken, Moodle's plainest form: a stem, options A. or A), then ANSWER: with the letter of the right one."""

import re

from app.formats.bank_draft import draft_question, tell_duplicates
from app.formats.bank_lines import fields, heading
from app.formats.bank_pieces import Pieces, split_number
from app.formats.bank_text import MOST_QUESTIONS
from app.formats.problem import Problem, Reading
from app.rules.question import MOST_OPTIONS, QuestionKind, tidy

_OPTION = re.compile(r"([A-Z])[.)]\s*")
_ANSWER = re.compile(r"ANSWER\s*:\s*(.*)")
_LETTERS = re.compile(r"[A-Z](?:[\s,]*[A-Z])*")
_HAN_MARK = re.compile(r"(?:[【\[(（]?\s*(?:正确|参考|标准)?答案|[【\[(（]?\s*(?:答案)?解析)\s*[】\])）]?\s*[:：]?")
_KEPT_LENGTH = 8_000
_KEPT_OPTIONS = 26
_RECOGNISED = "这是Aiken格式（Moodle）的题库：题干、选项A B C D、ANSWER:正确选项的字母"


def looks_like_aiken(text: str) -> bool:
    """Whether every key of the text is an ANSWER: below an option, and nothing in it is of another form.

    A text with numbered stems, headings of kinds, or 答案 and 解析 is an ordinary bank, whatever its keys look like.
    """
    lines = [line.strip() for line in text[:200_000].split("\n") if line.strip()]
    answers = [place for place, line in enumerate(lines) if _ANSWER.fullmatch(line)]
    below_options = [place for place in answers if place and _OPTION.match(lines[place - 1])]
    if not below_options or len(below_options) * 2 < len(answers):
        return False
    stems = [line for line in lines if not _ANSWER.fullmatch(line) and not _OPTION.match(line)]
    if any(heading(line) or _HAN_MARK.match(line) or fields(line) for line in stems):
        return False
    after = [lines[place + 1] for place in answers if place + 1 < len(lines)]
    return not any(split_number(line)[0] for line in (lines[0], *after))


def read_aiken(text: str) -> Reading:
    """The questions of an Aiken text with a verdict for each; row numbers are line numbers. Never raises."""
    reader = _AikenReader()
    for row, line in enumerate(text.split("\n"), start=1):
        if bare := tidy(line):
            reader.take(row, bare)
        if len(reader.found) > MOST_QUESTIONS:
            message = f"超过{MOST_QUESTIONS}题，一次最多{MOST_QUESTIONS}题。请分成几个文件"
            return Reading(problems=(Problem(None, None, "error", message),))
    reader.close()
    questions = tell_duplicates([draft_question(pieces) for pieces in reader.found])
    return Reading("", "", tuple(questions), (), (_RECOGNISED,) if questions else ())


class _AikenReader:
    """Walks over the lines, filling the question at hand."""

    def __init__(self) -> None:
        self.found: list[Pieces] = []
        self.current: Pieces | None = None

    def take(self, row: int, line: str) -> None:
        """One line that is not blank."""
        if answer := _ANSWER.fullmatch(line):
            self._take_answer(row, answer[1].strip())
        elif option := _OPTION.match(line):
            self._take_option(row, option[1], line[option.end() :])
        else:
            self._take_words(row, line)

    def close(self) -> None:
        """End the question at hand, which has no ANSWER."""
        if self.current is not None:
            self.current.note("答案", "error", "没有ANSWER一行，请在选项下面补上，如“ANSWER: B”")
            self.current.places = ()
            self.current = None

    def _begin(self, row: int, stem: str) -> Pieces:
        number, bare = split_number(stem)
        self.current = Pieces(row=row, stem=bare, number=number, are_signed=False)
        self.found.append(self.current)
        return self.current

    def _take_words(self, row: int, line: str) -> None:
        if self.current is not None and self.current.options:
            self.close()
        if self.current is None:
            self._begin(row, line)
        elif len(self.current.stem) < _KEPT_LENGTH:
            self.current.stem += f"\n{line}"

    def _take_option(self, row: int, sign: str, text: str) -> None:
        current = self.current or self._begin(row, "")
        expected = chr(ord("A") + len(current.options))
        if sign != expected and len(current.options) < MOST_OPTIONS:
            message = f"第{row}行的选项字母是{sign}，按顺序应当是{expected}，请核对选项和ANSWER"
            current.note("选项", "error", message)
        if len(current.options) < _KEPT_OPTIONS:
            current.options.append(text)

    def _take_answer(self, row: int, said: str) -> None:
        current = self.current or self._begin(row, "")
        current.places = ()
        if _LETTERS.fullmatch(said):
            current.places = tuple(sorted({ord(sign) - ord("A") for sign in said if "A" <= sign <= "Z"}))
            current.outer_kind = QuestionKind.MULTIPLE_CHOICE if len(current.places) > 1 else QuestionKind.SINGLE_CHOICE
        else:
            message = f"第{row}行的ANSWER没有看懂，后面请只写选项字母，如“ANSWER: B”"
            current.note("答案", "error", message)
        if not current.stem and len([option for option in current.options if option]) < 2:
            current.key = current.key or f"ANSWER: {said}"[:40]
        self.current = None
