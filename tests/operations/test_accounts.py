"""Signing in, entering, one-time links and roles."""

from typing import Any

import pytest

from app.operations import accounts, sign_ins, throttles
from app.operations.accounts import LoginTaken
from app.operations.sign_ins import SignedIn, digest
from app.queries import accounts as questions
from app.rules.admission import Reason, Refusal
from app.rules.invalid import Invalid
from app.rules.password import WeakPassword
from app.rules.roles import Role
from tests import factories
from tests.factories import NOON, PASSWORD

HERE = "192.0.2.7"


@pytest.fixture
def organizer(context):
    return factories.account("zhoumin", Role.ORGANIZER)


@pytest.fixture
def contest(context):
    return factories.contest(factories.city())[0]


def enter(contest, name, tail, **more):
    """Whatever entering answers: a sign-in, or the namesakes to choose from."""
    outcome: Any = sign_ins.enter(contest, name, tail, origin=HERE, now=NOON, **more)
    return outcome


def setup_link(now=NOON):
    token = accounts.make_setup_link(now=now)
    assert token is not None
    return token


def person(signed_in, now=NOON):
    return questions.signed_in(digest(signed_in.token), now)


def reason(call):
    with pytest.raises(Refusal) as refusal:
        call()
    return refusal.value.reason


def test_a_sign_in_holds_the_roles_of_its_person(organizer):
    who = person(sign_ins.sign_in("zhoumin", PASSWORD, origin=HERE, now=NOON))
    assert (who.name, who.roles, who.is_organizer, who.is_administrator) == ("周敏", {Role.ORGANIZER}, True, False)


def test_a_wrong_password_and_an_unknown_login_are_refused_alike(organizer):
    assert reason(lambda: sign_ins.sign_in("zhoumin", "wrong", origin=HERE, now=NOON)) is Reason.WRONG_PASSWORD
    assert reason(lambda: sign_ins.sign_in("nobody", "wrong", origin=HERE, now=NOON)) is Reason.WRONG_PASSWORD


def test_five_wrong_tries_pause_this_name_from_this_place_only(organizer):
    for _ in range(5):
        reason(lambda: sign_ins.sign_in("zhoumin", "wrong", origin=HERE, now=NOON))
    assert reason(lambda: sign_ins.sign_in("zhoumin", PASSWORD, origin=HERE, now=NOON)) is Reason.TOO_MANY_TRIES
    assert sign_ins.sign_in("zhoumin", PASSWORD, origin="192.0.2.8", now=NOON).user_id == organizer
    assert sign_ins.sign_in("zhoumin", PASSWORD, origin=HERE, now=NOON + throttles.PAUSE).user_id == organizer


def test_name_and_four_digits_let_a_person_into_this_contest(contest):
    signed_in = sign_ins.enter(contest, "王芳", "1111", origin=HERE, now=NOON)
    assert isinstance(signed_in, SignedIn)
    assert (person(signed_in).name, person(signed_in).contest_id) == ("王芳", contest)


def test_entering_by_name_never_opens_the_persons_roles(contest):
    wang_fang = enter(contest, "王芳", "1111")
    accounts.grant(wang_fang.user_id, Role.ADMINISTRATOR, actor=None, now=NOON)
    again = sign_ins.enter(contest, "王芳", "1111", origin=HERE, now=NOON)
    assert (person(again).roles, person(again).is_organizer, person(again).is_administrator) == (set(), False, False)


def test_namesakes_with_the_same_digits_choose_their_unit(contest):
    found = enter(contest, "李明", "6207")
    assert [candidate.unit for candidate in found] == ["市财政局", "市档案馆"]
    chosen = enter(contest, "李明", "6207", user_id=found[1].user_id)
    assert chosen.user_id == found[1].user_id


def test_choosing_somebody_elses_number_is_refused(contest):
    outcome = lambda: sign_ins.enter(contest, "王芳", "1111", origin=HERE, now=NOON, user_id=3)  # noqa: E731
    assert reason(outcome) is Reason.NOT_ON_ROSTER


