"""The questions of a bank, found by their marks; one with its history, its use and its twins."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from flask import Flask

from app.database import db, writing
from app.models import Attempt, Grading, ItemPool, Question, RosterEntry
from app.operations import questions as work
from app.operations.banks import import_bank
from app.queries import questions, twins, uses
from app.queries.questions import NO_DIFFICULTY, NO_TOPIC, Wanted
from app.queries.uses import Facility
from app.rules.question import Draft, QuestionKind
from tests import factories
from tests.queries.test_lists import counted

NOW = datetime(2026, 9, 17, 4, 0, tzinfo=UTC)
SINGLE, JUDGED = QuestionKind.SINGLE_CHOICE, QuestionKind.TRUE_FALSE
DRAFTS = [
    Draft(SINGLE, "一周有（　　）天。", ("五", "六", "七"), (2,), topic="历法", difficulty=1, source="常识第30条"),
    Draft(SINGLE, "函用于（　　）。", ("商洽工作", "100%的命令_"), (0,), topic="公文", difficulty=4),
    Draft(JUDGED, "一年有十二个月。", ("正确", "错误"), (0,), topic="历法"),
    Draft(JUDGED, "Word是软件。", ("正确", "错误"), (0,), difficulty=1),
]


@pytest.fixture
def bank(context: Flask) -> int:
    """Four questions; the last waits for approval."""
    made = import_bank(DRAFTS[:3], title="小题库", actor=None, now=NOW).bank_id
    work.add_question(made, DRAFTS[3], state="pending", actor=None, now=NOW)
    return made


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), [1, 2, 3, 4]),
        (Wanted(kind=JUDGED), [3, 4]),
        (Wanted(topic="历法"), [1, 3]),
        (Wanted(topic=NO_TOPIC), [4]),
        (Wanted(difficulty=1), [1, 4]),
        (Wanted(difficulty=NO_DIFFICULTY), [3]),
        (Wanted(state="pending"), [4]),
        (Wanted(state="approved", difficulty=1), [1]),
        (Wanted(state="retired"), []),
        (Wanted(search="商洽"), [2]),  # an option
        (Wanted(search="第30条"), [1]),  # the source
        (Wanted(search="公文"), [2]),  # the topic
        (Wanted(search="wORD"), [4]),
        (Wanted(search="0%的命令_"), [2]),
        (Wanted(search="3"), [1, 3]),  # the source of one, the number of the other
        (Wanted(search="4e0"), []),  # figures of the escapes in which options are kept
        (Wanted(search='", "'), []),
        (Wanted(search="天", kind=JUDGED), []),
    ],
)
def test_questions_are_found_by_their_marks(bank: int, wanted: Wanted, found: list[int]):
    assert questions.numbers(bank, wanted) == found
    assert [row.number for row in questions.found(bank, wanted).rows] == found


def test_only_the_revision_that_holds_is_found(bank: int):
    work.edit_question(bank, 1, replace(DRAFTS[0], topic="时间"), revision=1, actor=None, now=NOW)
    work.retire(bank, [2], actor=None, now=NOW)
    assert questions.numbers(bank, Wanted(topic="历法")) == [3]
    assert questions.numbers(bank, Wanted(state="retired")) == [2]
    assert questions.topics(bank) == ["公文", "历法", "时间"]
    assert questions.counts(bank) == questions.Counts(approved=2, pending=1, retired=1)


def test_neighbours_are_those_in_use(bank: int):
    work.retire(bank, [2], actor=None, now=NOW)
    assert questions.neighbours(bank, 3) == (1, 4)
    assert questions.neighbours(bank, 1) == (None, 3)
    assert questions.neighbours(bank, 4) == (3, None)


def test_a_history_names_who_made_each_revision(bank: int):
    actor = factories.account("zhoumin", None)
    work.edit_question(bank, 1, replace(DRAFTS[0], difficulty=2), revision=1, actor=actor, now=NOW)
    assert [(one.row.revision, one.by) for one in questions.history(bank, 1)] == [(2, "周敏"), (1, "")]
    assert questions.history(bank, 99) == []


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("ask", "cost"),
    [
        (lambda bank: questions.found(bank, Wanted(search="题")), 3),
        (lambda bank: questions.history(bank, 1), 1),
        (lambda bank: questions.neighbours(bank, 1), 1),
        (twins.pairs, 2),
        (uses.contests_by_number, 2),
    ],
    ids=["found", "history", "neighbours", "twins", "uses"],
)
def test_asking_costs_as_much_with_three_rows_as_with_one(
    context: Flask, ask: Callable[[int], object], cost: int, rows: int
):
    drafts = [Draft(SINGLE, f"这是第{n}道几乎相同的题", ("甲", "乙"), (0,)) for n in range(rows)]
    bank = import_bank(drafts, title="小题库", actor=None, now=NOW).bank_id
    for revision in range(1, rows + 1):
        work.edit_question(bank, 1, replace(drafts[0], difficulty=revision), revision=revision, actor=None, now=NOW)
    with counted() as statements:
        ask(bank)
    assert len([statement for statement in statements if statement.lstrip().startswith("SELECT")]) == cost


def test_a_question_made_later_is_not_taken_for_the_one_whose_id_it_got(context: Flask):
    city = factories.city()
    factories.contest(city)
    with writing():
        db.session.query(Question).filter_by(number=1).one().created_at = datetime.now(UTC)
    assert uses.contests_by_number(city.bank).keys() == set(range(2, 13))
    assert uses.contest_titles(city.bank, 1) == []


def test_a_question_is_used_where_a_published_pool_has_any_revision_of_it(context: Flask):
    city = factories.city()
    factories.contest(city, title="第一场", slug="one")
    work.tag(city.bank, [1], topic="改过", actor=None, now=NOW)
    factories.contest(city, title="第二场", slug="two")
    work.retire(city.bank, [2], actor=None, now=NOW)
    factories.contest(city, title="第三场", slug="three")
    assert uses.contest_titles(city.bank, 1) == ["第三场", "第二场", "第一场"]
    assert uses.contest_titles(city.bank, 2) == ["第二场", "第一场"]
    counts = uses.contests_by_number(city.bank)
    assert (counts[1], counts[2], len(counts)) == (3, 2, 12)


def test_facility_is_the_share_of_right_answers_on_graded_papers(context: Flask):
    city = factories.city()
    contest_id, _ = factories.contest(city)
    place = _place_of(city.bank, contest_id, 7)
    assert uses.facility(city.bank, 7) == Facility(0, 0)
    assert uses.facility(city.bank, 7).rate is None
    people = (city.wang_fang, city.chen_jing, city.zhang_wei, city.li_ming)
    for person, mark in zip(people, (3000, 0, 3000, 0), strict=True):
        _graded(contest_id, person, [[0, 0, 1, 2, 3], [place, 1, 0, 2, 3]], [2000, mark], is_void=person == people[3])
    assert uses.facility(city.bank, 7) == Facility(asked=3, right=2)
    assert uses.facility(city.bank, 7).rate == Fraction(2, 3)


def _place_of(bank: int, contest_id: int, number: int) -> int:
    (items,) = db.session.query(ItemPool.items).filter_by(contest_id=contest_id).one()
    question = questions.history(bank, number)[0].row.id
    return [item["question"] for item in items].index(question)


def _graded(contest_id: int, person: int, paper: list[list[int]], marks: list[int], *, is_void: bool) -> None:
    with writing() as session:
        entry = session.query(RosterEntry).filter_by(contest_id=contest_id, user_id=person).one()
        attempt = Attempt(
            roster_entry_id=entry.id, sitting_id=1, ordinal=1, seed="s", paper=paper, sheet={}, lease="l",
            pool_version=1, terms_version=1, started_at=NOW, deadline=NOW, grace=0, handed_in_at=NOW,
            voided_at=NOW if is_void else None,
        )  # fmt: skip
        session.add(attempt)
        session.flush()
        for version, scored in ((1, [0 for _ in marks]), (2, marks)):  # regraded: the newest counts
            session.add(
                Grading(attempt_id=attempt.id, pool_version=version, score=sum(scored), marks=scored, graded_at=NOW)
            )
