"""How people write the key of a question: letters, figures, words, or the option itself."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from app.rules.question import MOST_OPTIONS, comparable, letter, tidy

_TRUE = "正确 对 √ ✓ ✔ ☑ 是 真 true t yes y right 同意 说法正确 正确的 对的"
_FALSE = "错误 错 × ✗ ✘ ✕ ✖ ❌ x 否 不是 假 false f no n wrong 不同意 不对 不正确 说法错误 错误的 错的"
_TRUTHS = dict.fromkeys(_TRUE.split(), True) | dict.fromkeys(_FALSE.split(), False)

# what a key is called where it is told with its name: 答案：B
KEY_NAMES = ("正确答案", "参考答案", "标准答案", "正确选项", "正确项", "答案", "answer")
_NAMES = "|".join(KEY_NAMES)
_NAMED = re.compile(
    rf"\s*(?:[【\[(（]\s*(?:{_NAMES})\s*[】\])）]\s*[:：]?|(?:{_NAMES})\s*(?:[:：]|[为是]\s*[:：]?))\s*(?=\S)",
    re.IGNORECASE,
)

_LETTERS = re.compile(r"[A-J](?:[\s,、;|/&.+和]*[A-J])*", re.IGNORECASE)
_FIGURES = re.compile(r"\d{1,2}(?:[\s,、;|/&]+\d{1,2})*")
_CIRCLED = re.compile(r"[①-⑩](?:[\s,，、;；]*[①-⑩])+")
_LETTER_AND_TEXT = re.compile(r"([A-J])\s*[.、:)\s]\s*(.+)", re.DOTALL)
_SEPARATORS = ("\n", "|", ";", "、", ",")
_WRAPPED = re.compile(r"[\[(【{<「](.*)[\])】}>」]", re.DOTALL)
_QUOTES = "'\"“”‘’ "


@dataclass(frozen=True)
class KeyReading:
    """Places of the right options, ascending from 0 (perhaps beyond the options); None when not understood."""

    places: tuple[int, ...] | None
    warning: str = ""


def bare_key(text: str) -> str:
    """A key without the name that some write into its cell as well: 正确答案：B."""
    return _NAMED.sub("", text, count=1) if _NAMED.match(text) else text


def read_truth(text: str) -> bool | None:
    """What a word says about a statement: right, wrong, or nothing."""
    return _TRUTHS.get(_plain(text).casefold().rstrip("。.;"))


def read_key(text: str, options: tuple[str, ...]) -> KeyReading:
    """The places that a key names among these options, in whatever way it is written."""
    plain = _plain(text).rstrip("。.;, ")
    if not plain:
        return KeyReading(())
    if _LETTERS.fullmatch(plain):
        return KeyReading(_places(ord(sign) - ord("A") for sign in plain.upper() if "A" <= sign <= "J"))
    by_text = _by_text(plain, options)
    if by_text is None and (signs := _CIRCLED.fullmatch(text.strip())):
        return KeyReading(_places(ord(sign) - ord("①") for sign in signs[0] if "①" <= sign <= "⑩"))
    if _FIGURES.fullmatch(plain):
        return _by_figures(plain, by_text, options)
    if by_text is None and (both := _LETTER_AND_TEXT.fullmatch(plain)):
        named = _by_text(both[2], options)
        if named == (ord(both[1]) - ord("A"),):
            return KeyReading(named)
    return KeyReading(by_text)


def _plain(text: str) -> str:
    """Width folded; brackets, quotes and list signs around the whole taken off."""
    plain = unicodedata.normalize("NFKC", tidy(text)).strip()
    while wrapped := _WRAPPED.fullmatch(plain):
        plain = wrapped[1].strip()
    return plain.strip(_QUOTES)


def _places(found: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(found)))


def _by_text(plain: str, options: tuple[str, ...]) -> tuple[int, ...] | None:
    """The places of the options whose very text the key repeats, whole or in a list."""
    where = {comparable(option): place for place, option in reversed(list(enumerate(options))) if comparable(option)}
    if (whole := where.get(comparable(plain))) is not None:
        return (whole,)
    for separator in _SEPARATORS:
        parts = [comparable(part) for part in plain.split(separator) if part.strip(_QUOTES)]
        if len(parts) > 1 and all(part in where for part in parts):
            return _places(where[part] for part in parts)
    return None


def _by_figures(plain: str, by_text: tuple[int, ...] | None, options: tuple[str, ...]) -> KeyReading:
    """Figures are ordinals (1 is A) unless an option says just that figure."""
    ordinals = [int(figure) for figure in re.findall(r"\d+", plain)]
    by_order = (
        _places(figure - 1 for figure in ordinals) if 0 < min(ordinals) <= max(ordinals) <= MOST_OPTIONS else None
    )
    if by_text is None:
        return KeyReading(by_order)
    if by_order is None or by_order == by_text or by_order[-1] >= len(options):
        return KeyReading(by_text)
    letters = "".join(map(letter, by_text))
    return KeyReading(by_text, f"答案“{plain}”既像选项内容又像序号，已按内容读作{letters}，请核对；最好改写成选项字母")
