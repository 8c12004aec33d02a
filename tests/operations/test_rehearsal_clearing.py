"""What a rehearsal has made goes without a trace, beside a real contest that nobody touches."""

import threading

import pytest
import sqlalchemy as sa

from app.database import Base, DatabaseError, db, writing
from app.models import (
    Application,
    Contest,
    LateSheet,
    Notice,
    RosterEntry,
    SignIn,
    Unit,
    User,
)
from app.operations import attempts, rehearsal_clearing, rehearsals, sign_ins, sittings
from app.operations.rehearsal_clearing import clear, clear_leftovers
from app.operations.rehearsals import Rehearsing, only_one
from app.queries import contests
from app.queries import rehearsals as questions
from app.rules.admission import Reason, Refusal
from app.rules.rehearsal import ORIGIN
from tests import factories
from tests.factories import NOON
from tests.operations.rehearsing import LENGTH, PEOPLE, everything, real_contest, take_part


@pytest.fixture
def city(context):
    return factories.city()


@pytest.fixture
def contest(city):
    return real_contest(city)


@pytest.fixture
def made(city, contest):
    return rehearsals.set_up(city.quiz, PEOPLE, LENGTH, actor=None, now=NOON)


def test_all_that_was_made_goes_and_all_else_is_as_it_was(city, contest):
    before = everything()
    made = rehearsals.set_up(city.quiz, PEOPLE, LENGTH, actor=None, now=NOON)
    for extra in PEOPLE[:3]:
        take_part(made, extra)
    open_account = take_part(made, PEOPLE[3], hands_in=False)
    _hang_on(made, open_account.attempt_id)
    assert clear(actor=None, now=NOON) == len(PEOPLE)
    after = everything()
    kept = after.pop("audit_entries")
    assert kept[: len(before["audit_entries"])] == before.pop("audit_entries")
    assert after == before


def _hang_on(made, attempt_id):
    """Whatever else may hang on a rehearsal: what an organizer did, what came late, who asked to be let in."""
    sitting = contests.by_id(made.contest_id).sitting_id
    sittings.pause(sitting, reason="试一试", actor=None, now=NOON)
    with writing() as session:
        session.add(Notice(sitting_id=sitting, attempt_id=attempt_id, kind="x", words="x", reason="x", at=NOON))
        session.add(Application(contest_id=made.contest_id, name="路人", unit="某局", phone="1", created_at=NOON))
        late = {"sheet": {}, "revision": 9, "lease": "", "held_lease": True, "sign_in_id": 1, "keys_visible": False}
        session.add(LateSheet(attempt_id=attempt_id, arrived_at=NOON, **late))
    with pytest.raises(Refusal):
        sign_ins.enter(made.contest_id, PEOPLE[5].name, "9999", origin=ORIGIN, now=NOON)


def test_a_real_person_who_got_onto_the_made_up_roster_stays_a_person(city, made):
    with writing() as session:
        session.add(RosterEntry(contest_id=made.contest_id, user_id=city.chen_jing, source="application"))
    attempts.start(made.contest_id, city.chen_jing, now=NOON)
    clear(actor=None, now=NOON)
    assert db.session.get_one(User, city.chen_jing).name == "陈静"
    mine = sa.select(RosterEntry.contest_id).where(RosterEntry.user_id == city.chen_jing)
    assert [contest_id > 0 for contest_id in db.session.scalars(mine)] == [True]


def test_clearing_that_was_cut_short_goes_on_where_it_was(city, made, monkeypatch):
    steps: list[object] = []

    def cut_short(step):
        if len(steps) == 2:
            raise KeyboardInterrupt
        steps.append(step)
        return patiently(step)

    patiently = rehearsal_clearing._patiently
    monkeypatch.setattr(rehearsal_clearing, "_patiently", cut_short)
    with pytest.raises(KeyboardInterrupt):
        clear(actor=None, now=NOON)
    monkeypatch.undo()
    db.session.rollback()
    assert questions.leftovers()
    clear(actor=None, now=NOON)
    assert not questions.leftovers()
    assert clear(actor=None, now=NOON) == 0


