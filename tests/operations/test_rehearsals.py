"""演练: what a rehearsal makes is on no list, and goes without a trace, beside a real contest that nobody touches."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.database import Base, DatabaseError, db, writing
from app.models import (
    Application,
    Attempt,
    AuditEntry,
    Contest,
    LateSheet,
    Notice,
    RosterEntry,
    SignIn,
    Throttle,
    Unit,
    User,
)
from app.operations import accounts, attempts, rehearsal_clearing, rehearsals, rosters, sittings, throttles
from app.operations.rehearsal_clearing import clear, clear_leftovers
from app.operations.rehearsals import Rehearsing, only_one
from app.operations.throttles import claim_try, digest_of
from app.queries import banks, contests, people, quizzes, tallies, uses
from app.queries import rehearsals as questions
from app.queries.snapshot import snapshot
from app.rules.admission import Reason, Refusal
from app.rules.invalid import Invalid
from app.rules.rehearsal import ORIGIN, Account, extras, losses
from app.rules.rehearsal_verdict import Outcome
from app.rules.sheet import AnswerSheet
from tests import factories
from tests.factories import NOON

LENGTH = timedelta(minutes=5)
PEOPLE = extras(60, "seed")  # more than go at once


@pytest.fixture
def city(context):
    return factories.city()


@pytest.fixture
def contest(city):
    """A real contest in which somebody has answered, and which somebody else is answering."""
    contest_id, _ = factories.contest(city)
    done = attempts.start(contest_id, city.wang_fang, now=NOON)
    attempts.hand_in(done, actor=city.wang_fang, now=NOON)
    attempts.start(contest_id, city.zhang_wei, now=NOON)
    accounts.enter(contest_id, "陈静", "3333", origin="10.0.0.7", now=NOON)
    claim_try("somebody's mistake", NOON)
    return contest_id


@pytest.fixture
def made(city, contest):
    return rehearsals.set_up(city.quiz, PEOPLE, LENGTH, actor=None, now=NOON)


def everything():
    """All rows of all tables, as they are stored."""
    db.session.rollback()
    with snapshot() as now:
        return {table.name: [tuple(row) for row in now.rows(table)] for table in now.tables}


def take_part(made, extra, *, hands_in=True):
    """Somebody made up enters, saves, and hands in."""
    signed_in = accounts.enter(made.contest_id, extra.name, extra.tail, origin=ORIGIN, now=NOON)
    attempt_id = attempts.start(made.contest_id, extra.user_id, now=NOON)
    db.session.rollback()
    lease = db.session.get_one(Attempt, attempt_id).lease
    sheet = AnswerSheet({1: (0,)})
    digest = accounts.digest(signed_in.token)
    attempts.save_sheet(attempt_id, lease=lease, revision=1, sheet=sheet, digest=digest, now=NOON)
    if hands_in:
        attempts.hand_in(attempt_id, actor=extra.user_id, now=NOON)
    return Account(extra.user_id, {1: {"1": [0]}}, attempt_id, acknowledged=1, saves=1, has_handed_in=hands_in)


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
    claim_try(digest_of("entry", PEOPLE[5].name, ORIGIN), NOON)


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


def test_a_rehearsal_is_on_no_list_and_in_no_figure(city, contest):
    def lists():
        return {
            "home": [row.id for row in contests.all_published()],
            "contests": contests.listed(),
            "units": people.units(),
            "tree": people.unit_tree(),
            "people": people.people().rows,
            "unassigned": people.unassigned(),
            "known": people.known_people(),
            "stamp": people.stamp(),
            "quizzes": quizzes.listed(),
            "banks": banks.listed(),
            "uses": uses.contests_by_number(city.bank),
            "titles": uses.contest_titles(city.bank, 1),
            "facility": [uses.facility(city.bank, number) for number in range(1, 13)],
            "figures": tallies.figures(contest),
            "invited": rosters.invited(None, None),
            "invited units": rosters.units_of(None, None),
        }

    before = lists()
    made = rehearsals.set_up(city.quiz, PEOPLE, LENGTH, actor=None, now=NOON)
    take_part(made, PEOPLE[0])
    assert lists() == before
    (shown,) = (row for row in contests.listed(with_rehearsal=True) if row.is_rehearsal)
    assert (shown.title, shown.expected, shown.participants) == ("演练：普法小竞赛", len(PEOPLE), 1)


def test_the_contest_lasts_as_long_as_everybody_may_answer(made):
    row = contests.by_id(made.contest_id)
    assert row.opens_at == NOON
    assert row.closes_at == NOON + LENGTH + timedelta(seconds=made.duration) + timedelta(hours=1)
    assert row.slug.startswith("yanlian-") and len(row.slug) == len("yanlian-") + 16


def test_the_audit_keeps_what_made_up_people_did_under_numbers_that_nobody_real_ever_has(city, made):
    take_part(made, PEOPLE[4])
    rehearsals.conclude(made.contest_id, Outcome.YES, actor=None, now=NOON, people=60, lost=0)
    clear(actor=None, now=NOON)
    rows = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    mine = [(row.action, row.actor_id) for row in rows if row.action.startswith("rehearsal") or (row.actor_id or 0) < 0]
    assert mine == [
        ("rehearsal.begin", None),
        ("attempt.start", PEOPLE[4].user_id),
        ("attempt.hand_in", PEOPLE[4].user_id),
        ("rehearsal.end", None),
        ("rehearsal.clear", None),
    ]
    ended = next(row for row in rows if row.action == "rehearsal.end")
    assert (ended.subject, ended.detail) == (f"contest:{made.contest_id}", {"outcome": "yes", "people": 60, "lost": 0})
    assert not any(extra.name in str(row.detail) for row in rows for extra in PEOPLE)


def test_no_two_rehearsals_share_a_number_so_that_no_process_remembers_the_wrong_pool(city, made):
    clear(actor=None, now=NOON)
    again = rehearsals.set_up(city.quiz, PEOPLE[:2], LENGTH, actor=None, now=NOON)
    assert again.contest_id < made.contest_id < 0
    clear(actor=None, now=NOON)
    assert factories.contest(city, slug="next", title="下一场")[0] > 0


def test_what_was_acknowledged_is_found_in_the_tables(made):
    told = [take_part(made, PEOPLE[0]), take_part(made, PEOPLE[1], hands_in=False)]
    assert not losses(told, questions.stored(made.contest_id))
    with writing():
        db.session.get_one(Attempt, told[1].attempt_id).sheet = {"responses": {"1": [1]}, "marked": []}
    assert losses(told, questions.stored(made.contest_id)).lost == 1


def test_many_entries_from_one_address_neither_slow_down_nor_forgive_anybody(made, monkeypatch):
    monkeypatch.setattr(throttles, "NAMES_OF_AN_ADDRESS", 3)
    monkeypatch.setattr(throttles, "TRIES", 3)
    for extra in PEOPLE[:10]:
        accounts.enter(made.contest_id, extra.name, extra.tail, origin=ORIGIN, now=NOON)
    assert db.session.execute(sa.select(Throttle.digest, Throttle.failures)).all() == [("somebody's mistake", 1)]


def test_a_quiz_without_enough_questions_is_refused_and_leaves_nothing(city):
    with writing() as session:
        session.execute(sa.text("UPDATE questions SET state = 'retired'"))
    with pytest.raises(Invalid, match="请补题，或改试卷方案"):
        rehearsals.set_up(city.quiz, PEOPLE, LENGTH, actor=None, now=NOON)
    with pytest.raises(Invalid, match="没有这份试卷方案"):
        rehearsals.set_up(99, PEOPLE, LENGTH, actor=None, now=NOON)
    assert not questions.leftovers()


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


@pytest.mark.parametrize(
    ("opens", "closes", "is_disturbed"),
    [
        (-60, 60, True),
        (0, 60, True),
        (64, 600, True),
        (66, 600, False),
        (-600, -60, False),
        (-600, 0, False),
    ],
)
def test_a_real_contest_that_is_open_or_opens_within_the_hour_is_disturbed(city, opens, closes, is_disturbed):
    minute = timedelta(minutes=1)
    early = NOON - timedelta(days=1)
    factories.contest(city, opens=NOON + opens * minute, closes=NOON + closes * minute, now=early)
    found = questions.disturbed(NOON, NOON + 65 * minute)
    assert [row.title for row in found] == (["普法网络知识竞赛"] if is_disturbed else [])


def test_a_rehearsal_disturbs_nobody_and_a_paused_or_unfinished_contest_is_disturbed(city):
    contest_id, _ = factories.contest(city, closes=NOON + timedelta(minutes=10))
    attempts.start(contest_id, city.wang_fang, now=NOON, accept_short=True)
    rehearsals.set_up(city.quiz, PEOPLE[:1], LENGTH, actor=None, now=NOON)
    within_grace = NOON + timedelta(minutes=10, seconds=30)
    assert len(questions.disturbed(within_grace, within_grace)) == 1
    over = NOON + timedelta(minutes=12)
    assert questions.disturbed(over, over) == []
    sittings.pause(contests.by_id(contest_id).sitting_id, reason="停电", actor=None, now=NOON)
    assert len(questions.disturbed(over, over)) == 1


def test_the_next_contests_quiz_is_rehearsed(city):
    assert questions.coming_quiz(NOON) is None
    factories.contest(city)
    assert questions.coming_quiz(NOON) == city.quiz
    assert questions.coming_quiz(NOON + timedelta(days=2)) is None


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
