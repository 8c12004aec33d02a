"""Organizers change everything while everybody saves and hands in: nobody waits in a circle, nothing saved is lost."""

import itertools
import random
import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.database import db, writing
from app.models import Attempt, AuditEntry, Grading, User
from app.operations import attempt_changes, attempts, late, sittings
from app.operations.attempts import Saving
from app.operations.handing_in import hand_in_here
from app.queries import contests
from app.rules.admission import Refusal
from app.rules.late import Decision
from app.rules.sheet import AnswerSheet
from tests import factories
from tests.factories import NOON
from tests.operations.engine import entered, stored

PEOPLE, ROUNDS = 8, 12
WHY: dict[str, Any] = {"reason": "全市停电", "actor": None}


@pytest.fixture
def contest(context):
    city = factories.city()
    with writing() as session:
        session.add_all(
            User(name="赵一", phone=f"1370000{n:04d}", unit_id=city.archive, created_at=NOON, sort_key=f"{n}")
            for n in range(PEOPLE)
        )
    return contests.by_id(factories.contest(city, closes=NOON + timedelta(hours=3))[0])


@pytest.fixture
def seats(contest):
    """Each person's attempt with the digest of the sign-in."""
    people = db.session.scalars(sa.select(User.id).where(User.name == "赵一").order_by(User.phone)).all()
    return [(attempts.start(contest.id, user, now=NOON), entered(contest.id, "赵一", f"{n:04d}"), user)
            for n, user in enumerate(people)]  # fmt: skip


@pytest.fixture
def go(app):
    """Run all of these at once, each in its own thread; answers with what was raised besides refusals."""

    def run(deeds):
        raised, barrier = [], threading.Barrier(len(deeds))

        def do(deed):
            with app.app_context():
                barrier.wait()
                for step in deed:
                    try:
                        step()
                    except Refusal:
                        pass  # said to the organizer in words
                    except Exception as error:
                        raised.append(repr(error))
                    db.session.rollback()

        threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return raised

    return run


def test_everything_is_changed_while_everybody_saves_and_hands_in(contest, seats, go):  # noqa: C901  # one crowd
    ticks, sitting = itertools.count(), contest.sitting_id
    acknowledged: dict[int, int] = {}

    def now():
        """Ten seconds a step: deadlines, graces and changes meet often."""
        return NOON + timedelta(seconds=10 * next(ticks))

    def saves(attempt_id, digest, user):
        lease = stored(attempt_id).lease

        def save(revision):
            sheet = AnswerSheet({1: (revision % 4,)})
            page: dict[str, Any] = {"lease": lease, "digest": digest, "revision": revision}
            said = attempts.save_sheet(attempt_id, sheet=sheet, now=now(), **page)
            if said is Saving.SAVED:
                acknowledged[attempt_id] = revision
            elif said is Saving.LATE:
                late.keep_late(attempt_id, sheet, now=now(), **page)

        steps = [lambda revision=revision: save(revision) for revision in range(1, ROUNDS)]
        return [*steps, lambda: hands_in(attempt_id, digest, user, lease),
                lambda: attempts.start(contest.id, user, now=now(), accept_short=True)]  # fmt: skip

    def hands_in(attempt_id, digest, user, lease):
        page: dict[str, Any] = {"lease": lease, "digest": digest, "revision": ROUNDS}
        if attempts.hand_in_sheet(attempt_id, sheet=AnswerSheet({1: (0,)}), actor=user, now=now(), **page):
            acknowledged[attempt_id] = ROUNDS
        else:
            attempts.hand_in(attempt_id, actor=user, now=now())

    def of_sitting(seed):
        dice = random.Random(seed)
        closing = NOON + timedelta(hours=3)
        ways = [
            lambda: sittings.pause(sitting, now=now(), **WHY),
            lambda: sittings.resume(sitting, now=now(), **WHY),
            lambda: sittings.end_early(sitting, None, now=now(), **WHY),
            lambda: sittings.postpone(sitting, now() + timedelta(hours=3), now=closing, despite_keys=True, **WHY),
        ]
        return dice.choices(ways, k=2 * ROUNDS)

    def of_attempts(seed):
        dice = random.Random(seed)
        ways = [
            lambda one: attempt_changes.extend(one, 1, now=now(), **WHY),
            lambda one: attempt_changes.reopen(one, 5, now=now(), despite_keys=True, **WHY),
            lambda one: attempt_changes.void(one, give_back=True, now=now(), **WHY),
            lambda one: attempt_changes.restore(one, now=now(), **WHY),
        ]
        return [lambda way=way, one=one: way(one) for way, (one, _, _) in
                zip(dice.choices(ways, k=2 * ROUNDS), dice.choices(seats, k=2 * ROUNDS), strict=True)]  # fmt: skip

    def late_ones():
        at = now()
        late.decide_late(range(1, 2 * PEOPLE), Decision.ACCEPT, reason="停电", seen_at=at, actor=seats[0][2], now=at)

    sweeps = [lambda: attempts.hand_in_overdue(now=now())] * 2 * ROUNDS
    raised = go([*(saves(*seat) for seat in seats), of_sitting(1), of_sitting(2), of_attempts(3), sweeps, sweeps,
                 [late_ones] * 4])  # fmt: skip
    assert raised == []
    for attempt_id, _, _ in seats:
        assert stored(attempt_id).revision == acknowledged.get(attempt_id, 0)
    graded = sa.select(sa.func.count()).select_from(Grading).group_by(Grading.attempt_id, Grading.reopened)
    assert set(db.session.scalars(graded)) <= {1}
    done = set(db.session.scalars(sa.select(AuditEntry.action)))
    assert {"sitting.pause", "sitting.end_early", "attempt.hand_in", "attempt.void"} <= done


