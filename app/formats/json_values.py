"""Values of a JSON bank as text, options and flags, whatever shape they come in."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.formats.bank_key import read_truth
from app.formats.bank_table import meaning_of_title
from app.formats.columns import bare
from app.formats.loose_html import plain_if_markup
from app.formats.options_cell import options_in_one_cell
from app.rules.question import letter, tidy

# by which an option's text is called, the surest first
_TEXT_NAMES = (
    "content", "optioncontent", "optiontext", "text", "选项内容", "内容", "选项", "option", "title", "label",
    "description", "answer", "answertext", "value", "name",
)  # fmt: skip
_RIGHT_NAMES = frozenset(
    ("iscorrect", "correct", "isright", "right", "istrue", "isanswer", "iskey", "是否正确", "正确", "是否答案")
)
_NAMED_BY = frozenset(
    (
        "id",
        "optionid",
        "uuid",
        "value",
        "key",
        "code",
        "label",
        "letter",
        "no",
        "name",
        "prefix",
        "sign",
        "sort",
        "index",
    )
)
_LETTER = re.compile(r"[A-Ja-j]")
# controls and lone surrogates, which no database takes
_NOT_IN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_DEEPEST = 4
_KEPT_OPTIONS = 26
_MOST_JOINED = 200


@dataclass(frozen=True)
class Option:
    """One option: `names` is what a key may call it by, `is_right` what the file says of it, if it says anything.

    `markup` is the text as written, before it was cleaned.
    """

    text: str
    names: frozenset[str] = frozenset()
    is_right: bool | None = None
    markup: str = ""


def bare_name(name: str) -> str:
    """A field's name as its meaning is looked up; empty when it is too long to be one."""
    return bare(name) if len(name) <= 40 else ""


def written(value: Any, depth: int = 0) -> str:
    """A value as text, HTML still in it: true is 正确, an object says its text, a list is one item a line."""
    if isinstance(value, str):
        return _NOT_IN_TEXT.sub("", value)
    if isinstance(value, bool):
        return "正确" if value else "错误"
    if isinstance(value, int | float):
        return f"{value:.15g}" if isinstance(value, float) else str(value)
    if depth >= _DEEPEST or not value:
        return ""
    if isinstance(value, list):
        return "\n".join(filter(None, (written(part, depth + 1) for part in value[:_MOST_JOINED])))
    if isinstance(value, dict):
        named = {bare_name(name): part for name, part in value.items()}
        return next((said for name in _TEXT_NAMES if (said := written(named.get(name), depth + 1))), "")
    return ""


def shown(value: Any) -> str:
    """A value as a candidate sees it: text without HTML."""
    return tidy(plain_if_markup(written(value)))


def is_yes(value: Any) -> bool:
    """Whether a flag is set: true, 1, "true", 是."""
    if isinstance(value, str):
        return value.strip() == "1" or read_truth(value) is True
    return isinstance(value, bool | int | float) and value == 1


def nested(text: str) -> Any:
    """What a string holds that is JSON itself, as databases give it out; None when it is none."""
    if not text.lstrip().startswith(("[", "{")):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list | dict) else None


def read_options(value: Any) -> list[Option]:
    """The options that one value holds: a list of texts or objects, an object by letters, or one string."""
    if isinstance(value, str):
        inner = nested(value)
        return read_options(inner) if inner is not None else _of_string(value)
    if isinstance(value, list):
        return _by_letters([_of_item(item) for item in value[:_KEPT_OPTIONS]])
    if isinstance(value, dict):
        return _of_object(value)
    return []


def _of_string(whole: str) -> list[Option]:
    text = shown(whole)
    parts = options_in_one_cell(text)
    return [Option(part, markup=part) for part in parts[:_KEPT_OPTIONS]]


def _of_object(value: Mapping[str, Any]) -> list[Option]:
    """Options under letters, figures or any names: {"A": …}, {"option_a": …}."""
    places = {name: _place(name) for name in value}
    names = [name for name in value if value[name] is not None]
    if all(places[name] is not None for name in names):
        names.sort(key=lambda name: places[name] or 0)
    found = []
    for name in names[:_KEPT_OPTIONS]:
        option = _of_item(value[name])
        found.append(Option(option.text, option.names | {name}, option.is_right, option.markup))
    return found


def _place(name: str) -> int | None:
    if name.isdecimal():
        return int(name) if len(name) < 4 else None
    meaning = meaning_of_title(bare_name(name)) or ""
    return int(meaning[6:]) if meaning.startswith("option") and meaning != "options" else None


def _of_item(item: Any) -> Option:
    if isinstance(item, list) and len(item) == 2 and isinstance(item[0], str) and _LETTER.fullmatch(item[0].strip()):
        return Option(shown(item[1]), frozenset({item[0].strip().upper()}), None, written(item[1]))
    if not isinstance(item, dict):
        return Option(shown(item), markup=written(item))
    named = {bare_name(name): part for name, part in item.items()}
    names = {written(part).strip() for name, part in named.items() if name in _NAMED_BY and _is_scalar(part)} - {""}
    signs = {name.upper() for name in names if _LETTER.fullmatch(name)}
    texts = [named[name] for name in _TEXT_NAMES if written(named.get(name))]
    # {"label": "A", "value": "甲"} and {"label": "甲", "value": "A"}: what is no letter is the text
    text = next((part for part in texts if written(part).strip().upper() not in signs), texts[0] if texts else "")
    flags = [is_yes(part) for name, part in named.items() if name in _RIGHT_NAMES and _is_scalar(part)]
    return Option(shown(text), frozenset(names | signs), flags[0] if flags else None, written(text))


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float | bool)


def _by_letters(found: list[Option]) -> list[Option]:
    """In the order of their letters, where each has its own: the key means letters, not places in the list."""
    wanted = [letter(place) for place in range(len(found))]
    signs = [next((name for name in option.names if name in wanted), "") for option in found]
    if len(found) <= _KEPT_OPTIONS and sorted(signs) == wanted:
        return [found[signs.index(sign)] for sign in wanted]
    return found
