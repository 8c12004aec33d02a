"""Extending, reopening, voiding one attempt: with a reason, in one transaction, and nothing of before is lost."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.database import db, writing
from app.models import Attempt, AuditEntry, Grading, Quiz
from app.operations import attempt_changes as changes
from app.operations import attempts, sittings
from app.operations.attempts import Saving
from app.queries import attempts as questions
from app.queries import notices, papers, receipts
from app.rules.admission import Reason, Refusal
from app.rules.invalid import Invalid
from app.rules.sheet import AnswerSheet
from tests import factories
from tests.factories import NOON
from tests.operations.engine import MINUTE, MS, entered, entry_of, right, save, sitting_of, stored

WHY: dict[str, Any] = {"reason": "电脑死机", "actor": None}
DUE = NOON + 30 * MINUTE


@pytest.fixture
def city(context):
    return factories.city(attempts_allowed=1)


@pytest.fixture
def contest(city):
    return factories.contest(city)[0]


@pytest.fixture
def digest(contest):
    return entered(contest)


@pytest.fixture
def attempt(city, contest):
    """王芳's open attempt, started at noon."""
    return attempts.start(contest, city.wang_fang, now=NOON)


@pytest.fixture
def handed_in(city, attempt, digest):
    """The same with everything right, handed in after 20 of 30 minutes."""
    attempts.save_sheet(attempt, lease=stored(attempt).lease, revision=1, sheet=right(attempt), digest=digest, now=NOON)
    attempts.hand_in(attempt, actor=city.wang_fang, now=NOON + 20 * MINUTE)
    return attempt


def audited(action):
    return list(db.session.scalars(sa.select(AuditEntry.detail).where(AuditEntry.action == action)))


def told(attempt_id):
    return [(one.kind, one.reason) for one in notices.of_attempt(attempt_id)]


def test_an_extension_moves_the_deadline_and_is_told_and_audited(attempt, digest):
    changes.extend(attempt, 5, reason=" 电脑  死机 ", actor=None, now=NOON + MINUTE)
    assert (stored(attempt).deadline, stored(attempt).extension) == (DUE + 5 * MINUTE, 300_000)
    assert save(attempt, digest, now=DUE + 6 * MINUTE) is Saving.SAVED
    assert told(attempt) == [("extended", "电脑 死机")]
    assert audited("attempt.extend") == [{"minutes": 5, "reason": "电脑 死机"}]


@pytest.mark.parametrize("reason", ["", "   ", "长" * 201])
def test_without_a_fitting_reason_nothing_happens(attempt, reason):
    with pytest.raises(Invalid):
        changes.extend(attempt, 5, reason=reason, actor=None, now=NOON)
    assert (stored(attempt).deadline, told(attempt), audited("attempt.extend")) == (DUE, [], [])


@pytest.mark.parametrize("minutes", [0, -5, 601])
def test_an_extension_is_some_minutes_long(attempt, minutes):
    with pytest.raises(Invalid):
        changes.extend(attempt, minutes, now=NOON, **WHY)


@pytest.mark.parametrize(("now", "refused"), [(DUE + MINUTE, False), (DUE + MINUTE + MS, True)])
def test_once_overdue_more_time_comes_too_late(attempt, now, refused):
    if refused:
        with pytest.raises(Refusal, match=Reason.TIME_OVER):
            changes.extend(attempt, 5, now=now, **WHY)
    else:
        changes.extend(attempt, 5, now=now, **WHY)
        assert stored(attempt).deadline == now + 5 * MINUTE


def test_a_sweeper_that_looked_before_an_extension_leaves_the_paper_alone(attempt, monkeypatch):
    """What it found overdue a moment ago is judged again inside the transaction that hands in."""
    late = DUE + 2 * MINUTE
    found = iter([[attempt], []])
    monkeypatch.setattr(questions, "overdue", lambda *_: next(found))
    changes.extend(attempt, 5, now=DUE, **WHY)
    assert attempts.hand_in_overdue(now=late) == 0
    assert stored(attempt).handed_in_at is None


