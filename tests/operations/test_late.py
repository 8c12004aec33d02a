"""迟到作答: kept, never scored by itself, decided once with a reason."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.database import db, writing
from app.models import Attempt, AuditEntry, Grading, LateSheet, RosterEntry
from app.operations import accounts, attempts, late
from app.operations.attempts import Saving
from app.queries import late as questions
from app.rules import receipt
from app.rules.invalid import Invalid
from app.rules.sheet import AnswerSheet
from tests import factories
from tests.factories import NOON
from tests.operations.test_attempts import right, save, stored

MINUTE, MS = timedelta(minutes=1), timedelta(milliseconds=1)
OVER = NOON + 31 * MINUTE + MS  # thirty minutes and the grace
FIRST = AnswerSheet({1: (0,)})


@pytest.fixture
def city(context):
    return factories.city()


@pytest.fixture
def contest(city):
    return factories.contest(city)[0]


@pytest.fixture
def digest(contest):
    entered = accounts.enter(contest, "王芳", "1111", origin="here", now=NOON)
    return accounts.digest(entered.token)


@pytest.fixture
def attempt_id(city, contest, digest):
    """王芳's attempt with one answer stored at revision 1."""
    made = attempts.start(contest, city.wang_fang, now=NOON)
    assert save(made, digest, 1, FIRST) is Saving.SAVED
    return made


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
    other = accounts.enter(contest, "陈静", "3333", origin="here", now=NOON)
    assert not keep(attempt_id, accounts.digest(other.token))
    accounts.sign_out(digest, now=NOON)
    assert not keep(attempt_id, digest)
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
    assert late.accept_late(one.id, reason=" 整栋楼 断网 ", actor=boss, now=OVER + MINUTE)

    attempt, (one,) = stored(attempt_id), kept()
    assert (attempt.score, attempt.answered, attempt.receipt) == (10000, 5, number)
    assert attempt.fingerprint == receipt.fingerprint(attempt.paper, right(attempt_id))
    assert (attempt.handed_in_at, attempt.handed_in_by) == (attempt.deadline, "server")
    assert db.session.scalars(sa.select(Grading.score)).all() == [10000]
    assert (one.state, one.reason, one.decided_by) == ("accepted", "整栋楼 断网", boss)
    assert (one.sheet_before["responses"], one.score_before, one.marks_before) == ({"1": [0]}, score, marks)
    assert result_of(city.wang_fang) == 10000
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "late.accept")).one()
    assert (entry.actor_id, entry.detail) == (boss, {"late": one.id, "before": score, "after": 10000})


def test_a_blank_paper_takes_part_once_its_late_answers_are_accepted(city, contest, boss, digest):
    attempt_id = attempts.start(contest, city.wang_fang, now=NOON)
    keep(attempt_id, digest, right(attempt_id), revision=1)
    closed(attempt_id)
    assert result_of(city.wang_fang) is None
    late.accept_late(kept()[0].id, reason="断网", actor=boss, now=OVER)
    assert result_of(city.wang_fang) == 10000


def test_a_declined_sheet_changes_nothing_and_stays(city, boss, attempt_id, digest):
    keep(attempt_id, digest)
    score = closed(attempt_id).score
    assert late.decline_late(kept()[0].id, reason="没有断网", actor=boss, now=OVER)
    assert [(one.state, one.reason) for one in kept()] == [("declined", "没有断网")]
    assert (stored(attempt_id).score, result_of(city.wang_fang)) == (score, score)
    assert not keep(attempt_id, digest, AnswerSheet({2: (1,)}), revision=9)  # decided is decided
    assert [one.revision for one in kept()] == [2]


def test_it_is_decided_once(boss, attempt_id, digest):
    keep(attempt_id, digest)
    closed(attempt_id)
    one = kept()[0].id
    assert late.decline_late(one, reason="没有断网", actor=boss, now=OVER)
    assert not late.accept_late(one, reason="断网", actor=boss, now=OVER)
    assert not late.decline_late(one, reason="断网", actor=boss, now=OVER)
    assert stored(attempt_id).answered == 1


@pytest.mark.parametrize("decide", [late.accept_late, late.decline_late])
@pytest.mark.parametrize("reason", ["", " 　", "长" * 201])
def test_a_reason_is_asked_for(boss, attempt_id, digest, decide, reason):
    keep(attempt_id, digest)
    closed(attempt_id)
    with pytest.raises(Invalid):
        decide(kept()[0].id, reason=reason, actor=boss, now=OVER)
    assert [one.state for one in kept()] == ["waiting"]


def test_an_open_or_void_attempt_is_not_decided(boss, attempt_id, digest):
    keep(attempt_id, digest)
    with pytest.raises(Invalid):
        late.accept_late(kept()[0].id, reason="断网", actor=boss, now=OVER)
    closed(attempt_id)
    with writing():
        db.session.get_one(Attempt, attempt_id).voided_at = OVER
    with pytest.raises(Invalid):
        late.accept_late(kept()[0].id, reason="断网", actor=boss, now=OVER)
    assert [one.state for one in kept()] == ["waiting"]


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


def test_two_who_decide_at_once_decide_once(app, boss, attempt_id, digest):
    keep(attempt_id, digest)
    closed(attempt_id)
    one, barrier, done = kept()[0].id, threading.Barrier(4), []

    def decide(with_what):
        with app.app_context():
            barrier.wait()
            done.append(with_what(one, reason="断网", actor=boss, now=OVER))

    ways = (late.accept_late, late.decline_late, late.accept_late, late.decline_late)
    threads = [threading.Thread(target=decide, args=(way,)) for way in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, False, False, True]
    db.session.rollback()
    assert len(db.session.scalars(sa.select(Grading)).all()) == 1


def test_many_late_packets_at_once_are_kept_once(app, attempt_id, digest):
    sheets = [AnswerSheet({1: (0,), 2: (n % 4,)}) for n in range(8)]
    lease, barrier = stored(attempt_id).lease, threading.Barrier(8)
    db.session.rollback()

    def send(n):
        with app.app_context():
            barrier.wait()
            late.keep_late(attempt_id, sheets[n], revision=2 + n, lease=lease, digest=digest, now=OVER)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(one.revision, one.sheet["responses"]) for one in kept()] == [(9, sheets[7].as_json()["responses"])]
