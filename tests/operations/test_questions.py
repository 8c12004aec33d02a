"""Questions of an own bank: written, corrected, approved, retired, tagged."""

import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.database import db, writing
from app.models import AuditEntry, Question, QuestionBank
from app.operations import questions as work
from app.operations.banks import import_bank
from app.operations.questions import ChangedMeanwhile, Faulty
from app.queries import banks, questions
from app.queries.questions import Wanted
from app.rules.invalid import Invalid
from app.rules.question import Draft, Picture, QuestionKind

NOW = datetime(2026, 9, 17, 4, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
WEEK = Draft(
    QuestionKind.SINGLE_CHOICE, "一周有（　　）天。", ("五", "六", "七"), (2,), explanation="七天。", topic="历法"
)
YEAR = Draft(QuestionKind.TRUE_FALSE, "一年有十二个月。", ("正确", "错误"), (0,))
MONTH = Draft(QuestionKind.SINGLE_CHOICE, "二月最多有（　　）天。", ("二十八", "二十九"), (1,), difficulty=2)


@pytest.fixture
def bank(context: Flask) -> int:
    """An own bank of three questions."""
    return import_bank([WEEK, YEAR, MONTH], title="小题库", actor=None, now=NOW).bank_id


def ship(bank_id: int) -> None:
    with writing():
        db.session.get_one(QuestionBank, bank_id).shipped_checksum = "0" * 64


def states(bank_id: int) -> dict[int, str]:
    select = sa.select(Question.number, Question.state).where(Question.state != "superseded")
    return {number: state for number, state in db.session.execute(select.where(Question.bank_id == bank_id))}


def entries() -> list[tuple[str, dict[str, object]]]:
    select = sa.select(AuditEntry.action, AuditEntry.detail).where(AuditEntry.action.like("question.%"))
    return [(action, detail) for action, detail in db.session.execute(select.order_by(AuditEntry.id))]


def test_a_correction_is_the_next_revision_and_the_old_one_stays(bank: int):
    better = replace(WEEK, stem="一个星期有（　　）天。", difficulty=1)
    assert work.edit_question(bank, 1, better, revision=1, actor=None, now=LATER) == 2
    newest, oldest = questions.history(bank, 1)
    assert (newest.row.revision, newest.row.state, newest.row.draft.stem, newest.at) == (
        2,
        "approved",
        better.stem,
        LATER,
    )
    assert (oldest.row.revision, oldest.row.state, oldest.row.draft.stem, oldest.at) == (
        1,
        "superseded",
        WEEK.stem,
        NOW,
    )
    assert banks.usable_by_kind(bank) == {QuestionKind.SINGLE_CHOICE: 2, QuestionKind.TRUE_FALSE: 1}
    assert entries() == [("question.edit", {"number": 1, "revision": 2})]


def test_a_correction_keeps_state_pictures_and_the_upload_it_came_with(bank: int):
    picture = Picture("a" * 64, None, "日历")
    with writing():
        stored = db.session.query(Question).filter_by(number=1).one()
        stored.state, stored.pictures = "pending", [asdict(picture)]
    drawn = replace(WEEK, pictures=(picture,), difficulty=3)
    work.edit_question(bank, 1, drawn, revision=1, actor=None, now=LATER)
    made = db.session.query(Question).filter_by(number=1, revision=2).one()
    assert (made.state, made.pictures, made.difficulty) == ("pending", [asdict(picture)], 3)


def test_an_edit_that_changes_nothing_makes_no_revision(bank: int):
    assert work.edit_question(bank, 1, WEEK, revision=1, actor=None, now=LATER) is None
    assert len(questions.history(bank, 1)) == 1
    assert entries() == []


def test_whoever_comes_second_is_told_and_writes_nothing(bank: int):
    work.edit_question(bank, 1, replace(WEEK, difficulty=1), revision=1, actor=None, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        work.edit_question(bank, 1, replace(WEEK, difficulty=5), revision=1, actor=None, now=LATER)
    assert [one.row.draft.difficulty for one in questions.history(bank, 1)] == [1, None]


def test_a_question_with_errors_is_refused_at_its_columns(bank: int):
    with pytest.raises(Faulty) as refused:
        work.edit_question(bank, 1, replace(WEEK, stem="", key=()), revision=1, actor=None, now=LATER)
    assert [fault.column for fault in refused.value.faults] == ["题干", "答案"]
    assert len(questions.history(bank, 1)) == 1


def test_a_warning_stands_in_nobodys_way(bank: int):
    several = Draft(QuestionKind.MULTIPLE_CHOICE, "哪些是季节（　　）。", ("春", "周"), (0,))
    assert work.add_question(bank, several, actor=None, now=NOW) == 4


def test_what_the_bank_has_already_is_not_added_again(bank: int):
    with pytest.raises(Faulty) as refused:
        work.add_question(bank, replace(WEEK, options=("七", "六", "五"), key=(0,)), actor=None, now=NOW)
    assert refused.value.messages == ("题干和选项与第1题相同，没有保存；要改请改那一题",)
    with pytest.raises(Faulty):
        work.edit_question(bank, 3, WEEK, revision=1, actor=None, now=NOW)


def test_a_new_question_goes_on_from_the_last_number_and_may_wait(bank: int):
    autumn = replace(WEEK, stem="一季有（　　）个月。")
    assert work.add_question(bank, autumn, state="pending", actor=None, now=NOW) == 4
    assert states(bank)[4] == "pending"
    assert entries() == [("question.add", {"number": 4, "state": "pending"})]


def test_only_approved_questions_may_be_drawn(bank: int):
    assert work.retire(bank, [1, 2], actor=None, now=NOW) == 2
    assert banks.usable_by_kind(bank) == {QuestionKind.SINGLE_CHOICE: 1}
    assert work.restore(bank, [1, 2, 3], actor=None, now=NOW) == 2
    assert states(bank) == {1: "approved", 2: "approved", 3: "approved"}


def test_approving_touches_only_those_that_wait(bank: int):
    with writing():
        db.session.query(Question).filter_by(number=1).one().state = "pending"
    assert work.approve(bank, [1, 2, 3, 99], actor=None, now=NOW) == 1
    assert entries() == [("question.approve", {"numbers": [1]})]
    assert work.approve(bank, [1, 2, 3], actor=None, now=NOW) == 0
    assert len(entries()) == 1


def test_a_tag_is_the_next_revision_of_those_that_lack_it(bank: int):
    assert work.tag(bank, [1, 2, 3], topic=" 历法 ", actor=None, now=LATER) == 2
    assert [one.draft.topic for one in questions.current(bank)] == ["历法", "历法", "历法"]
    assert [one.revision for one in questions.current(bank)] == [1, 2, 2]
    assert entries() == [("question.tag", {"numbers": [2, 3], "what": ["topic"]})]


def test_a_difficulty_is_set_for_many_at_once(bank: int):
    assert work.tag(bank, [1, 2, 3], difficulty=2, actor=None, now=LATER) == 2
    assert questions.numbers(bank, Wanted(difficulty=2)) == [1, 2, 3]


def test_a_tag_keeps_everything_else(bank: int):
    work.tag(bank, [1], difficulty=4, actor=None, now=LATER)
    (row, *_) = questions.current(bank)
    assert replace(row.draft, difficulty=None, place="", number="") == WEEK


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"topic": "  "}, "请先填写知识点，再点“设知识点”。"),
        ({"topic": "长" * 101}, "知识点超过100字，请改短。"),
        ({"difficulty": 6}, "难度是1到5的整数，请重新选择。"),
    ],
)
def test_a_tag_that_none_can_have_is_refused(bank: int, values: dict[str, object], said: str):
    with pytest.raises(Invalid) as refused:
        work.tag(bank, [1], actor=None, now=NOW, **values)  # type: ignore[arg-type]  # one of both
    assert refused.value.messages == (said,)


