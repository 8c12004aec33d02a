"""演练: what a rehearsal makes is on no list and in no figure, and what it kept is found."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.database import db, writing
from app.models import (
    Attempt,
    AuditEntry,
    Throttle,
)
from app.operations import attempts, rehearsals, rosters, sign_ins, sittings, throttles, tries
from app.operations.rehearsal_clearing import clear
from app.queries import banks, contests, people, quizzes, tallies, uses
from app.queries import rehearsals as questions
from app.rules.invalid import Invalid
from app.rules.rehearsal import ORIGIN, losses
from app.rules.rehearsal_verdict import Outcome
from tests import factories
from tests.factories import NOON
from tests.operations.rehearsing import LENGTH, PEOPLE, real_contest, take_part


@pytest.fixture
def city(context):
    return factories.city()


@pytest.fixture
def contest(city):
    return real_contest(city)


@pytest.fixture
def made(city, contest):
    return rehearsals.set_up(city.quiz, PEOPLE, LENGTH, actor=None, now=NOON)


def test_a_rehearsal_is_on_no_list_and_in_no_figure(city, contest):
    def lists():
        return {
            "home": [row.id for row in contests.all_published()],
            "contests": contests.listed(),
            "units": people.units(),
            "tree": people.unit_tree(),
            "people": people.people().rows,
            "unassigned": people.unassigned(),
            "known": people.known_people(),
            "stamp": people.stamp(),
            "quizzes": quizzes.listed(),
            "banks": banks.listed(),
            "uses": uses.contests_by_number(city.bank),
            "titles": uses.contest_titles(city.bank, 1),
            "facility": [uses.facility(city.bank, number) for number in range(1, 13)],
            "figures": tallies.figures(contest),
            "invited": rosters.invited(None, None),
            "invited units": rosters.units_of(None, None),
        }

    before = lists()
    made = rehearsals.set_up(city.quiz, PEOPLE, LENGTH, actor=None, now=NOON)
    take_part(made, PEOPLE[0])
    assert lists() == before
    (shown,) = (row for row in contests.listed(with_rehearsal=True) if row.is_rehearsal)
    assert (shown.title, shown.expected, shown.participants) == ("演练：普法小竞赛", len(PEOPLE), 1)


def test_the_contest_lasts_as_long_as_everybody_may_answer(made):
    row = contests.by_id(made.contest_id)
    assert row.opens_at == NOON
    assert row.closes_at == NOON + LENGTH + timedelta(seconds=made.duration) + timedelta(hours=1)
    assert row.slug.startswith("yanlian-") and len(row.slug) == len("yanlian-") + 16


def test_the_audit_keeps_what_made_up_people_did_under_numbers_that_nobody_real_ever_has(city, made):
    take_part(made, PEOPLE[4])
    rehearsals.conclude(made.contest_id, Outcome.YES, actor=None, now=NOON, people=60, lost=0)
    clear(actor=None, now=NOON)
    rows = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    mine = [(row.action, row.actor_id) for row in rows if row.action.startswith("rehearsal") or (row.actor_id or 0) < 0]
    assert mine == [
        ("rehearsal.begin", None),
        ("attempt.start", PEOPLE[4].user_id),
        ("attempt.hand_in", PEOPLE[4].user_id),
        ("rehearsal.end", None),
        ("rehearsal.clear", None),
    ]
    ended = next(row for row in rows if row.action == "rehearsal.end")
    assert (ended.subject, ended.detail) == (f"contest:{made.contest_id}", {"outcome": "yes", "people": 60, "lost": 0})
    assert not any(extra.name in str(row.detail) for row in rows for extra in PEOPLE)


def test_no_two_rehearsals_share_a_number_so_that_no_process_remembers_the_wrong_pool(city, made):
    clear(actor=None, now=NOON)
    again = rehearsals.set_up(city.quiz, PEOPLE[:2], LENGTH, actor=None, now=NOON)
    assert again.contest_id < made.contest_id < 0
    clear(actor=None, now=NOON)
    assert factories.contest(city, slug="next", title="下一场")[0] > 0


def test_what_was_acknowledged_is_found_in_the_tables(made):
    told = [take_part(made, PEOPLE[0]), take_part(made, PEOPLE[1], hands_in=False)]
    assert not losses(told, questions.stored(made.contest_id))
    with writing():
        db.session.get_one(Attempt, told[1].attempt_id).sheet = {"responses": {"1": [1]}, "marked": []}
    assert losses(told, questions.stored(made.contest_id)).lost == 1


def test_many_entries_from_one_address_neither_slow_down_nor_forgive_anybody(made, monkeypatch):
    monkeypatch.setattr(tries, "NAMES_OF_AN_ADDRESS", 3)
    monkeypatch.setattr(throttles, "TRIES", 3)
    for extra in PEOPLE[:10]:
        sign_ins.enter(made.contest_id, extra.name, extra.tail, origin=ORIGIN, now=NOON)
    assert db.session.execute(sa.select(Throttle.digest, Throttle.failures)).all() == [("somebody's mistake", 1)]


def test_a_quiz_without_enough_questions_is_refused_and_leaves_nothing(city):
    with writing() as session:
        session.execute(sa.text("UPDATE questions SET state = 'retired'"))
    with pytest.raises(Invalid, match="请补题，或改试卷方案"):
        rehearsals.set_up(city.quiz, PEOPLE, LENGTH, actor=None, now=NOON)
    with pytest.raises(Invalid, match="没有这份试卷方案"):
        rehearsals.set_up(99, PEOPLE, LENGTH, actor=None, now=NOON)
    assert not questions.leftovers()


@pytest.mark.parametrize(
    ("opens", "closes", "is_disturbed"),
    [
        (-60, 60, True),
        (0, 60, True),
        (64, 600, True),
        (66, 600, False),
        (-600, -60, False),
        (-600, 0, False),
    ],
)
def test_a_real_contest_that_is_open_or_opens_within_the_hour_is_disturbed(city, opens, closes, is_disturbed):
    minute = timedelta(minutes=1)
    early = NOON - timedelta(days=1)
    factories.contest(city, opens=NOON + opens * minute, closes=NOON + closes * minute, now=early)
    found = questions.disturbed(NOON, NOON + 65 * minute)
    assert [row.title for row in found] == (["普法网络知识竞赛"] if is_disturbed else [])


def test_a_rehearsal_disturbs_nobody_and_a_paused_or_unfinished_contest_is_disturbed(city):
    contest_id, _ = factories.contest(city, closes=NOON + timedelta(minutes=10))
    attempts.start(contest_id, city.wang_fang, now=NOON, accept_short=True)
    rehearsals.set_up(city.quiz, PEOPLE[:1], LENGTH, actor=None, now=NOON)
    within_grace = NOON + timedelta(minutes=10, seconds=30)
    assert len(questions.disturbed(within_grace, within_grace)) == 1
    over = NOON + timedelta(minutes=12)
    assert questions.disturbed(over, over) == []
    sittings.pause(contests.by_id(contest_id).sitting_id, reason="停电", actor=None, now=NOON)
    assert len(questions.disturbed(over, over)) == 1


def test_the_next_contests_quiz_is_rehearsed(city):
    assert questions.coming_quiz(NOON) is None
    factories.contest(city)
    assert questions.coming_quiz(NOON) == city.quiz
    assert questions.coming_quiz(NOON + timedelta(days=2)) is None
