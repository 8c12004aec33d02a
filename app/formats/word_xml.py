"""The XML of a Word file: names without addresses, and the blocks of a document one after another in bounded memory."""

from collections.abc import Iterator
from functools import lru_cache
from typing import IO
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.ElementTree import DefusedXMLParser, fromstring

_NAMESPACES = {
    "w": ("http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main"),
    "r": (
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
    "m": ("http://schemas.openxmlformats.org/officeDocument/2006/math", "http://purl.oclc.org/ooxml/officeDocument/math"),
    "a": ("http://schemas.openxmlformats.org/drawingml/2006/main", "http://purl.oclc.org/ooxml/drawingml/main"),
    "wp": (
        "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing",
    ),
    "mc": ("http://schemas.openxmlformats.org/markup-compatibility/2006",),
    "v": ("urn:schemas-microsoft-com:vml",),
    "wps": ("http://schemas.microsoft.com/office/word/2010/wordprocessingShape",),
}  # fmt: skip
_PREFIX = {address: prefix for prefix, addresses in _NAMESPACES.items() for address in addresses}
_DEEPEST = 120
_MOST_IN_A_BLOCK = 1_000_000
_BITE = 1 << 16

# what a parser says of a part that is not well-formed, has a DTD, or an encoding that nobody knows
NOT_WELL_FORMED = (ParseError, ValueError, LookupError)


class TooMuch(ValueError):
    """The document is nested deeper, or one of its blocks is larger, than any that people write."""


def name(element: Element) -> str:
    """The element's name with the usual prefix, w:p, whichever edition of the standard the file follows."""
    return _short(element.tag)


def value(element: Element | None, attribute: str = "val") -> str | None:
    """An attribute by its bare name, None when element or attribute is missing."""
    if element is None:
        return None
    for key, found in element.attrib.items():
        if key.rpartition("}")[2] == attribute:
            return found
    return None


def child(element: Element | None, wanted: str) -> Element | None:
    """The first child of that name."""
    if element is None:
        return None
    return next((found for found in element if name(found) == wanted), None)


def is_on(element: Element | None) -> bool:
    """Whether a switch such as w:vanish is there and not turned off."""
    return element is not None and value(element) not in ("0", "false", "off", "none")


def parsed(content: bytes | None) -> Element | None:
    """The root of a small part; None when there is no such part or it is broken."""
    if not content:
        return None
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except NOT_WELL_FORMED:
        return None
    return root


def blocks(part: IO[bytes]) -> Iterator[Element]:
    """The paragraphs and tables that stand directly in the body, each dropped once the next is asked for.

    Raises one of NOT_WELL_FORMED where the document breaks off, TooMuch included.
    """
    target = _Blocks()
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    while bite := part.read(_BITE):
        parser.feed(bite)
        yield from target.take()
    parser.close()
    yield from target.take()


@lru_cache(4096)
def _short(tag: str) -> str:
    address, _, local = tag.rpartition("}")
    return f"{_PREFIX.get(address[1:], '?')}:{local}"


class _Blocks:
    """Builds the tree of one block at a time, and forgets it when the block is taken."""

    def __init__(self) -> None:
        self.builder = TreeBuilder()
        self.depth = 0
        self.size = 0
        self.body: Element | None = None
        self.ready: list[Element] = []

    def start(self, tag: str, attributes: dict[str, str]) -> Element:
        self.depth += 1
        self.size += 1
        if self.depth > _DEEPEST or self.size > _MOST_IN_A_BLOCK:
            raise TooMuch
        element = self.builder.start(tag, attributes)
        if self.depth == 2:
            self.body = element
        return element

    def end(self, tag: str) -> Element:
        element = self.builder.end(tag)
        self.depth -= 1
        if self.depth == 2 and self.body is not None:
            self.size = 0
            self.body.clear()
            if _short(self.body.tag) == "w:body":
                self.ready.append(element)
        return element

    def data(self, text: str) -> None:
        self.builder.data(text)

    def close(self) -> None:
        """Nothing: the tree was handed over block by block."""

    def take(self) -> list[Element]:
        ready, self.ready = self.ready, []
        return ready
