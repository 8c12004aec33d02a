"""The attempt engine: one person, one attempt, one grading; nothing that was saved is lost."""

import random
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.database import db, kept
from app.models import Attempt, AuditEntry, Grading, RosterEntry
from app.operations import attempts, sign_ins
from app.operations.attempts import Saving
from app.queries import attempts as questions
from app.queries import papers
from app.rules.admission import Reason, Refusal
from app.rules.sheet import AnswerSheet
from tests import factories
from tests.factories import NOON
from tests.operations.engine import MINUTE, MS, right, save, stored


@pytest.fixture
def city(context):
    return factories.city()


@pytest.fixture
def contest(city):
    return factories.contest(city)[0]


@pytest.fixture
def digest(contest):
    return _enter(contest, "6207", 0)


def _enter(contest, tail, which):
    found = sign_ins.enter(contest, "李明", tail, origin="here", now=NOON)
    if isinstance(found, list):
        found = sign_ins.enter(contest, "李明", tail, origin="here", now=NOON, user_id=found[which].user_id)
    assert isinstance(found, sign_ins.SignedIn)
    return sign_ins.digest(found.token)


def shown(attempt_id, user_id):
    """The paper as its owner sees it."""
    view = questions.own(attempt_id, user_id)
    assert view is not None
    return papers.paper(view)


def at_once(app, count, work):
    """Run `work` in that many threads, released together; their answers, errors included."""
    barrier, answers = threading.Barrier(count), []

    def run():
        with app.app_context():
            barrier.wait()
            try:
                answers.append(work())
            except Exception as error:
                answers.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def test_a_person_on_the_roster_starts_with_a_drawn_paper_and_a_deadline(city, contest):
    attempt = stored(attempts.start(contest, city.li_ming, now=NOON))
    assert (attempt.ordinal, attempt.deadline, attempt.grace) == (1, NOON + 30 * MINUTE, 60_000)
    assert len(attempt.paper) == 5


def test_starting_again_resumes_the_open_attempt(city, contest):
    first = attempts.start(contest, city.li_ming, now=NOON)
    assert attempts.start(contest, city.li_ming, now=NOON + 5 * MINUTE) == first


def test_thirty_threads_that_start_at_once_get_one_attempt(app, city, contest):
    answers = at_once(app, 30, lambda: attempts.start(contest, city.li_ming, now=NOON))
    assert len(set(answers)) == 1, answers
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 1


def test_thirty_threads_that_hand_in_at_once_are_graded_once(app, city, contest):
    attempt_id = attempts.start(contest, city.li_ming, now=NOON)
    answers = at_once(app, 30, lambda: attempts.hand_in(attempt_id, actor=city.li_ming, now=NOON + MINUTE))
    assert sorted(answers) == [False] * 29 + [True]
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Grading)) == 1


def test_button_timer_and_sweeper_together_grade_once(app, city, contest):
    attempt_id = attempts.start(contest, city.li_ming, now=NOON)
    late = NOON + 32 * MINUTE

    def either():
        if random.random() < 0.5:
            return attempts.hand_in_overdue(now=late)
        return int(attempts.hand_in(attempt_id, actor=city.li_ming, now=late))

    assert sum(at_once(app, 16, either)) == 1
    assert stored(attempt_id).handed_in_at == NOON + 30 * MINUTE


def test_many_saves_at_once_end_in_the_newest_revision(app, city, contest, digest):
    attempt_id = attempts.start(contest, city.li_ming, now=NOON)
    lease = stored(attempt_id).lease
    db.session.rollback()
    revisions = iter(random.sample(range(1, 41), 40))
    answers = at_once(
        app,
        40,
        lambda: save(
            attempt_id, digest, revision=(r := next(revisions)), sheet=AnswerSheet({1: (r % 4,)}), lease=lease
        ),
    )
    assert set(answers) == {Saving.SAVED}
    assert (stored(attempt_id).revision, stored(attempt_id).sheet["responses"]) == (40, {"1": [0]})


def test_an_older_revision_answers_saved_and_changes_nothing(city, contest, digest):
    attempt_id = attempts.start(contest, city.li_ming, now=NOON)
    assert save(attempt_id, digest, 5, AnswerSheet({1: (2,), 2: (1,)})) is Saving.SAVED
    assert save(attempt_id, digest, 4, AnswerSheet({1: (0,)})) is Saving.SAVED
    assert stored(attempt_id).sheet["responses"] == {"1": [2], "2": [1]}


