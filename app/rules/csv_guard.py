"""Cells of CSV that a spreadsheet must not compute: an apostrophe goes before them, and off again when read."""

import re

# what a spreadsheet takes for the beginning of a formula, in its full-width forms too
_GUARDED = re.compile(r"'*\s*[=+\-@\t\r\n＝＋－＠]")


def guarded(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would compute; `unguarded` gives back the same text."""
    return f"'{text}" if _GUARDED.match(text) else text


def unguarded(text: str) -> str:
    """The text of a cell without the apostrophe that guards it."""
    return text[1:] if text.startswith("'") and _GUARDED.match(text) else text
