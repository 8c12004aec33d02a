"""Guessing the four digits of one name: hopeless for the attacker, with and without cookies; open to the victim."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.database import db
from app.models import AuditEntry, SignIn, Throttle
from app.operations import sign_ins, throttles
from app.operations.tries import ENTRY, Device
from app.rules.admission import Reason, Refusal
from app.rules.roles import Role
from tests import factories
from tests.factories import NOON, PASSWORD
from tests.operations.test_attempts import at_once

OFFICE, HOME = "192.0.2.7", "198.51.100.9"
ATTACKER, VICTIM = Device("attacker"), Device("victim")
POSSIBILITIES = 10_000
PAUSED, WRONG, SLOWED = Reason.TOO_MANY_TRIES, Reason.NOT_ON_ROSTER, Reason.SLOWED


@pytest.fixture
def city(context):
    return factories.city()


@pytest.fixture
def contest(city):
    return factories.contest(city)[0]


def fresh(number=0) -> Iterator[Device]:
    """A browser that throws its mark away after each try."""
    while True:
        yield Device(f"fresh {(number := number + 1)}")


def told(contest, name="王芳", tail="0000", *, origin=OFFICE, device=VICTIM, now=NOON):
    """What is answered: the reason with its facts, or that it went well."""
    try:
        sign_ins.enter(contest, name, tail, origin=origin, device=device, now=now)
    except Refusal as refusal:
        return refusal.reason, refusal.facts
    return "in", {}


def enters(contest, tail="1111", **more):
    return told(contest, tail=tail, **more)[0]


def guesses(contest, *, origin=OFFICE, name="王芳", since=NOON, until=NOON + timedelta(days=1), devices=None):
    """How many guesses are judged when somebody tries as soon as he may, each time from a new device."""
    judged, now = 0, since
    devices = devices or fresh()
    while now < until:
        reason, facts = told(contest, name, origin=origin, device=next(devices), now=now)
        judged += reason is WRONG
        now += timedelta(minutes=facts.get("minutes", 0))
    return judged


def alarms():
    rows = db.session.query(AuditEntry).filter_by(action="throttle.slow_down").order_by(AuditEntry.id)
    return [(row.subject, row.detail) for row in rows]


def test_the_victim_enters_from_the_next_desk_while_the_attacker_pauses(contest):
    assert [enters(contest, "0000", device=ATTACKER) for _ in range(6)] == [WRONG] * 5 + [PAUSED]
    assert enters(contest, device=ATTACKER) is PAUSED  # even if this one is right
    assert enters(contest, device=VICTIM) == "in"
    assert enters(contest, device=ATTACKER, now=NOON + throttles.PAUSE) == "in"


def test_an_account_is_not_paused_for_its_owner_by_a_colleague_at_the_next_desk(context):
    factories.account("zhoumin", Role.ORGANIZER)

    def sign_in(password, device):
        try:
            sign_ins.sign_in("zhoumin", password, origin=OFFICE, device=device, now=NOON)
        except Refusal as refusal:
            return refusal.reason
        return "in"

    wrong = [sign_in("a wrong guess", ATTACKER) for _ in range(6)]
    assert wrong == [Reason.WRONG_PASSWORD] * 5 + [PAUSED]
    assert sign_in(PASSWORD, VICTIM) == "in"


def test_a_day_of_guessing_without_cookies_has_less_than_one_chance_in_a_hundred_and_is_seen(contest, city, caplog):
    judged = guesses(contest)
    assert judged == ENTRY.free + timedelta(days=1) // ENTRY.every == 68
    assert judged / POSSIBILITIES < 0.01
    first, *_ = alarms()
    assert first == (f"origin:{OFFICE}", {"failures": ENTRY.free, "people": [city.wang_fang]})
    assert "20 tries with one name failed from origin:192.0.2.7: slowed down" in caplog.text
    assert "王芳" not in caplog.text


def test_keeping_some_cookies_and_dropping_others_gives_no_more(contest):
    def mixed():
        yield from (Device(f"kept {number % 3}") for number in range(40))
        yield from fresh()

    assert guesses(contest, devices=mixed()) <= 68


def test_a_name_written_with_blanks_is_the_same_name(contest):
    names = ["王芳", "王 芳"] * 10
    assert [told(contest, name, device=device)[0] for name, device in zip(names, fresh(), strict=False)] == [WRONG] * 20
    assert [told(contest, name)[0] for name in ("王芳", "王 芳")] == [WRONG, SLOWED]


def test_a_name_that_does_not_exist_is_answered_paused_and_slowed_like_one_that_does(contest):
    def course(name):
        kept = [told(contest, name, device=ATTACKER) for _ in range(7)]
        dropped = [told(contest, name, device=device) for device, _ in zip(fresh(), range(20), strict=False)]
        return kept + dropped

    known, unknown = course("王芳"), course("无此人")
    assert known == unknown
    assert [reason for reason, _ in known] == [WRONG] * 5 + [PAUSED] * 2 + [WRONG] * 16 + [SLOWED] * 4
    assert [detail["people"] for _, detail in alarms()] == [[2], []]  # and only the audit says which was which


def test_a_slowed_name_goes_on_at_its_turn_and_at_once_from_elsewhere(contest):
    for device, _ in zip(fresh(), range(21), strict=False):
        assert enters(contest, "0000", device=device) is WRONG  # the last one took the first turn
    assert told(contest, tail="1111") == (SLOWED, {"minutes": 30})
    assert enters(contest, origin=HOME) == "in"
    assert enters(contest, now=NOON + ENTRY.every) == "in"


def test_the_device_on_which_a_name_was_right_is_not_slowed_by_others(contest):
    guesses(contest, until=NOON + timedelta(minutes=1))
    assert enters(contest) is SLOWED
    assert enters(contest, device=Device("victim", is_known=True)) == "in"


def test_a_known_device_gives_no_more_guesses_than_an_address(contest):
    assert guesses(contest, devices=iter(lambda: Device("kiosk", is_known=True), None)) <= 68


def test_from_many_addresses_a_name_on_alert_has_fewer_free_tries_in_each(contest, city):
    until = NOON + timedelta(minutes=1)
    judged = [guesses(contest, origin=f"203.0.113.{n}", until=until, devices=fresh(100 * n)) for n in range(6)]
    assert judged == [21, 21, 19, 6, 6, 6]  # the free ones, and the first turn; the 60th puts it on alert
    assert alarms()[-1][1]["people"] == [city.wang_fang]
    assert enters(contest, origin=HOME) == "in"  # nobody is locked out by a name alone


def test_whoever_mistypes_and_then_gets_it_right_leaves_nothing_behind(contest):
    assert [enters(contest, "0000") for _ in range(4)] == [WRONG] * 4
    assert enters(contest) == "in"
    assert {row.failures for row in db.session.query(Throttle)} == {0}


def test_guesses_made_at_once_are_all_counted(app, contest):
    answers = at_once(app, 20, lambda: enters(contest, "0000", device=ATTACKER))
    assert sorted(answers) == sorted([WRONG] * 5 + [PAUSED] * 15)


def statements_of(work):
    """What SQLAlchemy is asked to say meanwhile, without the beginnings of transactions."""
    told = list[str]()
    note = lambda _c, _cursor, statement, *_: told.append(statement.split()[0])  # noqa: E731
    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    return [word for word in told if word != "BEGIN"]


def test_a_right_entry_writes_its_sign_in_and_nothing_else(contest):
    asked = statements_of(lambda: enters(contest))
    assert asked in ([], ["SELECT", "INSERT"])  # SQLite's driver is asked directly
    assert (db.session.query(SignIn).count(), db.session.query(Throttle).count()) == (1, 0)


def test_the_four_counts_of_a_wrong_entry_are_one_statement(contest):
    assert statements_of(lambda: enters(contest, "0000")).count("INSERT") == 1
    assert db.session.query(Throttle).count() == 4


def test_a_day_later_nothing_is_held_against_a_name(contest):
    guesses(contest)
    tomorrow = NOON + timedelta(days=2)
    assert enters(contest, now=tomorrow) == "in"