def test_nobody_saves_into_another_persons_attempt(city, contest, digest):
    other = _enter(contest, "6207", 1)
    attempt_id = attempts.start(contest, city.li_ming, now=NOON)
    assert save(attempt_id, other) is Saving.SIGNED_OUT
    assert stored(attempt_id).revision == 0


def test_a_sign_in_that_was_ended_saves_nothing(city, contest, digest):
    attempt_id = attempts.start(contest, city.li_ming, now=NOON)
    sign_ins.sign_out(digest, now=NOON)
    assert save(attempt_id, digest) is Saving.SIGNED_OUT


@pytest.mark.parametrize(
    ("after", "outcome"), [(timedelta(0), Saving.SAVED), (MINUTE, Saving.SAVED), (MINUTE + MS, Saving.LATE)]
)
def test_packets_count_until_deadline_and_grace_to_the_millisecond(city, contest, digest, after, outcome):
    attempt_id = attempts.start(contest, city.li_ming, now=NOON)
    assert save(attempt_id, digest, now=NOON + 30 * MINUTE + after) is outcome


def test_after_the_hand_in_nothing_is_saved(city, contest, digest):
    attempt_id = attempts.start(contest, city.li_ming, now=NOON)
    attempts.hand_in(attempt_id, actor=city.li_ming, now=NOON)
    assert save(attempt_id, digest) is Saving.HANDED_IN


def test_everything_right_is_the_full_score_and_becomes_the_result(city, contest, digest):
    attempt_id = attempts.start(contest, city.li_ming, now=NOON)
    save(attempt_id, digest, sheet=right(attempt_id))
    attempts.hand_in(attempt_id, actor=city.li_ming, now=NOON + 19 * MINUTE)
    attempt = stored(attempt_id)
    entry = db.session.get_one(RosterEntry, attempt.roster_entry_id, populate_existing=True)
    assert (attempt.score, attempt.answered, attempt.handed_in_by, attempt.time_taken) == (
        10_000,
        5,
        "person",
        1_140_000,
    )
    assert (entry.result, entry.time_taken, entry.valid_attempts) == (10_000, 1_140_000, 1)
    assert attempt.receipt == f"2026-0917-{attempt_id:06d}"


def test_the_fingerprint_recomputes_from_what_is_stored(city, contest, digest):
    from app.rules.receipt import fingerprint

    attempt_id = attempts.start(contest, city.li_ming, now=NOON)
    save(attempt_id, digest, sheet=right(attempt_id))
    attempts.hand_in(attempt_id, actor=city.li_ming, now=NOON)
    attempt = stored(attempt_id)
    assert attempt.fingerprint == fingerprint(attempt.paper, AnswerSheet.from_json(attempt.sheet))


def test_the_best_of_two_counts(city, contest, digest):
    first = attempts.start(contest, city.li_ming, now=NOON)
    save(first, digest, sheet=right(first))
    attempts.hand_in(first, actor=city.li_ming, now=NOON + MINUTE)
    second = attempts.start(contest, city.li_ming, now=NOON + 2 * MINUTE)
    save(second, digest, sheet=AnswerSheet({1: (0,)}))
    attempts.hand_in(second, actor=city.li_ming, now=NOON + 3 * MINUTE)
    entry = db.session.get_one(RosterEntry, stored(second).roster_entry_id, populate_existing=True)
    assert (entry.result, entry.valid_attempts) == (10_000, 2)


def test_a_blank_paper_is_no_result(city, contest):
    attempt_id = attempts.start(contest, city.li_ming, now=NOON)
    attempts.hand_in(attempt_id, actor=city.li_ming, now=NOON + MINUTE)
    entry = db.session.get_one(RosterEntry, stored(attempt_id).roster_entry_id, populate_existing=True)
    assert (entry.result, entry.valid_attempts, stored(attempt_id).score) == (None, 0, 0)


