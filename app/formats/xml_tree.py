"""Elements out of XML that comes from anywhere: no DTD, no entities of its own, bounded in count and depth."""

import re
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

MOST_ELEMENTS = 1_500_000
DEEPEST = 100

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,400}\?>")
_CHINESE = {"gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "cp936", "936"}
_OTHER = {"iso-8859-1": "latin-1", "latin1": "latin-1", "windows-1252": "cp1252", "us-ascii": "ascii", "big5": "big5"}
# what XML 1.0 forbids, yet exports from databases hold
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_HAS_DTD = "文件里有DTD声明（<!DOCTYPE …>），为了安全没有读取。请删去这一段，或从原系统重新导出后再上传"
_TOO_MUCH = "文件里的XML元素太多或嵌套太深，没有读取。请分成几个文件"
_NOT_TEXT = "文件的文字编码没有看懂。请另存为UTF-8编码后再上传"


class Unreadable(Exception):
    """XML that is not read; the message says in Chinese why, and what to do."""


def root_of(content: bytes | str, rename: Callable[[str], str] | None = None) -> Element:
    """The root element; names come without their namespaces, and renamed by `rename`. Raises Unreadable only.

    Signs that XML forbids are left out. At most MOST_ELEMENTS elements, DEEPEST deep: walking it by recursion is safe.
    """
    text = allowed(content if isinstance(content, str) else decoded(content))
    parser: Any = DefusedXMLParser(target=_Builder(rename or _as_is), forbid_dtd=True)
    try:
        # a text is already decoded, so what its declaration says of the encoding no longer holds
        parser.feed(_DECLARATION.sub(_kept_lines, text, count=1).lstrip(" \t\ufeff"))
        root = parser.close()
    except DefusedXmlException:
        raise Unreadable(_HAS_DTD) from None
    except ParseError as error:
        line = error.position[0]
        message = f"第{line}行附近的XML写法有误（文件可能不完整）。请从原系统重新导出，或改正后再上传"
        raise Unreadable(message) from None
    except (ValueError, LookupError, OverflowError, AssertionError):
        raise Unreadable(_NOT_TEXT) from None
    assert isinstance(root, Element)
    return root


def decoded(content: bytes) -> str:
    """The text of an XML file: its mark or declaration is believed where it fits. Raises Unreadable only."""
    for encoding in _encodings(content):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_NOT_TEXT)


def allowed(text: str) -> str:
    """The text without the signs that XML forbids."""
    return _FORBIDDEN.sub("", text)


def text_in(element: Element | None) -> str:
    """All the text in an element, outer blanks off; empty for None."""
    return "" if element is None else "".join(element.itertext()).strip()


def _encodings(content: bytes) -> list[str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ["utf-16"]
    if content.startswith((b"<\x00", b"\x00<")):
        return ["utf-16-le" if content[:1] == b"<" else "utf-16-be"]
    said = _DECLARED.match(content[:400])
    named = said[1].decode("ascii").lower() if said else ""
    declared = [_OTHER[named]] if named in _OTHER else []
    return [*declared, "utf-8-sig", "gb18030"] if named not in _CHINESE else ["gb18030", "utf-8-sig"]


def _as_is(name: str) -> str:
    return name


def _kept_lines(declaration: "re.Match[str]") -> str:
    return "\n" * declaration[0].count("\n")


class _Builder(TreeBuilder):
    """Builds elements until there are too many of them."""

    def __init__(self, rename: Callable[[str], str]) -> None:
        super().__init__()
        self._rename = rename
        self._names: dict[str, str] = {}
        self._count = 0
        self._depth = 0

    def start(self, tag: Any, attrs: Any, /) -> Element:
        self._count += 1
        self._depth += 1
        if self._count > MOST_ELEMENTS or self._depth > DEEPEST:
            raise Unreadable(_TOO_MUCH)
        return super().start(self._local(tag), attrs)

    def end(self, tag: Any, /) -> Element:
        self._depth -= 1
        return super().end(self._local(tag))

    def _local(self, tag: str) -> str:
        if tag not in self._names:
            self._names[tag] = self._rename(tag.rpartition("}")[2])
        return self._names[tag]
