"""Keys listed apart from the questions: 1-5 ABCDE, or 1.A 2.BD 3.√, usually at the end of a text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.formats.bank_pieces import Pieces
from app.rules.question import QuestionKind

_ONE_KEY = r"(?:[A-Ja-j]{1,10}|[√×✓✗]|正确|错误|对|错)"
_TITLE = re.compile(r"[【\[]?(?:参考|标准|正确|试题)?答案(?:部分|汇总|一览)?[】\]]?\s*[:：]?")
_RANGE = re.compile(r"(\d{1,4})\s*[-–—~～至]\s*(\d{1,4})\s*[.．、:：]?\s*((?:[A-Ja-j√×✓✗对错]+[\s,，、]*)+)")
_SINGLE = re.compile(rf"(\d{{1,4}})\s*[.．、:：]?\s*({_ONE_KEY})(?![A-Za-z\u4e00-\u9fff])[\s,，、;；]*")
_LONGEST_RANGE = 200


@dataclass(frozen=True)
class ListedKey:
    """A key for the question of this number under a heading of this kind (None: under any)."""

    kind: QuestionKind | None
    number: int
    text: str


def is_title(line: str) -> bool:
    """Whether a line may stand above a list of keys: 参考答案."""
    return _TITLE.fullmatch(line) is not None


def listed_keys(line: str, kind: QuestionKind | None) -> tuple[ListedKey, ...]:
    """The keys that a line lists; empty when it is no such line."""
    ranges = list(_RANGE.finditer(line))
    if ranges and not _RANGE.sub("", line).strip(" ,，;；"):
        return tuple(key for found in ranges for key in _of_range(found, kind))
    singles = list(_SINGLE.finditer(line))
    if singles and not _SINGLE.sub("", line).strip(" ,，;；"):
        return tuple(ListedKey(kind, int(found[1]), found[2]) for found in singles)
    return ()


def hand_out(keys: Iterable[ListedKey], questions: Iterable[Pieces]) -> list[ListedKey]:
    """Give each key to the one question without a key that it can mean; the keys that found none."""
    waiting: dict[str, list[Pieces]] = {}
    for pieces in questions:
        if not pieces.key:
            waiting.setdefault(pieces.number, []).append(pieces)
    left = []
    for key in keys:
        alike = waiting.get(str(key.number), [])
        fitting = [pieces for pieces in alike if key.kind is None or pieces.outer_kind == key.kind]
        if not fitting:
            left.append(key)
            continue
        fitting[0].key = key.text
        alike.remove(fitting[0])
    return left


def _of_range(found: "re.Match[str]", kind: QuestionKind | None) -> Iterator[ListedKey]:
    first, last = int(found[1]), int(found[2])
    parts = [part for part in re.split(r"[\s,，、]+", found[3].strip()) if part]
    signs = [sign for part in parts for sign in part]
    count = last - first + 1
    texts = parts if len(parts) == count else signs
    if 0 < count == len(texts) <= _LONGEST_RANGE:
        for offset, text in enumerate(texts):
            yield ListedKey(kind, first + offset, text)
