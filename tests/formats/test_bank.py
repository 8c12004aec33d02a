"""Reading a bank from any file: chosen by what is inside, robust against whatever comes."""

import json
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.formats.bank import read_bank
from app.formats.gift_writer import write_gift
from app.formats.moodle_xml_writer import write_moodle_xml
from app.formats.problem import Reading
from app.formats.qti_writer import write_qti
from app.formats.table_writers import write_csv, write_xlsx
from app.formats.text_writer import write_text
from app.formats.word_paper import write_word
from app.rules.question import Draft, QuestionKind
from tests.formats.workbooks import HEADER, archive, questions, workbook

TEXT = "1. 题干\nA. 甲\nB. 乙\n答案：A\n"
CSV = "题干,选项A,选项B,答案\n题干,甲,乙,A\n"


@pytest.mark.parametrize("name", ["题库.txt", "题库.csv", "题库.xlsx", "题库", "../../x\x00.xls"])
@pytest.mark.parametrize(
    "content", [TEXT.encode(), CSV.encode("gb18030"), questions(["单选", "题干", "甲", "乙", "", "", "A"])]
)
def test_the_form_is_found_by_looking_inside(name, content):
    found = read_bank(content, name).usable

    assert [(draft.stem, draft.options, draft.key) for draft in found] == [("题干", ("甲", "乙"), (0,))]


@pytest.mark.parametrize(
    ("name", "title"),
    [("普法题库.xlsx", "普法题库"), ("C:\\题库\\安全 2.0.txt", "安全 2.0"), ("../../etc/passwd", "passwd"), ("", "")],
)
def test_a_file_without_a_title_is_called_by_its_name(name, title):
    assert read_bank(TEXT.replace("1.", "一、单选题\n1.").encode(), name).title == title


JSON_SAYS = "JSON里没有找到试题。每题写成一个对象，至少有“题干”“选项”“答案”三项"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "文件是空的。请检查是否选对了文件"),
        (b" \n\t\n", "文件是空的。请检查是否选对了文件"),
        (b"%PDF-1.7", "这是PDF文件，不能直接读取。请把内容复制到模板表格或纯文本（.txt）里再上传"),
        (b"\x89PNG\r\n", "这是图片，不能读取。请上传模板表格或纯文本（.txt）"),
        (b"<html><table><tr>", "这其实是网页，不是表格。请用 Excel 或 WPS 打开后另存为 .xlsx，再上传"),
        (b'[{"id": 1}]', JSON_SAYS),
        (b"<?xml version='1.0'?>", "这是XML文件，不能直接读取。若来自表格软件，请打开后另存为 .xlsx，再上传"),
        (
            bytes(range(256)),
            "这个文件不是表格也不是文本，读不出内容。请上传模板表格或纯文本（.txt）",
        ),
        (
            archive(word__document=b""),
            "这是旧版的Word文档（.doc）或损坏的文档。请用 Word 或 WPS 打开，另存为 .docx 再上传",
        ),
        (archive(readme=b""), "这是压缩包。请解压后上传里面的表格或文本文件"),
        (
            workbook([["姓名", "单位"], ["示例甲", "甲局"]]),
            "没有找到表头。请在表格第一行写上列名，至少有“题干”和“答案”两列，选项写在“选项A、选项B……”各列",
        ),
    ],
)
def test_a_file_that_is_no_bank_gives_one_clear_message(content, message):
    reading = read_bank(content, "题库.xlsx")

    assert [(problem.row, problem.level, problem.message) for problem in reading.problems] == [(None, "error", message)]
    assert reading.questions == ()


SAME = Draft(QuestionKind.SINGLE_CHOICE, "一周有几天", ("五天", "七天"), (1,))
OBJECTS = [{"题目": "一周有几天", "选项": ["五天", "七天"], "答案": "B"}]
XML_BODY = write_moodle_xml("历法", [SAME], {})
QTI_ITEM = b"""<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="q1" title="t">
 <qti-response-declaration identifier="R" cardinality="single" base-type="identifier">
  <qti-correct-response><qti-value>B</qti-value></qti-correct-response></qti-response-declaration>
 <qti-item-body><qti-choice-interaction response-identifier="R" max-choices="1">
  <qti-prompt>\xe4\xb8\x80\xe5\x91\xa8\xe6\x9c\x89\xe5\x87\xa0\xe5\xa4\xa9</qti-prompt>
  <qti-simple-choice identifier="A">\xe4\xba\x94\xe5\xa4\xa9</qti-simple-choice>
  <qti-simple-choice identifier="B">\xe4\xb8\x83\xe5\xa4\xa9</qti-simple-choice>
 </qti-choice-interaction></qti-item-body></qti-assessment-item>"""


