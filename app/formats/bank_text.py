"""A bank out of text: the form of the shipped banks, and the many ways in which such text circulates."""

import re

from app.formats import bank_key_table, bank_lines
from app.formats.bank_draft import draft_question, tell_duplicates
from app.formats.bank_lines import Heading, Numbered
from app.formats.bank_pieces import Pieces
from app.formats.problem import FewProblems, Problem, Reading
from app.rules.question import MOST_OPTIONS, QuestionKind, letter, tidy

MOST_QUESTIONS = 20_000
MOST_LINES = 200_000
CONTINUED = "↵"  # before a line that goes on with what stands above it, whatever it looks like
_SEEN_AHEAD = 30
_LONGEST_LINE = 10_000
_LONGEST_GAP = re.compile(r"[ \u3000]{20,}")
_EXCERPT_LENGTH = 30
_LONGEST_NOTE = 30  # lines
_GAP = " " * 20
# beyond these the question is in error anyway, and adding line to line would take ever longer
_KEPT_LENGTH = 8_000
_KEPT_OPTIONS = 26


def read_bank_text(text: str, *, tells_twins: bool = True) -> Reading:
    """The questions of a text with a verdict for each; row numbers are line numbers. Never raises.

    Without `tells_twins` nobody is told which are alike: the text is only a part of what will be compared.
    """
    lines = text.split("\n", MOST_LINES + 1)
    if len(lines) > MOST_LINES or any(len(line) > _LONGEST_LINE for line in lines):
        message = f"文本太长（超过{MOST_LINES}行，或有一行超过{_LONGEST_LINE}字）。请分成几个文件，每题从新的一行开始"
        return Reading(problems=(Problem(None, None, "error", message),))
    return _TextReader([shortened(tidy(line)) for line in lines]).read(tells_twins)


def shortened(text: str) -> str:
    """The text with blanks in a row cut to the twenty that are read."""
    return _LONGEST_GAP.sub(_GAP, text)