def test_a_reopened_attempt_goes_on_with_what_was_left_and_no_longer_counts(handed_in, digest):
    before = stored(handed_in).receipt, stored(handed_in).fingerprint
    changes.reopen(handed_in, 0, now=NOON + 25 * MINUTE, **WHY)
    attempt = stored(handed_in)
    assert attempt.deadline == NOON + 35 * MINUTE
    assert (attempt.handed_in_at, attempt.score, attempt.receipt, attempt.fingerprint) == (None, None, None, None)
    assert (entry_of(handed_in).result, entry_of(handed_in).valid_attempts) == (None, 0)
    assert audited("attempt.reopen") == [
        {"minutes": 0, "reason": "电脑死机", "receipt": before[0], "fingerprint": before[1], "score": 10_000}
    ]
    assert save(handed_in, digest, 2, now=NOON + 26 * MINUTE) is Saving.SAVED


def test_handed_in_again_it_is_graded_again_and_the_old_grading_is_history(city, handed_in, digest):
    changes.reopen(handed_in, 0, now=NOON + 25 * MINUTE, **WHY)
    save(handed_in, digest, 2, AnswerSheet(), now=NOON + 26 * MINUTE)
    attempts.hand_in(handed_in, actor=city.wang_fang, now=NOON + 30 * MINUTE)
    rows = db.session.execute(sa.select(Grading.reopened, Grading.score).order_by(Grading.id)).all()
    assert [tuple(row) for row in rows] == [(0, 10_000), (1, 0)]
    assert sum(papers.marks_of(handed_in)) == 0
    assert stored(handed_in).time_taken == 25 * 60_000
    assert entry_of(handed_in).result is None


def test_a_receipt_of_before_the_reopening_still_finds_the_attempt(city, handed_in):
    number = str(stored(handed_in).receipt)
    changes.reopen(handed_in, 0, now=NOON + 25 * MINUTE, **WHY)
    assert receipts.find(number) == receipts.Found("pufa", handed_in, is_current=False)
    attempts.hand_in(handed_in, actor=city.wang_fang, now=NOON + 26 * MINUTE)
    assert receipts.find(number) == receipts.Found("pufa", handed_in, is_current=True)


def test_after_the_closing_reopening_needs_extra_minutes(city, contest):
    attempt = attempts.start(contest, city.wang_fang, now=NOON)
    other = attempts.start(contest, city.li_ming, now=NOON)  # somebody answers: the keys stay hidden
    sittings.end_early(sitting_of(attempt).id, NOON + 10 * MINUTE, reason="停电", actor=None, now=NOON + MINUTE)
    changes.extend(other, 600, now=NOON + MINUTE, **WHY)
    attempts.hand_in(attempt, actor=city.wang_fang, now=NOON + 5 * MINUTE)
    with pytest.raises(Refusal, match=Reason.NO_TIME):
        changes.reopen(attempt, 0, now=NOON + 20 * MINUTE, **WHY)
    changes.reopen(attempt, 5, now=NOON + 20 * MINUTE, **WHY)
    assert stored(attempt).deadline == NOON + 25 * MINUTE


def test_once_the_keys_may_be_seen_reopening_wants_to_be_meant(city, contest, handed_in):
    later = NOON + timedelta(days=2)
    with pytest.raises(Refusal, match=Reason.KEYS_SHOWN):
        changes.reopen(handed_in, 5, now=later, **WHY)
    changes.reopen(handed_in, 5, now=later, despite_keys=True, **WHY)
    assert stored(handed_in).deadline == later + 5 * MINUTE


