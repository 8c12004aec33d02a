"""The text of one paragraph of a Word file as it is seen: runs, fields, changes, signs, gaps and pictures."""

import re
from collections import Counter
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from app.formats.bank_pieces import BLANK
from app.formats.word_marks import Sightings, without_reserved
from app.formats.word_symbols import UNKNOWN_SIGN, equation, in_symbol_font, is_symbol_font, raised, sign
from app.formats.word_xml import child, is_on, name, value

# around underlined text until the paragraph is whole: one gap may be several runs
_LINE_BEGINS, _LINE_ENDS = "\U000f0000", "\U000f0001"
_UNDERLINED = re.compile(rf"{_LINE_BEGINS}([^{_LINE_ENDS}]*){_LINE_ENDS}")
_GAP = re.compile(r"[ \u00a0\u2000-\u200a]{2,}|[ \u00a0\u2000-\u200a]*[\t\u3000][ \t\u00a0\u2000-\u200a\u3000]*")
_KEY_ON_LINE = re.compile(r"[A-J\uff21-\uff2a](?:[、,，]?[A-J\uff21-\uff2a]){0,9}|[√×✓✗对错]|正确|错误")
_KEY_IN_BRACKETS = re.compile(rf"[（(][ \t\u00a0\u3000]*(（(?:{_KEY_ON_LINE.pattern})）)[ \t\u00a0\u3000]*[)）]")
_GAP_IN_BRACKETS = re.compile(rf"[（(][ \t\u00a0\u3000]*(?:{BLANK}[ \t\u00a0\u3000]*)+[)）]")
_GAPS = re.compile(rf"{BLANK}(?:[ \t\u00a0\u3000]*{BLANK})+")
_SYMBOL_FIELD = re.compile(
    r'\s*SYMBOL\s+(0x[0-9a-f]{1,4}|\d{1,5})\b.*?\\f\s*"?([^"\\]{1,40})', re.IGNORECASE | re.DOTALL
)

_LINE_ENDS_IN_XML = re.compile(r"[\r\n]+")

MARKED = "突出显示"

