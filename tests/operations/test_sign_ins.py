"""A sign-in lives on the server: it ends when it should, everywhere at once, for pages and for saves."""

from datetime import timedelta

import pytest

from app.database import db, writing
from app.models import Attempt, SignIn, User
from app.operations import accounts, attempts, leaving, presence, sign_ins
from app.operations.attempts import Saving
from app.operations.sign_ins import digest
from app.queries import accounts as questions
from app.rules.admission import Reason, Refusal
from app.rules.roles import Role
from app.rules.sheet import AnswerSheet
from tests import factories
from tests.factories import _HASH, NOON, PASSWORD

HERE = "192.0.2.7"
MINUTE = timedelta(minutes=1)
INSTANT = timedelta(milliseconds=1)


@pytest.fixture
def organizer(context):
    return factories.account("zhoumin", Role.ORGANIZER)


@pytest.fixture
def city(context):
    made = factories.city(duration=3 * 3600)
    with writing():
        user = db.session.get_one(User, made.wang_fang)
        user.login, user.password_hash = "wangfang", _HASH
    return made


@pytest.fixture
def contest(city):
    return factories.contest(city)[0]


def signed_in(login="zhoumin", now=NOON, **more):
    return sign_ins.sign_in(login, PASSWORD, origin=HERE, now=now, **more)


def entered(contest, now=NOON):
    return sign_ins.enter(contest, "王芳", "1111", origin=HERE, now=now)


def person(held, now=NOON, **more):
    return questions.signed_in(digest(held.token), now, **more)


def seen(held, now):
    presence.note_presence(digest(held.token), idle=questions.IDLE, now=now)
    db.session.rollback()
    return db.session.query(SignIn).filter_by(digest=digest(held.token)).one().seen_at


def save(held, attempt_id, now, revision=1):
    lease = db.session.get_one(Attempt, attempt_id).lease
    sheet = AnswerSheet({1: (0,)})
    return attempts.save_sheet(
        attempt_id, lease=lease, revision=revision, sheet=sheet, digest=digest(held.token), now=now
    )


def test_nothing_that_opens_the_door_is_stored(organizer):
    held = signed_in()
    stored = db.session.query(SignIn).one()
    assert (stored.digest, len(held.token)) == (digest(held.token), 43)
    assert held.token not in str(vars(stored))


def test_every_sign_in_has_a_fresh_token_and_ends_the_browsers_earlier_one(organizer):
    older = signed_in()
    newer = signed_in(replaces=digest(older.token))
    assert older.token != newer.token
    assert (person(older), person(newer).user_id) == (None, organizer)


def test_a_cookie_copied_before_the_sign_out_is_dead_after_it(organizer):
    held = signed_in()
    sign_ins.sign_out(digest(held.token), now=NOON)
    assert person(held) is None


def test_changing_the_password_ends_every_other_sign_in(organizer):
    older = signed_in()
    newer = accounts.change_password(organizer, PASSWORD, "another good sentence", now=NOON)
    assert (person(older), person(newer).user_id) == (None, organizer)


def test_a_password_set_by_link_or_command_line_ends_every_sign_in(organizer):
    older = signed_in()
    token = accounts.make_link(organizer, actor=None, now=NOON)
    newer = accounts.activate(token, name="", login="zhoumin", password="another good sentence", now=NOON)
    assert (person(older), person(newer).user_id) == (None, organizer)
    accounts.set_password(organizer, PASSWORD, now=NOON)
    assert person(newer) is None


def test_a_disabled_account_is_signed_out_everywhere_and_holds_nothing(organizer):
    factories.account("sunju", Role.ADMINISTRATOR)
    held = signed_in()
    link = accounts.make_link(organizer, actor=None, now=NOON)
    assert accounts.disable(organizer, actor=None, now=NOON) is True
    assert person(held) is None
    assert questions.link(digest(link), NOON) is None
    assert questions.roles(organizer, NOON) == set()
    with pytest.raises(Refusal) as refusal:
        signed_in()
    assert refusal.value.reason is Reason.WRONG_PASSWORD


def test_whoever_leaves_is_signed_out_and_a_return_wakes_no_old_cookie(context):
    leaver = factories.account("wuqiang", None)
    held = signed_in("wuqiang")
    with writing():
        assert leaving.remove([leaver], NOON) == 1
    assert person(held) is None
    with writing():
        db.session.get_one(User, leaver).left_at = None
    assert person(held) is None


@pytest.mark.parametrize("end", ["sign_out", "change_password", "set_password", "disable"])
def test_whatever_ends_a_sign_in_ends_its_saves(city, contest, end):
    factories.account("sunju", Role.ADMINISTRATOR)
    held = signed_in("wangfang")
    attempt = attempts.start(contest, city.wang_fang, now=NOON)
    assert save(held, attempt, NOON, revision=1) is Saving.SAVED
    {
        "sign_out": lambda: sign_ins.sign_out(digest(held.token), now=NOON),
        "change_password": lambda: accounts.change_password(
            city.wang_fang, PASSWORD, "another good sentence", now=NOON
        ),
        "set_password": lambda: accounts.set_password(city.wang_fang, "another good sentence", now=NOON),
        "disable": lambda: accounts.disable(city.wang_fang, actor=None, now=NOON),
    }[end]()
    assert save(held, attempt, NOON, revision=2) is Saving.SIGNED_OUT
    assert db.session.get_one(Attempt, attempt).revision == 1


