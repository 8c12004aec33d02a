"""What is changed in a preview before it is confirmed, and taking an import back."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.database import db
from app.models import AuditEntry, Question, QuestionBank
from app.operations import bank_previews, preview_changes, uploads
from app.operations.bank_previews import BankPlan
from app.operations.banks import import_bank
from app.operations.questions import ChangedMeanwhile, retire
from app.operations.uploads import confirm_import, preview_bank, undo_import
from app.queries import banks, imports
from app.queries.imports import Preview
from app.rules.invalid import Invalid
from app.rules.question import Draft, QuestionKind
from tests.operations.sheets import BANK, table

NOW = datetime(2026, 9, 17, 4, 0, tzinfo=UTC)
FAULTY = BANK.replace("答案：C", "答案：E")


@pytest.fixture
def preview_of(context: Flask, tmp_path: Path):
    def previewed(content: str | bytes, name: str = "题库.txt", **options: object) -> int:
        content = content.encode() if isinstance(content, str) else content
        return preview_bank(content, name, folder=tmp_path, actor=None, now=NOW, **options)  # type: ignore[arg-type]

    return previewed


def seen(import_id: int) -> Preview:
    found = imports.one(import_id)
    assert found is not None
    return found


def stems(bank_id: int) -> list[str]:
    return [row.draft.stem for row in banks.questions(bank_id).rows]


def test_a_corrected_question_earns_its_verdict_anew_and_is_imported(preview_of):
    import_id = preview_of(FAULTY)
    first = seen(import_id).rows[0]
    assert (first.verdict, first.action, first.is_corrected) == ("error", "refuse", False)
    assert first.draft is not None
    preview_changes.correct_row(import_id, 0, replace(first.draft, key=(2,)), actor=None, now=NOW)
    first = seen(import_id).rows[0]
    assert (first.verdict, first.action, first.is_corrected, first.place) == ("ok", "add", True, "第6行")
    assert confirm_import(import_id, actor=None, now=NOW).outcome["added"] == 3


def test_a_correction_that_is_still_wrong_is_told(preview_of):
    import_id = preview_of(FAULTY)
    draft = seen(import_id).rows[0].draft
    assert draft is not None
    preview_changes.correct_row(import_id, 0, replace(draft, key=()), actor=None, now=NOW)
    row = seen(import_id).rows[0]
    assert [problem.message for problem in row.problems] == ["没有答案，请填写选项字母"]
    assert row.action == "refuse"


def test_a_correction_is_compared_with_what_the_bank_holds(preview_of):
    held = Draft(QuestionKind.TRUE_FALSE, "一年有四季。", ("正确", "错误"), (0,))
    bank_id = import_bank([held], title="题库", actor=None, now=NOW).bank_id
    import_id = preview_of(FAULTY, bank_id=bank_id)
    preview_changes.correct_row(import_id, 0, held, actor=None, now=NOW)
    row = seen(import_id).rows[0]
    assert (row.action, row.twin) == ("skip", 1)
    assert row.problems[0].message == "与题库第1题相同，不再导入"


def test_a_question_may_be_left_out_and_taken_again(preview_of):
    import_id = preview_of(BANK)
    preview_changes.choose_row(import_id, 1, False, actor=None, now=NOW)
    assert (seen(import_id).effective, seen(import_id).actions["drop"]) == (2, 1)
    preview_changes.choose_row(import_id, 1, True, actor=None, now=NOW)
    assert seen(import_id).effective == 3
    preview_changes.choose_row(import_id, 0, False, actor=None, now=NOW)
    outcome = confirm_import(import_id, actor=None, now=NOW).outcome
    assert (outcome["added"], outcome["left"]) == (2, 1)
    assert stems(outcome["bank_id"]) == ["下列属于四季的有（　　）。", "一年有十二个月。"]


def test_two_corrections_of_one_row_do_not_overwrite_each_other_unseen(preview_of):
    import_id = preview_of(FAULTY)
    draft = seen(import_id).rows[0].draft
    assert draft is not None
    preview_changes.correct_row(import_id, 0, replace(draft, key=(2,)), actor=None, now=NOW)
    preview_changes.choose_row(import_id, 0, False, actor=None, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        preview_changes.correct_row(import_id, 0, replace(draft, key=(1,)), actor=None, now=NOW)
    first = seen(import_id).rows[0]
    assert first.draft is not None
    assert (first.draft.key, first.corrections) == ((2,), 1)
    preview_changes.correct_row(import_id, 0, replace(draft, key=(1,)), corrections=1, actor=None, now=NOW)
    assert seen(import_id).rows[0].corrections == 2


def test_choosing_a_corrected_row_keeps_the_correction(preview_of):
    import_id = preview_of(FAULTY)
    draft = seen(import_id).rows[0].draft
    assert draft is not None
    preview_changes.correct_row(import_id, 0, replace(draft, key=(2,)), actor=None, now=NOW)
    preview_changes.choose_row(import_id, 0, False, actor=None, now=NOW)
    preview_changes.choose_row(import_id, 0, True, actor=None, now=NOW)
    assert (seen(import_id).rows[0].action, seen(import_id).rows[0].is_corrected) == ("add", True)


def test_nothing_can_be_changed_once_it_was_decided(preview_of):
    import_id = preview_of(BANK)
    confirm_import(import_id, actor=None, now=NOW)
    with pytest.raises(Invalid, match="已经导入或放弃"):
        preview_changes.choose_row(import_id, 0, False, actor=None, now=NOW)
    with pytest.raises(Invalid, match="没有这次上传"):
        preview_changes.choose_row(import_id + 1, 0, False, actor=None, now=NOW)


def test_a_row_that_is_not_there_is_refused(preview_of):
    import_id = preview_of(BANK)
    with pytest.raises(Invalid, match="没有这一行"):
        preview_changes.choose_row(import_id, 3, False, actor=None, now=NOW)


UNNAMED = table(
    ("甲栏", "乙栏", "丙栏", "丁栏"),
    ("一周有（　　）天。", "七", "六", "A"),
    ("一天有（　　）小时。", "十二", "二十四", "B"),
)  # fmt: skip


def test_columns_that_nobody_could_know_are_named_by_hand(preview_of, tmp_path: Path):
    import_id = preview_of(UNNAMED, "题库.csv", title="历法题库")
    assert seen(import_id).rows == ()
    columns = {"stem": 0, "option0": 1, "option1": 2, "key": 3}
    by_hand = {"": {"row": 0, "columns": columns}}
    preview_changes.read_again(import_id, by_hand, folder=tmp_path, actor=None, now=NOW)
    preview = seen(import_id)
    assert [row.verdict for row in preview.rows] == ["ok", "ok"]
    assert [row.draft.key for row in preview.rows] == [(0,), (1,)]
    assert preview.title == "历法题库"
    assert preview.columns[0]["meanings"] == columns


def test_reading_again_drops_what_was_corrected_in_rows_that_may_have_moved(preview_of, tmp_path: Path):
    import_id = preview_of(UNNAMED.replace("甲栏,乙栏,丙栏,丁栏".encode(), "题干,A,B,答案".encode()), "题库.csv")
    preview_changes.choose_row(import_id, 0, False, actor=None, now=NOW)
    swapped = {"": {"row": 0, "columns": {"stem": 0, "option0": 2, "option1": 1, "key": 3}}}
    preview_changes.read_again(import_id, swapped, folder=tmp_path, actor=None, now=NOW)
    rows = seen(import_id).rows
    assert [row.action for row in rows] == ["add", "add"]
    assert rows[0].draft.options == ("六", "七")


def test_a_correction_of_a_row_that_was_read_otherwise_since_is_refused(preview_of, tmp_path: Path):
    import_id = preview_of(UNNAMED, "题库.csv")

    def read_with(**columns: int) -> Preview:
        by_hand = {"": {"row": 0, "columns": {"stem": 0, "key": 3} | columns}}
        preview_changes.read_again(import_id, by_hand, folder=tmp_path, actor=None, now=NOW)
        return seen(import_id)

    opened = read_with(option0=1, option1=2)
    read_with(option0=2, option1=1)
    assert opened.rows[0].draft is not None
    draft = replace(opened.rows[0].draft, stem="一周共（　　）天。")
    with pytest.raises(Invalid, match="按别的列重新读取过"):
        preview_changes.correct_row(import_id, 0, draft, serial=opened.serial, actor=None, now=NOW)
    preview_changes.correct_row(import_id, 0, draft, serial=opened.serial + 1, actor=None, now=NOW)
    assert seen(import_id).rows[0].is_corrected


def test_what_was_read_again_since_is_not_confirmed_by_whoever_saw_it_before(preview_of, tmp_path: Path, monkeypatch):
    import_id = preview_of(UNNAMED.replace("甲栏,乙栏,丙栏,丁栏".encode(), "题干,A,B,答案".encode()), "题库.csv")
    opened = seen(import_id).serial
    swapped = {"": {"row": 0, "columns": {"stem": 1, "option0": 0, "option1": 2, "key": 3}}}
    planned = bank_previews.plan

    def overtaken(*args: Any, **options: Any) -> BankPlan:
        plan = planned(*args, **options)
        preview_changes.read_again(import_id, swapped, folder=tmp_path, actor=None, now=NOW)
        return plan

    monkeypatch.setattr(uploads, "bank_plan", overtaken)
    for _ in ("read again while it is confirmed", "read again before"):
        with pytest.raises(Invalid, match="按别的列重新读取过，还没有导入"):
            confirm_import(import_id, serial=opened, actor=None, now=NOW)
    monkeypatch.undo()
    with pytest.raises(Invalid, match="按别的列重新读取过"):
        preview_changes.choose_row(import_id, 0, False, serial=opened, actor=None, now=NOW)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Question)) == 0
    assert confirm_import(import_id, serial=seen(import_id).serial, actor=None, now=NOW).outcome["added"] == 2


def test_what_is_decided_while_a_confirmation_is_worked_out_is_taken_into_account(preview_of, monkeypatch):
    import_id = preview_of(BANK)
    planned = bank_previews.plan

    def overtaken(*args: Any, **options: Any) -> BankPlan:
        plan = planned(*args, **options)
        if seen(import_id).actions["drop"] == 0:
            preview_changes.choose_row(import_id, 1, False, actor=None, now=NOW)
            assert not plan.still_holds()
        return plan

    monkeypatch.setattr(uploads, "bank_plan", overtaken)
    assert confirm_import(import_id, actor=None, now=NOW).outcome["added"] == 2


def test_a_file_that_is_no_longer_kept_cannot_be_read_again(preview_of, tmp_path: Path):
    import_id = preview_of(BANK)
    with pytest.raises(Invalid, match="请重新上传"):
        preview_changes.read_again(import_id, {}, folder=tmp_path / "elsewhere", actor=None, now=NOW)


def test_questions_wait_for_approval_when_nobody_vouched_for_them(preview_of):
    outcome = confirm_import(preview_of(BANK), actor=None, now=NOW, approve=False).outcome
    bank = banks.one(outcome["bank_id"])
    assert bank is not None
    assert (bank.total, bank.pending, outcome["state"]) == (0, 3, "pending")
    assert banks.spread(bank.id) == {}


def test_an_import_is_taken_back_as_a_whole_and_only_once(preview_of):
    import_id = preview_of(BANK)
    outcome = confirm_import(import_id, actor=None, now=NOW).outcome
    assert undo_import(import_id, actor=None, now=NOW) == 3
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Question)) == 0
    assert db.session.get(QuestionBank, outcome["bank_id"]) is None
    assert (seen(import_id).state, seen(import_id).undone_at) == ("undone", NOW)
    with pytest.raises(Invalid, match="已经撤销"):
        undo_import(import_id, actor=None, now=NOW)
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-1] == "import.undo"


def test_what_was_in_the_bank_before_stays_when_an_import_is_taken_back(preview_of):
    held = Draft(QuestionKind.TRUE_FALSE, "一年有四季。", ("正确", "错误"), (0,))
    bank_id = import_bank([held], title="题库", actor=None, now=NOW).bank_id
    import_id = preview_of(BANK, bank_id=bank_id)
    confirm_import(import_id, actor=None, now=NOW)
    assert len(stems(bank_id)) == 4
    undo_import(import_id, actor=None, now=NOW)
    assert stems(bank_id) == ["一年有四季。"]


def test_what_waits_for_a_bank_goes_when_the_bank_does(preview_of):
    import_id = preview_of(BANK)
    bank_id = confirm_import(import_id, actor=None, now=NOW).outcome["bank_id"]
    waiting = preview_of(BANK.replace("四季", "节气"), bank_id=bank_id)
    elsewhere = preview_of(BANK.replace("小题库", "大题库"))
    undo_import(import_id, actor=None, now=NOW)
    assert [seen(upload).state for upload in (waiting, elsewhere)] == ["discarded", "previewed"]


def test_an_import_that_was_not_confirmed_cannot_be_taken_back(preview_of):
    with pytest.raises(Invalid, match="没有什么可撤销"):
        undo_import(preview_of(BANK), actor=None, now=NOW)


def test_a_question_that_was_retired_comes_back_only_when_it_is_asked_for(preview_of):
    bank_id = confirm_import(preview_of(BANK), actor=None, now=NOW).outcome["bank_id"]
    retire(bank_id, [2], actor=None, now=NOW)
    import_id = preview_of(BANK, bank_id=bank_id)
    preview = seen(import_id)
    assert [row.action for row in preview.rows] == ["skip", "drop", "skip"]
    assert preview.rows[1].problems[0].message == (
        "与题库第2题相同，那一题已经停用，先不导入；仍要用，请到题库里恢复第2题，或点“要导入这一题”"
    )
    assert not preview.is_confirmable
    preview_changes.choose_row(import_id, 1, True, actor=None, now=NOW)
    assert seen(import_id).effective == 1
    assert confirm_import(import_id, actor=None, now=NOW).outcome["added"] == 1


def test_questions_nearly_alike_in_file_and_bank_are_told_and_not_dropped(preview_of):
    held = Draft(
        QuestionKind.SINGLE_CHOICE,
        "依照信访工作条例，有关机关应当自受理信访事项之日起（　　）内办结。",
        ("三十日", "六十日", "九十日", "十五日"),
        (1,),
    )
    bank_id = import_bank([held], title="题库", actor=None, now=NOW).bank_id
    again = """1. 根据信访工作条例，有关机关应当自受理信访事项之日起（　　）内办结。
A. 三十日
B. 六十日
C. 九十日
D. 十五日
答案：B

2. 信访工作条例规定，有关机关应当自受理信访事项之日起（　　）内办结。
A. 三十日
B. 六十日
C. 九十日
D. 十五日
答案：B
"""
    first, second = seen(preview_of(again, bank_id=bank_id)).rows
    assert (first.action, [twin.number for twin in first.twins]) == ("add", [1])
    assert first.problems[0].message.startswith("与题库第1题相近（")
    assert [(twin.number, twin.position) for twin in second.twins] == [(1, None), (None, 0)]
    assert second.twins[1].place == "第1行"


def test_a_file_with_the_title_of_a_bank_that_is_there_is_compared_with_it(preview_of):
    confirm_import(preview_of(BANK), actor=None, now=NOW)
    preview = seen(preview_of(BANK))
    assert preview.actions["skip"] == 3
    assert not preview.is_confirmable
    assert uploads.discard_import(preview.id, actor=None, now=NOW)