@pytest.mark.database("postgresql")
def test_a_pause_and_the_sweeper_take_the_same_papers_in_the_same_order(contest, seats, go, monkeypatch):
    """Due in the reverse order of their making: whoever followed the deadlines would meet the pause head-on."""
    for step, (attempt_id, _, _) in enumerate(reversed(seats)):
        with writing():
            db.session.get_one(Attempt, attempt_id).deadline = NOON + timedelta(seconds=step)
    begun = until_another_waits(monkeypatch)
    before, after = NOON - timedelta(minutes=5), NOON + timedelta(minutes=5)  # the organizer's clock was read long ago
    sweep = [lambda: attempts.hand_in_overdue(now=after)]
    pause = [begun.wait, lambda: sittings.pause(contest.sitting_id, now=before, **WHY)]
    assert go([sweep, pause]) == []
    assert {stored(attempt_id).handed_in_by for attempt_id, _, _ in seats} == {"server"}


@pytest.mark.database("postgresql")
def test_more_time_and_a_hand_in_with_its_sheet_take_entry_and_attempt_in_the_same_order(seats, go, monkeypatch):
    attempt_id, digest, user = seats[0]
    page: dict[str, Any] = {"lease": stored(attempt_id).lease, "digest": digest, "revision": 1}
    begun = until_another_waits(monkeypatch)
    sheet = AnswerSheet({1: (0,)})
    hands_in = [lambda: attempts.hand_in_sheet(attempt_id, sheet=sheet, actor=user, now=NOON, **page)]
    extends = [begun.wait, lambda: attempt_changes.extend(attempt_id, 5, now=NOON, **WHY)]
    assert go([hands_in, extends]) == []
    assert (stored(attempt_id).handed_in_by, stored(attempt_id).revision) == ("person", 1)


def until_another_waits(monkeypatch):
    """Let the first hand-in go no further until another transaction waits for it; tells that other when to begin."""
    begun = threading.Event()

    def hand_in(*deed, **options):
        if begun.is_set():
            return hand_in_here(*deed, **options)
        done = hand_in_here(*deed, **options) if options else None  # the sweeper has closed its first one by then
        begun.set()
        assert any(_somebody_waits() for _ in range(5000))
        return hand_in_here(*deed, **options) if done is None else done

    monkeypatch.setattr(attempts, "hand_in_here", hand_in)
    return begun


def _somebody_waits():
    with db.engine.connect() as connection:
        return connection.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
