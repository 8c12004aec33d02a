"""The figures of the report, on paper: the example of docs/rates.md, the tree, and where rounding turns."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import rates
from app.rules.rates import Figures, Row, Tally, UnitTally

BUREAU = UnitTally(1, None, "甲局", 1, Tally(10, 0, 10, 8, 6, 8, 0, 12, 74_000))
CENTRE = UnitTally(2, 1, "甲局所属一中心", 2, Tally(4, 1, 3, 3, 3, 3, 1, 3, 28_500))
EMPTY = UnitTally(3, None, "乙局", 3, Tally())
IDLE = UnitTally(4, None, "丙局", 4, Tally(enrolled=6, expected=6))
OUTSIDE = Tally(participants=2, excellent=1, passed=2, attempts=2, score_sum=17_000)
EXAMPLE = rates.figures([BUREAU, CENTRE, EMPTY, IDLE], Tally(), OUTSIDE)


def shown(figures: Figures, *names: str) -> list[tuple[str, ...]]:
    places = [[name for name, _ in rates.COLUMNS].index(name) for name in names]
    return [(row.name, *(rates.cells(row)[place] for place in places)) for row in figures.rows]


def test_the_worked_example_gives_its_digits():
    assert shown(EXAMPLE, "在册", "免试", "应参", "实参", "优秀人数", "参赛率", "优秀率") == [
        ("甲局本级", "10", "0", "10", "8", "6", "80.00%", "75.00%"),
        ("甲局所属一中心", "4", "1", "3", "3", "3", "100.00%", "100.00%"),
        ("甲局合计", "14", "1", "13", "11", "9", "84.62%", "81.82%"),
        ("乙局", "0", "0", "0", "0", "0", "—", "—"),
        ("丙局", "6", "0", "6", "0", "0", "0.00%", "—"),
        ("合计（不含编外）", "20", "1", "19", "11", "9", "57.89%", "81.82%"),
        ("编外", "—", "—", "—", "2", "1", "—", "50.00%"),
        ("含编外", "", "", "", "13", "10", "—", "76.92%"),
    ]


def test_the_worked_example_counts_units_at_the_top_level_that_expect_somebody():
    assert (EXAMPLE.units_taking_part, EXAMPLE.units_expected) == (1, 2)
    assert rates.percent(EXAMPLE.unit_participation_rate) == "50.00%"


def test_the_other_columns_of_the_worked_example():
    assert shown(EXAMPLE, "未参", "平均分", "合格率", "满分率", "人次") == [
        ("甲局本级", "2", "92.50", "100.00%", "0.00%", "12"),
        ("甲局所属一中心", "0", "95.00", "100.00%", "33.33%", "3"),
        ("甲局合计", "2", "93.18", "100.00%", "9.09%", "15"),
        ("乙局", "0", "—", "—", "—", "0"),
        ("丙局", "6", "—", "—", "—", "0"),
        ("合计（不含编外）", "8", "93.18", "100.00%", "9.09%", "15"),
        ("编外", "—", "85.00", "100.00%", "0.00%", "2"),
        ("含编外", "", "91.92", "100.00%", "7.69%", "17"),
    ]


def test_the_columns_stand_in_their_order():
    assert [name for name, _ in rates.COLUMNS] == [
        "在册", "免试", "应参", "实参", "未参", "参赛率", "平均分", "优秀人数", "优秀率", "合格率", "满分率", "人次",
    ]  # fmt: skip


def test_lines_are_numbered_indented_and_remarked():
    assert [(row.number, row.depth, row.kind, row.remark) for row in EXAMPLE.rows] == [
        (1, 0, "own", ""),
        (None, 1, "unit", ""),
        (None, 0, "sum", ""),
        (2, 0, "unit", "尚无人员"),
        (3, 0, "unit", "无人参赛"),
        (None, 0, "total", ""),
        (None, 0, "outside", "不入合计"),
        (None, 0, "all", ""),
    ]


def test_branches_hold_each_unit_with_all_below_it():
    assert [(row.name, row.depth, row.tally.expected, row.tally.participants) for row in EXAMPLE.branches] == [
        ("甲局", 0, 13, 11),
        ("甲局所属一中心", 1, 3, 3),
        ("乙局", 0, 0, 0),
        ("丙局", 0, 6, 0),
    ]
    assert EXAMPLE.tops == tuple(row for row in EXAMPLE.branches if row.depth == 0)


def test_without_anybody_outside_the_total_is_just_the_total():
    figures = rates.figures([BUREAU], Tally(), Tally())

    assert [row.name for row in figures.rows] == ["甲局", "合计"]


def test_people_without_a_unit_have_a_line_of_their_own_inside_the_total():
    figures = rates.figures([IDLE], Tally(enrolled=2, expected=2, participants=1), Tally())

    assert [(row.name, row.tally.expected, row.tally.participants) for row in figures.rows] == [
        ("丙局", 6, 0),
        ("未分配", 2, 1),
        ("合计", 8, 1),
    ]
    assert figures.rows[1].remark == "待归入单位"
    assert (figures.units_taking_part, figures.units_expected) == (0, 1)


def test_more_participants_than_expected_give_no_rate_and_are_never_capped():
    unit = UnitTally(1, None, "甲局", 1, Tally(enrolled=6, expected=5, participants=6, attempts=6, score_sum=60_000))
    figures = rates.figures([unit], Tally(), Tally())

    assert shown(figures, "应参", "实参", "未参", "参赛率") == [
        ("甲局", "5", "6", "—", "—"),
        ("合计", "5", "6", "—", "—"),
    ]
    assert [row.remark for row in figures.rows] == ["应参人数待核", "应参人数待核"]


def test_with_nobody_expected_there_is_no_rate_and_no_error():
    figures = rates.figures([], Tally(), Tally())

    assert shown(figures, "应参", "实参", "参赛率", "平均分", "优秀率") == [("合计", "0", "0", "—", "—", "—")]
    assert rates.percent(figures.unit_participation_rate) == "—"


def test_units_in_a_circle_are_refused():
    circle = [UnitTally(1, 2, "甲局", 1, Tally()), UnitTally(2, 1, "乙局", 2, Tally())]

    with pytest.raises(ValueError, match="circle"):
        rates.figures(circle, Tally(), Tally())


def test_a_unit_whose_parent_is_not_on_the_roster_stands_at_the_top():
    figures = rates.figures([UnitTally(7, 99, "丁中心", 1, Tally())], Tally(), Tally())

    assert [(row.name, row.number) for row in figures.tops] == [("丁中心", 1)]


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (11, 13, "84.62%"),
        (1, 32, "3.13%"),  # 3.125
        (1, 800, "0.13%"),  # 0.125
        (1249, 1_000_000, "0.12%"),
        (6299, 6300, "99.98%"),
        (19_999, 20_000, "99.99%"),  # 99.995 would be rounded up to all
        (6300, 6300, "100.00%"),
        (0, 5, "0.00%"),
        (1, 30_000, "0.00%"),
    ],
)
def test_a_rate_is_rounded_half_up_and_is_all_only_when_it_is(part, whole, text):
    assert rates.percent(rates.share(part, whole)) == text


@pytest.mark.parametrize(
    ("hundredths", "text"), [(9600, "96"), (9550, "95.5"), (9525, "95.25"), (10_000, "100"), (0, "0"), (5, "0.05")]
)
def test_points_are_written_as_people_write_them(hundredths, text):
    assert rates.points(hundredths) == text


def test_counts_have_a_comma_on_pages_and_none_in_files():
    row = Row("unit", "甲局", 0, Tally(enrolled=1052, expected=1027, participants=917))

    assert rates.cells(row)[:5] == ("1,052", "0", "1,027", "917", "110")
    assert rates.cells(row, thousands="")[:5] == ("1052", "0", "1027", "917", "110")


@given(part=st.integers(0, 10_000), more=st.integers(0, 10_000))
def test_100_percent_is_written_for_all_and_for_nothing_less(part, more):
    text = rates.percent(rates.share(part, part + more))

    assert (text == "100.00%") == (part > 0 and more == 0)


@given(part=st.integers(0, 10_000), whole=st.integers(1, 10_000))
def test_what_is_printed_is_within_half_a_hundredth_of_a_percent(part, whole):
    rate = Fraction(min(part, whole), whole)
    error = Fraction(rates.percent(rate).removesuffix("%")) / 100 - rate

    assert -Fraction(1, 10_000) < error <= Fraction(1, 20_000)


@st.composite
def forests(draw: st.DrawFn) -> list[UnitTally]:
    """Units in any order, each below an earlier one or at the top."""
    made: list[UnitTally] = []
    for unit_id in range(1, draw(st.integers(0, 12)) + 1):
        parent = draw(st.one_of(st.none(), st.integers(1, unit_id - 1))) if unit_id > 1 else None
        made.append(UnitTally(unit_id, parent, f"单位{unit_id}", draw(st.integers(0, 3)), draw(tallies())))
    return draw(st.permutations(made))


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    enrolled = draw(st.integers(0, 60))
    excused = draw(st.integers(0, enrolled))
    participants = draw(st.integers(0, enrolled - excused))
    passed = draw(st.integers(0, participants))
    excellent = draw(st.integers(0, passed))
    return Tally(
        enrolled=enrolled,
        excused=excused,
        expected=enrolled - excused,
        participants=participants,
        excellent=excellent,
        passed=passed,
        full=draw(st.integers(0, excellent)),
        attempts=participants + draw(st.integers(0, 9)),
        score_sum=draw(st.integers(0, 10_000)) * participants,
    )


@given(units=forests(), unassigned=tallies(), outside=tallies())
def test_rolling_up_adds_counts_and_divides_once(units, unassigned, outside):
    figures = rates.figures(units, unassigned, outside)
    everybody = sum((unit.own for unit in units), unassigned)
    own = [row for row in figures.rows if row.kind in ("unit", "own")]

    assert figures.total == everybody
    assert sum((top.tally for top in figures.tops), unassigned) == everybody
    assert {row.unit_id: row.tally for row in own} == {unit.unit_id: unit.own for unit in units}
    assert len(own) == len(units)
    assert figures.total.participation_rate == rates.share(everybody.participants, everybody.expected)


@given(units=forests())
def test_a_sum_is_that_of_the_unit_and_all_its_descendants(units):
    figures = rates.figures(units, Tally(), Tally())
    parents = {unit.unit_id: unit.parent_id for unit in units}

    def is_below(unit_id: int | None, top: int | None) -> bool:
        while unit_id is not None and unit_id != top:
            unit_id = parents[unit_id]
        return unit_id == top

    for row in figures.branches:
        own = [unit.own for unit in units if is_below(unit.unit_id, row.unit_id)]
        assert row.tally == sum(own, Tally())