def test_a_shipped_bank_is_changed_by_nobody(bank: int):
    ship(bank)
    for change in (
        lambda: work.add_question(bank, replace(WEEK, stem="别的"), actor=None, now=NOW),
        lambda: work.edit_question(bank, 1, replace(WEEK, difficulty=1), revision=1, actor=None, now=NOW),
        lambda: work.retire(bank, [1], actor=None, now=NOW),
        lambda: work.tag(bank, [1], difficulty=1, actor=None, now=NOW),
    ):
        with pytest.raises(Invalid, match="随系统提供"):
            change()
    assert states(bank) == {1: "approved", 2: "approved", 3: "approved"}


def test_another_banks_question_of_the_same_number_is_left_alone(bank: int):
    other = import_bank([WEEK], title="另一个题库", actor=None, now=NOW).bank_id
    work.retire(bank, [1], actor=None, now=NOW)
    work.tag(bank, [1], difficulty=5, actor=None, now=NOW)
    assert states(other) == {1: "approved"}
    assert len(questions.history(other, 1)) == 1


def at_once(app: Flask, *deeds: Callable[[], object]) -> list[object]:
    """What several people get who do these things in the same moment; what is refused is the refusal's kind."""
    barrier, answers = threading.Barrier(len(deeds)), []

    def run(deed: Callable[[], object]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                answers.append(deed())
            except Invalid as refused:
                answers.append(type(refused).__name__)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_of_two_who_save_in_the_same_moment_one_is_told(context: Flask, bank: int):
    def save(difficulty: int) -> Callable[[], object]:
        return lambda: work.edit_question(
            bank, 1, replace(WEEK, difficulty=difficulty), revision=1, actor=None, now=LATER
        )

    answers = at_once(context, *(save(level) for level in (1, 2, 3, 4)))
    assert sorted(map(str, answers)) == ["2", *["ChangedMeanwhile"] * 3]
    assert [one.row.state for one in questions.history(bank, 1)] == ["approved", "superseded"]


def test_questions_written_in_the_same_moment_get_numbers_of_their_own(context: Flask, bank: int):
    def write(n: int) -> Callable[[], object]:
        return lambda: work.add_question(bank, replace(WEEK, stem=f"新题{n}（　　）。"), actor=None, now=NOW)

    assert sorted(map(str, at_once(context, *(write(n) for n in range(3))))) == ["4", "5", "6"]
