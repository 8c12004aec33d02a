"""Trying too often: a name pauses, an address and a password slow down, and nobody is locked out."""

from datetime import timedelta

import pytest

from app.database import db, writing
from app.models import AuditEntry, Throttle, User
from app.operations import sign_ins, throttles, tries
from app.operations.sign_ins import SignedIn
from app.rules.admission import Reason, Refusal
from app.rules.roles import Role
from tests import factories
from tests.factories import _HASH, NOON, PASSWORD

OFFICE = "192.0.2.7"
SECOND = timedelta(seconds=1)


def outcome(call):
    """The reason of a refusal, or that it went well."""
    try:
        call()
    except Refusal as refusal:
        return refusal.reason
    return "in"


def sign_in(login, password="a wrong guess", origin=OFFICE, now=NOON, device=None):
    return outcome(lambda: sign_ins.sign_in(login, password, origin=origin, now=now, device=device))


def entries(contest, name, tail, origin=OFFICE, now=NOON, device=None):
    return outcome(lambda: sign_ins.enter(contest, name, tail, origin=origin, now=now, device=device))


def failed(sign, times, now=NOON):
    """As if so many tries with this sign had failed."""
    with writing():
        db.session.add(Throttle(digest=sign.digest, failures=times, since=now))


def names_of(origin, way="entry", allowed=tries.NAMES_OF_AN_ADDRESS):
    return tries.address(origin, way, allowed)


def audited():
    return [(row.subject, row.detail) for row in db.session.query(AuditEntry).filter_by(action="throttle.slow_down")]


@pytest.fixture
def contest(context):
    """A contest with 300 more people, all in one office."""
    city = factories.city()
    with writing():
        for number in range(300):
            db.session.add(
                User(
                    name=f"同事{number}", phone=f"1370000{number:04d}", unit_id=city.bureau, sort_key="",
                    created_at=NOON, login=f"colleague{number}", password_hash=_HASH,
                )
            )  # fmt: skip
    return factories.contest(city)[0]


def test_three_hundred_people_behind_one_address_enter_at_once(app, contest):
    from tests.operations.test_attempts import at_once

    numbers = iter(range(300))
    answers = at_once(app, 300, lambda: entries_of(contest, next(numbers)))
    assert answers == ["in"] * 300
    assert db.session.query(Throttle).count() == 0


def entries_of(contest, number):
    return entries(contest, f"同事{number}", f"{number:04d}")


def test_three_hundred_people_may_each_mistype_once_and_still_enter(contest):
    wrong = [entries(contest, f"同事{number}", "9999") for number in range(300)]
    right = [
        entries(contest, f"同事{number}", f"{number:04d}", now=NOON + number * 2 * SECOND) for number in range(300)
    ]
    assert (set(wrong), set(right)) == ({Reason.NOT_ON_ROSTER}, {"in"})


def test_a_whole_town_behind_one_address_is_no_attack(contest):
    """Those who enter rightly speak for their address, however many others mistype."""
    failed(names_of(OFFICE), 200)
    for number in range(150):
        assert entries_of(contest, number) == "in"
    assert db.session.get(Throttle, names_of(OFFICE).digest).failures == 50


def test_very_many_names_failing_from_one_address_go_one_by_one(contest):
    failed(names_of(OFFICE), tries.NAMES_OF_AN_ADDRESS - 1)
    assert entries(contest, "张三", "0000") is Reason.NOT_ON_ROSTER  # the one that reaches the limit
    assert entries(contest, "李四", "0000") is Reason.NOT_ON_ROSTER  # takes the first turn
    assert entries(contest, "王五", "0000") is Reason.QUEUED
    assert entries(contest, "王五", "0000", origin="192.0.2.8") is Reason.NOT_ON_ROSTER
    assert entries(contest, "王五", "0000", now=NOON + throttles.TURN) is Reason.NOT_ON_ROSTER
    assert audited() == [(f"origin:{OFFICE}", {"failures": tries.NAMES_OF_AN_ADDRESS})]


def test_behind_the_attackers_address_the_others_enter_at_their_turn(contest):
    failed(names_of(OFFICE), tries.NAMES_OF_AN_ADDRESS * 2)
    assert entries(contest, "张三", "0000") is Reason.NOT_ON_ROSTER
    assert entries_of(contest, 7) is Reason.QUEUED
    later = NOON + throttles.TURN
    assert isinstance(sign_ins.enter(contest, "同事7", "0007", origin=OFFICE, now=later), SignedIn)


def test_a_try_that_has_to_wait_costs_no_try(contest):
    failed(names_of(OFFICE), tries.NAMES_OF_AN_ADDRESS)
    assert entries(contest, "张三", "0000") is Reason.NOT_ON_ROSTER
    assert [entries_of(contest, 7) for _ in range(9)] == [Reason.QUEUED] * 9
    assert entries(contest, "同事7", "0007", now=NOON + throttles.TURN) == "in"


