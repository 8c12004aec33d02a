"""What stands on a printed paper, paragraph by paragraph, in words that read back as the same questions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from app.formats import bank_lines
from app.formats.bank_losses import is_same
from app.formats.bank_pieces import BLANK
from app.formats.bank_text import CONTINUED, read_bank_text
from app.formats.problem import Reading
from app.formats.spelling import PLAIN, Spelling, faithful
from app.formats.text_writer import HEADINGS, ORDINALS
from app.rules.question import Draft, QuestionKind, letter, tidy

Sort = Literal["stem", "options", "field"]

_WIDEST_OF_TWO = 32  # half a line in halves of a Chinese character, the letter included
_STOPS = "。.；;"


@dataclass(frozen=True)
class Part:
    """One paragraph of a question: its stem, a row of options, or a field such as 答案; `places` are the options."""

    sort: Sort
    text: str
    places: tuple[int, ...] = ()
    is_key: bool = False


@dataclass(frozen=True)
class Placed:
    """A question on the paper: its number, its place among the drafts given, and how it has to be spelled."""

    number: int
    order: int
    draft: Draft
    way: Spelling = PLAIN
    is_marked: bool = False


def in_sections(drafts: Sequence[Draft]) -> list[Placed]:
    """The questions one kind after another, in the order given, numbered through."""
    kinds = list(HEADINGS)
    ordered = sorted(enumerate(drafts), key=lambda pair: kinds.index(pair[1].kind))
    return [Placed(number, order, draft) for number, (order, draft) in enumerate(ordered, start=1)]


def sections(questions: Sequence[Placed]) -> Iterator[tuple[str, list[Placed]]]:
    """The heading of each kind that occurs, 一、单项选择题（共12题）, and its questions."""
    by_kind: dict[QuestionKind, list[Placed]] = {}
    for question in questions:
        by_kind.setdefault(question.draft.kind, []).append(question)
    for ordinal, (kind, found) in zip(ORDINALS, by_kind.items(), strict=False):
        yield f"{ordinal}、{HEADINGS[kind]}（共{len(found)}题）", found


def parts(question: Placed, *, with_keys: bool) -> list[Part]:
    """The paragraphs of one question; without keys a statement to be judged gets a bracket for the answer."""
    draft, way = question.draft, question.way
    number = way.before if way.before.startswith(f"第{question.number}题") else f"{question.number}. "
    stem = way.stem(draft).removeprefix(number)
    is_judged = draft.kind is QuestionKind.TRUE_FALSE
    if is_judged and not with_keys and BLANK not in stem:
        stem += BLANK
    found = [Part("stem", _said(question, number, stem))]
    if not is_judged or way.shows_letters:
        found += _options(question)
    return [*found, *_fields(question)] if with_keys else found


def title_line(title: str) -> str:
    """The title as it stands on top, said to be the title where it could be taken for something else."""
    plain = " ".join(tidy(title).split())
    reading = read_bank_text(f"{plain}\n\n一、单项选择题（共1题）\n1. 题干\nA. 甲\nB. 乙\n答案：A")
    return plain if reading.title == plain and len(reading.questions) == 1 else f"题库：{plain}"


def spelled(questions: Sequence[Placed]) -> list[Placed]:
    """The questions in spellings that read back, the plain one wherever it does."""
    found = by_number(questions)
    if all(is_same(question.draft, found.get(question.number)) for question in questions):
        return list(questions)
    return [_respelled(question) for question in questions]


def by_number(questions: Sequence[Placed]) -> dict[int, Draft | None]:
    """What becomes of each question when the paper with keys is read."""
    found: dict[int, Draft | None] = {}
    for question in _read(questions).questions:
        if question.draft is not None and question.draft.number.isdigit():
            found.setdefault(int(question.draft.number), question.draft)
    return found


def _read(questions: Sequence[Placed]) -> Reading:
    lines = []
    for heading, found in sections(questions):
        lines.append(heading)
        lines += [part.text for question in found for part in parts(question, with_keys=True)]
    return read_bank_text("\n".join(lines))


def _options(question: Placed) -> list[Part]:
    options = question.draft.options
    signed = [_said(question, f"{letter(place)}. ", option) for place, option in enumerate(options)]
    if not all(map(_is_short, signed)) or any(picture.option is not None for picture in question.draft.pictures):
        return [Part("options", text, (place,)) for place, text in enumerate(signed)]
    rows = [tuple(range(first, min(first + 2, len(signed)))) for first in range(0, len(signed), 2)]
    in_pairs = [Part("options", "\t".join(signed[place] for place in row), row) for row in rows]
    if all(_reads_as(part, options, len(signed)) for part in in_pairs):
        return in_pairs
    return [Part("options", text, (place,)) for place, text in enumerate(signed)]


def _is_short(text: str) -> bool:
    return "\n" not in text and sum(1 if char.isascii() else 2 for char in text) <= _WIDEST_OF_TWO


def _reads_as(part: Part, options: tuple[str, ...], count: int) -> bool:
    """Whether two options on one line are found again as two."""
    following = part.places[-1] + 1 if part.places[-1] + 1 < count else -1
    read = bank_lines.options(tidy(part.text), None if following < 0 else following)
    return read == [(place, options[place]) for place in part.places]


def _fields(question: Placed) -> list[Part]:
    draft = question.draft
    found = [Part("field", f"答案：{question.way.key(draft)}", is_key=True)]
    for name, text in (("解析", draft.explanation), ("依据", draft.source), ("知识点", draft.topic)):
        if text:
            found.append(Part("field", _said(question, f"{name}：", text)))
    if draft.difficulty is not None:
        found.append(Part("field", f"难度：{draft.difficulty}"))
    return found


def _said(question: Placed, sign: str, text: str) -> str:
    """The text after its sign; what might be taken for something else stands below it, each line marked."""
    if not question.is_marked:
        return sign + text
    return "\n".join([sign.rstrip(), *(CONTINUED + line for line in text.split("\n"))])


def _respelled(question: Placed) -> Placed:
    """The question in the plainest spelling that reads back before another one; marked where none does."""
    for is_marked in (False, True):
        tried = replace(question, is_marked=is_marked)
        way = faithful(question.draft, question.number, partial(_alone, tried))
        if way is not None:
            return replace(tried, way=way)
    return question


def _alone(question: Placed, way: Spelling) -> Draft | None:
    """What is read of the question before another of its kind; None when the other one suffers."""
    kind = question.draft.kind
    last = Placed(question.number + 1, 1, Draft(kind, "末题（　　）。", ("甲", "乙"), (0,)))
    if kind is QuestionKind.TRUE_FALSE:
        last = replace(last, draft=Draft(kind, "末题。", ("正确", "错误"), (0,)))
    reading = _read([replace(question, way=way), last])
    if len(reading.questions) != 2 or reading.problems or not is_same(last.draft, reading.questions[1].draft):
        return None
    return reading.questions[0].draft
