"""Workbooks, Word files and packages that are made to hurt their reader, by what they are."""
# ruff: noqa: E501 - a table: one line a file

import io
import re
import zipfile
from collections.abc import Callable

from tests.corpus import zip_lies
from tests.corpus.seeds import seeds
from tests.corpus.zip_lies import overlapping, packed, understated
from tests.formats.word_files import document, level, number, numbered_list, p, picture, table
from tests.formats.workbooks import HEADER, patched, workbook

Maker = Callable[[], bytes]
_SHEET = "xl/worksheets/sheet1.xml"
_BOOK_ONLY = ("xl/workbook.xml", "[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels")
_GOOD = ["单选", "题干（　）", "甲", "乙", "", "", "A"]


def _with_sheet(rows: str, after: str = "") -> bytes:
    """A workbook whose one sheet has these rows as XML."""

    def change(name: str, old: bytes) -> bytes:
        if name != _SHEET:
            return old
        sheet = re.sub(
            rb"<sheetData>.*</sheetData>", b"<sheetData>" + rows.encode() + b"</sheetData>" + after.encode(), old
        )
        return re.sub(rb"<dimension[^>]*>", b"", sheet)

    return patched(workbook([HEADER, _GOOD]), change)


def _cell(place: str, text: str = "x") -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def _part(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    return patched(content, lambda name, old: change(old) if name == part else old)


def _with_part(content: bytes, name: str, inner: bytes) -> bytes:
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        made.NameToInfo.clear()  # or it warns of names that are there already
        made.writestr(name, inner)
    return file.getvalue()


def _field(content: bytes, sign: bytes, start: int, value: bytes) -> bytes:
    changed, place = bytearray(content), content.find(sign)
    while place >= 0:
        changed[place + start : place + start + len(value)] = value
        place = content.find(sign, place + 1)
    return bytes(changed)


def _shared_strings(said: int, entities: str = "") -> bytes:
    head = b'<?xml version="1.0"?>' + entities.encode()
    strings = head + f'<sst count="{said}" uniqueCount="{said}"><si><t>甲</t></si></sst>'.encode()
    book = _with_sheet('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>4294967295</v></c></row>')
    related = _part(
        book, "xl/_rels/workbook.xml.rels",
        lambda old: old.replace(
            b"</Relationships>",
            b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        ),
    )  # fmt: skip
    return _with_part(related, "xl/sharedStrings.xml", strings)


_SHEETS: dict[str, Maker] = {
    "两端.xlsx": lambda: _with_sheet(f'<row r="1">{_cell("A1")}</row><row r="1048576">{_cell("XFD1048576")}</row>'),
    "表外.xlsx": lambda: _with_sheet(f'<row r="1">{_cell("A1")}{_cell("ZZZZZZZ99999999999")}</row>'),
    "零行.xlsx": lambda: _with_sheet(f'<row r="0">{_cell("A0")}{_cell("")}{_cell("1A")}</row>'),
    "倒序.xlsx": lambda: _with_sheet("".join(f'<row r="{n}">{_cell(f"B{n}")}{_cell(f"A{n}")}</row>' for n in range(900, 0, -1))),
    "远处一格.xlsx": lambda: _with_sheet(f'<row r="1">{_cell("A1")}</row><row r="900000">{_cell("A900000")}</row>'),
    "十万列.xlsx": lambda: _with_sheet(f'<row r="1">{"".join(_cell("A1") for _ in range(100_000))}</row>'),
    "一格七兆.xlsx": lambda: _with_sheet(f'<row r="1">{_cell("A1", "题干")}{_cell("B1", "答案")}</row><row r="2">{_cell("A2", "字" * 2_500_000)}</row>'),
    "合并全表.xlsx": lambda: _with_sheet(f'<row r="1">{_cell("A1")}</row>', '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    "合并万处.xlsx": lambda: _with_sheet(f'<row r="1">{_cell("A1")}</row>', "<mergeCells>" + '<mergeCell ref="A1:Z20000"/>' * 20_000 + "</mergeCells>"),
    "合并乱写.xlsx": lambda: _with_sheet(f'<row r="1">{_cell("A1")}</row>', '<mergeCells><mergeCell ref="B9:A1"/><mergeCell ref="x"/></mergeCells>'),
    "合并每列.xlsx": lambda: _merged_everywhere(),
    "稀疏.xlsx": lambda: _with_sheet("".join(f'<row r="{n}">{_cell(f"CV{n}")}</row>' for n in range(1, 20_000))),
    "串数说谎.xlsx": lambda: _shared_strings(4_000_000_000),
    "串有声明.xlsx": lambda: _shared_strings(1, '<!DOCTYPE sst [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
    "日期乱写.xlsx": lambda: _with_sheet('<row r="1"><c r="A1" t="d"><v>9999999-99-99</v></c><c r="B1" s="1"><v>1e300</v></c><c r="C1"><v>NaN</v></c></row>'),
    "九百张表.xlsx": lambda: workbook({f"表{n}": [HEADER, _GOOD] for n in range(900)}),
    "表名一样.xlsx": lambda: _part(workbook({"甲": [HEADER, _GOOD], "乙": [HEADER]}), "xl/workbook.xml", lambda old: old.replace("乙".encode(), "甲".encode())),
    "表在外面.xlsx": lambda: _part(workbook([HEADER, _GOOD]), "xl/_rels/workbook.xml.rels", lambda old: old.replace(b"worksheets/sheet1.xml", b"../../../../etc/passwd")),
    "表在自己.xlsx": lambda: _part(workbook([HEADER, _GOOD]), "xl/_rels/workbook.xml.rels", lambda old: old.replace(b"worksheets/sheet1.xml", b"workbook.xml")),
    "公式危险.xlsx": lambda: workbook([HEADER, ["单选", '=HYPERLINK("http://127.0.0.1:9/","x")', "=1+1", "@SUM(A1)", "", "", "A"]]),
    "旧表说谎.xls": lambda: seeds()["旧表.xls"][:512] + b"\xff" * 4000,
    "旧表成环.xls": lambda: seeds()["旧表.xls"][:512] + bytes(512) * 9,
    "旧表扇区.xls": lambda: _field(seeds()["旧表.xls"], b"\xd0\xcf\x11\xe0", 30, b"\xff\xff\xff\xff\xff\x7f"),
}  # fmt: skip


def _merged_everywhere() -> bytes:
    cells = "".join(_cell(f"{chr(65 + n)}1") for n in range(26))
    rows = f'<row r="1">{cells}</row><row r="20000">{_cell("Z20000")}</row>'
    merged = "".join(f'<mergeCell ref="{chr(65 + n)}1:{chr(65 + n)}20000"/>' for n in range(26)) * 40
    return _with_sheet(rows, f"<mergeCells>{merged}</mergeCells>")


def _looping_lists() -> bytes:
    """Styles based on each other, lists linked to each other, a level that counts itself."""
    lists = (
        numbered_list(1, level(0, "decimal", "%1%2%3%4%5%6%7%8%9." * 500), '<w:styleLink w:val="b"/>')
        + '<w:abstractNum w:abstractNumId="2"><w:numStyleLink w:val="a"/></w:abstractNum>'
        + number(1, 1, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="99999999999"/></w:lvlOverride>') + number(2, 2) + number(3, 3)
    )  # fmt: skip
    styles = (
        '<w:style w:styleId="a"><w:basedOn w:val="b"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="b"><w:basedOn w:val="a"/></w:style><w:style w:styleId="c"><w:basedOn w:val="c"/></w:style>'
    )
    return document(
        p("题", number="1"), p("甲", number="2", style="a"), p("乙", style="c"), p("丙", number="3", level=-7),
        p("丁", number="1", level=99999), numbering=lists, styles=styles,
    )  # fmt: skip


_DOCUMENTS: dict[str, Maker] = {
    "编号成环.docx": _looping_lists,
    "编号很大.docx": lambda: document(p("题", number="1") * 3, numbering=numbered_list(1, level(0, "chineseCounting", "%1.").replace('w:val="1"', 'w:val="2147483647"')) + number(1, 1)),
    "罗马数字.docx": lambda: document(p("题", number="1") * 3, numbering=numbered_list(1, level(0, "upperRoman", "%1.").replace('<w:start w:val="1"', '<w:start w:val="99999999"')) + number(1, 1)),
    "关系在外.docx": lambda: document(p("1. 题", picture("a"), picture("b")), p("A. 甲"), p("B. 乙"), p("答案：A"), linked={"a": "file:///etc/passwd", "b": "http://127.0.0.1:9/x.png"}),
    "关系逃逸.docx": lambda: _part(document(p("1. 题", picture("a")), media={"a": b"x"}), "word/_rels/document.xml.rels", lambda old: old.replace(b"media/a", b"../../../../etc/passwd")),
    "声明.docx": lambda: _part(document(p("1. 题")), "word/document.xml", lambda old: b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>' + old.replace("题".encode(), b"&b;")),
    "样式大笑.docx": lambda: _part(document(p("1. 题"), styles="<w:style/>"), "word/styles.xml", lambda old: b'<!DOCTYPE a [<!ENTITY a "' + b"x" * 9999 + b'">]>' + old.replace(b"<w:style/>", b"&a;" * 9999)),
    "表中表.docx": lambda: document(_tables(90)),
    "表很宽.docx": lambda: document(table(["题干", "答案"], ["x"] * 3000).replace("<w:tcPr>", '<w:tcPr><w:gridSpan w:val="99999999"/>')),
    "段落二十万.docx": lambda: document(p("字") * 200_001),
    "一段百万.docx": lambda: document(p("1. " + "字" * 3_000_000)),
    "图片重复.docx": lambda: document(*[p(f"{n}. 题", picture("a")) for n in range(3000)], media={"a": b"\x89PNG\r\n\x1a\n" + bytes(900)}),
    "公式嵌套.docx": lambda: document(p("1. 题", "<m:oMath>" + "<m:f><m:num>" * 40 + "<m:r><m:t>x</m:t></m:r>" + "</m:num></m:f>" * 40 + "</m:oMath>")),
    "文档改名.xls": lambda: document(p("1. 题"), p("A. 甲"), p("B. 乙"), p("答案：A")),
}  # fmt: skip


def _tables(depth: int) -> str:
    inner = p("1. 题")
    for _ in range(depth // 4):
        inner = f"<w:tbl><w:tr><w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>"
    return inner


_PACKAGES: dict[str, Maker] = {
    "题目缺失.zip": lambda: _part(seeds()["题库.qti.zip"], "imsmanifest.xml", lambda old: old.replace(b"items/", b"../../items/")),
    "目录很多.zip": lambda: packed({f"{'a/' * n}imsmanifest.xml": b"<manifest/>" for n in range(1, 300)}),
    "题目三万.zip": lambda: packed({f"items/{n}.xml": b"<assessmentItem/>" for n in range(30_000)}),
    "目录大笑.zip": lambda: _part(seeds()["题库.qti.zip"], "imsmanifest.xml", lambda old: b'<!DOCTYPE m [<!ENTITY a "b">]>' + old),
    "图片路径.zip": lambda: patched(seeds()["题库.qti.zip"], lambda name, old: old.replace(b'src="../', b'src="../../../../../etc/../')),
    "题目巨大.zip": lambda: _with_part(seeds()["题库.qti.zip"], "items/huge.xml", b"<assessmentItem>" + b"<p/>" * 900_000 + b"</assessmentItem>"),
}  # fmt: skip

_LIARS: dict[str, Maker] = {
    "炸弹.xlsx": lambda: _with_part(workbook([HEADER]), "xl/worksheets/sheet2.xml", bytes(60 << 20)),
    "炸弹说小.xlsx": lambda: understated(_part(workbook([HEADER]), _SHEET, lambda old: old + b" " * (60 << 20)), 9000),
    "炸弹说小.docx": lambda: understated(_part(document(p("1. 题")), "word/document.xml", lambda old: old + b" " * (60 << 20)), 9000),
    "炸弹说小.zip": lambda: understated(_part(seeds()["题库.qti.zip"], "imsmanifest.xml", lambda old: old + b" " * (60 << 20)), 9000),
    "炸弹相叠.xlsx": lambda: overlapping("xl/workbook.xml", 10, 900),
    "炸弹相叠.zip": lambda: overlapping("imsmanifest.xml", 10, 15),
    "压缩包套.zip": lambda: packed({"0.zip": packed({f"{n}.zip": packed({"0": bytes(9 << 20)}) for n in range(16)})}),
    "十万条目.xlsx": lambda: packed({"xl/workbook.xml": b"<a/>"} | {f"{n}": b"" for n in range(60_000)}),
    "路径逃逸.xlsx": lambda: packed({"xl/workbook.xml": b"<a/>"} | dict.fromkeys(zip_lies.NAMES, b"x")),
    "路径逃逸.docx": lambda: _escaping(document(p("1. 题"))),
    "路径逃逸.zip": lambda: _escaping(seeds()["题库.qti.zip"]),
    "加密标记.xlsx": lambda: _field(workbook([HEADER, _GOOD]), b"PK\x01\x02", 8, b"\x01"),
    "加密标记.docx": lambda: _field(document(p("1. 题")), b"PK\x01\x02", 8, b"\x01"),
    "怪压缩法.zip": lambda: _field(seeds()["题库.qti.zip"], b"PK\x01\x02", 10, b"\x0e"),
    "没有内容.xlsx": lambda: packed(dict.fromkeys(_BOOK_ONLY, b"")),
    "只有尾.xlsx": lambda: b"PK\x05\x06" + bytes(18),
    "尾说谎.xlsx": lambda: _field(workbook([HEADER, _GOOD]), b"PK\x05\x06", 8, b"\xff" * 12),
    "注释很长.xlsx": lambda: _field(workbook([HEADER, _GOOD]), b"PK\x05\x06", 20, b"\xff\xff") + b"PK\x05\x06" * 16_000,
    "自述是文本.txt": lambda: workbook([HEADER, _GOOD]),
}  # fmt: skip


def _escaping(content: bytes) -> bytes:
    for name in zip_lies.NAMES:
        content = _with_part(content, name[:60_000], b"<assessmentItem/>")
    return content


# each made when asked for, by its name; the ending is what it pretends to be
BOOKS: dict[str, Maker] = {**_SHEETS, **_DOCUMENTS, **_PACKAGES, **_LIARS}
