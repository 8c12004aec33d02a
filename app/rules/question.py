"""A question before it is in a bank: its value, what may be wrong with it, and when two are the same."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal, NamedTuple

Level = Literal["error", "warning"]

TRUE_FALSE_OPTIONS = ("正确", "错误")
MOST_OPTIONS = 10
HARDEST = 5
LONGEST_STEM = 4000
LONGEST_OPTION = 1000
LONGEST_EXPLANATION = 4000
LONGEST_SOURCE = 1000
LONGEST_TOPIC = 100

_SHORT = 60
_LABELS = {
    "single_choice": "单选",
    "multiple_choice": "多选",
    "any_number": "不定项",
    "true_false": "判断",
    "fill_in": "填空",
}
_ZERO_WIDTH = re.compile(r"[\u200b-\u200d\u2060\ufeff\u00ad]")
_OTHER_SPACES = re.compile(r"[\t\u00a0\u2000-\u200a\u202f\u205f\x0b\x0c]")
_UNTIDY = re.compile(r"[\t\n\r\x0b\x0c\u00a0\u00ad\u2000-\u200d\u202f\u205f\u2060\ufeff]")
_NOT_COMPARED = re.compile(r"(?<!\d)\.|\.(?!\d)|[^\w.%+\-*/=<>√×]|_")
_WEB_MARKUP = re.compile(r"</?(?:p|br|div|span|font|strong|img|table|td|tr)\b[^<>]{0,200}/?>", re.IGNORECASE)


class QuestionKind(StrEnum):
    """What a candidate is asked to do: choose one, choose several, judge, fill in."""

    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    ANY_NUMBER = "any_number"
    TRUE_FALSE = "true_false"
    FILL_IN = "fill_in"

    @property
    def label(self) -> str:
        """The short Chinese name: 单选, 多选, 不定项, 判断 or 填空."""
        return _LABELS[self.value]


@dataclass(frozen=True)
class Picture:
    """An image that belongs to a question: to its stem, or to the option at that place.

    `checksum` is the SHA-256 of its bytes in hexadecimal, under which the house keeps it; `alt` says what it shows.
    """

    checksum: str
    option: int | None = None
    alt: str = ""


@dataclass(frozen=True)
class Draft:
    """A question as read, before it is in a bank.

    `key` holds the places of the right options, ascending, from 0. A true_false question has the options
    (正确, 错误) and the key (0,) or (1,). A place beyond the options is kept: `faults` reports it.
    """

    kind: QuestionKind
    stem: str
    options: tuple[str, ...]
    key: tuple[int, ...]
    explanation: str = ""
    source: str = ""
    topic: str = ""
    difficulty: int | None = None
    place: str = ""
    number: str = ""
    pictures: tuple[Picture, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """A form that `from_json` reads back to an equal value."""
        pictures = [dict(vars(picture)) for picture in self.pictures]
        return (
            vars(self)
            | {"kind": str(self.kind), "options": list(self.options), "key": list(self.key)}
            | {"pictures": pictures}
        )

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Draft":
        """The question; one kept before questions had pictures has none."""
        return cls(
            **{
                **value,
                "kind": QuestionKind(value["kind"]),
                "options": tuple(value["options"]),
                "key": tuple(value["key"]),
                "pictures": tuple(Picture(**picture) for picture in value.get("pictures", ())),
            }
        )


class Fault(NamedTuple):
    """One thing wrong with a draft: the column it is in, how bad it is, and what to do about it."""

    column: str
    level: Level
    message: str


def faults(draft: Draft) -> tuple[Fault, ...]:
    """Everything wrong with a draft, the gravest kinds first in each column; empty when it may enter a bank."""
    if draft.kind is QuestionKind.FILL_IN:
        return (Fault("题型", "error", "填空题不能自动阅卷，请改成单选、多选或判断，或从文件中删去"),)
    return (*_stem_faults(draft), *_option_faults(draft), *_key_faults(draft), *_other_faults(draft))


def letter(place: int) -> str:
    """The letter of an option's place: 0 is A."""
    return chr(ord("A") + place)


def tidy(text: str) -> str:
    """Text without invisible characters and outer blanks; no-break spaces and tabs become spaces.

    Punctuation, blanks inside and line breaks stay as written.
    """
    if not _UNTIDY.search(text):  # nearly every cell of nearly every file
        return text.strip()
    plain = _ZERO_WIDTH.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.strip() for line in _OTHER_SPACES.sub(" ", plain).split("\n")).strip()


def half_width(text: str) -> str:
    """A code or a number as one types it: narrow letters and digits, no blanks inside."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", tidy(text)))


def comparable(text: str) -> str:
    """Text as compared for sameness: width, case, blanks and punctuation do not count; figures and signs do."""
    return _comparable_short(text) if len(text) <= _SHORT else _NOT_COMPARED.sub("", _folded(text))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=50_000)  # options are compared again and again; long texts would fill the memory
def _comparable_short(text: str) -> str:
    return _NOT_COMPARED.sub("", _folded(text))


def asked_text(draft: Draft) -> str:
    """What is compared to find questions that say nearly the same: stem and options, judged statements without."""
    return draft.stem if draft.kind is QuestionKind.TRUE_FALSE else draft.stem + "".join(draft.options)


def stem_fingerprint(stem: str) -> str:
    """Equal for two stems that differ in width, blanks and punctuation only; 64 hexadecimal digits."""
    return _digest(comparable(stem))


def fingerprint(draft: Draft) -> str:
    """Equal for two drafts with the same stem and the same set of options in any order; 64 hexadecimal digits.

    Pictures count: two questions that differ in nothing else differ.
    """
    return fingerprints(draft).whole


class Fingerprints(NamedTuple):
    """A question's fingerprint and that of its stem alone."""

    whole: str
    stem: str


