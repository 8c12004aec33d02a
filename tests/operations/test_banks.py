"""Questions into banks."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.database import db, writing
from app.models import Question, QuestionBank
from app.operations.bank_previews import check_bank
from app.operations.banks import Imported, import_bank
from app.operations.uploads import confirm_import, preview_bank
from app.queries import banks, imports
from app.queries.imports import Preview
from app.rules.invalid import Invalid
from app.rules.question import Draft, QuestionKind
from tests.operations.sheets import BANK, workbook

NOW = datetime(2026, 9, 17, 4, 0, tzinfo=UTC)
WEEK = Draft(QuestionKind.SINGLE_CHOICE, "一周有（　　）天。", ("五", "六", "七"), (2,))
YEAR = Draft(QuestionKind.TRUE_FALSE, "一年有十二个月。", ("正确", "错误"), (0,))
TITLES = ("题型", "题干", "选项A", "选项B", "选项C", "答案")


def previewed(content: bytes, folder: Path, title: str = "") -> Preview:
    preview = imports.one(preview_bank(content, "题库.txt", title=title, folder=folder, actor=None, now=NOW))
    assert preview is not None
    return preview


def shipped() -> None:
    with writing() as session:
        session.add(QuestionBank(title="随附题库", shipped_checksum="0" * 64, created_at=NOW))


def test_confirming_an_upload_makes_the_bank_with_approved_questions(context: Flask, tmp_path: Path):
    preview = previewed(BANK.encode(), tmp_path)
    assert (preview.title, preview.note) == ("小题库", "依据示例文本。")
    assert preview.verdicts == {"ok": 3, "warning": 0, "error": 0}
    bank_id = confirm_import(preview.id, actor=None, now=NOW).outcome["bank_id"]
    bank = banks.one(bank_id)
    assert bank is not None
    assert bank.usable == {
        QuestionKind.SINGLE_CHOICE: 1,
        QuestionKind.MULTIPLE_CHOICE: 1,
        QuestionKind.TRUE_FALSE: 1,
    }
    assert (bank.total, bank.pending, bank.is_shipped) == (3, 0, False)
    first = banks.questions(bank_id).rows[0]
    assert (first.number, first.state, first.draft.key, first.draft.topic) == (1, "approved", (2,), "历法")


def test_numbers_go_on_in_a_bank_that_is_there(context: Flask):
    first = import_bank([WEEK], title="题库", actor=None, now=NOW)
    again = import_bank([YEAR], title=" 题库 ", actor=None, now=NOW)
    assert again == Imported(first.bank_id, 1, 0)
    assert [row.number for row in banks.questions(first.bank_id).rows] == [1, 2]


def test_a_question_that_the_bank_has_is_not_imported_again(context: Flask, tmp_path: Path):
    import_bank([YEAR, WEEK], title="题库", actor=None, now=NOW)
    content = workbook(
        TITLES,
        ("单选", "一周有（ ）天", "六", "七", "五", "B"),
        ("单选", "一周有（ ）天", "八", "九", "十", "A"),
        ("判断", "一年有十二个月。", "", "", "", "错误"),
    )
    preview = previewed(content, tmp_path, title="题库")
    assert [(row.action_label, row.verdict, row.twin) for row in preview.rows] == [
        ("不导入", "warning", 2),
        ("新增", "warning", 2),
        ("不导入", "warning", 1),
    ]
    assert preview.rows[0].problems[-1].message == "与题库第2题相同，不再导入"
    assert preview.rows[1].problems[-1].message == "与题库第2题题干相同、选项不同，请核对是否要两道都留"
    assert preview.rows[2].problems[-1].message == "与题库第1题相同，答案却不同，不再导入；请核对哪一个对"
    outcome = confirm_import(preview.id, actor=None, now=NOW).outcome
    assert (outcome["added"], outcome["unchanged"], outcome["skipped"]) == (1, 2, 0)


def test_of_two_alike_in_a_file_the_first_is_taken(context: Flask):
    assert import_bank([WEEK, WEEK, YEAR], title="题库", actor=None, now=NOW).added == 2


def test_a_faulty_question_is_never_imported(context: Flask, tmp_path: Path):
    faulty, sound = ("单选", "一周有几天？", "五", "六", "七", "E"), ("单选", "一年有几季？", "三", "四", "五", "B")
    content = workbook(TITLES, faulty, sound)
    preview = previewed(content, tmp_path, title="题库")
    assert [(row.place, row.verdict) for row in preview.rows] == [("Sheet1!第2行", "error"), ("Sheet1!第3行", "ok")]
    assert preview.rows[0].problems[0].message == "答案写成了E，但只有3个选项，请改答案或补选项"
    outcome = confirm_import(preview.id, actor=None, now=NOW).outcome
    assert (outcome["added"], outcome["skipped"]) == (1, 1)


def test_a_bank_that_cannot_take_questions_is_refused(context: Flask):
    shipped()
    with pytest.raises(Invalid, match="请给题库写一个名称"):
        import_bank([WEEK], actor=None, now=NOW)
    with pytest.raises(Invalid, match="没有这个题库"):
        import_bank([WEEK], bank_id=99, actor=None, now=NOW)
    with pytest.raises(Invalid, match="名称超过200个字"):
        import_bank([WEEK], title="长" * 201, actor=None, now=NOW)
    with pytest.raises(Invalid, match="随系统提供，升级时会更新，不能往里加题"):
        import_bank([WEEK], title="随附题库", actor=None, now=NOW)


def test_what_no_database_stores_is_removed(context: Flask):
    draft = Draft(QuestionKind.SINGLE_CHOICE, "甲\0乙", ("丙\0", "丁"), (0,), topic="长" * 150)
    bank_id = import_bank([draft], title="题库", actor=None, now=NOW).bank_id
    stored = db.session.scalars(sa.select(Question).where(Question.bank_id == bank_id)).one()
    assert (stored.stem, stored.options, len(stored.topic)) == ("甲乙", ["丙", "丁"], 100)


def test_checking_a_file_asks_no_database():
    checked = check_bank(BANK.encode(), "题库.txt")
    assert [row["action"] for row in checked["rows"]] == ["add", "add", "add"]


def test_questions_are_found_by_kind_and_by_words(context: Flask):
    bank_id = import_bank([WEEK, YEAR], title="题库", actor=None, now=NOW).bank_id
    assert [row.number for row in banks.questions(bank_id, kind=QuestionKind.TRUE_FALSE).rows] == [2]
    assert [row.number for row in banks.questions(bank_id, search="一周").rows] == [1]
    assert banks.questions(bank_id, search="_").rows == ()
    assert banks.questions(bank_id, size=1, number=2).rows[0].number == 2
    assert banks.usable_by_kind(99) == {}
    assert [row.title for row in banks.listed()] == ["题库"]
