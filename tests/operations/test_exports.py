"""Taking a bank out of the house, and in again."""

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from app.database import db
from app.formats.bank import read_bank
from app.formats.bank_export import FORMS
from app.models import AuditEntry
from app.operations.bank_previews import compared_bank
from app.operations.banks import import_bank
from app.operations.exports import export_bank, losses_of
from app.operations.images import keep_images
from app.rules.invalid import Invalid
from app.rules.question import TRUE_FALSE_OPTIONS, Draft, Picture, QuestionKind

NOW = datetime(2026, 9, 17, 4, 0, tzinfo=UTC)
READ_BACK = [form for form in FORMS if form != "word-paper"]
# one grey dot, a whole PNG: Word's writer looks inside
DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==")
CHOICE = Draft(
    QuestionKind.SINGLE_CHOICE,
    "依照某条例，一周有（　　）。",
    ("五天", "七天", "六天", "八天"),
    (1,),
    explanation="数一数就知道。",
    source="《历书》（2020年通过）第一条",
    topic="历法",
    difficulty=2,
)
SEVERAL = replace(
    CHOICE,
    kind=QuestionKind.MULTIPLE_CHOICE,
    stem="四季包括（　　）。",
    options=("春", "夏", "雨", "冬"),
    key=(0, 1, 3),
)
JUDGED = replace(CHOICE, kind=QuestionKind.TRUE_FALSE, stem="一年有十二个月。", options=TRUE_FALSE_OPTIONS, key=(0,))


@pytest.fixture
def bank(context: Flask) -> int:
    return import_bank([CHOICE, SEVERAL, JUDGED], title="历法题库", actor=None, now=NOW).bank_id


def exported(bank_id: int, form: str, **options: bool):
    options = {"with_pending": False} | options
    return export_bank(bank_id, form, actor=None, now=NOW, **options)


def same(draft: Draft) -> Draft:
    """What a form is asked to carry: not where the question stood."""
    return replace(draft, place="", number="")


@pytest.mark.parametrize("form", READ_BACK)
def test_a_bank_read_back_is_the_same_field_by_field(bank: int, form: str):
    export = exported(bank, form)
    assert export.name.startswith("历法题库.")
    assert export.lost == ()
    assert sorted(map(same, read_bank(export.content, export.name).usable), key=lambda draft: draft.stem) == sorted(
        [CHOICE, SEVERAL, JUDGED], key=lambda draft: draft.stem
    )


def test_a_paper_to_print_holds_no_key(bank: int):
    export = exported(bank, "word-paper")
    assert export.lost == ("试卷里没有答案、解析、依据、知识点和难度",)
    assert [draft.key for draft in read_bank(export.content, "").usable] == []


def test_what_a_form_cannot_carry_is_told(context: Flask):
    with_picture = replace(CHOICE, pictures=(Picture("0" * 64, None, "图"),))
    bank_id = import_bank([with_picture], title="图题库", actor=None, now=NOW).bank_id
    assert exported(bank_id, "xlsx").lost == ("第1题有图片，表格不带图片",)


@pytest.mark.parametrize("form", ["moodle", "qti", "word-keys"])
def test_pictures_go_along_where_the_form_holds_them(context: Flask, form: str):
    checksum = hashlib.sha256(DOT).hexdigest()
    keep_images({checksum: DOT}, NOW)
    db.session.commit()
    pictured = replace(CHOICE, pictures=(Picture(checksum, None, "日历"), Picture(checksum, 2, "")))
    bank_id = import_bank([pictured], title="图题库", actor=None, now=NOW).bank_id
    export = exported(bank_id, form)
    compared, _, _ = compared_bank(export.content, export.name, "另一个题库", None)
    assert compared.reading.images == {checksum: DOT}
    (draft,) = compared.reading.usable
    assert [(picture.checksum, picture.option) for picture in draft.pictures] == [(checksum, None), (checksum, 2)]


def test_pending_questions_go_only_when_asked_for(bank: int):
    from app.models import Question

    db.session.execute(sa.update(Question).where(Question.number == 3).values(state="pending"))
    db.session.commit()
    assert len(read_bank(exported(bank, "text").content, "").usable) == 2
    assert len(read_bank(exported(bank, "text", with_pending=True).content, "").usable) == 3


def test_nothing_and_an_unknown_form_are_refused(bank: int):
    with pytest.raises(Invalid, match="没有这种格式"):
        exported(bank, "pdf")
    with pytest.raises(Invalid, match="没有这个题库"):
        exported(bank + 1, "text")


def test_an_export_is_recorded(bank: int):
    exported(bank, "csv")
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.subject, entry.detail) == (
        "bank.export",
        f"bank:{bank}",
        {"form": "csv", "questions": 3},
    )


def test_asking_what_would_be_lost_is_not_recorded(bank: int):
    before = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
    assert losses_of(bank, "word-paper", with_pending=False) == ("试卷里没有答案、解析、依据、知识点和难度",)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == before
