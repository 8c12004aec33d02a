"""Writing a bank in a form that others read: chosen by name, written in the limited child, with what gets lost told."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.formats.gift_writer import lost_in_gift, write_gift
from app.formats.moodle_xml_writer import lost_in_moodle_xml, write_moodle_xml
from app.formats.qti_writer import lost_in_qti, write_qti
from app.formats.table_writers import lost_in_table, write_csv, write_xlsx
from app.formats.text_writer import lost_in_text, write_text
from app.formats.word_paper import lost_in_word, write_word
from app.rules.question import Draft
from app.sandbox import JsonValue, SandboxError, run_limited

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# a thousand questions in Word take seconds; ten thousand, most of a minute
_CPU_SECONDS = 90
_WALL_SECONDS = 150.0


@dataclass(frozen=True)
class Bank:
    """What is to be written: questions in the order of their numbers, and the bytes of their pictures by checksum."""

    title: str
    note: str
    drafts: tuple[Draft, ...]
    images: Mapping[str, bytes]


@dataclass(frozen=True)
class Form:
    """One way to write a bank. `lost` tells in Chinese what it cannot carry; nothing when it reads back equal."""

    label: str
    purpose: str
    ending: str
    media_type: str
    write: Callable[[Bank], bytes]
    lost: Callable[[Bank], tuple[str, ...]]


@dataclass(frozen=True)
class Export:
    """A file, its name and kind, and what it does not hold of the bank."""

    content: bytes
    name: str
    media_type: str
    lost: tuple[str, ...]


class NotWritten(Exception):
    """The bank is too large to be written in one file."""


FORMS = {
    "text": Form(
        "文本", "和自带题库的写法一样，打开就能读、能改", "txt", "text/plain; charset=utf-8",
        lambda bank: write_text(bank.title, bank.note, bank.drafts), lambda bank: lost_in_text(bank.drafts),
    ),
    "xlsx": Form(
        "Excel 表格", "一题一行，和题库模板的列一样", "xlsx", _EXCEL,
        lambda bank: write_xlsx(bank.title, bank.drafts), lambda bank: lost_in_table(bank.drafts),
    ),
    "csv": Form(
        "CSV 表格", "给别的系统读", "csv", "text/csv; charset=utf-8",
        lambda bank: write_csv(bank.drafts), lambda bank: lost_in_table(bank.drafts),
    ),
    "word-keys": Form(
        "Word，带答案", "审题、存档；也能再导入", "docx", _WORD,
        lambda bank: write_word(bank.title, bank.drafts, with_keys=True, images=bank.images),
        lambda bank: lost_in_word(bank.drafts, bank.images),
    ),
    "word-paper": Form(
        "Word，试卷", "不带答案，有单位、姓名栏，可以直接打印", "docx", _WORD,
        lambda bank: write_word(bank.title, bank.drafts, with_keys=False, images=bank.images),
        lambda bank: ("试卷里没有答案、解析、依据、知识点和难度",),
    ),
    "gift": Form(
        "GIFT", "Moodle 等平台的文本格式", "gift.txt", "text/plain; charset=utf-8",
        lambda bank: write_gift(bank.title, bank.drafts), lambda bank: lost_in_gift(bank.drafts),
    ),
    "moodle": Form(
        "Moodle XML", "Moodle 平台，图片也带走", "xml", "application/xml",
        lambda bank: write_moodle_xml(bank.title, bank.drafts, bank.images),
        lambda bank: lost_in_moodle_xml(bank.drafts),
    ),
    "qti": Form(
        "QTI 2.2", "国际通用的试题包，图片也带走", "zip", "application/zip",
        lambda bank: write_qti(bank.title, bank.drafts, bank.images), lambda bank: lost_in_qti(bank.drafts),
    ),
}  # fmt: skip


def write_bank_safely(form: str, bank: Bank) -> Export:
    """The bank in that form, written in a child that may take its time. Raises NotWritten."""
    images = {name: base64.b64encode(content).decode() for name, content in bank.images.items()}
    drafts = [draft.as_json() for draft in bank.drafts]
    asked = {"form": form, "title": bank.title, "note": bank.note, "drafts": drafts, "images": images}
    payload = json.dumps(asked, ensure_ascii=False).encode("utf-8", "replace")
    try:
        value = run_limited(
            "app.formats.bank_export:answer", payload, cpu_seconds=_CPU_SECONDS, wall_seconds=_WALL_SECONDS
        )
    except SandboxError as error:
        raise NotWritten(str(error)) from error
    chosen = FORMS[form]
    content = base64.b64decode(value["content"])
    return Export(content, f"{bank.title}.{chosen.ending}", chosen.media_type, tuple(value["lost"]))


def answer(payload: bytes) -> JsonValue:
    """The file and its losses as a JSON value. Runs in the limited child."""
    asked = json.loads(payload)
    images = {name: base64.b64decode(content) for name, content in asked["images"].items()}
    bank = Bank(asked["title"], asked["note"], tuple(map(Draft.from_json, asked["drafts"])), images)
    form = FORMS[asked["form"]]
    return {"content": base64.b64encode(form.write(bank)).decode(), "lost": list(form.lost(bank))}