@pytest.mark.parametrize(
    "content",
    [
        write_text("历法", "", [SAME]),
        write_xlsx("历法", [SAME]),
        write_csv([SAME]),
        write_csv([SAME]).decode("utf-8-sig").encode("gb18030"),
        write_gift("历法", [SAME]),
        "一周有几天\nA. 五天\nB. 七天\nANSWER: B\n".encode(),
        json.dumps([{"题目": "一周有几天", "选项": ["五天", "七天"], "答案": "B"}]).encode(),
        json.dumps([{"题目": "一周有几天", "选项": ["五天", "七天"], "答案": "B"}], ensure_ascii=False).encode(
            "gb18030"
        ),
        XML_BODY,
        QTI_ITEM,
        write_qti("历法", [SAME], {}),
        write_word("历法", [SAME], with_keys=True),
    ],
    ids=["text", "xlsx", "csv", "csv-gb", "gift", "aiken", "json", "json-gb", "moodle", "qti3", "qti-package", "word"],
)
@pytest.mark.parametrize("name", ["题库.doc", "题库.txt"])
def test_every_form_is_known_by_its_inside_and_gives_the_same_question(content, name):
    (draft,) = read_bank(content, name).usable

    assert (draft.kind, draft.stem, draft.options, draft.key) == (SAME.kind, SAME.stem, SAME.options, SAME.key)


def test_a_text_without_questions_says_how_one_is_written():
    (problem,) = read_bank("会议纪要".encode(), "纪要.txt").problems

    assert problem.message.startswith("没有找到试题。文本里每题写成：")


def test_text_with_a_scratch_is_not_taken_for_another_encoding():
    content = ("1. " + "行政机关应当依法履行职责" * 5).encode() + b"\xff" + "\nA. 甲\nB. 乙\n答案：A".encode()
    reading = read_bank(content, "题库.txt")

    assert reading.usable[0].stem.startswith("行政机关应当")
    assert [problem.level for problem in reading.problems] == ["warning"]


def test_ten_thousand_questions_are_read_in_seconds():
    rows = [
        ["单选", f"第{n}号文件应当如何处理（　　）", f"甲{n}", "乙", "丙", "丁", "ABCD"[n % 4]] for n in range(10_000)
    ]
    content = workbook([HEADER, *rows])

    started = time.process_time()
    reading = read_bank(content, "题库.xlsx")

    assert len(reading.usable) == 10_000
    assert time.process_time() - started < 6  # about 1.3 s on an idle machine


@pytest.mark.parametrize(
    "line",
    [
        "1. " + "A、" * 4000,
        "1. x" + " " * 9000 + "y",
        "1. " + "（A）" * 3000,
        "答案：" + "(" * 4500 + ")" * 4500,
        "1-5 ABCDE " * 900,
        "单选题" + "（" * 9000,
        "1. x\n" + "乙\n" * 900,
    ],
)
def test_no_line_takes_long(line):
    content = "\n".join(["1. 题干", "A. 甲", "B. 乙", "答案", *[line] * 10]).encode()

    started = time.process_time()
    read_bank(content, "题库.txt")

    assert time.process_time() - started < 3


@given(st.binary(max_size=400))
@settings(max_examples=60)
def test_any_bytes_give_a_reading(content):
    assert isinstance(read_bank(content, "x"), Reading)


PARTS = ["1. ", "2、", "（3）", "A. ", "B、", "C", "答案：", "AB", "√", "一、单选题", "判断题", "【解析】",
         "题型：多选",
         "参考答案", "1-3 ABC", "题干（A）", "\n", "\n\n", " ", "难度：", "—", "“", "…", "\u00a0"]  # fmt: skip


@given(st.lists(st.sampled_from(PARTS), max_size=40).map("".join))
@settings(max_examples=300)
def test_any_text_gives_a_reading_in_which_no_usable_question_is_faulty(text):
    for draft in read_bank(text.encode(), "x").usable:
        assert draft.stem
        assert len(draft.options) >= 2
        assert draft.key
        assert max(draft.key) < len(draft.options)


@given(
    st.lists(
        st.lists(st.sampled_from(["", "题干", "答案", "选项A", "A", "AB", "甲", "3.0", "单选"]), max_size=8),
        max_size=14,
    )
)
@settings(max_examples=120)
def test_any_table_gives_a_reading(rows):
    text = "\n".join(",".join(row) for row in rows)

    assert isinstance(read_bank(text.encode(), "x.csv"), Reading)


def test_a_damaged_workbook_gives_a_reading():
    content = questions(["单选", "题干", "甲", "乙", "", "", "A"])
    chance = random.Random(7)
    for _ in range(12):
        damaged = bytearray(content)
        for _ in range(chance.choice((1, 20, 400))):
            damaged[chance.randrange(4, len(damaged))] = chance.randrange(256)
        assert isinstance(read_bank(bytes(damaged[: chance.choice((len(damaged), 1500))]), "x.xlsx"), Reading)
