"""Where everybody stands: each state, sums up the tree, filters, and the same few statements however many there are."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.database import db, writing
from app.models import Attempt, RosterEntry, RosterUnit
from app.operations import attempt_changes, attempts, late, sittings
from app.queries import contests, live
from app.queries.live import Presence, Sort, Wanted
from app.rules.late import Decision
from tests import factories
from tests.factories import NOON
from tests.operations.engine import MINUTE, entered, right, stored
from tests.queries.test_lists import counted

SECOND = timedelta(seconds=1)


@pytest.fixture
def city(context):
    return factories.city()


@pytest.fixture
def contest(city):
    return contests.by_id(factories.contest(city)[0])


def presences(contest, now, **wanted):
    rows = live.people(contest.id, contest.sitting_id, Wanted(**wanted), now, 1, 50).rows
    return {(row.name, row.unit): row.presence for row in rows}


def start(contest, user_id, now=NOON):
    return attempts.start(contest.id, user_id, now=now)


WANG = ("王芳", "市财政局")


def test_nobody_has_come_yet(contest):
    assert set(presences(contest, NOON).values()) == {Presence.ABSENT}


def test_whoever_has_entered_and_not_started_is_in(contest):
    entered(contest.id)
    assert presences(contest, NOON)[WANG] is Presence.ENTERED
    assert presences(contest, NOON + timedelta(hours=13))[WANG] is Presence.ABSENT  # the sign-in has ended


@pytest.mark.parametrize(
    ("after", "presence"), [(live.SILENT_AFTER, Presence.ANSWERING), (live.SILENT_AFTER + SECOND, Presence.OFFLINE)]
)
def test_a_paper_that_has_been_silent_is_offline(city, contest, after, presence):
    start(contest, city.wang_fang)
    assert presences(contest, NOON + after)[WANG] is presence


@pytest.mark.parametrize("sign", ["seen_at", "saved_at"])
def test_a_save_or_a_question_for_news_is_a_sign_of_life(city, contest, sign):
    attempt = start(contest, city.wang_fang)
    with writing():
        setattr(db.session.get_one(Attempt, attempt), sign, NOON + 10 * MINUTE)
    assert presences(contest, NOON + 12 * MINUTE)[WANG] is Presence.ANSWERING


def test_past_its_deadline_a_paper_is_overdue_until_it_is_handed_in(city, contest):
    start(contest, city.wang_fang)
    late = NOON + 30 * MINUTE
    assert presences(contest, late)[WANG] is Presence.OVERDUE
    attempts.hand_in_overdue(now=late + 2 * MINUTE)
    assert presences(contest, late + 2 * MINUTE)[WANG] is Presence.HANDED_IN


def test_held_and_voided_are_said(city, contest):
    attempt = start(contest, city.wang_fang)
    sittings.pause(contest.sitting_id, reason="停电", actor=None, now=NOON)
    assert presences(contest, NOON + 90 * MINUTE)[WANG] is Presence.HELD
    attempt_changes.void(attempt, give_back=True, reason="代答", actor=None, now=NOON)
    assert presences(contest, NOON)[WANG] is Presence.VOIDED


def test_a_second_attempt_counts_before_the_first(city, contest):
    attempts.hand_in(start(contest, city.wang_fang), actor=city.wang_fang, now=NOON)
    second = start(contest, city.wang_fang, NOON + MINUTE)
    (row,) = live.people(contest.id, contest.sitting_id, Wanted(search="王芳"), NOON + MINUTE, 1, 50).rows
    assert (row.presence, row.attempt_id, row.deadline) == (Presence.ANSWERING, second, NOON + 31 * MINUTE)


def test_units_are_counted_with_all_below_them(city, contest):
    start(contest, city.wang_fang)
    start(contest, city.zhang_wei)
    rows = [(row.name, row.depth, row.counts[Presence.ANSWERING], row.total)
            for row in live.counts(contest.id, contest.sitting_id, NOON)]  # fmt: skip
    assert rows == [("全部", 0, 2, 5), ("市财政局", 0, 2, 3), ("市国库支付中心", 1, 1, 1), ("市档案馆", 0, 0, 2)]


def test_who_belongs_to_no_unit_is_counted_at_the_end(city, contest):
    with writing():
        entry = db.session.scalars(sa.select(RosterEntry).where(RosterEntry.user_id == city.wang_fang)).one()
        entry.roster_unit_id = None
    last = live.counts(contest.id, contest.sitting_id, NOON)[-1]
    assert (last.name, last.unit_id, last.total) == ("未分配", 0, 1)
    assert set(presences(contest, NOON, unit_id=0)) == {("王芳", "")}


def test_rows_are_filtered_by_unit_with_all_below_state_and_name(city, contest):
    start(contest, city.zhang_wei)
    bureau = db.session.scalars(sa.select(RosterUnit.id).where(RosterUnit.name == "市财政局")).one()
    assert {name for name, _ in presences(contest, NOON, unit_id=bureau)} == {"李明", "王芳", "张伟"}
    assert set(presences(contest, NOON, presence=Presence.ANSWERING)) == {("张伟", "市国库支付中心")}
    assert {unit for _, unit in presences(contest, NOON, search="李")} == {"市财政局", "市档案馆"}
    assert presences(contest, NOON, unit_id=bureau + 1000) == {}


def test_a_receipt_number_finds_its_person(city, contest):
    attempt = start(contest, city.wang_fang)
    attempts.hand_in(attempt, actor=city.wang_fang, now=NOON)
    number = db.session.get_one(Attempt, attempt).receipt or ""
    assert set(presences(contest, NOON, search=number)) == {WANG}


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        (Sort.PRESENCE, "张伟"),
        (Sort.NAME, "陈静"),
        (Sort.SEEN, "张伟"),
        (Sort.UNIT, "李明"),
    ],
)
def test_rows_are_sorted(city, contest, sort, first):
    start(contest, city.zhang_wei)
    rows = live.people(contest.id, contest.sitting_id, Wanted(sort=sort), NOON, 1, 50).rows
    assert rows[0].name == first


def test_telephones_are_masked(contest):
    rows = live.people(contest.id, contest.sitting_id, Wanted(search="王芳"), NOON, 1, 50).rows
    assert [row.phone for row in rows] == ["138****1111"]


def late_sheet(attempt_id, digest):
    lease, sheet = stored(attempt_id).lease, right(attempt_id)
    late.keep_late(attempt_id, sheet, revision=1, lease=lease, digest=digest, now=NOON + 32 * MINUTE)


def test_a_late_sheet_is_counted_and_marked_until_it_is_decided(city, contest):
    boss = factories.account("zhoumin", None)
    late_sheet(start(contest, city.zhang_wei), entered(contest.id, "张伟", "2222"))
    now = NOON + 32 * MINUTE
    attempts.hand_in_overdue(now=now)

    def seen():
        units = [(row.name, row.late) for row in live.counts(contest.id, contest.sitting_id, now)]
        people = live.people(contest.id, contest.sitting_id, Wanted(is_late=True), now, 1, 50)
        return units, [(row.name, row.presence, row.late_id) for row in people.rows]

    assert seen() == (
        [("全部", 1), ("市财政局", 1), ("市国库支付中心", 1), ("市档案馆", 0)],
        [("张伟", Presence.HANDED_IN, 1)],
    )
    late.decide_late([1], Decision.DECLINE, reason="没有断网", seen_at=now, actor=boss, now=now)
    assert seen() == ([("全部", 0), ("市财政局", 0), ("市国库支付中心", 0), ("市档案馆", 0)], [])


@pytest.mark.parametrize("people", [1, 3])
def test_the_view_costs_the_same_statements_however_many_answer(city, contest, people):
    tails = {city.wang_fang: ("王芳", "1111"), city.zhang_wei: ("张伟", "2222"), city.chen_jing: ("陈静", "3333")}
    for user_id in list(tails)[:people]:
        late_sheet(start(contest, user_id), entered(contest.id, *tails[user_id]))
    with counted() as statements:
        live.counts(contest.id, contest.sitting_id, NOON)
        live.people(contest.id, contest.sitting_id, Wanted(), NOON, 1, 50)
    assert len([statement for statement in statements if statement.lstrip().startswith("SELECT")]) == 4
