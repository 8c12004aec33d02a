"""Small Word files for the tests of reading, written out as XML on the spot."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from xml.sax.saxutils import escape

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPACES = (
    f'xmlns:w="{_W}" xmlns:r="{_R}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def document(
    *blocks: str,
    numbering: str = "",
    styles: str = "",
    media: Mapping[str, bytes] | None = None,
    linked: Mapping[str, str] | None = None,
) -> bytes:
    """A .docx of these blocks; `media` are pictures by relation, `linked` addresses outside by relation."""
    parts = {"word/document.xml": f"<w:document {_SPACES}><w:body>{''.join(blocks)}<w:sectPr/></w:body></w:document>"}
    relations = ""
    for sort, inner in (("numbering", numbering), ("styles", styles)):
        if inner:
            parts[f"word/{sort}.xml"] = f"<w:{sort} {_SPACES}>{inner}</w:{sort}>"
            relations += f'<Relationship Id="{sort}" Type="{_R}/{sort}" Target="{sort}.xml"/>'
    for identifier in media or {}:
        relations += f'<Relationship Id="{identifier}" Type="{_R}/image" Target="media/{identifier}"/>'
    for identifier, address in (linked or {}).items():
        relations += f'<Relationship Id="{identifier}" Type="{_R}/image" Target="{address}" TargetMode="External"/>'
    parts["word/_rels/document.xml.rels"] = f'<Relationships xmlns="{_RELATIONS}">{relations}</Relationships>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name, text)
        for identifier, content in (media or {}).items():
            made.writestr(f"word/media/{identifier}", content)
    return file.getvalue()


def p(*runs: str, number: str = "", level: int = 0, style: str = "", properties: str = "") -> str:
    """A paragraph; runs that begin with < are XML, others are text."""
    inner = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number:
        inner += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    written = "".join(run if run.startswith("<") else r(run) for run in runs)
    return f"<w:p><w:pPr>{inner}{properties}</w:pPr>{written}</w:p>"


def r(text: str, properties: str = "") -> str:
    """A run of text; tabs and line breaks become elements."""
    written = ""
    for place, line in enumerate(text.split("\n")):
        written += "<w:br/>" if place else ""
        written += "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in line.split("\t"))
    return f"<w:r><w:rPr>{properties}</w:rPr>{written}</w:r>"


def underlined(text: str) -> str:
    """A run with a line under it."""
    return r(text, '<w:u w:val="single"/>')


def table(*rows: list[str]) -> str:
    """A table; a cell that begins with < is XML inside w:tc, others are text."""
    return "<w:tbl>" + "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in rows) + "</w:tbl>"


def cell(inner: str, properties: str = "") -> str:
    """A cell of a table."""
    if inner.startswith("<w:tc>"):
        return inner
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner if inner.startswith('<') else p(inner)}</w:tc>"


def picture(relation: str, alt: str = "", *, anchored: bool = False) -> str:
    """A run with a picture, in the line or floating beside it."""
    sort = "anchor" if anchored else "inline"
    return (
        f'<w:r><w:drawing><wp:{sort}><wp:docPr id="1" name="x" descr="{alt}"/><a:graphic><a:graphicData>'
        f'<a:blip r:embed="{relation}"/></a:graphicData></a:graphic></wp:{sort}></w:drawing></w:r>'
    )


def level(place: int, form: str, text: str, more: str = "") -> str:
    """A level of an automatic list."""
    shown = f'<w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/>{shown}</w:lvl>'


def numbered_list(identifier: int, *levels: str) -> str:
    """An automatic list."""
    return f'<w:abstractNum w:abstractNumId="{identifier}">{"".join(levels)}</w:abstractNum>'


def number(identifier: int, counted_in: int, more: str = "") -> str:
    """A use of an automatic list."""
    return f'<w:num w:numId="{identifier}"><w:abstractNumId w:val="{counted_in}"/>{more}</w:num>'


def png(red: int) -> bytes:
    """A picture of one dot, another for each shade."""

    def chunk(sort: bytes, inner: bytes) -> bytes:
        return struct.pack(">I", len(inner)) + sort + inner + struct.pack(">I", zlib.crc32(sort + inner))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    dot = zlib.compress(b"\0" + bytes((red, 0, 0)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", dot) + chunk(b"IEND", b"")
