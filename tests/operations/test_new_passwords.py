"""A new password: by the house's policy, not one of the last, and asked for when its days are over."""

from datetime import timedelta

import pytest

from app.database import db, writing
from app.models import User
from app.operations import accounts, attempts, throttles
from app.queries import accounts as questions
from app.rules.password import Policy, WeakPassword
from app.rules.roles import Role
from tests import factories
from tests.factories import NOON, PASSWORD

STRICT = Policy(days=90, remembered=3)
FIRST, SECOND, THIRD = "mill by the river", "house on the hill", "boat under a bridge"
DAY = timedelta(days=1)


@pytest.fixture
def organizer(context):
    return factories.account("zhoumin", Role.ORGANIZER)


def change(user_id, old, new, policy=STRICT, now=NOON):
    return accounts.change_password(user_id, old, new, now=now, policy=policy)


def refusal(call):
    with pytest.raises(WeakPassword) as told:
        call()
    return str(told.value)


def test_the_last_ones_do_not_come_back_and_older_ones_may(organizer):
    for old, new in ((PASSWORD, FIRST), (FIRST, SECOND)):
        change(organizer, old, new)
    for used in (PASSWORD, FIRST, SECOND):
        assert refusal(lambda used=used: change(organizer, SECOND, used)) == "最近3次用过的密码不能再用，请换一个。"
    change(organizer, SECOND, THIRD)
    change(organizer, THIRD, PASSWORD)
    assert len(db.session.get_one(User, organizer).earlier_passwords or []) == 2


def test_whoever_knows_the_old_one_may_look_for_a_new_one_as_often_as_it_takes(organizer):
    for _ in range(throttles.TRIES + 1):
        assert refusal(lambda: change(organizer, PASSWORD, "short"))
    change(organizer, PASSWORD, FIRST)


def test_without_a_history_nothing_is_kept_and_only_the_present_one_is_refused(organizer):
    assert refusal(lambda: change(organizer, PASSWORD, PASSWORD, Policy())) == "新密码和现在的一样，请换一个。"
    change(organizer, PASSWORD, FIRST, Policy())
    assert db.session.get_one(User, organizer).earlier_passwords is None
    change(organizer, FIRST, FIRST, Policy(remembered=0))


def test_a_one_time_link_is_no_way_around_the_history(organizer):
    token = accounts.make_link(organizer, actor=None, now=NOON)
    again = lambda word: accounts.activate(token, name="", login="zhoumin", password=word, now=NOON, policy=STRICT)  # noqa: E731
    assert refusal(lambda: again(PASSWORD)) == "最近3次用过的密码不能再用，请换一个。"
    assert again(FIRST).user_id == organizer


def test_the_own_name_is_no_password(organizer):
    assert refusal(lambda: change(organizer, PASSWORD, "周敏周敏的密码就是它")).startswith("密码里不要包含自己的账号")
    assert refusal(lambda: accounts.set_password(organizer, "zhou min 2026", now=NOON)).startswith("密码里不要包含")


def test_a_disabled_account_keeps_no_password_of_any_time(organizer):
    factories.account("sunju", Role.ADMINISTRATOR)
    change(organizer, PASSWORD, FIRST)
    assert accounts.disable(organizer, actor=None, now=NOON)
    row = db.session.get_one(User, organizer)
    assert (row.password_hash, row.password_set_at, row.earlier_passwords) == (None, None, None)


def test_its_days_run_from_the_change(organizer):
    change(organizer, PASSWORD, FIRST)
    due = [questions.password_is_due(organizer, STRICT, NOON + days * DAY) for days in (0, 89, 90)]
    assert due == [False, False, True]
    assert not questions.password_is_due(organizer, Policy(), NOON + 900 * DAY)
    change(organizer, FIRST, SECOND, now=NOON + 90 * DAY)
    assert not questions.password_is_due(organizer, STRICT, NOON + 90 * DAY)


def test_nobody_is_asked_in_the_middle_of_a_paper(context):
    city = factories.city()
    accounts.set_password(city.wang_fang, FIRST, now=NOON - 100 * DAY)
    with_login(city.wang_fang)
    contest, _ = factories.contest(city)
    assert questions.password_is_due(city.wang_fang, STRICT, NOON)
    attempt = attempts.start(contest, city.wang_fang, now=NOON)
    assert not questions.password_is_due(city.wang_fang, STRICT, NOON)
    attempts.hand_in(attempt, actor=city.wang_fang, now=NOON + timedelta(minutes=9))
    assert questions.password_is_due(city.wang_fang, STRICT, NOON + timedelta(minutes=9))


def with_login(user_id):
    with writing():
        db.session.get_one(User, user_id).login = "wangfang"
