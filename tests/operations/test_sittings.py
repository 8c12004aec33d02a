"""延期, 提前结束, 暂停, 恢复: everybody's time at once; and the SQL says what the rules say, to the millisecond."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.database import db, milliseconds, writing
from app.models import Attempt, AuditEntry
from app.operations import attempt_changes, attempts, sittings
from app.operations.attempts import Saving
from app.queries import attempts as questions
from app.queries import contests, notices
from app.queries.attempts import visible
from app.rules import attempt as machine
from app.rules.admission import Reason, Refusal
from app.rules.attempt import State
from app.rules.terms import Visible
from app.rules.timing import Phase
from tests import factories
from tests.factories import NOON
from tests.operations.engine import MINUTE, MS, entered, save, sitting_of, stored

WHY: dict[str, Any] = {"reason": "全市停电", "actor": None}
DUE = NOON + 30 * MINUTE


@pytest.fixture
def city(context):
    return factories.city()


@pytest.fixture
def contest(city):
    """Open from eleven to twenty to one: whoever starts after ten past twelve is cut."""
    return factories.contest(city, closes=NOON + 40 * MINUTE)[0]


@pytest.fixture
def digest(contest):
    return entered(contest)


@pytest.fixture
def attempt(city, contest):
    return attempts.start(contest, city.wang_fang, now=NOON)


@pytest.fixture
def cut(city, contest):
    """张伟 starts so late that the closing cuts him to ten minutes."""
    return attempts.start(contest, city.zhang_wei, now=NOON + 30 * MINUTE, accept_short=True)


def told(attempt_id):
    return [one.kind for one in notices.of_attempt(attempt_id)]


def test_a_deadline_that_the_closing_had_cut_grows_with_it(attempt, cut):
    sitting = sitting_of(cut).id
    assert sittings.postpone(sitting, NOON + 50 * MINUTE, now=NOON + 30 * MINUTE, **WHY) == 2
    assert (stored(cut).deadline, stored(attempt).deadline) == (NOON + 50 * MINUTE, DUE)
    sittings.postpone(sitting, NOON + 90 * MINUTE, now=NOON + 30 * MINUTE, **WHY)
    assert stored(cut).deadline == NOON + 60 * MINUTE
    assert sitting_of(cut).closes_at == NOON + 90 * MINUTE
    assert told(cut) == ["postponed", "postponed"]


@pytest.mark.parametrize("closes", [NOON + 40 * MINUTE, NOON + 39 * MINUTE])
def test_a_postponement_is_later_than_the_closing(attempt, closes):
    with pytest.raises(Refusal, match=Reason.NOT_LATER):
        sittings.postpone(sitting_of(attempt).id, closes, now=NOON, **WHY)


def test_ended_now_every_open_paper_is_due_now_and_the_sweeper_collects_it(city, contest, attempt, digest):
    now = NOON + 10 * MINUTE
    save(attempt, digest)
    assert sittings.end_early(sitting_of(attempt).id, None, now=now, **WHY) == 1
    assert stored(attempt).deadline == now
    assert attempts.hand_in_overdue(now=now + MINUTE) == 0
    assert attempts.hand_in_overdue(now=now + MINUTE + MS) == 1
    assert (stored(attempt).handed_in_at, stored(attempt).answered) == (now, 1)
    with pytest.raises(Refusal, match=Reason.CLOSED):
        attempts.start(contest, city.li_ming, now=now)


def test_more_time_for_one_then_for_all_then_an_early_end_leaves_the_one_his_own_minutes(attempt, cut):
    sitting, now = sitting_of(cut).id, NOON + 30 * MINUTE
    attempt_changes.extend(cut, 5, now=now, **WHY)
    sittings.postpone(sitting, NOON + 50 * MINUTE, now=now, **WHY)
    assert stored(cut).deadline == NOON + 55 * MINUTE
    sittings.end_early(sitting, NOON + 35 * MINUTE, now=now, **WHY)
    assert (stored(cut).deadline, stored(attempt).deadline) == (NOON + 40 * MINUTE, DUE)
    assert told(cut) == ["ended", "postponed", "extended"]


@pytest.mark.parametrize("closes", [NOON - MS, NOON + 40 * MINUTE])
def test_an_early_end_lies_between_now_and_the_closing(attempt, closes):
    with pytest.raises(Refusal, match=Reason.NOT_EARLIER):
        sittings.end_early(sitting_of(attempt).id, closes, now=NOON, **WHY)


def test_a_pause_gives_everybody_the_time_back_to_the_millisecond(city, contest, attempt, cut):
    paused, resumed = NOON + 29 * MINUTE, NOON + timedelta(hours=5)
    sitting = sitting_of(attempt).id
    with writing():  # as if he had started before the pause
        db.session.get_one(Attempt, cut).started_at = NOON
    assert sittings.pause(sitting, now=paused, **WHY) == 2
    assert attempts.hand_in_overdue(now=resumed - MS) == 0
    assert not attempts.close_if_overdue(attempt, now=resumed - MS)
    assert sittings.resume(sitting, now=resumed, **WHY) == 2
    away = resumed - paused
    assert (stored(attempt).deadline, stored(attempt).held_for) == (
        DUE + away,
        milliseconds(resumed) - milliseconds(paused),
    )
    assert stored(cut).deadline == NOON + 40 * MINUTE + away
    assert (sitting_of(cut).closes_at, sitting_of(cut).paused_at) == (NOON + 40 * MINUTE + away, None)
    assert told(attempt) == ["resumed", "paused"]
    assert attempts.hand_in_overdue(now=DUE + away + MINUTE) == 0
    assert attempts.hand_in_overdue(now=DUE + away + MINUTE + MS) == 1
    assert stored(attempt).time_taken == 30 * 60_000


def test_while_paused_saves_are_stored_and_nobody_starts(city, contest, attempt, digest):
    sittings.pause(sitting_of(attempt).id, now=NOON + MINUTE, **WHY)
    assert save(attempt, digest, now=NOON + timedelta(hours=11)) is Saving.SAVED
    with pytest.raises(Refusal, match=Reason.PAUSED):
        attempts.start(contest, city.li_ming, now=NOON + 2 * MINUTE)
    assert attempts.start(contest, city.wang_fang, now=NOON + timedelta(days=3)) == attempt


def test_a_paper_whose_time_was_over_at_the_pause_is_collected_all_the_same(contest, attempt):
    assert sittings.pause(sitting_of(attempt).id, now=DUE, **WHY) == 0
    assert attempts.hand_in_overdue(now=DUE + MINUTE + MS) == 1


def test_handed_in_during_a_pause_the_pause_is_not_time_taken(city, attempt):
    sittings.pause(sitting_of(attempt).id, now=NOON + 10 * MINUTE, **WHY)
    attempts.hand_in(attempt, actor=city.wang_fang, now=NOON + 60 * MINUTE)
    assert (stored(attempt).handed_in_at, stored(attempt).time_taken) == (NOON + 60 * MINUTE, 600_000)
    assert sittings.resume(sitting_of(attempt).id, now=NOON + 70 * MINUTE, **WHY) == 0


def test_while_paused_the_contest_is_open_and_no_key_is_shown(city, contest, attempt):
    attempts.hand_in(attempt, actor=city.wang_fang, now=NOON + MINUTE)
    sittings.pause(sitting_of(attempt).id, now=NOON + 10 * MINUTE, **WHY)
    row, later = contests.by_id(contest), NOON + timedelta(days=1)
    assert row.phase(later) is Phase.OPEN
    assert visible(contest, row.terms, row.closes_at, later) is Visible.SCORE


def test_paused_twice_or_resumed_without_a_pause_is_refused(attempt):
    sitting = sitting_of(attempt).id
    with pytest.raises(Refusal, match=Reason.NOT_PAUSED):
        sittings.resume(sitting, now=NOON, **WHY)
    sittings.pause(sitting, now=NOON, **WHY)
    for change in (
        lambda: sittings.pause(sitting, now=NOON, **WHY),
        lambda: sittings.postpone(sitting, NOON + 90 * MINUTE, now=NOON, **WHY),
        lambda: sittings.end_early(sitting, None, now=NOON, **WHY),
    ):
        with pytest.raises(Refusal, match=Reason.PAUSED):
            change()


@pytest.mark.parametrize(
    ("now", "reason"), [(NOON - 61 * MINUTE, Reason.NOT_OPEN), (NOON + 40 * MINUTE, Reason.CLOSED)]
)
def test_only_a_sitting_that_runs_is_paused_or_ended(attempt, now, reason):
    sitting = sitting_of(attempt).id
    with pytest.raises(Refusal, match=reason):
        sittings.pause(sitting, now=now, **WHY)
    with pytest.raises(Refusal, match=reason):
        sittings.end_early(sitting, None, now=now, **WHY)


def test_a_contest_that_is_over_is_reopened_only_when_it_is_meant(city, contest, attempt):
    sitting, later = sitting_of(attempt).id, NOON + timedelta(hours=2)
    attempts.hand_in_overdue(now=later)
    with pytest.raises(Refusal, match=Reason.KEYS_SHOWN):
        sittings.postpone(sitting, later + MINUTE, now=later, **WHY)
    sittings.postpone(sitting, later + MINUTE, now=later, despite_keys=True, **WHY)
    assert sitting_of(attempt).closes_at == later + MINUTE


def test_what_is_done_to_a_sitting_is_audited_with_its_reason(attempt):
    sitting = sitting_of(attempt).id
    sittings.pause(sitting, now=NOON, **WHY)
    sittings.resume(sitting, now=NOON + MINUTE, **WHY)
    select = sa.select(AuditEntry.action, AuditEntry.detail).where(AuditEntry.subject == f"sitting:{sitting}")
    rows = [tuple(row) for row in db.session.execute(select.order_by(AuditEntry.id))]
    assert rows == [
        ("sitting.pause", {"reason": "全市停电", "concerned": 1}),
        ("sitting.resume", {"reason": "全市停电", "concerned": 1, "closes": milliseconds(NOON + 41 * MINUTE)}),
    ]


# Around every moment at which an answer changes: 1 ms before, at it, 1 ms after.
MOMENTS = [
    at + step
    for at in (NOON, NOON + 20 * MINUTE, DUE, DUE + MINUTE, NOON + 40 * MINUTE, NOON + 41 * MINUTE)
    for step in (-MS, timedelta(), MS)
]
COURSES: dict[str, dict[str, Any]] = {
    "open": {},
    "held": {"held_at": NOON + 20 * MINUTE},
    "extended": {"extension": 600_000, "deadline": NOON + 40 * MINUTE},
    "held for a while": {"held_for": 300_000, "deadline": NOON + 35 * MINUTE},
    "handed in": {"handed_in_at": NOON + 20 * MINUTE, "handed_in_by": "person", "time_taken": 1_200_000},
}


@pytest.mark.parametrize("name", COURSES)
def test_the_database_and_the_rules_agree_on_every_boundary(contest, attempt, digest, name):
    """Saving, being overdue, being held and having the deadline moved: the statements against the state machine."""
    sitting = sitting_of(attempt)
    for number, now in enumerate(MOMENTS, start=1):
        course = _put(attempt, **COURSES[name])
        assert questions.is_overdue(attempt, now) is machine.is_overdue(course, now)
        assert (attempt in questions.overdue(now, 10)) is machine.is_overdue(course, now)
        saved = save(attempt, digest, number, now=now)
        assert (saved is Saving.SAVED) is machine.may_save(course, now), (name, now)
        assert (_held(sitting.id, now) == 1) is machine.may_hold(course, now), (name, now)
        _put(attempt, **COURSES[name])
        closes = now + 15 * MINUTE
        with writing():
            moved = sittings._move(sittings._found(sitting.id), closes, now)
        assert (moved == 1) is machine.may_move(course, now), (name, now)
        expected = machine.move(course, now, duration=1800, closes_at=closes) if moved else course
        assert stored(attempt).deadline == expected.deadline, (name, now)


@pytest.mark.parametrize("now", [NOON + 20 * MINUTE - MS, NOON + 20 * MINUTE, NOON + 20 * MINUTE + MS])
def test_the_database_and_the_rules_agree_on_how_much_a_pause_gives_back(attempt, now):
    course = _put(attempt, **COURSES["held"])
    sitting = sitting_of(attempt).id
    with writing():
        sittings._changed(sittings._RESUME, b_sitting=sitting, b_ms=milliseconds(now))
    resumed = machine.resume(course, now)
    assert (stored(attempt).course.deadline, stored(attempt).course.held_for) == (resumed.deadline, resumed.held_for)
    assert stored(attempt).course.state is State.OPEN


def _put(attempt_id, **values):
    fresh = {
        "deadline": DUE, "held_at": None, "extension": 0, "held_for": 0,
        "handed_in_at": None, "handed_in_by": None, "time_taken": None,
    }  # fmt: skip
    with writing():
        attempt = db.session.get_one(Attempt, attempt_id)
        for name, value in (fresh | values).items():
            setattr(attempt, name, value)
    return stored(attempt_id).course


def _held(sitting_id, now):
    with writing():
        return sittings._changed(sittings._HOLD, b_sitting=sitting_id, b_ms=milliseconds(now), b_now=now)
