"""Pictures met in a Word file, each kept as one sign in the text until it is known which question has it."""

import re
from dataclasses import dataclass

_FIRST = 0xF1000
_MOST = 5_000
_MARKS = f"{chr(_FIRST)}-{chr(_FIRST + _MOST)}"
_MARK = re.compile(f"[{_MARKS}]")
_MARK_ONLY = re.compile(f"[^{_MARKS}]+")
_LEADING = re.compile(rf"\s*[{_MARKS}][\s{_MARKS}]*(?=[^\s{_MARKS}])")
_RESERVED = re.compile("[\U000f0000-\U0010ffff]")


@dataclass(frozen=True)
class Sighting:
    """A picture as met: the relation that leads to its bytes, what it shows, and the paragraph it stands in."""

    relation: str
    alt: str
    paragraph: int


class Sightings:
    """The pictures of a file in their order; more than five thousand are counted only."""

    def __init__(self) -> None:
        self.met: list[Sighting] = []
        self.paragraph = 0
        self.beyond = 0

    def mark(self, relation: str, alt: str) -> str:
        """The sign that stands for the picture in the text."""
        if len(self.met) == _MOST:
            self.beyond += 1
            return ""
        self.met.append(Sighting(relation, alt, self.paragraph))
        return chr(_FIRST + len(self.met) - 1)


def without_reserved(text: str) -> str:
    """Text from the file, without characters that this reader keeps for itself; nobody's font has them."""
    return _RESERVED.sub("〓", text) if max(text, default="") >= "\U000f0000" else text


def marked(text: str) -> list[int]:
    """Which pictures have their mark in the text, in its order."""
    return [ord(sign) - _FIRST for sign in _MARK.findall(text)]


def unmarked(text: str) -> str:
    """The text without marks, and without the lines and blanks that only carried one."""
    if not _MARK.search(text):
        return text
    lines = (_MARK.sub("", line).strip() if _MARK.search(line) else line for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def marks_last(line: str) -> str:
    """The line with the marks at its beginning moved to its end: a picture may be anchored before the number."""
    found = _LEADING.match(line)
    return line[found.end() :] + _MARK_ONLY.sub("", found[0]) if found else line
