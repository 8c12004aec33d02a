"""A valid bank in every form that is read, written by the house's own writers where it has one."""

import io
import json
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from app.formats.gift_writer import write_gift
from app.formats.moodle_xml_writer import write_moodle_xml
from app.formats.qti_writer import write_qti
from app.formats.table_writers import write_csv, write_xlsx
from app.formats.text_writer import write_text
from app.formats.word_paper import write_word
from app.rules.question import TRUE_FALSE_OPTIONS, Draft, Picture, QuestionKind, letter
from tests.formats.pictures import checksum
from tests.formats.word_files import document, level, number, numbered_list, p, picture, png, table

_TITLE, _NOTE = "公文知识题库", "供练习用。"
_XLS = Path(__file__).resolve().parent.parent / "data" / "small.xls"
_DOT = png(7)
_STEMS = (
    "用于不相隶属机关之间商洽工作的文种是（　　）。",
    "请示一般只写一个主送机关，以下说法正确的有：",
    "成文日期署会议通过或者发文机关负责人签发的日期。",
    "下列 <b>标签</b> 与 a < b & c > d 并存的写法，应当如何显示？",
    "公文标题由发文机关名称、事由和文种组成，第{n}项",
)
_KINDS = (QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE, QuestionKind.TRUE_FALSE, QuestionKind.ANY_NUMBER)


@cache
def drafts(count: int = 8) -> tuple[Draft, ...]:
    """So many different questions of every kind, one of them with a picture."""
    return tuple(_draft(n) for n in range(count))


@cache
def seeds() -> dict[str, bytes]:
    """The files by name; every call gives the same bytes."""
    bank, images = drafts(), {checksum(_DOT): _DOT}
    text = write_text(_TITLE, _NOTE, bank)
    return {
        "文本.txt": text,
        "国标.txt": text.decode().encode("gb18030"),
        "双字节.txt": text.decode().encode("utf-16"),
        "表格.csv": write_csv(bank),
        "表格.xlsx": write_xlsx(_TITLE, bank),
        "旧表.xls": _XLS.read_bytes(),
        "开放.ods": _ods(bank),
        "试卷.docx": write_word(_TITLE, bank, with_keys=True, images=images),
        "列表.docx": _listed(),
        "题库.gift": write_gift(_TITLE, bank),
        "题库.aiken.txt": _aiken(bank),
        "题库.json": _json(bank),
        "题库.moodle.xml": write_moodle_xml(_TITLE, bank, images),
        "题库.qti.zip": write_qti(_TITLE, bank, images),
        "一题.qti3.xml": ITEM_3.encode(),
    }


ITEM_3 = """<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="q1" title="题">
 <qti-response-declaration base-type="identifier" cardinality="multiple" identifier="R">
  <qti-correct-response><qti-value>A</qti-value><qti-value>C</qti-value></qti-correct-response>
 </qti-response-declaration>
 <qti-item-body><p>请示应当<img src="a.png" alt="图"/></p>
  <qti-choice-interaction max-choices="0" response-identifier="R">
   <qti-simple-choice identifier="A">一文一事</qti-simple-choice>
   <qti-simple-choice identifier="B">抄送下级</qti-simple-choice>
   <qti-simple-choice identifier="C">主送一个机关</qti-simple-choice>
  </qti-choice-interaction>
 </qti-item-body>
 <qti-modal-feedback identifier="f" outcome-identifier="F" show-hide="show">
  <qti-content-body><p>见条例第十五条。</p></qti-content-body></qti-modal-feedback>
</qti-assessment-item>
"""


def _draft(n: int) -> Draft:
    kind = _KINDS[n % len(_KINDS)]
    options = tuple(f"第{n}题的说法之{word}" for word in "甲乙丙丁")
    key: tuple[int, ...] = {"single_choice": (n % 4,), "true_false": (n % 2,)}.get(kind, (0, 2))
    return Draft(
        kind=kind,
        stem=f"{n + 1}号：{_STEMS[n % len(_STEMS)].format(n=n)}",
        options=TRUE_FALSE_OPTIONS if kind is QuestionKind.TRUE_FALSE else options,
        key=key,
        explanation="见条例。" if n % 2 else "",
        source=f"《党政机关公文处理工作条例》第{n + 1}条",
        topic=("公文", "会务", "")[n % 3],
        difficulty=(None, 1, 3, 5)[n % 4],
        pictures=(Picture(checksum(_DOT), None, "一个点"),) if n == 0 else (),
    )


def _aiken(bank: Sequence[Draft]) -> bytes:
    parts = []
    for draft in bank:
        options = [f"{letter(place)}) {option}" for place, option in enumerate(draft.options)]
        parts.append("\n".join([draft.stem, *options, f"ANSWER: {letter(draft.key[0])}"]))
    return "\n\n".join(parts).encode()


def _json(bank: Sequence[Draft]) -> bytes:
    rows = [
        {
            "type": draft.kind.label, "question": draft.stem, "options": list(draft.options),
            "answer": "".join(map(letter, draft.key)), "analysis": draft.explanation, "difficulty": draft.difficulty,
        }
        for draft in bank
    ]  # fmt: skip
    return json.dumps({"title": _TITLE, "questions": rows}, ensure_ascii=False, indent=1).encode()


def _ods(bank: Sequence[Draft]) -> bytes:
    def row(*values: str) -> str:
        cells = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{_plain(value)}</text:p></table:table-cell>'
            for value in values
        )
        return f"<table:table-row>{cells}</table:table-row>"

    head = row("题型", "题干", "选项A", "选项B", "选项C", "选项D", "答案")
    rows = [
        row(d.kind.label, d.stem, *(*d.options, "", "", "")[:4], "".join(map(letter, d.key)))
        for d in bank
    ]  # fmt: skip
    address = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{address}:office:1.0"'
        f' xmlns:table="{address}:table:1.0" xmlns:text="{address}:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="题库">{head}{"".join(rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        made.writestr("META-INF/manifest.xml", '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')
        made.writestr("content.xml", content)
    return file.getvalue()


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _listed() -> bytes:
    """A document with numbers that Word makes, a table of questions and a picture."""
    lists = numbered_list(1, level(0, "decimal", "%1."), level(1, "upperLetter", "%2.")) + number(1, 1)
    blocks = []
    for n in range(3):
        blocks.append(p(f"公文第{n}项要求是（　　）。", picture("dot", "点") if n == 0 else "", number="1"))
        blocks += [p(f"做法{word}", number="1", level=1) for word in "甲乙丙丁"]
        blocks.append(p("答案：B"))
    rows = table(
        ["题干", "选项A", "选项B", "答案"], ["表里的题（　　）。", "甲", "乙", "A"], ["又一题", "子", "丑", "B"]
    )
    return document(p("一、单选题"), *blocks, rows, numbering=lists, media={"dot": _DOT})
