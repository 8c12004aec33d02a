"""An A4 document in Word with the margins and fonts of an official paper, filled paragraph by paragraph."""

import io
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.image.image import Image
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt

# GB/T 9704—2012: A4, 37 mm above, 35 mm below, 28 mm left, 26 mm right
_MARGINS = {"top_margin": Mm(37), "bottom_margin": Mm(35), "left_margin": Mm(28), "right_margin": Mm(26)}
_TEXT_WIDTH = Mm(210 - 28 - 26)
_TALLEST = Mm(90)
_SONG, _HEI, _FANGSONG = "宋体", "黑体", "仿宋_GB2312"
_LATIN = "Times New Roman"
_CHARACTER = Pt(12)
_LINE = Pt(22)

# (name in Word, East Asian font, size in points, space before, space after)
_STYLES = {
    "title": ("试卷标题", "方正小标宋简体", 22, 0, 14),
    "head": ("试卷表头", _FANGSONG, 12, 0, 8),
    "heading": ("试卷大题", _HEI, 14, 12, 4),
    "stem": ("试题题干", _FANGSONG, 12, 6, 0),
    "options": ("试题选项", _FANGSONG, 12, 0, 0),
    "pair": ("试题并排选项", _FANGSONG, 12, 0, 0),
    "field": ("试题答案", _FANGSONG, 12, 0, 0),
    "picture": ("试题图片", _FANGSONG, 12, 4, 4),
}


class WordSheet:
    """A document being written; paragraphs are added at its end."""

    def __init__(self, title: str) -> None:
        self._document = docx.Document()
        self._styles: dict[str, Any] = {}
        self._last: Any = None
        self._name(title)
        self._lay_out()
        for sort in _STYLES:
            self._make_style(sort)
        self._number_pages()

    def add(self, sort: str, text: str, *, keep: bool = False) -> None:
        """A paragraph of that sort; a line break in the text stays one. `keep` holds it on the page of the next."""
        self._last = self._document.add_paragraph(text, self._styles[sort])
        if keep:
            self._last.paragraph_format.keep_with_next = True

    def draw(self, content: bytes, alt: str, *, is_small: bool) -> None:
        """A picture at the end of the last paragraph; bytes that are none leave nothing behind."""
        try:
            drawn = self._last.add_run().add_picture(io.BytesIO(content))
        except Exception:  # a library that reads what people uploaded
            return
        widest = Length(_TEXT_WIDTH * (2 if is_small else 3) // 4)
        share = min(1, widest / max(drawn.width, 1), _TALLEST / max(drawn.height, 1))
        drawn.width, drawn.height = Length(int(drawn.width * share)), Length(int(drawn.height * share))
        drawn._inline.docPr.set("descr", alt)

    def saved(self) -> bytes:
        """The file."""
        file = io.BytesIO()
        self._document.save(file)
        return file.getvalue()

    def _name(self, title: str) -> None:
        about = self._document.core_properties
        about.title, about.author, about.comments, about.language = title[:255], "", "", "zh-CN"

        # without it programs take the signs of another country for 。 and ，
        defaults = self._document.styles.element.find(qn("w:docDefaults"))
        for language in defaults.iter(qn("w:lang")):
            language.set(qn("w:eastAsia"), "zh-CN")

    def _lay_out(self) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.footer_distance = Mm(28)
        for side, width in _MARGINS.items():
            setattr(section, side, width)

    def _make_style(self, sort: str) -> None:
        title, font, size, before, after = _STYLES[sort]
        style: Any = self._document.styles.add_style(title, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = self._document.styles["Normal"]
        _set_font(style, font, size)
        form = style.paragraph_format
        form.space_before, form.space_after, form.keep_together = Pt(before), Pt(after), True
        if sort != "picture":
            # at least, not exactly: a picture among the words is shown whole
            form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.AT_LEAST, _LINE
        if sort == "title":
            form.alignment, form.line_spacing = WD_ALIGN_PARAGRAPH.CENTER, Pt(34)
        elif sort in ("picture", "field"):
            form.left_indent = _CHARACTER * 2
        elif sort == "options":
            form.left_indent, form.first_line_indent = Pt(42), Pt(-18)
        elif sort == "pair":
            form.left_indent = _CHARACTER * 2
            form.tab_stops.add_tab_stop(Length(_CHARACTER * 2 + (_TEXT_WIDTH - _CHARACTER * 2) // 2))
        self._styles[sort] = style

    def _number_pages(self) -> None:
        """— 1 — in the middle of the foot."""
        paragraph = self._document.sections[0].footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for turn, text in (("", "— "), ("begin", ""), ("instruction", "PAGE"), ("end", ""), ("", " —")):
            run: Any = paragraph.add_run(text if not turn else "")
            _set_font(run, _SONG, 14)
            if turn == "instruction":
                instruction = OxmlElement("w:instrText")
                instruction.text = text
                run._r.append(instruction)
            elif turn:
                sign = OxmlElement("w:fldChar")
                sign.set(qn("w:fldCharType"), turn)
                run._r.append(sign)


def can_show(content: bytes) -> bool:
    """Whether a document can hold the picture."""
    try:
        Image.from_blob(content)
    except Exception:  # a library that reads what people uploaded
        return False
    return True


def _set_font(styled: Any, east_asian: str, size: int) -> None:
    """A font for Chinese and one for the rest: the name alone would leave Chinese text in the theme's font."""
    styled.font.size, styled.font.name = Pt(size), _LATIN
    fonts = styled.element.get_or_add_rPr().get_or_add_rFonts() if hasattr(styled, "element") else styled._r.rPr.rFonts
    for script in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(script), _LATIN)
    fonts.set(qn("w:eastAsia"), east_asian)
    fonts.set(qn("w:hint"), "eastAsia")
