"""The answers between the braces of a GIFT question."""

import re
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

_MARK = re.compile(r"[=~]")
_KEPT = 26  # more options than a question may have, so that there being too many is told
_WEIGHT = re.compile(r"\s*%\s*(-?\d{1,3}(?:[.,]\d{1,6})?)\s*%")


@dataclass(frozen=True)
class Choice:
    """One answer: `sign` is = or ~, `weight` its share in percent (0 where a ~ names none), texts still as written."""

    sign: str
    weight: Fraction
    text: str
    feedback: str


def choices(inner: str) -> tuple[str, list[Choice]]:
    """What stands before the first sign, which is nothing in a sound file, and the answers in order."""
    marks = list(islice(_MARK.finditer(inner), _KEPT + 1))
    ends = [mark.start() for mark in marks[1:]] + ([len(inner)] if marks else [])
    pairs = zip(marks[:_KEPT], ends, strict=False)
    found = [_choice(mark[0], inner[mark.end() : end]) for mark, end in pairs]
    return (inner[: marks[0].start()] if marks else inner).strip(), found


def is_matching(found: list[Choice]) -> bool:
    """Whether the answers are pairs to be matched: =Canada -> Ottawa."""
    return bool(found) and all("->" in choice.text for choice in found)


def _choice(sign: str, body: str) -> Choice:
    weight = Fraction(100 if sign == "=" else 0)
    if weighed := _WEIGHT.match(body):
        weight, body = Fraction(weighed[1].replace(",", ".")), body[weighed.end() :]
    text, _, feedback = body.partition("#")
    return Choice(sign, weight, text, feedback)
