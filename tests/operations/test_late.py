"""迟到作答: kept, never scored by itself, decided once with a reason."""

import pytest
import sqlalchemy as sa

from app.database import db, writing
from app.models import AuditEntry, Grading, LateSheet, RosterEntry
from app.operations import attempt_changes, attempts, late, sign_ins
from app.operations.attempts import Saving
from app.queries import late as questions
from app.rules import receipt
from app.rules.invalid import Invalid
from app.rules.late import Decision, Outcome
from app.rules.sheet import AnswerSheet
from tests import factories
from tests.factories import NOON
from tests.operations.engine import MINUTE, MS, entered, right, save, stored
from tests.operations.test_attempts import at_once

OVER = NOON + 31 * MINUTE + MS  # thirty minutes and the grace
FIRST = AnswerSheet({1: (0,)})
ACCEPT, DECLINE = Decision.ACCEPT, Decision.DECLINE


@pytest.fixture
def city(context):
    return factories.city()


@pytest.fixture
def contest(city):
    return factories.contest(city)[0]


@pytest.fixture
def digest(contest):
    return entered(contest)


@pytest.fixture
def attempt_id(city, contest, digest):
    """王芳's attempt with one answer stored at revision 1."""
    made = attempts.start(contest, city.wang_fang, now=NOON)
    assert save(made, digest, 1, FIRST) is Saving.SAVED
    return made


def decide(late_id, decision, boss, *, reason="断网", seen_at=OVER, now=OVER):
    """Decide one as it was seen; what became of it."""
    (outcome,) = late.decide_late([late_id], decision, reason=reason, seen_at=seen_at, actor=boss, now=now)
    return outcome


@pytest.fixture
def boss(context):
    return factories.account("zhoumin", None)


def keep(attempt_id, digest, sheet=None, *, revision=2, lease=None, now=OVER):
    sheet = sheet or right(attempt_id)
    lease = lease or stored(attempt_id).lease
    return late.keep_late(attempt_id, sheet, revision=revision, lease=lease, digest=digest, now=now)


def kept():
    db.session.rollback()
    return list(db.session.scalars(sa.select(LateSheet).execution_options(populate_existing=True)))


def result_of(user_id):
    db.session.rollback()
    select = sa.select(RosterEntry.result).where(RosterEntry.user_id == user_id)
    return db.session.scalar(select)


def closed(attempt_id):
    """The server hands in; nothing of what is late counts."""
    attempts.hand_in_overdue(now=OVER)
    return stored(attempt_id)


def test_what_is_late_is_told_so_before_and_after_the_server_hands_in(attempt_id, digest):
    assert save(attempt_id, digest, 2, now=OVER) is Saving.LATE
    closed(attempt_id)
    assert save(attempt_id, digest, 2, now=OVER) is Saving.LATE


def test_a_late_sheet_is_kept_and_scores_nothing(city, attempt_id, digest):
    assert keep(attempt_id, digest)
    attempt = closed(attempt_id)
    assert attempt.sheet["responses"] == {"1": [0]}
    assert attempt.answered == 1
    (one,) = kept()
    assert (one.state, one.revision, one.held_lease, one.arrived_at) == ("waiting", 2, True, OVER)
    assert one.sheet["responses"] == right(attempt_id).as_json()["responses"]
    assert result_of(city.wang_fang) == attempt.score


def test_the_newest_of_a_page_is_kept_once_however_they_arrive(attempt_id, digest):
    second, third = AnswerSheet({1: (0,), 2: (1,)}), AnswerSheet({1: (0,), 2: (1,), 3: (2,)})
    assert keep(attempt_id, digest, third, revision=4)
    assert keep(attempt_id, digest, second, revision=3)  # overtaken: what it held is in the newer one
    assert keep(attempt_id, digest, third, revision=4)  # its answer was lost
    assert [one.sheet["responses"] for one in kept()] == [third.as_json()["responses"]]


def test_a_page_without_news_leaves_nothing_behind(attempt_id, digest):
    assert keep(attempt_id, digest, FIRST)  # stored in time, only its answer was lost
    assert keep(attempt_id, digest, revision=1)
    assert keep(attempt_id, digest, lease="b" * 32, revision=0)
    assert kept() == []


def test_an_older_page_does_not_push_out_the_newest(attempt_id, digest):
    assert keep(attempt_id, digest, AnswerSheet({2: (1,)}), lease="b" * 32, revision=9)
    assert [one.held_lease for one in kept()] == [False]
    assert keep(attempt_id, digest)
    assert not keep(attempt_id, digest, AnswerSheet({2: (1,)}), lease="b" * 32, revision=10)
    assert [one.held_lease for one in kept()] == [True]


def test_nobody_keeps_anything_in_another_persons_attempt(attempt_id, contest, digest):
    assert not keep(attempt_id, entered(contest, "陈静", "3333"))
    sign_ins.sign_out(digest, now=NOON)
    assert not keep(attempt_id, digest)
    assert kept() == []