def fingerprints(draft: Draft) -> Fingerprints:
    """Both at once, for whoever goes through thousands of questions."""
    stem = comparable(draft.stem)
    options = {_option_identity(option, _seen(draft, place)) for place, option in enumerate(draft.options)}
    return Fingerprints(_digest(stem + _seen(draft, None), *sorted(options)), _digest(stem))


def key_texts(draft: Draft) -> frozenset[str]:
    """What the key says, whatever the order of the options: the right options as compared."""
    return frozenset(
        _option_identity(draft.options[place], _seen(draft, place)) for place in draft.key if place < len(draft.options)
    )


def _seen(draft: Draft, place: int | None) -> str:
    """The pictures at a place, as they count for sameness."""
    if not draft.pictures:  # nearly every question of nearly every file
        return ""
    return "".join(f"\x1e{picture.checksum}" for picture in draft.pictures if picture.option == place)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _option_identity(option: str, pictures: str = "") -> str:
    # options may consist of nothing but punctuation (《》, ……), which then is all that tells them apart
    return (comparable(option) or option.strip()) + pictures


def _stem_faults(draft: Draft) -> Iterator[Fault]:
    if not draft.stem.strip():
        yield Fault("题干", "error", "缺少题干，请补上题目内容")
    elif len(draft.stem) > LONGEST_STEM:
        yield Fault("题干", "error", f"题干超过{LONGEST_STEM}字，请检查是否把几道题连在了一起")
    elif _WEB_MARKUP.search(draft.stem):
        yield Fault("题干", "warning", "题干里有网页标签，会原样显示成文字；请删去标签，图片请改用文字说明")


def _option_faults(draft: Draft) -> Iterator[Fault]:
    filled = [option for place, option in enumerate(draft.options) if option.strip() or _seen(draft, place)]
    if draft.kind is QuestionKind.TRUE_FALSE:
        if draft.options != TRUE_FALSE_OPTIONS:
            yield Fault("选项", "error", "判断题的选项只能是“正确”和“错误”，请改正，或把题型改成单选")
        return
    if len(filled) < 2:
        found = "没有选项" if not filled else "只有1个选项"
        yield Fault("选项", "error", f"{found}，{draft.kind.label}题至少要有2个，请补上选项")
        return
    if len(draft.options) > MOST_OPTIONS:
        yield Fault(
            "选项", "error", f"有{len(draft.options)}个选项，最多{MOST_OPTIONS}个，请检查是否把几道题连在了一起"
        )
    for place, option in enumerate(draft.options):
        if not option.strip() and not _seen(draft, place):
            yield Fault("选项", "error", f"选项{letter(place)}是空的，请补上内容，或删去它并核对答案字母")
        elif len(option) > LONGEST_OPTION:
            yield Fault("选项", "error", f"选项{letter(place)}超过{LONGEST_OPTION}字，请检查是否把别的内容连在了一起")
    yield from _repeated_options(draft)


def _repeated_options(draft: Draft) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for place, option in enumerate(draft.options):
        if not option.strip() and not _seen(draft, place):
            continue
        earlier = first.setdefault(_option_identity(option, _seen(draft, place)), place)
        if earlier != place:
            yield Fault("选项", "error", f"选项{letter(earlier)}和选项{letter(place)}内容相同，请改正其中一个")


def _key_faults(draft: Draft) -> Iterator[Fault]:
    if not draft.key:
        hint = "“正确”或“错误”" if draft.kind is QuestionKind.TRUE_FALSE else "选项字母"
        yield Fault("答案", "error", f"没有答案，请填写{hint}")
        return
    beyond = [letter(place) for place in draft.key if place >= len(draft.options)]
    if beyond and draft.options:
        message = f"答案写成了{'、'.join(beyond)}，但只有{len(draft.options)}个选项，请改答案或补选项"
        yield Fault("答案", "error", message)
        return
    said = [place for place in draft.key if place < len(draft.options)]
    empty = [letter(place) for place in said if not draft.options[place].strip() and not _seen(draft, place)]
    if empty:
        yield Fault("答案", "error", f"答案{'、'.join(empty)}指向的选项是空的，请补上选项或改答案")
    yield from _key_count_faults(draft)


def _key_count_faults(draft: Draft) -> Iterator[Fault]:
    count = len(draft.key)
    if draft.kind is QuestionKind.SINGLE_CHOICE and count > 1:
        letters = "".join(map(letter, draft.key))
        yield Fault("答案", "error", f"单选题写了{count}个答案（{letters}），请只留一个，或把题型改成多选")
    elif draft.kind is QuestionKind.TRUE_FALSE and count > 1:
        yield Fault("答案", "error", "判断题写了两个答案，请只留“正确”或“错误”")
    elif draft.kind is QuestionKind.MULTIPLE_CHOICE and count == 1:
        yield Fault("答案", "warning", "多选题只有一个答案，请核对；若可以只选一个，请把题型改成不定项")


def _other_faults(draft: Draft) -> Iterator[Fault]:
    for column, text, longest in (
        ("解析", draft.explanation, LONGEST_EXPLANATION),
        ("依据", draft.source, LONGEST_SOURCE),
        ("知识点", draft.topic, LONGEST_TOPIC),
    ):
        if len(text) > longest:
            yield Fault(column, "error", f"{column}超过{longest}字，请改短，或检查是否把别的内容连在了一起")
    if draft.difficulty is not None and not 1 <= draft.difficulty <= HARDEST:
        yield Fault("难度", "warning", f"难度应是1到{HARDEST}的整数，请核对")
