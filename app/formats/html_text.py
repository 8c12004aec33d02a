"""Plain text and pictures out of HTML: tags out, line breaks kept, script and style dropped with what is in them.

A tokenizer of its own, because html.parser takes quadratic time on text that is made for it.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TAG = re.compile(r"</?([A-Za-z][\w:-]*+)((?:[^<>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+)>")
_LOOSE_TAG = re.compile(r"</?([A-Za-z][\w:-]*+)([^<>]*+)>")
_ATTRIBUTE = re.compile(r"(?<![\w:.-])([A-Za-z][\w:.-]*+)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))")
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_RAW = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style", "title", "textarea")}
_MOST_MISREAD = 50

_BREAKING_NAMES = (
    "address article aside blockquote center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hr li main nav ol p pre section summary table tbody tfoot thead tr ul caption"
)
_BREAKING = frozenset(_BREAKING_NAMES.split())
_INLINE_NAMES = (
    "a abbr acronym area audio b base bdi bdo big body br button canvas cite code col colgroup data del dfn em "
    "embed font head html i iframe img input ins kbd label link map mark meta meter noscript object option param "
    "picture progress q rp rt ruby s samp select small source span strike strong sub sup svg td template th time "
    "track tt u var video wbr math mi mn mo mrow msup msub msubsup mfrac msqrt mroot mtext mstyle mfenced mtable "
    "mtr mtd semantics annotation path g"
)
_INLINE = frozenset(_INLINE_NAMES.split())
_RAISED = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")


@dataclass(frozen=True)
class ShownImage:
    """An image that a page shows: where it comes from, and the words in its place."""

    address: str
    alt: str = ""


def plain(markup: str) -> str:
    """The text that a reader of the page sees, its blocks and line breaks as lines, entities resolved. Never raises.

    What looks like a tag but is none of HTML (`List<String>`, `x < 3`) stays as written. Linear in time.
    """
    if "<" not in markup and "&" not in markup:
        return _BLANKS.sub(" ", markup).strip()
    shown = _Shown()
    for name, attributes, text in _tokens(markup):
        shown.take(name, attributes, text)
    return "\n".join(line.strip(" ") for line in "".join(shown.parts).split("\n")).strip("\n ")


def images(markup: str) -> tuple[ShownImage, ...]:
    """The images of a page, in its order."""
    if "<" not in markup:
        return ()
    found = []
    for name, attributes, _ in _tokens(markup):
        if name == "img":
            named = _named(attributes)
            found.append(ShownImage(named.get("src", "").strip(), named.get("alt", "").strip()))
    return tuple(found)


def markup_of(text: str) -> str:
    """HTML that shows the text and from which `plain` reads it back: signs escaped, lines and blanks kept."""
    return html.escape(text).replace("  ", " &#160;").replace("\n", "<br>")


def is_of_html(name: str) -> bool:
    """Whether a tag of that name, in small letters, is HTML or a namespace's own, and so never shown as text."""
    return name in _BREAKING or name in _INLINE or name in _RAW or ":" in name or "-" in name


def unescaped(text: str) -> str:
    """Text with its entities resolved; one that names no character stays as written."""
    if "&" not in text:
        return text
    try:
        return html.unescape(text)
    except ValueError:  # &# with more digits than Python makes a number of
        return text


@dataclass
class _Shown:
    """The page as shown so far, with what that depends on."""

    parts: list[str] = field(default_factory=list)
    in_pre: int = 0
    raised: int = 0
    lowered: int = 0

    def take(self, name: str, attributes: str, text: str) -> None:
        if not name:
            self._write(text)
        elif name == "br":
            self.parts.append("\n")
        elif name.strip("/") in _BREAKING:
            self._break_line(name)
        elif name in ("td", "th"):
            self._write(" ")
        elif name.strip("/") in ("sup", "sub"):
            self._shift(name)

    def _write(self, text: str) -> None:
        text = unescaped(text if self.in_pre else _BLANKS.sub(" ", text))
        if self.raised and _RAISED.keys() >= set(map(ord, text)):
            text = text.translate(_RAISED)
        elif self.lowered and _LOWERED.keys() >= set(map(ord, text)):
            text = text.translate(_LOWERED)
        last = self.parts[-1] if self.parts else "\n"
        if not self.in_pre and last.endswith(("\n", " ")):
            text = text.lstrip(" ")
        if text:
            self.parts.append(text)

    def _break_line(self, name: str) -> None:
        if name.strip("/") == "pre":
            self.in_pre = max(0, self.in_pre + (-1 if name.startswith("/") else 1))
        if self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n")

    def _shift(self, name: str) -> None:
        step = -1 if name.startswith("/") else 1
        if name.endswith("sup"):
            self.raised = max(0, self.raised + step)
        else:
            self.lowered = max(0, self.lowered + step)


def _named(attributes: str) -> dict[str, str]:
    named: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(attributes):
        named.setdefault(name.lower(), unescaped(double or single or bare))
    return named


def _tokens(markup: str) -> Iterator[tuple[str, str, str]]:
    """(name of a tag, its attributes, "") or ("", "", text), in order; a closing tag's name begins with a stroke."""
    position, misread = 0, 0
    last_end = markup.rfind(">")
    while (start := markup.find("<", position)) != -1 and start < last_end:
        if start > position:
            yield "", "", markup[position:start]
        if markup[start + 1] in "!?":
            text, position = _declared(markup, start)
            yield "", "", text
            continue
        # beyond so many, quotes are not believed any more: the page is built to be slow
        found = (_TAG if misread < _MOST_MISREAD else _LOOSE_TAG).match(markup, start)
        if found is None or not is_of_html(found[1].lower()):
            misread += found is None
            position = found.end() if found else start + 1
            yield "", "", markup[start:position]
            continue
        closes = "/" if markup[start + 1] == "/" else ""
        yield closes + found[1].lower(), found[2], ""
        position = found.end() if closes else _after_raw(markup, found[1].lower(), found.end())
    yield "", "", markup[position:]


def _declared(markup: str, start: int) -> tuple[str, int]:
    """The text in what begins with <! or <? (CDATA has some), and where it ends."""
    if markup.startswith("<!--", start):
        end = markup.find("-->", start + 4)
        return "", end + 3 if end != -1 else len(markup)
    if markup.startswith("<![CDATA[", start):
        end = markup.find("]]>", start)
        stop = end if end != -1 else len(markup)
        return html.escape(markup[start + 9 : stop], quote=False), min(stop + 3, len(markup))
    return "", markup.find(">", start) + 1  # there is one: the caller looked


def _after_raw(markup: str, name: str, position: int) -> int:
    """Where to go on after an opening tag: behind its end when what is in it is not text."""
    if name not in _RAW:
        return position
    end = _RAW[name].search(markup, position)
    return end.end() if end else len(markup)
