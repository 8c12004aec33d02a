"""Own banks: copied, renamed, deleted."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from app.database import db, writing
from app.models import Import, KeptTwins, Question, QuestionBank
from app.operations import own_banks
from app.operations import questions as work
from app.operations.banks import import_bank
from app.operations.uploads import confirm_import, preview_bank
from app.queries import banks, questions
from app.rules.invalid import Invalid
from app.rules.question import Draft, QuestionKind
from tests import factories
from tests.operations.sheets import BANK

NOW = datetime(2026, 9, 17, 4, 0, tzinfo=UTC)
WEEK = Draft(
    QuestionKind.SINGLE_CHOICE, "一周有（　　）天。", ("五", "六", "七"), (2,), explanation="七天。", topic="历法"
)
YEAR = Draft(QuestionKind.TRUE_FALSE, "一年有十二个月。", ("正确", "错误"), (0,), difficulty=1)


@pytest.fixture
def bank(context: Flask) -> int:
    return import_bank([WEEK, YEAR], title="小题库", note="自编。", actor=None, now=NOW).bank_id


def test_a_copy_holds_the_approved_questions_under_their_numbers(bank: int):
    with writing():
        db.session.get_one(QuestionBank, bank).shipped_checksum = "0" * 64
        db.session.query(Question).filter_by(number=1).one().state = "retired"
    own = own_banks.copy_bank(bank, actor=None, now=NOW)
    found = banks.one(own)
    assert found is not None
    assert (found.title, found.note, found.is_shipped, found.total) == ("小题库（副本）", "自编。", False, 1)
    (row,) = questions.current(own)
    assert (row.number, row.revision, row.draft) == (2, 1, questions.current(bank)[0].draft)


def test_a_second_copy_gets_a_name_of_its_own(bank: int):
    titles = [banks.one(own_banks.copy_bank(bank, actor=None, now=NOW)).title for _ in range(3)]
    assert titles == ["小题库（副本）", "小题库（副本2）", "小题库（副本3）"]


def test_a_copy_can_be_changed_and_the_bank_stays_as_it_is(bank: int):
    own = own_banks.copy_bank(bank, actor=None, now=NOW)
    work.tag(own, [1, 2], topic="常识", actor=None, now=NOW)
    assert [row.draft.topic for row in questions.current(bank)] == ["历法", ""]


def test_a_bank_without_usable_questions_is_not_copied(bank: int):
    work.retire(bank, [1, 2], actor=None, now=NOW)
    with pytest.raises(Invalid, match="没有什么可复制的"):
        own_banks.copy_bank(bank, actor=None, now=NOW)


def test_a_bank_is_renamed_and_described(bank: int):
    own_banks.edit_bank(bank, " 历法  题库 ", " 2026年编 ", actor=None, now=NOW)
    found = banks.one(bank)
    assert found is not None and (found.title, found.note) == ("历法 题库", "2026年编")


@pytest.mark.parametrize(
    ("title", "said"),
    [
        (" ", "请给题库写一个名称。"),
        ("长" * 201, "名称超过200个字，请写短一些。"),
        ("另一个", "已有同名的题库，请换一个名称。"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(bank: int, title: str, said: str):
    import_bank([WEEK], title="另一个", actor=None, now=NOW)
    with pytest.raises(Invalid) as refused:
        own_banks.edit_bank(bank, title, "", actor=None, now=NOW)
    assert refused.value.messages == (said,)


def test_a_bank_goes_with_its_questions_their_history_and_what_waits_for_it(context: Flask, tmp_path: Path):
    def upload(content: str, bank_id: int | None = None) -> int:
        return preview_bank(content.encode(), "题库.txt", bank_id=bank_id, folder=tmp_path, actor=None, now=NOW)

    confirmed = upload(BANK)
    bank_id = confirm_import(confirmed, actor=None, now=NOW).outcome["bank_id"]
    waiting = upload(BANK.replace("小题库", "另一个"), bank_id)
    work.tag(bank_id, [1], difficulty=5, actor=None, now=NOW)
    with writing() as session:
        session.add(KeptTwins(bank_id=bank_id, first="a", second="b", kept_at=NOW))
    assert own_banks.delete_bank(bank_id, actor=None, now=NOW) == 3
    assert (banks.listed(), db.session.query(Question).count(), db.session.query(KeptTwins).count()) == ([], 0, 0)
    assert {row.id: row.state for row in db.session.query(Import)} == {confirmed: "undone", waiting: "discarded"}


def test_a_bank_that_a_quiz_draws_from_is_not_deleted(context: Flask):
    city = factories.city()
    with pytest.raises(Invalid) as refused:
        own_banks.delete_bank(city.bank, actor=None, now=NOW)
    assert refused.value.messages == ("试卷方案“普法小竞赛”还在用这个题库。请先给方案换题库。",)
    assert banks.one(city.bank) is not None


def test_a_bank_whose_questions_stand_in_a_contest_is_not_deleted(context: Flask, bank: int):
    city = factories.city()
    factories.contest(city)
    with writing():
        db.session.execute(db.text("UPDATE quizzes SET bank_id = :bank"), {"bank": bank})
    with pytest.raises(Invalid, match="已经发布的竞赛里有这个题库的题"):
        own_banks.delete_bank(city.bank, actor=None, now=NOW)


def test_a_shipped_bank_is_neither_renamed_nor_deleted(bank: int):
    with writing():
        db.session.get_one(QuestionBank, bank).shipped_checksum = "0" * 64
    with pytest.raises(Invalid, match="随系统提供"):
        own_banks.edit_bank(bank, "别名", "", actor=None, now=NOW)
    with pytest.raises(Invalid, match="随系统提供"):
        own_banks.delete_bank(bank, actor=None, now=NOW)