def test_a_request_that_was_under_way_is_waited_for(made, monkeypatch):
    failures = iter([DatabaseError("x", None, Exception()), DatabaseError("x", None, Exception())])

    def once_more():
        for failure in failures:
            raise failure
        return 7

    monkeypatch.setattr(rehearsal_clearing, "BETWEEN_TRIES", 0)
    assert rehearsal_clearing._patiently(once_more) == 7


def test_nobody_starts_or_enters_once_clearing_has_begun(made, monkeypatch):
    account = take_part(made, PEOPLE[0], hands_in=False)

    def nothing_more(_step):
        raise KeyboardInterrupt

    monkeypatch.setattr(rehearsal_clearing, "_patiently", nothing_more)
    with pytest.raises(KeyboardInterrupt):
        clear(actor=None, now=NOON)
    with pytest.raises(Refusal) as refused:
        attempts.start(made.contest_id, PEOPLE[1].user_id, now=NOON)
    assert refused.value.reason is Reason.NOT_PUBLISHED
    live = sa.select(sa.func.count()).where(SignIn.contest_id == made.contest_id, SignIn.revoked_at.is_(None))
    assert db.session.scalar(live) == 0
    assert account.attempt_id


def test_one_rehearsal_at_a_time_and_a_start_leaves_the_running_one_alone(made, tmp_path, caplog):
    with only_one(tmp_path):
        with pytest.raises(Rehearsing), only_one(tmp_path):
            pass
        clear_leftovers(tmp_path, now=NOON)
        assert questions.leftovers().people == len(PEOPLE)
    clear_leftovers(tmp_path, now=NOON)
    assert not questions.leftovers()
    assert "cleared away a rehearsal that was cut short: 60 made-up people" in caplog.text


def test_what_cannot_be_cleared_does_not_keep_the_site_from_starting(made, tmp_path, monkeypatch, caplog):
    def broken(**_):
        raise DatabaseError("x", None, Exception())

    monkeypatch.setattr(rehearsal_clearing, "clear", broken)
    clear_leftovers(tmp_path, now=NOON)
    assert "could not be cleared away: DBAPIError" in caplog.text
    clear_leftovers(tmp_path / "nowhere", now=NOON)
    assert "could not be cleared away: FileNotFoundError" in caplog.text


def test_clearing_knows_every_table_that_may_hang_on_a_rehearsal():
    """A new table that refers to one of these has to be cleared too: see app/operations/rehearsal_clearing.py."""
    above = {"contests", "sittings", "roster_entries", "roster_units", "attempts", "item_pools", "terms", "sign_ins"}
    hanging = {
        (table.name, key.column.table.name)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in above
    }
    assert hanging == {
        ("applications", "contests"),
        ("attempts", "roster_entries"),
        ("attempts", "sittings"),
        ("gradings", "attempts"),
        ("item_pools", "contests"),
        ("late_sheets", "attempts"),
        ("notices", "attempts"),
        ("notices", "sittings"),
        ("roster_entries", "contests"),
        ("roster_entries", "roster_units"),
        ("roster_units", "contests"),
        ("roster_units", "roster_units"),
        ("sign_ins", "contests"),
        ("sittings", "contests"),
        ("terms", "contests"),
    }


@pytest.mark.database("postgresql")
def test_a_start_that_is_under_way_meanwhile_is_cleared_too(app, city, made):
    """It holds its place on the roster while clearing begins, and ends before its place goes."""
    holds, goes_on = threading.Event(), threading.Event()

    def start():
        with app.app_context(), writing():
            attempts._start(made.contest_id, PEOPLE[0].user_id, NOON, False, "00")
            holds.set()
            goes_on.wait(10)
            db.session.flush()

    starter = threading.Thread(target=start)
    starter.start()
    assert holds.wait(10)
    threading.Timer(0.5, goes_on.set).start()
    clear(actor=None, now=NOON)
    starter.join()
    assert not questions.leftovers()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Contest).where(Contest.id < 0)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Unit).where(Unit.id < 0)) == 0
