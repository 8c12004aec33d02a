"""续答权: the newest page saves; what another sign-in takes over is noted."""

import pytest
import sqlalchemy as sa

from app.database import db
from app.models import AuditEntry
from app.operations import attempts, leases, sign_ins, sittings
from app.operations.attempts import Saving
from tests import factories
from tests.factories import NOON
from tests.operations.engine import MINUTE, save, sitting_of, stored


@pytest.fixture
def city(context):
    return factories.city()


@pytest.fixture
def contest(city):
    return factories.contest(city)[0]


@pytest.fixture
def attempt_id(city, contest):
    return attempts.start(contest, city.wang_fang, now=NOON)


@pytest.fixture
def take(city, contest, attempt_id):
    """Take the lease with a sign-in: `take(digest)`."""

    def take_(digest):
        return leases.take_lease(attempt_id, owner=city.wang_fang, digest=digest, now=NOON)

    return take_


@pytest.fixture
def enter(contest):
    """Enter in a new browser; the digest of the sign-in."""

    def enter_():
        return sign_ins.digest(sign_ins.enter(contest, "王芳", "1111", origin="here", now=NOON).token)

    return enter_


def takeovers():
    db.session.rollback()
    select = sa.select(AuditEntry.subject, AuditEntry.actor_id).where(AuditEntry.action == "attempt.takeover")
    return [tuple(row) for row in db.session.execute(select)]


def test_the_newest_page_holds_the_lease_and_the_older_is_told(attempt_id, take, enter):
    digest = enter()
    older, newer = take(digest), take(digest)
    assert save(attempt_id, digest, 1, lease=older) is Saving.ELSEWHERE
    assert save(attempt_id, digest, 1, lease=newer) is Saving.SAVED


def test_pages_of_one_browser_are_no_takeover_but_another_sign_in_is(city, attempt_id, take, enter):
    desk, phone = enter(), enter()
    take(desk)
    take(desk)
    assert takeovers() == []
    take(phone)
    take(phone)
    take(desk)
    assert takeovers() == [(f"attempt:{attempt_id}", city.wang_fang)] * 2


def test_a_handed_in_attempt_gives_no_lease(city, attempt_id, take, enter):
    desk, phone = enter(), enter()
    take(desk)
    attempts.hand_in(attempt_id, actor=city.wang_fang, now=NOON)
    assert (take(desk), take(phone)) == (None, None)
    assert takeovers() == []


def test_while_held_a_new_page_leaves_the_lease_where_unsent_answers_are(attempt_id, take, enter):
    desk, phone = enter(), enter()
    older = take(desk)
    sittings.pause(sitting_of(attempt_id).id, reason="停电", actor=None, now=NOON)
    assert (take(desk), take(phone)) == (None, None)
    assert save(attempt_id, desk, 1, lease=older) is Saving.SAVED
    assert takeovers() == []
    sittings.resume(sitting_of(attempt_id).id, reason="来电", actor=None, now=NOON + MINUTE)
    newer = take(phone)
    assert (stored(attempt_id).lease, stored(attempt_id).lease_before) == (newer, older)
