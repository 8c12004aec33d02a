"""Whatever bytes a Word file holds, reading it ends, soon, with a reading."""

import io
import random
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.formats.problem import Reading
from app.formats.word import read_word
from tests.formats.word_files import document, p, picture, table, underlined
from tests.formats.workbooks import archive, patched

OPTIONS = (p("A. 甲"), p("B. 乙"), p("答案：B"))
DTD = b"<!DOCTYPE w [<!ENTITY a 'b'>]>"
BROKEN = "这个Word文档损坏了，读不出内容。请用 Word 或 WPS 打开后另存为 .docx，再上传"
BEGIN = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04", BROKEN),
        (archive(word__document_xml=b"x"), BROKEN),
        (document("<w:p>"), BROKEN),
        (
            patched(document(), lambda name, old: DTD + old if name == "word/document.xml" else old),
            BROKEN,
        ),
        (
            document("<w:sdt>" * 500 + "</w:sdt>" * 500),
            "这个Word文档太长，或表格、嵌套太多，没有读取。请分成几个文件，或把试题复制到新文档里再上传",
        ),
        (
            patched(document(), lambda name, old: old + b" " * (30 << 20) if name == "word/document.xml" else old),
            "这个Word文档解开后大得不正常，没有读取。请把试题复制到新文档里再上传",
        ),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_gives_one_clear_message(content, message):
    reading = read_word(content)

    assert [(problem.level, problem.message) for problem in reading.problems] == [("error", message)]
    assert reading.questions == ()


@pytest.mark.parametrize(
    "block",
    [
        p("1. x" + " " * 200_000 + "y"),
        p(underlined(" " * 100_000), "x", *[underlined("  "), "y"] * 2000),
        p("（" * 50_000),
        p("1. 题") + p("A. 甲" + " B、" * 3000) + p(picture("none")) * 300,
        table(*[["甲"] * 60] * 200),
        table(["题干", "答案"], *[["1" + " " * 20_000 + "|", "B"]] * 20),
        p(*[BEGIN] * 5000),
    ],
)
def test_no_block_takes_long(block):
    started = time.process_time()
    read_word(document(p("1. 题干"), block, *OPTIONS))

    assert time.process_time() - started < 3


@given(st.binary(max_size=300))
@settings(max_examples=40)
def test_any_bytes_give_a_reading(content):
    assert isinstance(read_word(content), Reading)
    assert isinstance(read_word(archive(word__document=content)), Reading)


PARTS = [
    "<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:t>1. 题</w:t>", "<w:t>A. 甲</w:t>", "<w:t>答案：A</w:t>", "<w:tbl>",
    "</w:tbl>", "<w:tr>", "</w:tr>", "<w:tc>", "</w:tc>", "<w:br/>", "<w:tab/>", "<w:sym/>", "<w:u/>", "<m:oMath/>",
    "<w:vMerge/>",
    "<w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr>", "<w:drawing><a:blip r:embed='x'/></w:drawing>",
    "<w:tcPr><w:gridSpan w:val='9'/></w:tcPr>", "<w:fldChar w:fldCharType='end'/>", "<mc:AlternateContent/>",
    "<w:sym w:font='Symbol' w:char='FFFFF'/>", "<w:t>\U000f1000</w:t>",
]  # fmt: skip


@given(st.lists(st.sampled_from(PARTS), max_size=30))
@settings(max_examples=200)
def test_any_xml_gives_a_reading(parts):
    opened: list[str] = []
    kept = []
    for part in parts:
        if part.startswith("</"):
            if not opened or part != f"</{opened[-1]}>":
                continue
            opened.pop()
        elif part in ("<w:p>", "<w:r>", "<w:tbl>", "<w:tr>", "<w:tc>"):
            opened.append(part[1:-1])
        kept.append(part)

    reading = read_word(document("".join(kept + [f"</{name}>" for name in reversed(opened)])))

    assert BROKEN not in [problem.message for problem in reading.problems]
    assert "\U000f1000" not in str([(q.draft, q.problems) for q in reading.questions])


def test_a_damaged_document_gives_a_reading():
    content = document(p("1. 题干"), *OPTIONS, table(["题干", "答案"], ["甲", "对"]))
    chance = random.Random(7)
    for _ in range(60):
        damaged = bytearray(content)
        for _ in range(chance.choice((1, 3, 40))):
            damaged[chance.randrange(4, len(damaged))] = chance.randrange(256)
        assert isinstance(read_word(bytes(damaged)), Reading)


@given(st.data())
@settings(max_examples=60)
def test_a_document_with_damaged_xml_gives_a_reading(data):
    content = document(
        p("1. 题干"), *OPTIONS, table(["题干", "答案"], ["甲", "对"]), numbering="<w:num/>", styles="<w:style/>"
    )
    victim = data.draw(
        st.sampled_from(["word/document.xml", "word/numbering.xml", "word/styles.xml", "word/_rels/document.xml.rels"])
    )

    def damage(name, old):
        if name != victim:
            return old
        place = data.draw(st.integers(0, len(old)))
        return old[:place] + data.draw(st.binary(max_size=4)) + old[place + data.draw(st.integers(0, 3)) :]

    assert isinstance(read_word(patched(content, damage)), Reading)


def test_an_archive_that_lies_about_its_sizes_gives_a_reading():
    content = bytearray(document(p("1. 题干"), *OPTIONS))
    start = content.rindex(b"PK\x01\x02")
    content[start + 24 : start + 28] = (5).to_bytes(4, "little")
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as made:
        assert made.namelist()

    assert isinstance(read_word(bytes(content)), Reading)
