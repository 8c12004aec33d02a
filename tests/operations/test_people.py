"""People from a list."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
import sqlalchemy as sa
from flask import Flask

from app.database import db, writing
from app.models import Attempt, Contest, Grant, QuestionBank, Quiz, RosterEntry, Sitting, User
from app.operations.uploads import confirm_import, preview_people, preview_units
from app.queries import imports, people
from app.queries.imports import Change, Preview
from tests.operations.sheets import PEOPLE_TITLES, UNITS, table, workbook

NOW = datetime(2026, 9, 17, 4, 0, tzinfo=UTC)
LATER = datetime(2026, 9, 18, 4, 0, tzinfo=UTC)
FOUR = (
    PEOPLE_TITLES,
    ("李明", "市财政局", "13800006207", "G1"),
    ("王芳", "CZ", "13800001111", ""),
    ("张伟", "市国库支付中心", "13800002222", ""),
    ("陈静", "市劳动局", "13800003333", "G4"),
)


@pytest.fixture
def folder(context: Flask, tmp_path: Path) -> Path:
    folder = tmp_path / "uploads"
    confirm_import(preview_units(UNITS, "单位表.csv", folder=folder, actor=None, now=NOW), actor=None, now=NOW)
    return folder


def previewed(content: bytes, folder: Path, mode: Literal["supplement", "replace"] = "supplement") -> Preview:
    import_id = preview_people(content, "人员表.csv", mode=mode, folder=folder, actor=None, now=LATER)
    preview = imports.one(import_id)
    assert preview is not None
    return preview


def imported(content: bytes, folder: Path, mode: Literal["supplement", "replace"] = "supplement") -> dict[str, int]:
    outcome = confirm_import(previewed(content, folder, mode).id, actor=None, now=LATER).outcome
    return {name: count for name, count in outcome.items() if count}


def told(preview: Preview) -> list[tuple[int | None, str, list[str]]]:
    return [(row.row, row.action_label, [problem.message for problem in row.problems]) for row in preview.rows]


def here() -> list[tuple[str, str, str | None, str | None]]:
    return [(person.name, person.unit, person.phone, person.staff_number) for person in people.people().rows]


def person(name: str) -> User:
    return db.session.scalars(sa.select(User).where(User.name == name)).one()


def answered(user_id: int) -> None:
    """Give this person an open attempt in some contest."""
    with writing() as session:
        bank = QuestionBank(title="题库", created_at=NOW)
        session.add(bank)
        session.flush()
        quiz = Quiz(
            title="小竞赛", bank_id=bank.id, sections=[], duration=60, attempts_allowed=1, counting="best",
            pass_mark=1, excellence_mark=1, created_at=NOW,
        )  # fmt: skip
        session.add(quiz)
        session.flush()
        contest = Contest(slug="x", title="竞赛", quiz_id=quiz.id, created_at=NOW)
        session.add(contest)
        session.flush()
        sitting = Sitting(contest_id=contest.id, opens_at=NOW, closes_at=LATER)
        entry = RosterEntry(contest_id=contest.id, user_id=user_id)
        session.add_all([sitting, entry])
        session.flush()
        attempt = Attempt(
            roster_entry_id=entry.id, sitting_id=sitting.id, ordinal=1, seed="s", paper=[], sheet={}, lease="l",
            pool_version=1, terms_version=1, started_at=NOW, deadline=LATER, grace=60_000,
        )  # fmt: skip
        session.add(attempt)


def test_people_come_in_by_name_code_or_alias_of_their_unit_and_are_sorted_by_sound(folder: Path):
    assert imported(table(*FOUR), folder) == {"added": 4}
    assert here() == [
        ("陈静", "市人力资源和社会保障局", "13800003333", "G4"),
        ("李明", "市财政局", "13800006207", "G1"),
        ("王芳", "市财政局", "13800001111", None),
        ("张伟", "市国库支付中心", "13800002222", None),
    ]
    assert [(node.name, node.own, node.total) for node in people.unit_tree()] == [
        ("市财政局", 2, 3),
        ("市国库支付中心", 1, 1),
        ("市人力资源和社会保障局", 1, 1),
    ]


def test_an_unknown_unit_is_an_error_that_names_the_likely_one(folder: Path):
    preview = previewed(table(PEOPLE_TITLES, ("李明", "市人社局", "", "G1"), ("王芳", "某公司", "", "G2")), folder)
    assert told(preview) == [
        (2, "有误", ["没有“市人社局”，是不是“市人力资源和社会保障局”？请改成单位表里的名称或代码"]),
        (3, "有误", ["没有“某公司”，请先把它加进单位表，或改成单位表里的名称或代码"]),
    ]
    assert not preview.is_confirmable
    assert here() == []


def test_the_same_list_again_changes_nothing(folder: Path):
    imported(table(*FOUR), folder)
    preview = previewed(table(*FOUR), folder)
    assert [row.action_label for row in preview.rows] == ["不变"] * 4
    assert not preview.is_confirmable


def test_a_changed_person_says_what_changes_with_the_phone_masked(folder: Path):
    imported(table(*FOUR), folder)
    content = table(PEOPLE_TITLES, ("李明", "市国库支付中心", "13900009999", "G1"), ("陈静", "市劳动局", "", "G4"))
    changed, same = previewed(content, folder).rows
    assert changed.changes == (
        Change("单位", "市财政局", "市国库支付中心"),
        Change("手机", "138****6207", "139****9999"),
    )
    assert dict(changed.cells)["手机"] == "139****9999"
    assert same.action_label == "不变"
    assert imported(content, folder) == {"changed": 1, "unchanged": 1}
    assert here()[1] == ("李明", "市国库支付中心", "13900009999", "G1")
    assert here()[0][2] == "13800003333"


def test_two_people_of_one_name_are_told_apart_or_refused(folder: Path):
    content = table(
        PEOPLE_TITLES,
        ("李明", "市财政局", "13800006207", ""),
        ("李明", "市财政局", "13800006208", ""),
        ("王芳", "市财政局", "", ""),
        ("王芳", "市财政局", "", ""),
    )
    assert [row.verdict for row in previewed(content, folder).rows] == ["ok", "warning", "warning", "error"]
    assert imported(content, folder) == {"added": 3, "skipped": 1}


def test_a_column_of_identity_cards_is_dropped_and_the_notice_is_shown(folder: Path):
    content = workbook(("姓名", "单位", "身份证号"), ("李明", "市财政局", "110101199003070011"))
    preview = previewed(content, folder)
    assert [(problem.level, problem.message) for problem in preview.problems] == [
        ("warning", "C列像是身份证号，本平台不需要，已整列舍去，没有保存")
    ]
    assert "110101199003070011" not in repr(preview)


def test_supplementing_removes_nobody(folder: Path):
    imported(table(*FOUR), folder)
    assert imported(table(PEOPLE_TITLES, ("赵敏", "市财政局", "13800005555", "")), folder) == {"added": 1}
    assert len(here()) == 5


def test_replacing_removes_who_is_not_in_the_file_but_only_in_the_units_of_the_file(folder: Path):
    imported(table(*FOUR), folder)
    content = table(PEOPLE_TITLES, ("李明", "市财政局", "13800006207", "G1"))
    preview = previewed(content, folder, "replace")
    assert told(preview) == [(2, "不变", []), (None, "停用", ["文件里没有他，将停用"])]
    assert dict(preview.rows[1].cells)["姓名"] == "王芳"
    assert imported(content, folder, "replace") == {"unchanged": 1, "left": 1}
    assert [name for name, *_ in here()] == ["陈静", "李明", "张伟"]
    assert person("王芳").left_at == LATER


def test_nobody_with_an_attempt_is_ever_removed(folder: Path):
    imported(table(*FOUR), folder)
    answered(person("王芳").id)
    content = table(PEOPLE_TITLES, ("李明", "CZ", "13800006207", "G1"))
    preview = previewed(content, folder, "replace")
    assert (preview.rows[1].action_label, preview.rows[1].problems[0].message) == (
        "保留",
        "文件里没有他，但他答过题，成绩要保留，不停用",
    )
    assert not preview.is_confirmable
    assert person("王芳").left_at is None


def test_nobody_is_removed_who_starts_an_attempt_between_preview_and_confirmation(folder: Path):
    imported(table(*FOUR), folder)
    preview = previewed(table(PEOPLE_TITLES, ("李明", "CZ", "13800006207", "G1")), folder, "replace")
    answered(person("王芳").id)
    outcome = confirm_import(preview.id, actor=None, now=LATER).outcome
    assert (outcome["left"], outcome["kept"]) == (0, 1)
    assert person("王芳").left_at is None


def test_nobody_leaves_whom_the_preview_did_not_name(folder: Path):
    imported(table(*FOUR), folder)
    preview = previewed(table(PEOPLE_TITLES, ("李明", "CZ", "13800006207", "G1")), folder, "replace")
    imported(table(PEOPLE_TITLES, ("赵敏", "市财政局", "13800005555", "")), folder)
    assert confirm_import(preview.id, actor=None, now=LATER).outcome["left"] == 1
    assert person("赵敏").left_at is None


def test_who_holds_a_role_is_not_removed(folder: Path):
    imported(table(*FOUR), folder)
    with writing() as session:
        session.add(Grant(user_id=person("王芳").id, role="organizer", starts_at=NOW))
    preview = previewed(table(PEOPLE_TITLES, ("李明", "CZ", "13800006207", "G1")), folder, "replace")
    assert preview.rows[1].problems[0].message == "文件里没有他，但他有管理权限，不停用；请先收回权限"


def test_a_faulty_row_removes_nobody_of_its_name(folder: Path):
    imported(table(*FOUR), folder)
    content = table(PEOPLE_TITLES, ("李明", "CZ", "13800006207", "G1"), ("王芳", "没有的局", "13800001111", ""))
    preview = previewed(content, folder, "replace")
    assert [row.action_label for row in preview.rows] == ["不变", "有误", "保留"]
    assert preview.rows[2].problems[0].message == "文件里没有他，但像是他的那一行有误，先不停用；请改好那一行再导入"


def test_who_left_and_comes_back_is_revived(folder: Path):
    imported(table(*FOUR), folder)
    imported(table(PEOPLE_TITLES, ("李明", "CZ", "13800006207", "G1")), folder, "replace")
    before = person("王芳").id
    preview = previewed(table(*FOUR), folder)
    assert [row.action_label for row in preview.rows] == ["不变", "恢复", "不变", "不变"]
    assert preview.rows[1].changes == (Change("状态", "已停用", "恢复"),)
    assert imported(table(*FOUR), folder) == {"changed": 1, "unchanged": 3}
    assert (person("王芳").id, person("王芳").left_at) == (before, None)


def test_a_missing_phone_is_told_where_others_have_one(folder: Path):
    rows = previewed(table(PEOPLE_TITLES, ("李明", "CZ", "13800006207", ""), ("王芳", "CZ", "", "G2")), folder).rows
    assert [p.message for p in rows[1].problems] == ["没有手机号，不能用姓名加手机号后四位入场；请补上"]


def test_an_account_that_is_taken_is_an_error(folder: Path):
    titles = (*PEOPLE_TITLES, "账号")
    imported(table(titles, ("李明", "CZ", "13800006207", "G1", "liming")), folder)
    (row,) = previewed(table(titles, ("王芳", "CZ", "13800001111", "", "LiMing")), folder).rows
    assert [problem.message for problem in row.problems] == ["账号LiMing已经是别人的，请换一个，或留空"]


def test_people_are_found_by_name_unit_or_staff_number(folder: Path):
    imported(table(*FOUR), folder)
    assert [row.name for row in people.people(search="王").rows] == ["王芳"]
    assert [row.name for row in people.people(search="支付").rows] == ["张伟"]
    assert [row.name for row in people.people(search="G4").rows] == ["陈静"]
    assert people.people(search="%").rows == ()
    finance = people.unit_tree()[0].id
    assert [row.name for row in people.people(unit_id=finance, size=1, number=2).rows] == ["王芳"]
    assert people.unassigned() == 0
