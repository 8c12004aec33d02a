"""What is counted of a contest, on both databases, beside a second count of the same rows by plain SQL."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.database import db, writing
from app.models import RosterEntry, Terms
from app.queries import tallies
from app.rules import rates
from app.rules.rates import Tally
from tests.queries.roster import NOW, OPENS, Roster, example


@pytest.fixture
def roster(context) -> Roster:
    with writing():
        return Roster()


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that reach the database meanwhile, without BEGIN and the like."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_):
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


def shown(figures: rates.Figures, *names: str) -> list[tuple[str, ...]]:
    places = [[name for name, _ in rates.COLUMNS].index(name) for name in names]
    return [(row.name, *(rates.cells(row)[place] for place in places)) for row in figures.rows]


def test_the_worked_example_comes_out_of_the_database_with_its_digits(roster):
    with writing():
        example(roster)

    figures = tallies.figures(roster.id)

    assert shown(figures, "在册", "免试", "应参", "实参", "优秀人数", "参赛率", "优秀率") == [
        ("甲局本级", "10", "0", "10", "8", "6", "80.00%", "75.00%"),
        ("甲局所属一中心", "4", "1", "3", "3", "3", "100.00%", "100.00%"),
        ("甲局合计", "14", "1", "13", "11", "9", "84.62%", "81.82%"),
        ("乙局", "0", "0", "0", "0", "0", "—", "—"),
        ("丙局", "6", "0", "6", "0", "0", "0.00%", "—"),
        ("合计（不含编外）", "20", "1", "19", "11", "9", "57.89%", "81.82%"),
        ("编外", "—", "—", "—", "2", "1", "—", "50.00%"),
        ("含编外", "", "", "", "13", "10", "—", "76.92%"),
    ]
    assert rates.percent(figures.unit_participation_rate) == "50.00%"


def test_an_excuse_lapses_with_a_valid_attempt(roster):
    with writing():
        unit = roster.unit("甲局")
        roster.person(unit, excuse="病假")
        roster.person(unit, 9500, excuse="病假")

    assert shown(tallies.figures(roster.id), "在册", "免试", "应参", "实参")[0] == ("甲局", "2", "1", "1", "1")


def test_a_declared_head_count_takes_the_place_of_the_roster(roster):
    with writing():
        declared = roster.unit("甲局", order=1, declared=4)
        full = roster.unit("乙局", order=2, declared=1)
        silent = roster.unit("丙局", order=3, declared=3)
        roster.person(declared, 9500, source="self")
        roster.person(full, 9500, source="self")
        roster.person(full, 5000, source="self")
    figures = tallies.figures(roster.id)

    assert [(row.name, *rates.cells(row)[2:6], row.remark) for row in figures.rows] == [
        ("甲局", "4", "1", "3", "25.00%", ""),
        ("乙局", "1", "2", "—", "—", "应参人数待核"),
        ("丙局", "3", "0", "3", "0.00%", "无人参赛"),
        ("合计", "8", "3", "5", "37.50%", ""),
    ]
    assert tallies.progress(roster.id).expected == 8
    assert [row.unit_id for row in tallies.absent_by_unit(roster.id)] == [declared, full, silent]


def test_a_mark_is_reached_exactly_and_the_latest_terms_say_which(roster):
    with writing():
        unit = roster.unit("甲局")
        for result in (10_000, 9999, 9000, 8999, 6000, 5999, 0):
            roster.person(unit, result)
    tally = tallies.figures(roster.id).total

    assert (tally.full, tally.excellent, tally.passed, tally.participants) == (1, 3, 5, 7)
    assert tally.score_sum == 49_997


def test_attempts_are_not_people(roster):
    with writing():
        roster.person(roster.unit("甲局"), 9500, valid_attempts=3)

    assert shown(tallies.figures(roster.id), "实参", "人次")[0] == ("甲局", "1", "3")


def test_a_contest_without_terms_has_people_but_no_marks(roster):
    with writing():
        roster.person(roster.unit("甲局"))
        db.session.execute(sa.delete(Terms))

    assert shown(tallies.figures(roster.id), "应参", "实参", "优秀率") == [
        ("甲局", "1", "0", "—"),
        ("合计", "1", "0", "—"),
    ]


def test_somebody_outside_who_did_not_take_part_is_nowhere(roster):
    with writing():
        roster.person(roster.unit("甲局"))
        roster.person(None, expected=False)

    assert [row.name for row in tallies.figures(roster.id).rows] == ["甲局", "合计"]


def test_another_contest_adds_nothing(roster):
    with writing():
        example(roster)
    before = tallies.figures(roster.id), tallies.progress(roster.id), tallies.by_day(roster.id)
    with writing():
        example(Roster())

    assert (tallies.figures(roster.id), tallies.progress(roster.id), tallies.by_day(roster.id)) == before


@pytest.mark.parametrize("seed", range(3))
def test_an_independent_recount_agrees(roster, seed):
    """Random forests and people; the second count uses one plain query a figure and no tree."""
    rng = random.Random(seed)
    with writing():
        units: list[int] = []
        for number in range(rng.randint(1, 7)):
            units.append(roster.unit(f"单位{number}", rng.choice([None, *units]), order=rng.randint(0, 3)))
        for _ in range(50):
            result = rng.choice([None, None, rng.randrange(0, 10_001, 25), 9000, 6000])
            expected = rng.random() < 0.9
            roster.person(
                rng.choice([None, *units]),
                result,
                expected=expected,
                excuse=rng.choice([None, None, "病假"]) if expected else None,
                valid_attempts=0 if result is None else rng.randint(1, 4),
            )
    figures = tallies.figures(roster.id)
    own = {row.unit_id: row.tally for row in figures.rows if row.kind in ("unit", "own", "unassigned")}

    for unit in units:
        assert own[unit] == recount(roster.id, f"expected AND roster_unit_id = {unit}")
    assert own.get(None, Tally()) == recount(roster.id, "expected AND roster_unit_id IS NULL")
    assert figures.total == recount(roster.id, "expected")
    outside = next((row.tally for row in figures.rows if row.kind == "outside"), Tally())
    assert outside.participants == recount(roster.id, "NOT expected").participants
    assert figures.total.participants == tallies.progress(roster.id).participants
    assert sum(people for _, people in tallies.by_day(roster.id)) == figures.total.participants


def recount(contest_id: int, where: str) -> Tally:
    def number(what: str, condition: str) -> int:
        sql = f"SELECT {what} FROM roster_entries WHERE contest_id = {contest_id} AND {where} AND {condition}"
        return int(db.session.execute(sa.text(sql)).scalar() or 0)

    enrolled, excused = number("count(id)", "1 = 1"), number("count(id)", "excuse IS NOT NULL AND result IS NULL")
    return Tally(
        enrolled=enrolled,
        excused=excused,
        expected=enrolled - excused,
        participants=number("count(DISTINCT user_id)", "result IS NOT NULL"),
        excellent=number("count(id)", "result >= 9000"),
        passed=number("count(id)", "result >= 6000"),
        full=number("count(id)", "result = 10000"),
        attempts=number("sum(valid_attempts)", "1 = 1"),
        score_sum=number("sum(result)", "1 = 1"),
    )


def test_progress_counts_people_and_attempts(roster):
    with writing():
        unit = roster.unit("甲局")
        roster.person(unit, 9500)
        roster.person(unit, excuse="病假")
        saved = OPENS + timedelta(minutes=7)
        roster.attempt(roster.person(unit), handed_in=False, answered=3, saved_at=saved)
        roster.attempt(roster.person(unit))
        roster.attempt(roster.person(unit), sitting_id=roster.practice, handed_in=False)
        roster.person(None, 9000, expected=False)

    assert tallies.progress(roster.id) == tallies.Progress(
        participants=1, expected=4, answering=1, handed_in=3, last_saved_at=saved
    )


def test_a_person_is_new_on_the_shanghai_day_of_the_first_valid_start(roster):
    midnight = datetime(2026, 9, 9, 16, 0, tzinfo=UTC)  # the 10th begins in Shanghai
    with writing():
        unit = roster.unit("甲局")
        for started in (midnight - timedelta(milliseconds=1), midnight, midnight + timedelta(days=2)):
            entry = roster.person(unit)
            roster.attempt(entry, started_at=started, answered=1)
            roster.attempt(entry, started_at=started + timedelta(days=3), answered=1)
            roster.attempt(entry, started_at=started - timedelta(hours=12))  # a blank paper
            roster.attempt(entry, started_at=started - timedelta(hours=11), answered=9, voided_at=NOW)
        db.session.execute(sa.update(RosterEntry).values(result=9000, valid_attempts=2))

    assert tallies.by_day(roster.id) == (
        (date(2026, 9, 9), 1),
        (date(2026, 9, 10), 1),
        (date(2026, 9, 11), 0),
        (date(2026, 9, 12), 1),
    )


def test_before_anybody_took_part_there_are_no_days(roster):
    assert tallies.by_day(roster.id) == ()


def test_absent_by_unit_lists_parents_with_their_children_and_leaves_out_the_empty(roster):
    with writing():
        example(roster)
        roster.person(None)

    assert [
        (row.name, row.depth, row.tally.expected, row.tally.participants, row.tally.absent, rates.cells(row)[5])
        for row in tallies.absent_by_unit(roster.id)
    ] == [
        ("甲局", 0, 13, 11, 2, "84.62%"),
        ("甲局所属一中心", 1, 3, 3, 0, "100.00%"),
        ("丙局", 0, 6, 0, 6, "0.00%"),
        ("未分配", 0, 1, 0, 1, "0.00%"),
    ]


@pytest.mark.parametrize("units", [1, 3])
def test_the_number_of_statements_does_not_grow_with_the_units(roster, units):
    with writing():
        for number in range(units):
            unit = roster.unit(f"单位{number}")
            roster.person(unit, 9500)
            roster.person(unit)
    asked = {}
    for name, ask in {
        "figures": lambda: tallies.figures(roster.id),
        "absent_by_unit": lambda: tallies.absent_by_unit(roster.id),
        "progress": lambda: tallies.progress(roster.id),
        "by_day": lambda: tallies.by_day(roster.id),
        "absentees": lambda: tallies.absentees(roster.id, unit, NOW),
    }.items():
        with statements() as seen:
            ask()
        asked[name] = len(seen)

    assert asked == {"figures": 2, "absent_by_unit": 2, "progress": 2, "by_day": 1, "absentees": 2}


def test_questions_write_nothing(roster):
    with writing():
        example(roster)
    tallies.figures(roster.id)
    tallies.absentees(roster.id, None, NOW)

    assert not db.session.new
    assert not db.session.dirty