class _TextReader:
    """Walks over the lines once, filling the pieces of the question at hand."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.leading = bank_lines.distances_to_options(lines)
        self.title = ""
        self.note: list[str] = []
        self.found: list[Pieces] = []
        self.current: Pieces | None = None
        self.filling = ""
        self.style = ""
        self.listed = 0
        self.kind: QuestionKind | None = None
        self.not_offered = ""
        self.recognised: list[str] = []
        self.problems = FewProblems()
        self.keys: list[bank_key_table.ListedKey] = []
        self.lists_keys = False
        self.kinds_come_first = False

    def read(self, tells_twins: bool) -> Reading:
        for index, line in enumerate(self.lines):
            if line:
                self._take(index, line)
        for key in bank_key_table.hand_out(self.keys, self.found):
            self.problems.warn(f"答案表里的第{key.number}题没有找到对应的试题（或该题已有答案），请核对")
        if len(self.found) > MOST_QUESTIONS:
            message = f"共{len(self.found)}题，一次最多{MOST_QUESTIONS}题。请分成几个文件"
            return Reading(self.title, problems=(Problem(None, None, "error", message),))
        questions = [draft_question(pieces) for pieces in self.found]
        if tells_twins:
            questions = tell_duplicates(questions)
        return Reading(self.title, "\n".join(self.note), tuple(questions), self.problems.told(), tuple(self.recognised))

    # --- one line

    def _take(self, index: int, line: str) -> None:
        if self._takes_continued(line) or self._takes_listed_keys(index, line) or self._takes_preface(line):
            return
        heading = bank_lines.heading(line)
        if heading and not (self.filling == "key" and self.current and not self.current.key):
            self._open_section(index, heading)
            return
        line, tail = bank_lines.split_inline_key(line)
        self._take_head(index, line)
        if tail and self.current:
            self._take_fields(index, bank_lines.fields(tail))

    def _take_head(self, index: int, line: str) -> None:
        fields = bank_lines.fields(line)
        if fields and fields[0][0] == "kind_word" and self._announces_kind(index):
            self._open_section(index, bank_lines.announced(fields[0][1]))
            return
        if fields and self.current:
            self._take_fields(index, fields)
            return
        place = self._option_place(index, line)
        if place is not None:
            self._take_options(index, line)
            return
        number = bank_lines.numbered(line)
        if number and self._begins_question(index, number):
            self._open_question(index, number)
        else:
            self._take_plain(index, line)

    def _takes_continued(self, line: str) -> bool:
        """Whether the line says of itself that it goes on with the stem, the option or the field at hand."""
        if not line.startswith(CONTINUED) or self.current is None or not self.filling:
            return False
        said = line[len(CONTINUED) :]
        if self.filling == "option":
            self.current.options[-1] = _joined(self.current.options[-1], said)
        else:
            setattr(self.current, self.filling, _joined(getattr(self.current, self.filling), said))
        return True

    def _takes_listed_keys(self, index: int, line: str) -> bool:
        """Whether the line belongs to a list of keys apart from the questions."""
        if bank_key_table.is_title(line) and self.found:
            following = self._next_line(index)
            if bank_key_table.listed_keys(following, None) or bank_lines.heading(following):
                self.lists_keys, self.current, self.kind = True, None, None
                return True
        if not self.lists_keys:
            return False
        if heading := bank_lines.heading(line):
            following = self._next_line(index)
            self.lists_keys = bool(bank_key_table.listed_keys(following, None))
            self.kind = heading.kind
            return self.lists_keys
        keys = bank_key_table.listed_keys(line, self.kind)
        self.keys += keys
        self.lists_keys = bool(keys)
        return self.lists_keys

    def _takes_preface(self, line: str) -> bool:
        """Whether the line is the bank's title or note, which stand before everything else."""
        if self.found or self.recognised:
            return False
        for name in ("题库", "题库名称", "标题"):
            if line.startswith((f"{name}：", f"{name}:")):
                self.title = line[len(name) + 1 :].strip()
                return True
        for name in ("说明", "备注"):
            if line.startswith((f"{name}：", f"{name}:")):
                self.note.append(line[len(name) + 1 :].strip())
                return True
        return False

    def _open_section(self, index: int, heading: Heading) -> None:
        self.current, self.filling, self.listed = None, "", 0
        if heading.names_kind:
            self.kind, self.not_offered = heading.kind, heading.not_offered
        label = heading.kind.label if heading.kind else heading.not_offered
        self.recognised.append(f"第{index + 1}行“{heading.words}”" + (f"：以下按{label}题读取" if label else "：标题"))

    def _open_question(self, index: int, number: Numbered | None, stem: str = "") -> None:
        self.current = Pieces(
            row=index + 1,
            outer_kind=self.kind,
            not_offered=self.not_offered,
            number=str(number.number) if number else "",
            key=number.judged if number else "",
            are_signed=False,
        )
        self.found.append(self.current)
        self.filling, self.listed = "stem", 0
        if number:
            self.style = number.style
        stem, inline = bank_lines.inline_options(number.rest if number else stem)
        self.current.stem = stem
        if inline:
            self._take_options(index, inline)

    # --- what follows a stem

    def _take_fields(self, index: int, fields: list[tuple[str, str]]) -> None:
        assert self.current is not None
        for name, value in fields:
            if name == "ignored":
                continue
            written = getattr(self.current, name)
            if name == "key" and written and written != value:
                self.current.note("答案", "error", f"第{index + 1}行又写了一个答案“{value[:20]}”，请只留一个")
                continue
            setattr(self.current, name, value if name == "key" else _joined(written, value))
            self.filling = name
            self.listed = 2 if name == "explanation" and value.startswith(("1.", "1、", "1．", "（1）", "(1)")) else 0

    def _option_place(self, index: int, line: str) -> int | None:
        """The place of the option that the line begins with, if options may stand here."""
        if self.current is None:
            return None
        expected = len(self.current.options)
        place = bank_lines.option_letter(line, expected)
        if place is None or place >= MOST_OPTIONS:
            return None
        if expected == 0 and (bank_lines.is_bare(line) or self.filling != "stem"):
            # “A 公司……” may be anything, and some write the key before the options: a B below settles it
            return place if place == 0 and bank_lines.option_letter(self._next_line(index), 1) == 1 else None
        return place if self.filling in ("stem", "option") else None

    def _take_options(self, index: int, line: str) -> None:
        assert self.current is not None
        following = bank_lines.option_letter(self._next_line(index), -1)
        for place, text in bank_lines.options(line, following):
            expected = len(self.current.options)
            if place > expected:
                # a letter left out keeps the later letters true; the gap is told as an empty option
                self.current.options += [""] * (place - expected)
            elif place < expected:
                message = f"选项字母{letter(place)}出现了两次，已按先后排为选项{letter(expected)}，请核对选项和答案"
                self.current.note("选项", "error", message)
            if expected < _KEPT_OPTIONS:
                self.current.options.append(text)
        self.filling = "option"

    def _take_plain(self, index: int, line: str) -> None:
        if self.current is None or self._is_unnumbered_stem(index):
            self._take_unnumbered(index, line)
            return
        current, after_blank = self.current, not self.lines[index - 1]
        if after_blank and self.filling != "stem" and current.key and (found := bank_lines.chapter(line)):
            self._open_section(index, found)
        elif self.filling == "key" and not current.key:
            current.key = line
        elif self.filling == "stem":
            current.stem = _joined(current.stem, line)
        elif self.filling == "option":
            current.options[-1] = _joined(current.options[-1], line)
        elif self.filling in ("explanation", "source"):
            setattr(current, self.filling, _joined(getattr(current, self.filling), line))
            self._follow_list(line)
        elif after_blank:
            self._skip(index, line)
        else:
            current.explanation = _joined(current.explanation, line)
            current.note(
                "解析", "warning", f"第{index + 1}行“{line[:_EXCERPT_LENGTH]}”没有标明是什么，已当作解析，请核对"
            )

    def _take_unnumbered(self, index: int, line: str) -> None:
        if self._leads_to_options(index):
            self._open_question(index, None, line)
        elif found := bank_lines.chapter(line):
            self._open_section(index, found)
        elif self.found or self.recognised:
            self._skip(index, line)
        elif not self.title and len(line) <= 60:
            self.title = line
        elif len(self.note) < _LONGEST_NOTE:
            self.note.append(line)
        else:
            self._skip(index, line)

    # --- looking around

    def _begins_question(self, index: int, number: Numbered) -> bool:
        current = self.current
        if current is None:
            return number.style != "spaced" or self._leads_to_options(index)
        is_next = current.number.isdigit() and number.number == int(current.number) + 1
        if number.style != self.style and not (is_next and current.key):
            return self._leads_to_options(index) and bool(current.key)
        if number.style == "spaced" and not is_next:
            return False
        if self.filling in ("explanation", "source"):
            if is_next and number.number != self.listed:
                return True
            return self._leads_to_options(index)
        if current.key or len(current.options) > 1:
            return True
        return is_next or self._leads_to_options(index)

    def _announces_kind(self, index: int) -> bool:
        """Whether 题型：单选 speaks of the question that follows rather than of the one before."""
        if self.current is None:
            self.kinds_come_first = True
        return self.kinds_come_first or not self.lines[index - 1]

    def _is_unnumbered_stem(self, index: int) -> bool:
        """Whether a plain line begins a question of a text that does not number its questions."""
        current = self.current
        if current is None or not (current.key or len(current.options) > 1):
            return False
        after_blank = not self.lines[index - 1]
        return (after_blank or self.filling == "key") and self._leads_to_options(index)

    def _leads_to_options(self, index: int) -> bool:
        """Whether an option A or a key follows before anything else begins."""
        line = self.lines[index]
        if bank_lines.inline_options(line)[1] or bank_lines.split_inline_key(line)[1]:
            return True
        return self.leading[index + 1] <= _SEEN_AHEAD

    def _next_line(self, index: int) -> str:
        return next((line for line in self.lines[index + 1 : index + _SEEN_AHEAD] if line), "")

    def _follow_list(self, line: str) -> None:
        item = bank_lines.numbered(line)
        if item and item.number in (1, self.listed):
            self.listed = item.number + 1

    def _skip(self, index: int, line: str) -> None:
        self.problems.warn(f"第{index + 1}行“{line[:_EXCERPT_LENGTH]}”没有看懂，已略过；如果是试题，请在前面写上题号")


def _joined(text: str, line: str) -> str:
    if not text:
        return line
    return f"{text}\n{line}" if len(text) < _KEPT_LENGTH else text
