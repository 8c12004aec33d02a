"""A quiz definition out of TOML: what is asked and how it is scored; no dates, no people."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from app.formats.problem import Problem
from app.rules.paper import PaperSpec, Section
from app.rules.question import HARDEST, QuestionKind
from app.rules.terms import Counting, ReviewRule, Visible

LONGEST_MINUTES = 24 * 60
MOST_QUESTIONS = 500
_LARGEST = 256 * 1024
_WHERE = re.compile(r"\(at line (\d+), column (\d+)\)")
_TOP = (
    "title", "description", "rules", "bank", "duration_minutes", "attempts", "counting",
    "pass_mark_percent", "excellence_mark_percent", "review", "sections",
)  # fmt: skip
_SECTION = ("title", "kind", "count", "points", "topics", "difficulties", "even")
_IS_PART = re.compile(r"\s*\[\s*sections\s*\.")
_SHARES = {"topics": "宪法", "difficulties": "2"}
_LEVELS = tuple(str(level) for level in range(1, HARDEST + 1))
_REVIEW = ("after_hand_in", "after_close")

_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True)
class QuizDefinition:
    """A quiz as its file defines it; marks are whole percents of the full score, `attempts` 0 is any number."""

    title: str
    description: str
    rules: tuple[str, ...]
    bank: str
    duration_minutes: int
    attempts: int
    counting: Counting
    pass_mark_percent: int
    excellence_mark_percent: int
    review: ReviewRule
    spec: PaperSpec


class QuizError(ValueError):
    """The file defines no quiz; `problems` tells all that is wrong, in Chinese, with line and field."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        told = (f"第{problem.row}行：{problem.message}" if problem.row else problem.message for problem in problems)
        super().__init__("\n".join(told))
        self.problems = problems


def read_quiz(content: bytes) -> QuizDefinition:
    """The quiz that a TOML file defines. Raises QuizError, and nothing else, whatever the bytes."""
    text, values = _parsed(content)
    reader = _Reader(text)
    quiz = reader.quiz(values)
    if reader.problems:
        raise QuizError(tuple(reader.problems))
    return quiz


def _parsed(content: bytes) -> tuple[str, dict[str, Any]]:
    if len(content) > _LARGEST:
        raise QuizError((_refusal(None, f"文件超过{_LARGEST // 1024}KB，不像是竞赛方案，请检查是否选对了文件"),))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise QuizError((_refusal(None, "文件不是UTF-8编码的文本，请另存为UTF-8后重试"),)) from None
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = _WHERE.search(str(error))
        row = int(where[1]) if where else None
        raise QuizError((_refusal(row, "这里不合TOML写法，请检查引号、等号和方括号是否成对"),)) from None
    except (RecursionError, ValueError, OverflowError):
        raise QuizError((_refusal(None, "文件里有过长的数字或过深的嵌套，读不出内容，请改正"),)) from None


def _refusal(row: int | None, message: str, column: str | None = None) -> Problem:
    return Problem(row, column, "error", message)


