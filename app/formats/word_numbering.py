"""Automatic numbers of a Word file: what Word shows before a paragraph, though no number is written in it."""

import re
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from app.formats.word_figures import figure
from app.formats.word_xml import child, is_on, name, value

_PLACE = re.compile(r"%([1-9])")
_PRIVATE = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_LEVELS = 9
_LONGEST_CHAIN = 30
_LONGEST_LABEL = 60


@dataclass(frozen=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    after: str = " "
    restart: int | None = None
    style: str | None = None
    is_legal: bool = False


@dataclass
class _List:
    """What a w:num says: the list that it counts in, and where it begins anew."""

    counted_in: str
    levels: dict[int, _Level]
    starts: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Style:
    based_on: str | None
    number: str | None
    level: int | None


class Numbering:
    """The counters of a document; paragraphs are shown to it in their order."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self._styles = _styles(styles)
        self._usual = _usual_style(styles)
        self._lists = _lists(numbering, self._styles)
        self._counters: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def label(self, properties: Element | None) -> str:
        """The number of the next paragraph as Word shows it, the blank after it included; empty when it has none."""
        number, level = self._place(properties)
        found = self._lists.get(number or "")
        if not number or number == "0" or found is None or level not in found.levels:
            return ""
        counters = self._counters.setdefault(found.counted_in, {})
        self._count(counters, number, found, level)
        own = found.levels[level]
        if own.form == "bullet":
            return ""

        def written(place: "re.Match[str]") -> str:
            above = found.levels.get(int(place[1]) - 1, _Level())
            count = counters.get(int(place[1]) - 1, above.start)
            return figure(count, "decimal" if own.is_legal and above.form != "none" else above.form)

        shown = _PRIVATE.sub("", _PLACE.sub(written, own.text[:_LONGEST_LABEL]))
        return shown + own.after if shown.strip() else ""

    def _count(self, counters: dict[int, int], number: str, found: _List, level: int) -> None:
        first = found.starts.get(level, found.levels[level].start)
        # a new w:num with its own start begins anew once, then goes on
        is_anew = level in found.starts and (number, level) not in self._begun
        counters[level] = first if is_anew or level not in counters else counters[level] + 1
        self._begun.add((number, level))
        for deeper in [place for place in counters if place > level]:
            restart = found.levels.get(deeper, _Level()).restart
            if restart is None or level < restart:
                del counters[deeper]

    def _place(self, properties: Element | None) -> tuple[str | None, int]:
        """The list and the level of a paragraph, from itself or from its style."""
        own = child(properties, "w:numPr")
        number = value(child(own, "w:numId"))
        level = value(child(own, "w:ilvl"))
        if number is not None:
            return number, _whole(level, 0)
        for identifier, style in self._chain(value(child(properties, "w:pStyle")) or self._usual):
            if style.number is not None:
                named = self._level_of(style.number, identifier)
                return style.number, _whole(level, style.level or 0 if named is None else named)
        return None, 0

    def _level_of(self, number: str, style: str) -> int | None:
        """The level that a list keeps for a style."""
        levels = self._lists[number].levels if number in self._lists else {}
        return next((place for place, level in levels.items() if level.style == style), None)

    def _chain(self, identifier: str | None) -> list[tuple[str, _Style]]:
        found: list[tuple[str, _Style]] = []
        while identifier and identifier in self._styles and len(found) < _LONGEST_CHAIN:
            style = self._styles[identifier]
            found.append((identifier, style))
            identifier = style.based_on
        return found


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,6}", text, re.ASCII) else otherwise


def _styles(root: Element | None) -> dict[str | None, _Style]:
    found: dict[str | None, _Style] = {}
    for style in root if root is not None else ():
        if name(style) == "w:style":
            numbers = child(child(style, "w:pPr"), "w:numPr")
            level = value(child(numbers, "w:ilvl"))
            based_on, number = value(child(style, "w:basedOn")), value(child(numbers, "w:numId"))
            found[value(style, "styleId")] = _Style(based_on, number, None if level is None else _whole(level, 0))
    return found


def _usual_style(root: Element | None) -> str | None:
    """The style of a paragraph that names none."""
    for style in root if root is not None else ():
        if (
            name(style) == "w:style"
            and value(style, "type") == "paragraph"
            and value(style, "default") in ("1", "true")
        ):
            return value(style, "styleId")
    return None


def _lists(root: Element | None, styles: dict[str | None, _Style]) -> dict[str, _List]:
    if root is None:
        return {}
    drawn = {value(each, "abstractNumId") or "": each for each in root if name(each) == "w:abstractNum"}
    shared = {identifier: _levels(each) for identifier, each in drawn.items()}
    numbers = [each for each in root if name(each) == "w:num"]
    counted_in = {value(each, "numId") or "": value(child(each, "w:abstractNumId")) or "" for each in numbers}
    for identifier, each in drawn.items():
        # a list that only names a list style counts as the list of that style
        link = styles.get(value(child(each, "w:numStyleLink")))
        if link and (source := counted_in.get(link.number or "")) in drawn:
            shared[identifier] = shared[source]
    return {value(each, "numId") or "": _list(each, shared) for each in numbers}


def _list(number: Element, shared: dict[str, dict[int, _Level]]) -> _List:
    counted_in = value(child(number, "w:abstractNumId")) or ""
    found = _List(counted_in, dict(shared.get(counted_in, {})))
    for override in number:
        if name(override) != "w:lvlOverride":
            continue
        level = _whole(value(override, "ilvl"), 0)
        if (own := child(override, "w:lvl")) is not None:
            found.levels[level] = _level(own)
        if (start := value(child(override, "w:startOverride"))) is not None:
            found.starts[level] = _whole(start, 1)
    return found


def _levels(drawn: Element) -> dict[int, _Level]:
    levels = {_whole(value(each, "ilvl"), 0): _level(each) for each in drawn if name(each) == "w:lvl"}
    return {place: level for place, level in levels.items() if place < _LEVELS}


def _level(element: Element) -> _Level:
    form = value(_format(element)) or "decimal"
    restart = value(child(element, "w:lvlRestart"))
    level = _Level(
        start=_whole(value(child(element, "w:start")), 1),
        form=form,
        text=value(child(element, "w:lvlText")) or "",
        after="" if value(child(element, "w:suff")) == "nothing" else " ",
        style=value(child(element, "w:pStyle")),
        is_legal=is_on(child(element, "w:isLgl")),
    )
    return level if restart is None else replace(level, restart=_whole(restart, 0))


def _format(element: Element) -> Element | None:
    """The number's form; newer ones stand in an alternative beside an older form."""
    own = child(element, "w:numFmt")
    return own if own is not None else child(child(child(element, "mc:AlternateContent"), "mc:Fallback"), "w:numFmt")
