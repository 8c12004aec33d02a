"""The key of a question in a JSON bank: letters, texts, identifiers, places counted from 0 or 1, or flags."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from app.formats.json_values import Option, is_yes, nested, shown
from app.rules.question import MOST_OPTIONS, comparable, letter

_LETTER = re.compile(r"[A-Ja-j]")
_FIGURE = re.compile(r"\d{1,2}")
_FIGURES = re.compile(r"\d{1,2}(?:[\s,，、;；|]+\d{1,2})+")
_FLAG_NAME = re.compile(r"(?:answer|option|correct|选项)?[\s_]*([A-Ja-j])(?:[\s_]*correct)?", re.IGNORECASE)


def key_as_written(value: Any, options: Sequence[Option], first: int) -> str:
    """The key as a person writes it: letters where the value says which options it means, else its own words.

    `first` is the figure that means the first option: 0 or 1.
    """
    if isinstance(value, str) and (inner := nested(value)) is not None:
        value = inner
    if isinstance(value, dict) and (flagged := _flagged(value)) is not None:
        return _letters(flagged)
    if isinstance(value, list) and value and all(isinstance(part, bool) for part in value) and options:
        return _letters([place for place, part in enumerate(value) if part])
    places = [_place(part, options, first) for part in _parts(value)]
    if places and options and all(place is not None and 0 <= place < MOST_OPTIONS for place in places):
        return _letters([place for place in places if place is not None])
    return shown(value)


def bare_figures(value: Any, options: Sequence[Option]) -> Iterator[int]:
    """The figures of a key that are no option's text or name, so that they must be places."""
    for part in _parts(value) if options else ():
        said = shown(part)
        if not isinstance(part, bool) and _FIGURE.fullmatch(said) and _by_name(said, options) is None:
            yield int(said)


def _parts(value: Any) -> list[Any]:
    if isinstance(value, str) and (inner := nested(value)) is not None:
        value = inner
    if isinstance(value, str) and _FIGURES.fullmatch(value.strip()):
        return re.findall(r"\d+", value)
    return value if isinstance(value, list) else [value]


def _place(part: Any, options: Sequence[Option], first: int) -> int | None:
    said = shown(part)
    if isinstance(part, bool) or not said:
        return None
    if _LETTER.fullmatch(said):
        return ord(said.upper()) - ord("A")
    named = _by_name(said, options)
    return int(said) - first if named is None and _FIGURE.fullmatch(said) else named


def _by_name(said: str, options: Sequence[Option]) -> int | None:
    by_text = (place for place, option in enumerate(options) if said == option.text)
    by_name = (place for place, option in enumerate(options) if said in option.names)
    alike = comparable(said)
    by_sound = (place for place, option in enumerate(options) if alike and comparable(option.text) == alike)
    return next(by_text, next(by_name, next(by_sound, None)))


def _flagged(value: dict[str, Any]) -> list[int] | None:
    """The places of {"A": true, "B": false}; None when the object is no such thing."""
    named = [(_FLAG_NAME.fullmatch(name.strip()), flag) for name, flag in value.items()]
    if not named or any(found is None or not isinstance(flag, str | bool | int) for found, flag in named):
        return None
    return [ord(found[1].upper()) - ord("A") for found, flag in named if found and is_yes(flag)]


def _letters(places: Sequence[int]) -> str:
    return "".join(letter(place) for place in sorted(set(places)))