def test_half_an_hour_without_a_sign_of_life_ends_a_sign_in(organizer):
    held = signed_in()
    assert person(held, NOON + 30 * MINUTE) is not None
    assert person(held, NOON + 30 * MINUTE + INSTANT) is None
    assert person(held, NOON + 30 * MINUTE + INSTANT, idle=60 * MINUTE) is not None


def test_being_seen_keeps_a_sign_in_for_twelve_hours_and_no_longer(organizer):
    held, now = signed_in(), NOON
    while now < NOON + sign_ins.SIGN_IN_LASTS - 29 * MINUTE:
        now += 29 * MINUTE
        assert person(held, now) is not None
        assert seen(held, now) == now
    assert person(held, NOON + sign_ins.SIGN_IN_LASTS - INSTANT) is not None
    assert person(held, NOON + sign_ins.SIGN_IN_LASTS) is None


def test_being_seen_is_noted_once_a_minute(organizer):
    held = signed_in()
    assert seen(held, NOON + MINUTE - INSTANT) == NOON
    assert seen(held, NOON + MINUTE) == NOON + MINUTE
    assert seen(held, NOON + 2 * MINUTE - INSTANT) == NOON + MINUTE


def test_an_ended_sign_in_is_not_revived_by_being_seen(organizer):
    idle, out = signed_in(), signed_in()
    sign_ins.sign_out(digest(out.token), now=NOON)
    for held in (idle, out):
        assert seen(held, NOON + 31 * MINUTE) == NOON
        assert person(held, NOON + 31 * MINUTE) is None


def test_an_open_paper_keeps_its_sign_in_until_its_time_is_over(city, contest):
    held = entered(contest)
    attempt = attempts.start(contest, city.wang_fang, now=NOON)
    deadline = db.session.get_one(Attempt, attempt).deadline
    assert deadline == NOON + timedelta(hours=3)
    last = deadline + 30 * MINUTE  # the result may be looked at, whoever handed it in
    for _ in ("before the sweeper has come", "after it"):
        assert person(held, last - INSTANT).contest_id == contest
        assert person(held, last) is None
        attempts.hand_in_overdue(now=last - INSTANT)


def test_saves_alone_carry_somebody_through_a_three_hour_paper_to_the_result(city, contest):
    """Nothing but saves for 175 minutes: they touch no sign-in, and the pages after them open all the same."""
    held = entered(contest)
    attempt = attempts.start(contest, city.wang_fang, now=NOON)
    for turn in range(1, 36):
        assert save(held, attempt, NOON + 5 * turn * MINUTE, revision=turn) is Saving.SAVED
    assert db.session.query(SignIn).one().seen_at == NOON
    end = NOON + 176 * MINUTE
    assert attempts.hand_in(attempt, actor=city.wang_fang, now=end) is True
    assert person(held, end).user_id == city.wang_fang
    assert seen(held, end) == end  # by name: the result may be looked at for another half an hour
    assert person(held, end + 30 * MINUTE) is not None


def test_a_handed_in_paper_is_no_reason_to_stay(city, contest):
    held = entered(contest)
    attempt = attempts.start(contest, city.wang_fang, now=NOON)
    attempts.hand_in(attempt, actor=city.wang_fang, now=NOON + MINUTE)
    assert person(held, NOON + 31 * MINUTE - INSTANT) is not None
    assert person(held, NOON + 31 * MINUTE) is None


def test_an_idle_account_with_an_open_paper_answers_and_does_nothing_else(city, contest):
    accounts.grant(city.wang_fang, Role.ADMINISTRATOR, actor=None, now=NOON)
    held = signed_in("wangfang")
    attempts.start(contest, city.wang_fang, now=NOON)
    assert person(held, NOON + 30 * MINUTE).is_administrator
    later = NOON + 31 * MINUTE
    idle = person(held, later)
    assert (idle.contest_id, idle.roles, idle.is_organizer) == (contest, set(), False)
    assert seen(held, later) == NOON  # and answering does not wake the roles
    assert person(held, later + MINUTE).is_limited


def test_the_paper_of_another_contest_keeps_no_sign_in_by_name(city, contest):
    held = entered(contest)
    other = factories.contest(city, slug="other", title="另一场")[0]
    attempts.start(other, city.wang_fang, now=NOON)
    assert person(held, NOON + 31 * MINUTE) is None


def test_somebody_elses_paper_keeps_no_sign_in(city, contest):
    held = entered(contest)
    attempts.start(contest, city.chen_jing, now=NOON)
    assert person(held, NOON + 31 * MINUTE) is None