def test_at_the_deadline_the_server_hands_in_with_the_browser_gone(city, contest, digest):
    attempt_id = attempts.start(contest, city.li_ming, now=NOON)
    save(attempt_id, digest, sheet=right(attempt_id))
    assert attempts.hand_in_overdue(now=NOON + 31 * MINUTE) == 0
    assert attempts.hand_in_overdue(now=NOON + 31 * MINUTE + MS) == 1
    attempt = stored(attempt_id)
    assert (attempt.handed_in_by, attempt.handed_in_at, attempt.score) == ("server", NOON + 30 * MINUTE, 10_000)
    assert attempt.time_taken == 30 * 60_000


def test_without_a_sweeper_whoever_looks_closes_an_overdue_paper(city, contest):
    attempt_id = attempts.start(contest, city.li_ming, now=NOON)
    assert attempts.close_if_overdue(attempt_id, now=NOON + 31 * MINUTE) is False
    assert attempts.close_if_overdue(attempt_id, now=NOON + 31 * MINUTE + MS) is True


def test_starting_after_an_overdue_attempt_closes_it_and_begins_the_next(city, contest):
    first = attempts.start(contest, city.li_ming, now=NOON)
    second = attempts.start(contest, city.li_ming, now=NOON + 40 * MINUTE)
    assert second != first
    assert stored(first).handed_in_by == "server"
    assert stored(second).ordinal == 2


def test_a_hand_in_within_the_grace_is_stamped_at_the_deadline(city, contest):
    attempt_id = attempts.start(contest, city.li_ming, now=NOON)
    attempts.hand_in(attempt_id, actor=city.li_ming, now=NOON + 30 * MINUTE + timedelta(seconds=20))
    assert (stored(attempt_id).handed_in_at, stored(attempt_id).handed_in_by) == (NOON + 30 * MINUTE, "server")


def test_refusals_say_why(city):
    contest, _ = factories.contest(city, opens=NOON, closes=NOON + 60 * MINUTE, now=NOON - 60 * MINUTE)
    stranger = factories.account("guest", None)

    def reason(user, now, **more):
        with pytest.raises(Refusal) as refusal:
            attempts.start(contest, user, now=now, **more)
        return refusal.value.reason

    assert reason(stranger, NOON) is Reason.NOT_ON_ROSTER
    assert reason(city.li_ming, NOON - MS) is Reason.NOT_OPEN
    assert reason(city.li_ming, NOON + 60 * MINUTE) is Reason.CLOSED
    assert reason(city.li_ming, NOON + 54 * MINUTE) is Reason.LATE_START


def test_a_late_start_is_confirmed_and_cut_by_the_closing(city):
    contest, _ = factories.contest(city, opens=NOON - MINUTE, closes=NOON + 6 * MINUTE)
    with pytest.raises(Refusal) as refusal:
        attempts.start(contest, city.li_ming, now=NOON)
    assert refusal.value.facts == {"minutes": 6}
    attempt_id = attempts.start(contest, city.li_ming, now=NOON, accept_short=True)
    assert stored(attempt_id).deadline == NOON + 6 * MINUTE


def test_no_more_attempts_than_allowed(city, contest):
    for _ in range(2):
        attempts.hand_in(attempts.start(contest, city.li_ming, now=NOON), actor=None, now=NOON)
    with pytest.raises(Refusal) as refusal:
        attempts.start(contest, city.li_ming, now=NOON)
    assert refusal.value.reason is Reason.USED_UP


def test_a_later_edit_of_the_bank_changes_nothing_in_a_published_contest(city, contest):
    from app.database import writing
    from app.models import Question

    attempt_id = attempts.start(contest, city.li_ming, now=NOON, seed="a")
    before = shown(attempt_id, city.li_ming)
    with writing():
        db.session.execute(sa.update(Question).values(stem="改了", key=[3]))
    kept("pools").clear()
    assert shown(attempt_id, city.li_ming) == before


def test_start_and_hand_in_are_in_the_audit_and_saves_are_not(city, contest, digest):
    attempt_id = attempts.start(contest, city.li_ming, now=NOON)
    save(attempt_id, digest)
    attempts.hand_in(attempt_id, actor=city.li_ming, now=NOON)
    select = sa.select(AuditEntry.action).where(AuditEntry.subject == f"attempt:{attempt_id}").order_by(AuditEntry.id)
    assert db.session.scalars(select).all() == ["attempt.start", "attempt.hand_in"]
