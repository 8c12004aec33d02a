"""GIFT text cut into questions by blank lines and braces, with its comments and categories; escapes kept apart."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ESCAPED = "~=#{}:\\n"
# noncharacters, which no text may hold, stand for escaped signs while the text is taken apart
_STAND_INS = {sign: chr(0xFDD0 + place) for place, sign in enumerate(_ESCAPED)}
_ESCAPE = re.compile(r"\\([~=#{}:\\n])")
_REVEALED = {ord(stand_in): "\n" if sign == "n" else sign for sign, stand_in in _STAND_INS.items()}
_RAW = {ord(stand_in): f"\\{sign}" for sign, stand_in in _STAND_INS.items()}
_NO_STAND_INS = dict.fromkeys(map(ord, _STAND_INS.values()))
_TAG = "[tag:"
_TAG_VALUE = re.compile(r"(?:\\.|[^\]\\])*+")
_TAG_ESCAPE = re.compile(r"\\(.)")
_CATEGORY = "$CATEGORY:"
# what the export writes for a question that has no topic, so that it does not fall under the last one's
NO_TOPIC = "$course$/top/未分类"
_CONTEXT = re.compile(r"\$(?:course|system|module|cat\w*)\$(?:/top)?(?:/(?!/)|$)")
_PATH_STROKE = re.compile(r"(?<!/)/(?!/)")


@dataclass(frozen=True)
class Block:
    """One question as it stands in the file, from line `row` on; `topic` and `tags` come from what stands above it."""

    row: int
    text: str
    topic: str
    tags: tuple[str, ...]


def blocks(text: str) -> Iterator[Block]:
    """The questions of a GIFT text, in order. Escaped signs are kept as stand-ins: see `revealed`."""
    cutter = _Cutter()
    for row, line in enumerate(protected(text).split("\n"), start=1):
        yield from cutter.take(row, line)
    yield from cutter.close()


def protected(text: str) -> str:
    r"""The text with stand-ins for escaped signs, so that a \{ is no brace."""
    return _ESCAPE.sub(lambda found: _STAND_INS[found[1]], text.translate(_NO_STAND_INS))


def revealed(text: str) -> str:
    """The text with the signs that were escaped."""
    return text.translate(_REVEALED)


class _Cutter:
    """Walks over the lines, keeping what has been read of the question at hand."""

    def __init__(self) -> None:
        self.row = 0
        self.lines: list[str] = []
        self.tags: list[str] = []
        self.topic = ""
        self.depth = 0
        self.has_braces = False
        self.is_after_blank = False

    def take(self, row: int, line: str) -> Iterator[Block]:
        """The questions that end before this line."""
        bare = line.strip()
        if not bare:
            # blank lines between the answers are against the rules, and frequent
            if self.depth <= 0:
                yield from self.close()
            self.is_after_blank = True
            return
        if self._begins_another(bare):
            yield from self.close()
        if bare.startswith("//"):
            self.tags += _tags(bare.translate(_RAW))
        elif bare.startswith(_CATEGORY):
            self.topic = _topic(bare.removeprefix(_CATEGORY).translate(_RAW).strip())
        else:
            self._keep(row, line)
        self.is_after_blank = False

    def close(self) -> Iterator[Block]:
        """The question at hand, if there is one; what follows belongs to another."""
        if self.lines:
            yield Block(self.row, "\n".join(self.lines), self.topic, tuple(self.tags))
        self.lines, self.tags, self.depth, self.has_braces = [], [], 0, False

    def _begins_another(self, bare: str) -> bool:
        if bare.startswith((_CATEGORY, "::")) and self.lines:
            return self.has_braces or bare.startswith(_CATEGORY)
        if self.depth > 0:  # a brace was left open, unless this line is one of the answers
            return self.is_after_blank and "{" in bare
        return self.has_braces and ("{" in bare or bare.startswith("//"))

    def _keep(self, row: int, line: str) -> None:
        if not self.lines:
            self.row = row
        self.lines.append(line)
        self.depth += line.count("{") - line.count("}")
        self.has_braces = self.has_braces or "{" in line


def _tags(comment: str) -> list[str]:
    """What a comment says in Moodle's [tag:…]; an [id:…] is of no use here."""
    found: list[str] = []
    start = comment.find(_TAG)
    while start != -1:
        value = _TAG_VALUE.match(comment, start + len(_TAG))
        if value is None or not comment.startswith("]", value.end()):
            break  # where one is not closed, none that follows is
        found.append(_TAG_ESCAPE.sub(lambda sign: "\n" if sign[1] == "n" else sign[1], value[0]))
        start = comment.find(_TAG, value.end())
    return found


def tag_escaped(text: str) -> str:
    """Text as it may stand in [tag:…]."""
    return re.sub(r"([\\\]])", r"\\\1", text).replace("\n", "\\n")


def category_escaped(topic: str) -> str:
    """A topic as the one part of a category's path."""
    return topic.replace("/", "//")


def _topic(path: str) -> str:
    """The last part of a category's path, whose own strokes are doubled."""
    if path == NO_TOPIC:
        return ""
    within = _CONTEXT.sub("", path, count=1) if _CONTEXT.match(path) else path
    return _PATH_STROKE.split(within)[-1].replace("//", "/").strip()