_DROPPED = {
    "w:pPr", "w:rPr", "w:del", "w:moveFrom", "w:delText", "w:instrText", "w:delInstrText", "w:sdtPr", "w:sdtEndPr",
    "w:rt", "w:rubyPr", "w:softHyphen", "w:fldData",
}  # fmt: skip
_WRITTEN = {"w:tab": "\t", "w:ptab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "-"}
_REFERENCES = {"w:footnoteReference": "脚注", "w:endnoteReference": "尾注", "w:commentReference": "批注"}


@dataclass
class Written:
    """A paragraph's text, with a mark where each picture stands; and the paragraphs of text boxes anchored in it."""

    text: str = ""
    boxes: list[Element] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class Runs:
    """Reads paragraphs one after another, counting what the whole file is to be told of."""

    def __init__(self, sightings: Sightings) -> None:
        self._sightings = sightings
        self.counted: Counter[str] = Counter()
        self._begin()

    def read(self, paragraph: Element) -> Written:
        """What stands in the paragraph; deleted text does not, hidden text does and is counted."""
        self._begin()
        self._walk(paragraph)
        text = "".join(self._parts)
        if _LINE_BEGINS in text:
            text = _UNDERLINED.sub(_gap, text.replace(_LINE_ENDS + _LINE_BEGINS, ""))
            text = _KEY_IN_BRACKETS.sub(r"\1", text)
            text = _GAPS.sub(BLANK, _GAP_IN_BRACKETS.sub(BLANK, text))
        if UNKNOWN_SIGN in text:
            self._remark(f"有一个特殊符号没有看懂，写成了“{UNKNOWN_SIGN}”，请核对并改正")
        return Written(text, self._boxes, self._remarks)

    def _begin(self) -> None:
        self._parts: list[str] = []
        self._boxes: list[Element] = []
        self._remarks: list[str] = []
        # for each field that is open: whether its result has begun
        self._fields: list[bool] = []
        self._instruction = ""

    def _remark(self, message: str) -> None:
        if message not in self._remarks:
            self._remarks.append(message)

    def _walk(self, element: Element, properties: Element | None = None) -> None:
        for each in element:
            sort = name(each)
            if sort == "w:instrText":
                self._instruction = (self._instruction + (each.text or ""))[:500]
            elif sort in _DROPPED:
                continue
            elif sort == "w:r":
                own = child(each, "w:rPr")
                if not is_on(child(own, "w:webHidden")):
                    self._walk(each, own)
            elif sort in ("m:oMath", "m:oMathPara"):
                self._write(without_reserved(equation(each)))
                self._remark("有公式，已写成一行文字，请核对")
            else:
                self._take(each, sort, properties)

    def _take(self, each: Element, sort: str, properties: Element | None) -> None:
        if sort == "w:t":
            self._write(self._seen(_kept_blanks(each), properties), properties)
        elif sort in _WRITTEN:
            self._write(_WRITTEN[sort], properties)
        elif sort == "w:sym":
            self._write(_symbol(value(each, "font"), value(each, "char"), 16))
        elif sort == "w:fldChar":
            self._turn_field(value(each, "fldCharType"))
        elif sort == "mc:AlternateContent":
            if (chosen := _newest(each)) is not None:
                self._walk(chosen, properties)
        elif sort in ("w:drawing", "w:pict", "w:object"):
            self._draw(each)
        elif sort in _REFERENCES:
            self.counted[_REFERENCES[sort]] += 1
        else:
            self._walk(each, properties)

    def _seen(self, text: str, properties: Element | None) -> str:
        text = without_reserved(text)
        if properties is None:
            return text
        if is_on(child(properties, "w:vanish")) and text.strip():
            self.counted["隐藏文字"] += 1
        if text.strip() and _is_marked(properties):
            self.counted[MARKED] += 1
        fonts = child(properties, "w:rFonts")
        font = value(fonts, "ascii") or value(fonts, "hAnsi")
        if is_symbol_font(font):
            return in_symbol_font(font, text)
        return raised(text, value(child(properties, "w:vertAlign")))

    def _write(self, text: str, properties: Element | None = None) -> None:
        if not text or not all(self._fields):
            return  # inside the instruction of a field
        if text != "\n" and properties is not None and is_on(child(properties, "w:u")):
            text = f"{_LINE_BEGINS}{text}{_LINE_ENDS}"
        self._parts.append(text)

    def _turn_field(self, turn: str | None) -> None:
        if turn == "begin":
            self._fields.append(False)
            self._instruction = ""
        elif turn == "separate" and self._fields:
            self._fields[-1] = True
        elif turn == "end" and self._fields:
            has_result = self._fields.pop()
            if not has_result:
                self._write_instruction(self._instruction)
            self._instruction = ""

    def _write_instruction(self, instruction: str) -> None:
        if found := _SYMBOL_FIELD.match(instruction):
            self._write(_symbol(found[2].strip(), found[1], 16 if found[1][:2].lower() == "0x" else 10))
        elif instruction.strip().upper().startswith("EQ"):
            self._remark("有旧式公式（域代码EQ），没有读取，请改成文字后再上传")

    def _draw(self, drawing: Element) -> None:
        """A picture leaves its mark, a text box its paragraphs; shapes without either are counted."""
        found = False
        for each in _outermost(drawing):
            sort = name(each)
            if sort == "w:txbxContent":
                self._boxes.extend(each)
                found = True
            elif relation := value(each, "embed" if sort == "a:blip" else "id"):
                self._parts.append(self._sightings.mark(relation, _described(drawing)))
                found = True
            elif value(each, "link"):
                self._remark("有一张图片只是链接到别处的文件，没有导入；请把图片插入到文档里再上传")
                found = True
        if not found:
            self.counted["图形"] += 1


def _is_marked(properties: Element) -> bool:
    """Whether a run is set off by colour, bold or a ground, as some mark the right option."""
    colour = (value(child(properties, "w:color")) or "auto").lower()
    ground = (value(child(properties, "w:highlight")) or "none").lower()
    shade = (value(child(properties, "w:shd"), "fill") or "auto").lower()
    is_coloured = colour not in ("auto", "000000") or ground not in ("none", "white")
    return is_coloured or shade not in ("auto", "ffffff") or is_on(child(properties, "w:b"))


def _newest(alternatives: Element) -> Element | None:
    """The first of several ways to say the same, which the newest programs show."""
    chosen = child(alternatives, "mc:Choice")
    return chosen if chosen is not None else child(alternatives, "mc:Fallback")


def _kept_blanks(written: Element) -> str:
    """The text of a w:t: line ends in the XML are blanks, and those at its ends count only where the file says so."""
    text = _LINE_ENDS_IN_XML.sub(" ", written.text or "")
    return text if value(written, "space") == "preserve" else text.strip(" \t")


def _symbol(font: str | None, code: str | None, base: int) -> str:
    try:
        return without_reserved(sign(font, int(code or "", base)))
    except (ValueError, OverflowError):
        return UNKNOWN_SIGN


def _gap(found: "re.Match[str]") -> str:
    """An underlined stretch without words is a gap; a key between blanks is a key on its line."""
    text = found[1]
    if _GAP.fullmatch(text):
        return BLANK
    words = text.strip()
    return f"（{words}）" if words != text and _KEY_ON_LINE.fullmatch(words) else text


def _outermost(drawing: Element) -> list[Element]:
    """The pictures and text boxes of a drawing; what stands in a box belongs to the box, an older twin to its newer."""
    found: list[Element] = []
    waiting = [drawing]
    while waiting:
        element = waiting.pop()
        sort = name(element)
        if sort in ("w:txbxContent", "a:blip", "v:imagedata"):
            found.append(element)
        elif sort == "mc:AlternateContent" and (chosen := _newest(element)) is not None:
            waiting.append(chosen)
        else:
            waiting.extend(reversed(element))
    return found


def _described(drawing: Element) -> str:
    for each in drawing.iter():
        if name(each) == "wp:docPr" and (alt := value(each, "descr")):
            return alt
        if name(each) == "v:shape" and (alt := value(each, "alt")):
            return alt
    return ""
