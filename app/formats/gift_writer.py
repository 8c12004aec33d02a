"""A bank in GIFT, for Moodle and whatever reads its text form; `gift.read_gift` gives back the same questions."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from app.formats.bank_losses import is_same, losses
from app.formats.gift import read_gift
from app.formats.gift_blocks import NO_TOPIC, category_escaped, tag_escaped
from app.formats.spelling import PLAIN, Spelling, faithful
from app.rules.question import Draft, QuestionKind

_ESCAPED = re.compile(r"[~=#{}:\\]")
_LIKE_A_SIGN = re.compile(r"\s*(?:%|\[(?:html|moodle|plain|markdown)\])", re.IGNORECASE)


def write_gift(title: str, drafts: Sequence[Draft]) -> bytes:
    """The bank in UTF-8, every text marked as plain; topics become categories, source and difficulty tags."""
    head = f"// 题库：{' '.join(title.split())}\n\n"
    ways = [_faithful(draft, number) for number, draft in enumerate(drafts, start=1)]
    return (head + "\n".join(_parts(drafts, ways))).encode("utf-8", "replace")


def lost_in_gift(drafts: Sequence[Draft]) -> tuple[str, ...]:
    """What GIFT cannot carry of these questions, in sentences; empty when it carries everything."""
    ways = [_faithful(draft, number) for number, draft in enumerate(drafts, start=1)]
    read = [question.draft for question in read_gift("\n".join(_parts(drafts, ways))).questions]
    found = {draft.number: draft for draft in read if draft is not None}
    return losses(drafts, [found.get(str(number)) for number in range(1, len(drafts) + 1)], "GIFT")


def _parts(drafts: Sequence[Draft], ways: Sequence[Spelling]) -> Iterator[str]:
    topic = ""
    for number, (draft, way) in enumerate(zip(drafts, ways, strict=True), start=1):
        if draft.topic != topic:
            topic = draft.topic
            yield f"$CATEGORY: {_path(topic)}\n"
        yield _question(draft, number, way)


def _path(topic: str) -> str:
    return category_escaped(topic.replace("\n", " ")) if topic else NO_TOPIC


def _faithful(draft: Draft, number: int) -> Spelling:
    def read(way: Spelling) -> Draft | None:
        text = f"$CATEGORY: {_path(draft.topic)}\n\n{_question(draft, number, way)}"
        questions = read_gift(text).questions
        return questions[0].draft if len(questions) == 1 else None

    return PLAIN if is_same(draft, read(PLAIN)) else faithful(draft, number, read) or PLAIN


def _question(draft: Draft, number: int, way: Spelling) -> str:
    lines = [f"// [tag:{name}:{tag_escaped(value)}]" for name, value in _tags(draft) if value]
    lines.append(f"::第{number}题::[plain]{_escaped(way.stem(draft))} {{{''.join(_answers(draft))}")
    if draft.explanation:
        lines.append(f"####{_escaped(draft.explanation, marked=True)}")
    return "\n".join([*lines, "}\n"])


def _tags(draft: Draft) -> Iterator[tuple[str, str]]:
    if draft.kind is QuestionKind.ANY_NUMBER:
        yield "题型", draft.kind.label
    yield "依据", draft.source
    yield "难度", "" if draft.difficulty is None else str(draft.difficulty)


def _answers(draft: Draft) -> Iterator[str]:
    if draft.kind is QuestionKind.TRUE_FALSE:
        yield "TRUE" if draft.key == (0,) else "FALSE"
        return
    right, wrong = "=", "~"
    if draft.kind is not QuestionKind.SINGLE_CHOICE:
        # who ticks everything gets nothing, as in our own marking
        right, wrong = f"~%{_share(len(draft.key))}%", "~%-100%"
    for place, option in enumerate(draft.options):
        yield f"\n{right if place in draft.key else wrong}{_escaped(option, marked=True)}"


def _share(count: int) -> str:
    """The share of one right option in percent, as Moodle lists it: 33.33333."""
    hundred_thousandths = round(Fraction(100 * 100_000, max(count, 1)))
    return f"{hundred_thousandths / 100_000:.5f}".rstrip("0").rstrip(".")


def _escaped(text: str, *, marked: bool = False) -> str:
    """The text with signs escaped and line breaks as \\n; `marked` where a % or [html] at its beginning would count."""
    said = _ESCAPED.sub(r"\\\g<0>", text).replace("\n", "\\n")
    return f"[plain]{said}" if marked and _LIKE_A_SIGN.match(text) else said
