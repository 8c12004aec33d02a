"""All options of a question in one cell: between strokes, one on a line, or behind signs that count them."""

import re

from app.formats import bank_lines

_CIRCLED = re.compile(r"[①-⑩]")
_ONE_CELL = re.compile(r"\s*[|｜\n]\s*")
_SEMICOLON = re.compile(r"\s*[;；]\s*")


def options_in_one_cell(whole: str) -> list[str]:
    """The options that one cell holds: between strokes, one on a line, or behind letters, ①② or semicolons."""
    parts = [part for part in _ONE_CELL.split(whole.strip()) if part]
    below = [*parts, ""][1:]
    found = [
        option
        for part, next_one in zip(parts, below, strict=True)
        for option in bank_lines.options_on_line(part, next_one)
    ]
    if len(found) > 1:
        return _without_semicolons(found)
    return _circled(whole) or [part for part in _SEMICOLON.split(whole.strip()) if part]


def _without_semicolons(options: list[str]) -> list[str]:
    """The options without the semicolon that parts them, if each but the last one ends with it."""
    parted = all(option.endswith((";", "；")) for option in options[:-1])
    return [option.rstrip(";； ") for option in options] if parted else options


def _circled(whole: str) -> list[str]:
    """The options of ①甲②乙③丙, if the signs count from ① on."""
    signs = _CIRCLED.findall(whole)
    before, *texts = [text.strip(" \t\u3000;；") for text in _CIRCLED.split(whole)]
    counted = [chr(ord("①") + place) for place in range(len(signs))]
    return texts if len(signs) > 1 and signs == counted and not before and all(texts) else []
