"""Papers written as Word documents: laid out for print, and read back with their keys."""

import hashlib
import io
import re
import zipfile
from dataclasses import replace

from hypothesis import given, settings

from app.formats.bank_losses import is_same
from app.formats.word import looks_like, read_word
from app.formats.word_paper import lost_in_word, write_word
from app.rules.question import TRUE_FALSE_OPTIONS, Draft, Picture, QuestionKind
from tests.formats.drafts import drafts
from tests.formats.settled import is_settled
from tests.formats.word_files import png

SINGLE, MULTIPLE, JUDGED = QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE, QuestionKind.TRUE_FALSE
ONE = Draft(SINGLE, "一周有（　　）天。", ("五", "六", "七", "八"), (2,), "一周七天。", "《历法》第三条", "历法", 2)
TWO = Draft(MULTIPLE, "周末有（　　）。", ("星期六", "星期日", "很长很长很长很长很长很长很长的一个选项"), (0, 1))
THREE = Draft(JUDGED, "一年有十二个月。", TRUE_FALSE_OPTIONS, (0,))


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def lines(content: bytes) -> list[str]:
    paragraphs = re.findall(r"<w:p[ >].*?</w:p>", part(content, "word/document.xml"), re.DOTALL)
    return ["".join(re.findall(r"<w:t[ >][^<]*|<w:tab/>", text)).replace("<w:tab/>", "|") for text in paragraphs]


def shown(content: bytes) -> list[str]:
    return [re.sub(r"<[^>]*>", "", line) for line in lines(content)]


def test_a_paper_without_keys_has_a_line_for_the_name_and_no_answer():
    assert shown(write_word("示例试卷", [THREE, ONE, TWO], with_keys=False)) == [
        "示例试卷",
        "单位：____________________　姓名：______________　得分：__________",
        "一、单项选择题（共1题）",
        "1. 一周有（　　）天。",
        "A. 五|B. 六",
        "C. 七|D. 八",
        "二、多项选择题（共1题）",
        "2. 周末有（　　）。",
        "A. 星期六",
        "B. 星期日",
        "C. 很长很长很长很长很长很长很长的一个选项",
        "三、判断题（共1题）",
        "3. 一年有十二个月。（　　）",
    ]


def test_a_paper_with_keys_is_a_bank_that_reads_back():
    content = write_word("示例题库", [ONE, TWO, THREE], with_keys=True)
    reading = read_word(content)

    assert looks_like(content)
    assert (reading.title, reading.note, reading.problems, reading.skipped) == ("示例题库", "", (), ())
    assert all(map(is_same, [ONE, TWO, THREE], [question.draft for question in reading.questions]))
    assert [question.draft.number for question in reading.questions] == ["1", "2", "3"]
    assert lost_in_word([ONE, TWO, THREE]) == ()


def test_a_title_that_looks_like_something_else_is_still_the_title():
    for title in ("单选题", "1、安全知识", "第一章 总则", "答案：A", "3.15消费者权益"):
        reading = read_word(write_word(title, [ONE], with_keys=True))
        assert (reading.title, len(reading.questions)) == (title, 1)


def test_the_sheet_has_the_measures_and_fonts_of_an_official_paper():
    content = write_word("示例", [ONE], with_keys=False)
    sheet, styles = part(content, "word/document.xml"), part(content, "word/styles.xml")

    assert re.search(r'<w:pgSz w:w="1190\d" w:h="1683\d"', sheet)
    margins = {
        side: round(int(twips) * 25.4 / 1440) for side, twips in re.findall(r'w:(top|bottom|left|right)="(\d+)"', sheet)
    }
    assert margins == {"top": 37, "bottom": 35, "left": 28, "right": 26}
    assert 'w:eastAsia="方正小标宋简体"' in styles and 'w:eastAsia="仿宋_GB2312"' in styles
    assert "PAGE" in part(content, "word/footer1.xml")


def test_a_question_stays_with_its_options_and_an_explanation_may_go_overleaf():
    content = part(write_word("示例", [ONE], with_keys=True), "word/document.xml")
    held = ["<w:keepNext" in paragraph for paragraph in re.findall(r"<w:p>.*?</w:p>", content, re.DOTALL)]

    assert held == [False, True, True, True, True, False, False, False, False, False]


def test_pictures_go_in_and_come_back():
    red, dark = png(200), png(20)
    images = {hashlib.sha256(content).hexdigest(): content for content in (red, dark)}
    first, second = images
    draft = replace(
        ONE,
        options=("（见图）", "（见图）", "七", "八"),
        pictures=(Picture(first, None, "日历"), Picture(first, 0, "甲"), Picture(second, 1, "乙")),
    )
    reading = read_word(write_word("示例", [draft, TWO], with_keys=True, images=images))

    assert is_same(draft, reading.questions[0].draft)
    assert reading.questions[0].draft.pictures == draft.pictures
    assert reading.images == images
    assert lost_in_word([draft], images) == ()
    assert lost_in_word([TWO, draft]) == ("第2题有图片不能放进Word文档，请在文档里手工补上",)


def test_a_picture_that_word_cannot_hold_is_left_out_and_told():
    broken = b"\x89PNG\r\n\x1a\nnonsense"
    draft = replace(ONE, pictures=(Picture("x", None),))

    assert is_same(ONE, read_word(write_word("示例", [draft], with_keys=True, images={"x": broken})).questions[0].draft)
    assert lost_in_word([draft], {"x": broken}) == ("第1题有图片不能放进Word文档，请在文档里手工补上",)


def test_signs_that_xml_forbids_do_not_stop_the_writing():
    assert (
        shown(write_word("示\x00例", [replace(THREE, stem="甲\x0b\ud800乙")], with_keys=False))[-1] == "1. 甲乙（　　）"
    )


@given(drafts())
@settings(max_examples=25, deadline=None)
def test_what_is_written_with_keys_is_read_back_unless_it_is_told(bank):
    content = write_word("示例题库", bank, with_keys=True)
    found = [question.draft for question in read_word(content).questions]
    ordered = sorted(bank, key=lambda draft: [SINGLE, MULTIPLE, QuestionKind.ANY_NUMBER, JUDGED].index(draft.kind))

    if not lost_in_word(bank):
        assert len(found) == len(ordered)
        assert all(map(is_same, ordered, found))
    else:
        assert not all(map(is_settled, bank))


@given(drafts(awkward=False))
@settings(max_examples=25, deadline=None)
def test_ordinary_questions_lose_nothing(bank):
    assert lost_in_word([draft for draft in bank if is_settled(draft)]) == ()