def test_one_name_that_fails_often_counts_once_for_its_address(contest):
    for _ in range(5):
        entries(contest, "张三", "0000")
    assert db.session.get(Throttle, names_of(OFFICE).digest).failures == 1


def test_an_attack_that_goes_on_gains_no_fresh_allowance(contest):
    failed(names_of(OFFICE), tries.NAMES_OF_AN_ADDRESS * 2 - 1)
    later = NOON + throttles.WITHIN
    assert entries(contest, "张三", "0000", now=later) is Reason.NOT_ON_ROSTER
    assert db.session.get(Throttle, names_of(OFFICE).digest).failures == tries.NAMES_OF_AN_ADDRESS
    assert entries(contest, "李四", "0000", now=later) is Reason.NOT_ON_ROSTER
    assert entries(contest, "王五", "0000", now=later) is Reason.QUEUED
    assert entries(contest, "王五", "0000", now=later + 2 * throttles.WITHIN) is Reason.NOT_ON_ROSTER


def test_many_accounts_failing_from_one_address_are_slowed_down(contest):
    failed(names_of(OFFICE, "login", tries.LOGINS_OF_AN_ADDRESS), tries.LOGINS_OF_AN_ADDRESS)
    assert sign_in("colleague1", "guess one") is Reason.WRONG_PASSWORD
    assert sign_in("colleague2", "guess two") is Reason.QUEUED
    assert sign_in("colleague2", PASSWORD, now=NOON + throttles.TURN) == "in"
    assert sign_in("colleague3", PASSWORD, origin="192.0.2.8") == "in"


def test_one_password_tried_on_many_accounts_from_anywhere_is_slowed_down(contest):
    spray = [sign_in(f"colleague{n}", "Spring2026!", origin=f"198.51.100.{n}") for n in range(30)]
    assert set(spray) == {Reason.WRONG_PASSWORD}
    assert sign_in("colleague40", "Spring2026!", origin="203.0.113.1") is Reason.WRONG_PASSWORD
    assert sign_in("colleague41", "Spring2026!", origin="203.0.113.2") is Reason.QUEUED
    assert sign_in("colleague41", PASSWORD, origin="203.0.113.2") == "in"
    assert audited() == [("password", {"failures": tries.FAILURES_OF_A_PASSWORD})]


def test_a_victim_of_spraying_is_slowed_down_and_never_locked_out(contest):
    failed(tries.password(PASSWORD), tries.FAILURES_OF_A_PASSWORD * 5)
    assert sign_in("colleague1", PASSWORD) == "in"
    assert sign_in("colleague2", PASSWORD) is Reason.QUEUED
    assert sign_in("colleague2", PASSWORD, now=NOON + throttles.TURN) == "in"


def test_no_password_can_be_found_by_what_is_kept_of_it():
    digests = {tries.password(f"guess {n}").digest for n in range(3000)}
    again = sum(tries.password(f"another {n}").digest in digests for n in range(3000))
    assert len(digests) > 2900  # few are mistaken for each other
    assert again < 100
    buckets = {tries.digest_of("password", f"{n:05x}") for n in range(16**5)}
    assert digests <= buckets  # a million passwords share each of them with many others


def test_what_was_tried_long_ago_is_forgotten(contest):
    entries(contest, "张三", "0000")
    entries(contest, "李四", "0000", now=NOON + timedelta(hours=2))
    assert throttles.clear_throttles(now=NOON + throttles.KEPT + timedelta(hours=1)) == 3
    assert db.session.query(Throttle).count() == 4  # the later name, its lane and device, and the address they share


def test_whoever_fails_later_sweeps(contest):
    entries(contest, "张三", "0000")
    entries(contest, "李四", "0000", origin="192.0.2.9", now=NOON + throttles.KEPT + SECOND)
    assert db.session.query(Throttle).count() == 4  # the later name, its lane, device and address


def test_failures_counted_at_once_are_all_counted(app, contest):
    from tests.operations.test_attempts import at_once

    sign = names_of(OFFICE)
    at_once(app, 20, lambda: throttles.count_failures([sign], NOON))
    db.session.rollback()
    assert db.session.get(Throttle, sign.digest).failures == 20


def test_an_account_of_a_role_is_slowed_like_any_other(context):
    factories.account("zhoumin", Role.ORGANIZER)
    failed(names_of(OFFICE, "login", tries.LOGINS_OF_AN_ADDRESS), tries.LOGINS_OF_AN_ADDRESS)
    assert [sign_in("zhoumin", PASSWORD), sign_in("zhoumin", PASSWORD)] == ["in", "in"]  # the first took back a failure