class _Reader:
    """Reads field by field and keeps every problem, so that one reading tells them all."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.problems: list[Problem] = []

    def quiz(self, values: dict[str, Any]) -> QuizDefinition:
        self._refuse_unknown(values, _TOP, "")
        review = self._table(values, "review")
        self._refuse_unknown(review, _REVIEW, "review")
        pass_mark = self._whole(values, "pass_mark_percent", 60, 1, 100)
        excellence_mark = self._whole(values, "excellence_mark_percent", 90, 1, 100)
        if excellence_mark < pass_mark:
            self._refuse("excellence_mark_percent", "优秀线不能低于合格线，请改正")
        return QuizDefinition(
            title=self._words(values, "title", 80, needed=True),
            description=self._words(values, "description", 2000),
            rules=self._sentences(values),
            bank=self._words(values, "bank", 80, needed=True),
            duration_minutes=self._whole(values, "duration_minutes", None, 1, LONGEST_MINUTES),
            attempts=self._whole(values, "attempts", 1, 0, 100),
            counting=self._one_of(values, "counting", Counting.BEST),
            pass_mark_percent=pass_mark,
            excellence_mark_percent=excellence_mark,
            review=ReviewRule(
                self._one_of(review, "after_hand_in", Visible.SCORE, "review"),
                self._one_of(review, "after_close", Visible.KEYS, "review"),
            ),
            spec=PaperSpec(self._sections(values)),
        )

    def _sections(self, values: dict[str, Any]) -> tuple[Section, ...]:
        found = values.get("sections")
        if not isinstance(found, list) or not found or not all(isinstance(part, dict) for part in found):
            self._refuse("sections", "至少要有一节 [[sections]]，写明 kind、count 和 points")
            return ()
        sections = tuple(self._section(part, f"sections第{place}节") for place, part in enumerate(found, 1))
        total = sum(section.count for section in sections)
        if total > MOST_QUESTIONS:
            self._refuse("sections", f"一共{total}题，一份试卷最多{MOST_QUESTIONS}题，请减少题数")
        return sections

    def _section(self, part: dict[str, Any], where: str) -> Section:
        self._refuse_unknown(part, _SECTION, where)
        kind = self._one_of(part, "kind", QuestionKind.SINGLE_CHOICE, where, needed=True)
        return Section(
            title=self._words(part, "title", 40, where=where) or f"{kind.label}题",
            kind=kind,
            count=self._whole(part, "count", None, 1, MOST_QUESTIONS, where),
            points=self._points(part, where),
            topics=tuple(self._shares(part, "topics", where)),
            difficulties=tuple(self._difficulties(part, where)),
            is_even=self._truth(part, "even", where),
        )

    def _truth(self, values: dict[str, Any], name: str, where: str) -> bool:
        written = values.get(name, False)
        if not isinstance(written, bool):
            self._refuse(name, "要写成 true 或 false", where)
        return written is True

    def _difficulties(self, part: dict[str, Any], where: str) -> Iterator[tuple[int, int]]:
        for name, count in self._shares(part, "difficulties", where):
            if name in _LEVELS:
                yield int(name), count
            else:
                self._refuse("difficulties", f"难度只有{'、'.join(_LEVELS)}，没有“{name}”", where)

    def _shares(self, part: dict[str, Any], name: str, where: str) -> list[tuple[str, int]]:
        """How many questions of each topic or difficulty; together as many as the section has, or none at all."""
        written = part.get(name, {})
        if not isinstance(written, dict) or not all(type(count) is int and count > 0 for count in written.values()):
            self._refuse(name, f'要写成一行一个的题数，如 [sections.{name}] 下面写 "{_SHARES[name]}" = 3', where)
            return []
        shares = [(str(value), int(count)) for value, count in written.items()]
        total = sum(count for _, count in shares)
        if shares and total != part.get("count"):
            self._refuse(name, f"加起来是{total}题，应与这一节的 count 相同", where)
        return shares

    def _points(self, part: dict[str, Any], where: str) -> int:
        """Points in hundredths, from "2.5" or 3; never through a float."""
        written = part.get("points")
        if isinstance(written, str | int) and not isinstance(written, bool):
            try:
                hundredths = Decimal(written) * 100
                if hundredths == hundredths.to_integral_value() and 0 < hundredths <= 100_000:
                    return int(hundredths)
            except (InvalidOperation, ValueError, OverflowError):
                pass
        self._refuse("points", '每题分值要写成整数或带引号的小数（如 3 或 "2.5"），大于0，至多两位小数', where)
        return 0

    def _words(self, values: dict[str, Any], name: str, longest: int, where: str = "", *, needed: bool = False) -> str:
        written = values.get(name, "")
        if not isinstance(written, str):
            self._refuse(name, "要写成带引号的文字", where)
            return ""
        if needed and not written.strip():
            self._refuse(name, "不能空着，请填写", where)
        if len(written) > longest:
            self._refuse(name, f"最多{longest}字，请改短", where)
        return written.strip()

    def _sentences(self, values: dict[str, Any]) -> tuple[str, ...]:
        written = values.get("rules", [])
        if not isinstance(written, list) or not all(isinstance(sentence, str) for sentence in written):
            self._refuse("rules", '要写成一列带引号的句子，如 rules = ["每人可答三次。"]')
            return ()
        return tuple(sentence.strip() for sentence in written if sentence.strip())

    def _whole(
        self, values: dict[str, Any], name: str, default: int | None, low: int, high: int, where: str = ""
    ) -> int:
        written = values.get(name, default)
        if isinstance(written, int) and not isinstance(written, bool) and low <= written <= high:
            return written
        self._refuse(name, f"要写成{low}到{high}的整数", where)
        return default or low

    def _one_of(
        self, values: dict[str, Any], name: str, default: _Word, where: str = "", *, needed: bool = False
    ) -> _Word:
        words = [word for word in type(default) if word is not QuestionKind.FILL_IN]  # no machine can mark it
        written = values.get(name) if needed else values.get(name, default.value)
        for word in words:
            if written == word.value:
                return word
        self._refuse(name, f"只能是 {'、'.join(words)} 中的一个", where)
        return default

    def _table(self, values: dict[str, Any], name: str) -> dict[str, Any]:
        written = values.get(name, {})
        if isinstance(written, dict):
            return written
        self._refuse(name, f"要写成一节 [{name}]")
        return {}

    def _refuse_unknown(self, values: dict[str, Any], names: tuple[str, ...], where: str) -> None:
        for name in values:
            if name not in names:
                self._refuse(name, f"没有这个项目，请检查拼写；可用的有：{'、'.join(names)}", where)

    def _refuse(self, name: str, message: str, where: str = "") -> None:
        field = f"{where}的 {name}" if where else name
        self.problems.append(_refusal(self._line_of(name, where), f"{field}：{message}", field))

    def _line_of(self, name: str, where: str) -> int | None:
        """The line where a field stands, or else where its section begins."""
        first, last = self._extent(where)
        for index in range(first, last):
            head = r"\s*(?:\[{1,2}\s*)?(?:sections\s*\.\s*)?\"?"
            if re.match(rf"{head}{re.escape(name)}\"?\s*[=.\]]", self.lines[index]):
                return index + 1
        return first or None

    def _extent(self, where: str) -> tuple[int, int]:
        heads = [index for index, line in enumerate(self.lines) if re.match(r"\s*\[", line)]
        if not where:
            return 0, len(self.lines)
        title, place = (r"\[\[\s*sections", int(re.sub(r"\D", "", where))) if "第" in where else (rf"\[\s*{where}", 1)
        named = [index for index in heads if re.match(rf"\s*{title}", self.lines[index])]
        if len(named) < place:
            return 0, len(self.lines)
        start = named[place - 1]
        after = (index for index in heads if index > start and not _IS_PART.match(self.lines[index]))
        return start + 1, next(after, len(self.lines))