def test_what_comes_late_for_a_voided_attempt_is_not_kept(attempt_id, digest):
    closed(attempt_id)
    attempt_changes.void(attempt_id, give_back=True, reason="他人代答", actor=None, now=OVER)
    assert not keep(attempt_id, digest, now=OVER + MINUTE)
    assert kept() == []


def test_after_a_persons_own_hand_in_nothing_is_kept(city, attempt_id, digest):
    attempts.hand_in(attempt_id, actor=city.wang_fang, now=NOON + MINUTE)
    assert save(attempt_id, digest, 2, now=OVER) is Saving.HANDED_IN
    assert not keep(attempt_id, digest)


def test_an_accepted_sheet_counts_and_the_old_grading_is_kept(city, contest, boss, attempt_id, digest):
    keep(attempt_id, digest)
    before = closed(attempt_id)
    score, number = before.score, before.receipt
    marks = db.session.scalars(sa.select(Grading.marks)).one()
    (one,) = kept()
    assert decide(one.id, ACCEPT, boss, reason=" 整栋楼 断网 ", now=OVER + MINUTE) is Outcome.DECIDED

    attempt, (one,) = stored(attempt_id), kept()
    assert (attempt.score, attempt.answered, attempt.receipt) == (10000, 5, number)
    assert attempt.fingerprint == receipt.fingerprint(attempt.paper, right(attempt_id))
    assert (attempt.handed_in_at, attempt.handed_in_by) == (attempt.deadline, "server")
    assert db.session.scalars(sa.select(Grading.score)).all() == [10000]
    assert (one.state, one.reason, one.decided_by) == ("accepted", "整栋楼 断网", boss)
    assert (one.sheet_before["responses"], one.score_before, one.marks_before) == ({"1": [0]}, score, marks)
    assert result_of(city.wang_fang) == 10000
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "late.accept")).one()
    assert (entry.actor_id, entry.detail) == (
        boss,
        {"late": one.id, "before": score, "after": 10000, "reason": "整栋楼 断网"},
    )


def test_a_blank_paper_takes_part_once_its_late_answers_are_accepted(city, contest, boss, digest):
    attempt_id = attempts.start(contest, city.wang_fang, now=NOON)
    keep(attempt_id, digest, right(attempt_id), revision=1)
    closed(attempt_id)
    assert result_of(city.wang_fang) is None
    decide(kept()[0].id, ACCEPT, boss)
    assert result_of(city.wang_fang) == 10000


def test_a_declined_sheet_changes_nothing_and_stays(city, boss, attempt_id, digest):
    keep(attempt_id, digest)
    score = closed(attempt_id).score
    assert decide(kept()[0].id, DECLINE, boss, reason="没有断网") is Outcome.DECIDED
    assert [(one.state, one.reason) for one in kept()] == [("declined", "没有断网")]
    assert (stored(attempt_id).score, result_of(city.wang_fang)) == (score, score)
    assert not keep(attempt_id, digest, AnswerSheet({2: (1,)}), revision=9)  # decided is decided
    assert [one.revision for one in kept()] == [2]


def test_it_is_decided_once(boss, attempt_id, digest):
    keep(attempt_id, digest)
    closed(attempt_id)
    one = kept()[0].id
    said = [decide(one, decision, boss) for decision in (DECLINE, ACCEPT, DECLINE)]
    assert said == [Outcome.DECIDED, Outcome.DECIDED_BEFORE, Outcome.DECIDED_BEFORE]
    assert stored(attempt_id).answered == 1


@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize("reason", ["", " 　", "长" * 201])
def test_a_reason_is_asked_for(boss, attempt_id, digest, decision, reason):
    keep(attempt_id, digest)
    closed(attempt_id)
    with pytest.raises(Invalid):
        decide(kept()[0].id, decision, boss, reason=reason)
    assert [one.state for one in kept()] == ["waiting"]


def test_an_open_or_void_attempt_is_not_counted_and_may_be_declined(boss, attempt_id, digest):
    keep(attempt_id, digest)
    one = kept()[0].id
    assert decide(one, ACCEPT, boss) is Outcome.UNFINISHED
    closed(attempt_id)
    attempt_changes.void(attempt_id, give_back=False, reason="他人代答", actor=boss, now=OVER)
    assert decide(one, ACCEPT, boss) is Outcome.UNFINISHED
    assert [one.state for one in kept()] == ["waiting"]
    assert decide(one, DECLINE, boss) is Outcome.DECIDED


def test_what_arrived_after_somebody_had_looked_is_not_decided(boss, attempt_id, digest):
    keep(attempt_id, digest)
    closed(attempt_id)
    keep(attempt_id, digest, AnswerSheet({2: (1,)}), revision=3, now=OVER + MINUTE)
    one = kept()[0].id
    assert decide(one, ACCEPT, boss, seen_at=OVER + MINUTE - MS) is Outcome.NEWER
    assert [one.state for one in kept()] == ["waiting"]
    assert decide(one, ACCEPT, boss, seen_at=OVER + MINUTE) is Outcome.DECIDED