def test_whoever_is_not_on_the_roster_is_refused_and_paused_after_five_tries(contest):
    for _ in range(5):
        assert reason(lambda: sign_ins.enter(contest, "王芳", "9999", origin=HERE, now=NOON)) is Reason.NOT_ON_ROSTER
    assert reason(lambda: sign_ins.enter(contest, "王芳", "1111", origin=HERE, now=NOON)) is Reason.TOO_MANY_TRIES
    assert isinstance(sign_ins.enter(contest, "陈静", "3333", origin=HERE, now=NOON), SignedIn)


@pytest.mark.parametrize("tail", ["%", "____", "", "%%%%"])
def test_the_four_digits_are_no_pattern(contest, tail):
    assert reason(lambda: sign_ins.enter(contest, "王芳", tail, origin=HERE, now=NOON)) is Reason.NOT_ON_ROSTER


def test_the_first_administrator_comes_from_a_one_time_link(context):
    token = setup_link()
    signed_in = accounts.activate(token, name="孙局", login="admin1", password=PASSWORD, now=NOON)
    assert person(signed_in).is_administrator
    assert accounts.make_setup_link(now=NOON) is None
    used = lambda: accounts.activate(token, name="x", login="admin2", password=PASSWORD, now=NOON)  # noqa: E731
    assert reason(used) is Reason.LINK_USED


def test_a_newer_setup_link_ends_the_older(context):
    older, newer = setup_link(), setup_link()
    assert questions.link(digest(older), NOON) is None
    assert questions.link(digest(newer), NOON) is not None
    assert questions.link(digest(newer), NOON + accounts.LINK_LASTS) is None


def test_a_weak_password_or_a_taken_login_leaves_the_link_usable(organizer):
    _, token = accounts.make_account("吴强", "wuqiang", Role.ORGANIZER, actor=None, now=NOON)
    with pytest.raises(WeakPassword):
        accounts.activate(token, name="", login="wuqiang", password="short", now=NOON)
    with pytest.raises(LoginTaken):
        accounts.activate(token, name="", login="zhoumin", password=PASSWORD, now=NOON)
    assert person(accounts.activate(token, name="", login="wuqiang", password=PASSWORD, now=NOON)).is_organizer


def test_the_last_administrator_keeps_the_role(context):
    first = factories.account("admin1", Role.ADMINISTRATOR)
    assert accounts.revoke(first, Role.ADMINISTRATOR, actor=first, now=NOON) is False
    second = factories.account("admin2", Role.ADMINISTRATOR)
    assert accounts.revoke(first, Role.ADMINISTRATOR, actor=second, now=NOON) is True
    assert questions.administrators() == {second}


def test_tries_made_at_once_are_all_counted(app, contest):
    from tests.operations.test_attempts import at_once

    answers = at_once(app, 12, lambda: reason(lambda: enter(contest, "王芳", "9999")))
    assert answers.count(Reason.NOT_ON_ROSTER) == 5
    assert answers.count(Reason.TOO_MANY_TRIES) == 7


def test_guessing_the_own_password_is_paused_too(organizer):
    for _ in range(5):
        assert reason(lambda: accounts.change_password(organizer, "no", "x", now=NOON)) is Reason.WRONG_PASSWORD
    assert reason(lambda: accounts.change_password(organizer, PASSWORD, "x", now=NOON)) is Reason.TOO_MANY_TRIES


@pytest.mark.parametrize(("name", "login"), [("", "zhao"), ("赵敏", "bad login"), ("赵敏", "x")])
def test_an_account_needs_a_name_and_a_login_that_can_be_typed(context, name, login):
    with pytest.raises(Invalid):
        accounts.make_account(name, login, None, actor=None, now=NOON)


def test_the_last_administrator_is_not_disabled(context):
    only = factories.account("sunju", Role.ADMINISTRATOR)
    assert accounts.disable(only, actor=None, now=NOON) is False
    assert sign_ins.sign_in("sunju", PASSWORD, origin=HERE, now=NOON).user_id == only
