"""A bank in text form, as the shipped banks are: title, note, a section for each kind, fields under each question."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from app.formats.bank_losses import is_same, losses
from app.formats.bank_text import CONTINUED, MOST_LINES, MOST_QUESTIONS, read_bank_text, shortened
from app.formats.problem import Reading
from app.formats.spelling import PLAIN, Spelling, faithful
from app.rules.question import Draft, QuestionKind, letter, tidy

# the kinds in the order of their sections, here and on paper
HEADINGS = {
    QuestionKind.SINGLE_CHOICE: "单项选择题",
    QuestionKind.MULTIPLE_CHOICE: "多项选择题",
    QuestionKind.ANY_NUMBER: "不定项选择题",
    QuestionKind.TRUE_FALSE: "判断题",
    QuestionKind.FILL_IN: "填空题",
}
ORDINALS = "一二三四五"
_BREAK = re.compile(r"\s*\n\s*")
# what is tried, one after the other, when a question does not read back: these parts with each line marked as continued
_FIELDS = ("解析", "依据", "知识点")
_MARKED = ((), _FIELDS, ("题干",), ("选项",), ("题干", "选项"), ("题干", "选项", *_FIELDS))


@dataclass(frozen=True)
class _Numbered:
    """A question as it will stand in the file: `order` is its place among the drafts that were given.

    `marked` are the parts that are written below their name, each line with the sign that it goes on.
    """

    number: int
    order: int
    draft: Draft
    way: Spelling = PLAIN
    marked: tuple[str, ...] = ()


def write_text(title: str, note: str, drafts: Sequence[Draft]) -> bytes:
    """The bank in UTF-8; questions of one kind stand together, in the order given, numbered through."""
    return _rendered(title, note, _faithful(_in_sections(drafts))).encode("utf-8", "replace")


def lost_in_text(drafts: Sequence[Draft]) -> tuple[str, ...]:
    """What the text form cannot carry of these questions, in sentences; empty when it carries everything."""
    questions = _in_sections(drafts)
    if len(questions) > MOST_QUESTIONS or _rendered("题库", "", questions).count("\n") >= MOST_LINES:
        return (f"共{len(questions)}题，文本再导入时最多读{MOST_QUESTIONS}题、{MOST_LINES}行，请分成几个题库导出",)
    questions = _faithful(questions)
    found = _by_number(read_bank_text(_rendered("题库", "", questions)))
    read = {question.order: found.get(question.number) for question in questions}
    return losses(drafts, [read[order] for order in range(len(drafts))], "文本")


def _in_sections(drafts: Sequence[Draft]) -> list[_Numbered]:
    kinds = list(HEADINGS)
    ordered = sorted(enumerate(drafts), key=lambda pair: kinds.index(pair[1].kind))
    return [_Numbered(number, order, _carried(draft)) for number, (order, draft) in enumerate(ordered, start=1)]


def _carried(draft: Draft) -> Draft:
    """The draft without the long gaps that the reader cuts, so that there is a spelling that reads back."""
    return replace(
        draft,
        stem=shortened(draft.stem),
        options=tuple(map(shortened, draft.options)),
        explanation=shortened(draft.explanation),
        source=shortened(draft.source),
        topic=shortened(draft.topic),
    )


def _rendered(title: str, note: str, questions: Sequence[_Numbered]) -> str:
    heads = [f"题库：{_BREAK.sub(' ', tidy(title))}"]
    heads += [f"说明：{line}" for line in tidy(note).split("\n") if line]
    parts = ["\n".join(heads)]
    kinds: list[QuestionKind] = []
    for question in questions:
        if question.draft.kind not in kinds:
            parts.append(f"{ORDINALS[len(kinds)]}、{HEADINGS[question.draft.kind]}")
            kinds.append(question.draft.kind)
        parts.append("\n".join(_lines(question)))
    return "\n\n".join(parts) + "\n"


def _lines(question: _Numbered) -> Iterator[str]:
    draft, way = question.draft, question.way
    number = way.before if way.before.startswith(f"第{question.number}题") else f"{question.number}. "
    yield _said(question, "题干", number, way.stem(draft).removeprefix(number))
    if draft.kind is not QuestionKind.TRUE_FALSE or way.shows_letters:
        for place, option in enumerate(draft.options):
            yield _said(question, "选项", f"{letter(place)}. ", option)
    yield f"答案：{way.key(draft)}"
    for name, text in zip(_FIELDS, (draft.explanation, draft.source, draft.topic), strict=True):
        if text:
            yield _said(question, name, f"{name}：", text)
    if draft.difficulty is not None:
        yield f"难度：{draft.difficulty}"


def _said(question: _Numbered, part: str, sign: str, text: str) -> str:
    if part not in question.marked:
        return sign + text
    return "\n".join([sign.rstrip(), *(CONTINUED + line for line in text.split("\n"))])


def _faithful(questions: Sequence[_Numbered]) -> list[_Numbered]:
    """The questions in spellings that read back."""
    found = _by_number(read_bank_text(_rendered("题库", "", questions)))
    if all(is_same(question.draft, found.get(question.number)) for question in questions):
        return list(questions)
    return [_respelled(question) for question in questions]


def _respelled(question: _Numbered) -> _Numbered:
    """The question in the plainest spelling that reads back; wholly marked, and out of others' way, where none does."""
    for marked in _MARKED:
        tried = replace(question, marked=marked)
        if way := faithful(question.draft, question.number, partial(_alone, tried)):
            return replace(tried, way=way)
    return replace(question, marked=_MARKED[-1])


def _alone(question: _Numbered, way: Spelling) -> Draft | None:
    """What the reader makes of the question before another of its kind; None when the other one suffers."""
    kind = question.draft.kind
    last = _Numbered(question.number + 1, 1, Draft(kind, "末题（　　）。", ("甲", "乙"), (0,)))
    if kind is QuestionKind.TRUE_FALSE:
        last = replace(last, draft=Draft(kind, "末题。", ("正确", "错误"), (0,)))
    reading = read_bank_text(_rendered("题库", "", (replace(question, way=way), last)))
    if len(reading.questions) != 2 or reading.problems or not is_same(last.draft, reading.questions[1].draft):
        return None
    return reading.questions[0].draft


def _by_number(reading: Reading) -> dict[int, Draft | None]:
    found: dict[int, Draft | None] = {}
    for question in reading.questions:
        if question.draft is not None and question.draft.number.isdigit():
            found.setdefault(int(question.draft.number), question.draft)
    return found