def test_many_are_decided_together_each_with_its_own_entry(city, contest, boss, monkeypatch):
    monkeypatch.setattr(late, "BATCH", 2)
    people = {"王芳": city.wang_fang, "张伟": city.zhang_wei, "陈静": city.chen_jing}
    for (name, user_id), tail in zip(people.items(), ("1111", "2222", "3333"), strict=True):
        made = attempts.start(contest, user_id, now=NOON)
        keep(made, entered(contest, name, tail), revision=1)
    attempts.hand_in_overdue(now=OVER)
    ids = [one.id for one in kept()]
    decide(ids[0], DECLINE, boss)
    outcomes = late.decide_late([*ids, ids[1], 99], ACCEPT, reason="停电", seen_at=OVER, actor=boss, now=OVER)
    assert outcomes == {Outcome.DECIDED: 2, Outcome.DECIDED_BEFORE: 1}
    assert [result_of(user_id) for user_id in people.values()] == [None, 10000, 10000]
    entries = db.session.scalars(sa.select(AuditEntry.detail).where(AuditEntry.action == "late.accept"))
    assert [(entry["late"], entry["reason"]) for entry in entries] == [(ids[1], "停电"), (ids[2], "停电")]


def test_answers_given_after_a_reopening_are_not_replaced_unseen(contest, boss, attempt_id, digest):
    """The late sheet is older than what the person did since: the organizer is told before deciding."""
    keep(attempt_id, digest)
    closed(attempt_id)
    attempt_changes.reopen(attempt_id, 10, reason="断网", actor=boss, now=OVER + MINUTE)
    assert questions.one(contest, kept()[0].id).went_on is False
    save(attempt_id, digest, 2, AnswerSheet({1: (0,), 2: (0,)}), now=OVER + 2 * MINUTE)
    row = questions.one(contest, kept()[0].id)
    assert (row.went_on, row.may_count, row.late_by) == (True, False, 60)  # late for the deadline of then
    assert decide(row.id, ACCEPT, boss) is Outcome.UNFINISHED


def test_what_an_accepted_sheet_made_stands_though_the_attempt_is_opened_again(contest, boss, attempt_id, digest):
    keep(attempt_id, digest)
    score = closed(attempt_id).score
    decide(kept()[0].id, ACCEPT, boss)
    attempt_changes.reopen(attempt_id, 10, reason="断网", actor=boss, now=OVER + MINUTE)
    row = questions.one(contest, kept()[0].id)
    assert (row.score_before, row.score_after, row.late_by) == (score, 10000, 60)


def test_somebody_moved_to_another_unit_meanwhile_is_still_decided(city, contest, boss, attempt_id, digest):
    keep(attempt_id, digest)
    closed(attempt_id)
    with writing():
        entry = db.session.scalars(sa.select(RosterEntry).where(RosterEntry.user_id == city.wang_fang)).one()
        entry.roster_unit_id = None
    assert questions.queue(contest, 1, 20, waiting=True).rows[0].unit == ""
    assert decide(kept()[0].id, ACCEPT, boss) is Outcome.DECIDED
    assert result_of(city.wang_fang) == 10000


def test_the_queue_says_what_would_change(contest, attempt_id, digest):
    sheet = right(attempt_id)
    keep(attempt_id, digest, sheet, now=NOON + 42 * MINUTE)
    before = closed(attempt_id).score
    (row,) = questions.queue(contest, 1, 20, waiting=True).rows
    assert (row.name, row.unit, row.late_by, row.may_count) == ("王芳", "市财政局", 720, True)
    assert (row.score_before, row.score_after) == (before, 10000)
    assert row.differences[0].counted == ("A" if sheet.responses[1] != (0,) else "—")
    assert row.differences[-1].counted == "—"
    assert row.differences[-1].late in ("正确", "错误")
    assert questions.counts(contest) == (1, 1)


def test_those_who_decide_at_once_decide_once(app, boss, attempt_id, digest):
    keep(attempt_id, digest)
    closed(attempt_id)
    one, ways = kept()[0].id, [ACCEPT, DECLINE] * 2
    done = at_once(app, 4, lambda: decide(one, ways.pop(), boss))
    assert sorted(done) == [Outcome.DECIDED, *[Outcome.DECIDED_BEFORE] * 3]
    db.session.rollback()
    assert len(db.session.scalars(sa.select(Grading)).all()) == 1


def test_many_late_packets_at_once_are_kept_once(app, attempt_id, digest):
    sheets = [AnswerSheet({1: (0,), 2: (n % 4,)}) for n in range(8)]
    newest, left, lease = sheets[7], list(enumerate(sheets, start=2)), stored(attempt_id).lease

    def send():
        revision, sheet = left.pop()
        return late.keep_late(attempt_id, sheet, revision=revision, lease=lease, digest=digest, now=OVER)

    assert at_once(app, 8, send) == [True] * 8
    assert [(one.revision, one.sheet["responses"]) for one in kept()] == [(9, newest.as_json()["responses"])]
