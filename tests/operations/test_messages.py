"""A page's messages arrive late, twice, in another order or not at all, and so do the answers: nothing is lost."""

import itertools
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.database import db, writing
from app.models import Attempt, Grading
from app.operations import attempts, leases, sign_ins
from app.operations.attempts import Saving
from app.rules.sheet import AnswerSheet
from tests import factories
from tests.factories import NOON


@pytest.fixture
def enter(context):
    """Begin a new attempt, as many as one likes, and open its page."""
    made = factories.city(attempts_allowed=0)
    contest, _ = factories.contest(made)
    entered = sign_ins.enter(contest, "王芳", "1111", origin="here", now=NOON)
    assert isinstance(entered, sign_ins.SignedIn)
    digest = sign_ins.digest(entered.token)

    def begin():
        attempt_id = attempts.start(contest, made.wang_fang, now=NOON)
        return Page(attempt_id, digest, made.wang_fang)

    return begin


def sheet(revision):
    """What the page shows at that revision: one more answer than before, and the first one changed."""
    return AnswerSheet({1: (revision % 4,)} | {item: (item % 4,) for item in range(2, min(revision, 5) + 1)})


@dataclass
class Page:
    """A page and the way to the server: `acknowledged` is the newest revision that the page was told is stored."""

    attempt_id: int
    digest: str
    person: int
    lease: str = ""
    arrived: list[int] = field(default_factory=list)
    acknowledged: int = 0

    def __post_init__(self):
        self.open()

    def open(self):
        taken = leases.take_lease(self.attempt_id, owner=self.person, digest=self.digest, now=NOON)
        assert taken is not None
        self.lease = taken

    def deliver(self, revision, *, is_answer_lost=False, lease=None):
        """Let the message of that revision arrive."""
        saving = attempts.save_sheet(
            self.attempt_id, lease=lease or self.lease, revision=revision, sheet=sheet(revision),
            digest=self.digest, now=NOON,
        )  # fmt: skip
        if saving is Saving.SAVED:
            self.arrived.append(revision)
            assert self.stored().revision >= revision
            if not is_answer_lost:
                self.acknowledged = max(self.acknowledged, revision)
        return saving

    def hand_in(self):
        return attempts.hand_in(self.attempt_id, actor=self.person, now=NOON)

    def stored(self):
        db.session.rollback()
        return db.session.get_one(Attempt, self.attempt_id, populate_existing=True)

    def check(self):
        """What is stored is the newest that arrived, and no older than what the page was told."""
        attempt, newest = self.stored(), max(self.arrived, default=0)
        assert attempt.revision == newest >= self.acknowledged
        assert attempt.sheet == (sheet(newest) if newest else AnswerSheet()).as_json()
        assert attempt.answered == (sheet(newest).answered if newest else 0)
        db.session.rollback()

    def begin_again(self):
        """As if nothing had been sent yet."""
        self.arrived, self.acknowledged = [], 0
        with writing() as session:
            session.execute(sa.update(Attempt).values(revision=0, answered=0, sheet=AnswerSheet().as_json()))

    def close(self):
        """Hand in, so that the next attempt may begin; graded once, however often that arrives."""
        self.hand_in()
        assert self.hand_in() is False
        assert db.session.query(Grading).filter_by(attempt_id=self.attempt_id).count() == 1
        with writing() as session:  # what counts is found by going through all attempts: leave no heap of them
            session.execute(sa.delete(Grading))
            session.execute(sa.delete(Attempt))


def every_way(messages=3, copies=2):
    """Each order in which up to so many copies of each of so many messages can arrive; none means lost."""
    for counts in itertools.product(range(copies + 1), repeat=messages):
        copies_of = [revision for revision, count in enumerate(counts, start=1) for _ in range(count)]
        yield from sorted(set(itertools.permutations(copies_of)))


def test_there_are_this_many_ways_for_three_messages():
    assert len(list(every_way())) == 271


def test_three_messages_in_every_order_lost_or_twice_end_in_the_newest_that_arrived(enter):
    page = enter()
    for way in every_way():
        page.begin_again()
        for revision in way:
            assert page.deliver(revision) is Saving.SAVED
        page.check()
        assert page.acknowledged == max(way, default=0)


_REVISIONS = st.integers(1, 9)
_HAPPENINGS = st.lists(
    st.one_of(
        st.tuples(st.just("deliver"), _REVISIONS, st.booleans()),
        st.tuples(st.just("deliver to an older page"), _REVISIONS, st.booleans()),
        st.tuples(st.just("open"), st.just(0), st.just(False)),
        st.tuples(st.just("hand in"), st.just(0), st.booleans()),
    ),
    max_size=24,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(_HAPPENINGS)
def test_messages_answers_other_pages_and_the_hand_in_in_any_order(enter, happenings):
    page, older, is_over = enter(), "0" * 32, False
    for what, revision, is_answer_lost in happenings:
        if what == "open" and not is_over:
            older, known = page.lease, page.stored().revision
            page.open()
            page.acknowledged = max(page.acknowledged, known)  # the new page shows what is stored
        elif what == "hand in":
            assert page.hand_in() is not is_over
            is_over = True
        elif what == "deliver to an older page":
            assert page.deliver(revision, lease=older) is (Saving.HANDED_IN if is_over else Saving.ELSEWHERE)
        elif what == "deliver":
            expected = Saving.HANDED_IN if is_over else Saving.SAVED
            assert page.deliver(revision, is_answer_lost=is_answer_lost) is expected
        page.check()
    page.close()
