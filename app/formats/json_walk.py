"""Through the values of a JSON text to the objects in it that are questions, and what stands around each."""

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from app.formats.bank_pieces import kind_named, kind_not_offered
from app.formats.bank_text import MOST_QUESTIONS
from app.formats.json_question import Fields, fields_of
from app.formats.json_values import shown
from app.formats.problem import Problem
from app.rules.question import QuestionKind

_MOST_VALUES = 500_000
_MOST_TOLD = 12
_LONGEST_INTEGER = 300
_HAN = re.compile(r"[\u4e00-\u9fff]")
_TRIED_LINES = 20

Values = list[tuple[int | None, Any]]


@dataclass(frozen=True)
class Surroundings:
    """What the lists and objects around a question are called, and `shared`, text that it has in common with others.

    `row` is its line, where each line is a value of its own.
    """

    row: int | None = None
    kind: QuestionKind | None = None
    not_offered: str = ""
    sheet: str | None = None
    shared: str = ""

    def within(self, name: str) -> "Surroundings":
        """The surroundings inside of something of that name."""
        said = shown(name[:80])
        around = replace(self, sheet=said) if _HAN.search(said) and len(said) <= 20 else self
        kind = kind_named(said)
        if kind or kind_not_offered(said):
            return replace(around, kind=kind, not_offered="" if kind else kind_not_offered(said))
        return around


def parsed(text: str) -> tuple[Values, list[Problem]]:
    """The values of the text, with their lines where each line is a value of its own; an error when it is no JSON."""
    try:
        return [(None, _loaded(text))], []
    except RecursionError:
        return [], [Problem(None, None, "error", "JSON里一层套一层太深，没有读取。请只留下试题的列表")]
    except ValueError as error:
        found, bad = _by_lines(text)
        if not found or len(bad) * 2 > len(found):
            row, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
            message = (
                f"第{row}行第{column}个字附近不合JSON的写法，读不下去（常见的是少了逗号、引号或括号，或多了逗号）。"
                "请改正，或用原来的软件重新导出"
            )
            return [], [Problem(None, None, "error", message)]
        message = "这一行不合JSON的写法，没有读取，请改正"
        return found, [Problem(row, None, "warning", message) for row in bad[:_MOST_TOLD]]


def _loaded(text: str) -> Any:
    # a figure of thousands of digits takes long to make a number of, and is none
    return json.loads(text, parse_int=lambda digits: int(digits) if len(digits) < _LONGEST_INTEGER else digits)


def _by_lines(text: str) -> tuple[Values, list[int]]:
    """One value a line: those that were read, and the lines that could not be."""
    found: Values = []
    bad: list[int] = []
    for row, line in enumerate(text.split("\n"), start=1):
        bare = line.strip().rstrip(",")
        if not bare:
            continue
        try:
            found.append((row, _loaded(bare)))
        except (ValueError, RecursionError):
            bad.append(row)
        if len(bad) == _TRIED_LINES and not found:
            return [], bad
    return [pair for pair in found if isinstance(pair[1], dict | list)], bad


def questions_in(values: Values) -> tuple[list[tuple[Surroundings, Fields]], str]:
    """The objects that are questions, in order; and in Chinese why there are too many of them, if there are."""
    waiting: list[tuple[Surroundings, Any]] = [(Surroundings(row), value) for row, value in reversed(values)]
    found: list[tuple[Surroundings, Fields]] = []
    seen = 0
    while waiting and len(found) <= MOST_QUESTIONS and seen < _MOST_VALUES:
        around, value = waiting.pop()
        seen += 1
        if isinstance(value, list):
            waiting += [(around, part) for part in reversed(value) if isinstance(part, list | dict)]
        elif isinstance(value, dict):
            fields = fields_of(value)
            inner = [] if fields.is_question else _inner(around, value, fields)
            if fields.is_question or (fields.has_stem and not inner):
                found.append((around, fields))
            else:
                waiting += reversed(inner)
    if waiting or len(found) > MOST_QUESTIONS:
        return [], f"内容太多，一次最多{MOST_QUESTIONS}题。请分成几个文件"
    return found, ""


def _inner(around: Surroundings, value: dict[str, Any], fields: Fields) -> list[tuple[Surroundings, Any]]:
    """What an object that is no question holds: lists and objects, and questions as names (题干|选项|选项)."""
    if fields.has_stem:
        around = replace(around, shared=fields.text("stem"))
    elif title := fields.text("stem") or fields.text("kind_word"):
        around = around.within(title)
    found: list[tuple[Surroundings, Any]] = []
    for name, part in value.items():
        if isinstance(part, list | dict) and part and not _is_plain_list(part):
            found.append((around.within(name), part))
        elif name.count("|") > 1 and isinstance(part, str | list):
            stem, *options = name.split("|")
            found.append((around, {"题干": stem, "选项": options, "答案": part}))
    return found


def _is_plain_list(part: Any) -> bool:
    return isinstance(part, list) and not any(isinstance(item, list | dict) for item in part)