def test_two_open_attempts_of_one_person_are_impossible(city):
    with writing():
        db.session.get_one(Quiz, city.quiz).attempts_allowed = 2
    contest, _ = factories.contest(city, slug="zwei")
    first = attempts.start(contest, city.wang_fang, now=NOON)
    attempts.hand_in(first, actor=city.wang_fang, now=NOON + MINUTE)
    attempts.start(contest, city.wang_fang, now=NOON + 2 * MINUTE)
    with pytest.raises(Refusal, match=Reason.OTHER_OPEN):
        changes.reopen(first, 5, now=NOON + 3 * MINUTE, **WHY)


def test_a_voided_attempt_counts_nowhere(handed_in):
    changes.void(handed_in, give_back=False, now=NOON + 25 * MINUTE, **WHY)
    assert (entry_of(handed_in).result, entry_of(handed_in).valid_attempts) == (None, 0)
    assert (stored(handed_in).voided_at, stored(handed_in).score) == (NOON + 25 * MINUTE, 10_000)
    assert told(handed_in) == [("voided", "电脑死机")]
    assert audited("attempt.void") == [{"given_back": False, "reason": "电脑死机"}]


@pytest.mark.parametrize("give_back", [True, False])
def test_the_chance_is_used_up_unless_it_is_given_back(city, contest, handed_in, give_back):
    changes.void(handed_in, give_back=give_back, now=NOON + 25 * MINUTE, **WHY)
    if not give_back:
        with pytest.raises(Refusal, match=Reason.USED_UP):
            attempts.start(contest, city.wang_fang, now=NOON + 26 * MINUTE)
        return
    second = attempts.start(contest, city.wang_fang, now=NOON + 26 * MINUTE)
    assert (stored(second).ordinal, questions.own(second, city.wang_fang).turn) == (2, 1)


def test_voiding_an_open_attempt_collects_it_first(attempt, digest):
    save(attempt, digest)
    changes.void(attempt, give_back=True, now=NOON + 5 * MINUTE, **WHY)
    voided = stored(attempt)
    assert (voided.handed_in_by, voided.handed_in_at, voided.answered) == ("organizer", NOON + 5 * MINUTE, 1)
    assert save(attempt, digest, 2, now=NOON + 6 * MINUTE) is Saving.HANDED_IN


def test_a_voiding_is_taken_back_and_the_result_returns(handed_in):
    changes.void(handed_in, give_back=True, now=NOON + 25 * MINUTE, **WHY)
    changes.restore(handed_in, now=NOON + 26 * MINUTE, **WHY)
    assert (entry_of(handed_in).result, stored(handed_in).given_back) == (10_000, False)
    assert [kind for kind, _ in told(handed_in)] == ["restored", "voided"]


def test_a_voiding_stays_once_the_returned_chance_is_taken(city, contest, handed_in):
    changes.void(handed_in, give_back=True, now=NOON + 25 * MINUTE, **WHY)
    attempts.start(contest, city.wang_fang, now=NOON + 26 * MINUTE)
    with pytest.raises(Refusal, match=Reason.CHANCE_USED):
        changes.restore(handed_in, now=NOON + 27 * MINUTE, **WHY)


def test_the_fingerprint_is_checked_against_what_is_stored(contest, handed_in):
    assert receipts.proof(contest, handed_in).is_same is True
    tampered = sa.update(Attempt).where(Attempt.id == handed_in).values(sheet={"responses": {}, "marked": []})
    db.session.execute(tampered)
    db.session.commit()
    assert receipts.proof(contest, handed_in).is_same is False


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "2026 0917－{1}", "20260917{1}", "２０２６-0917-{1}"])
def test_a_receipt_is_found_however_it_is_typed(handed_in, typed):
    number = str(stored(handed_in).receipt)
    assert receipts.find(typed.format(number, number[-6:])) == receipts.Found("pufa", handed_in, is_current=True)


@pytest.mark.parametrize("typed", ["", "王芳", "2026-0917-999999", "2026-0918-{}", "{}"])
def test_a_number_that_is_nobodys_finds_nothing(handed_in, typed):
    assert receipts.find(typed.format(f"{handed_in:06d}")) is None
