"""未参赛名单: who is expected and missing, how far each came, and in which order."""

from datetime import timedelta

import pytest

from app.database import writing
from app.queries import tallies
from tests.queries.roster import NOW, OPENS, Roster


@pytest.fixture
def roster(context) -> Roster:
    with writing():
        return Roster()


def test_the_list_of_absentees_tells_how_far_each_came(roster):
    with writing():
        unit = roster.unit("甲局")
        roster.person(unit, name="未入场", phone="13812341234", staff_number="0007")
        opened, blank, voided, again = (roster.person(unit, name=n) for n in ("未交", "白卷", "作废", "又进场"))
        practised = roster.person(unit, name="只做了模拟")
        roster.attempt(opened, handed_in=False, answered=5)
        roster.attempt(blank)
        roster.attempt(voided, answered=9, voided_at=NOW)
        roster.attempt(again)
        roster.attempt(again, handed_in=False, started_at=OPENS + timedelta(hours=1))
        roster.attempt(practised, sitting_id=roster.practice, answered=9)
        roster.person(unit, 100, name="已参赛")
        roster.person(unit, name="免试", excuse="病假")
        roster.person(None, name="编外", expected=False)
    found = tallies.absentees(roster.id, None, NOW)

    assert [(p.name, p.label) for p in found.people] == [
        ("未入场", "未入场"),
        ("未交", "已入场未交"),
        ("白卷", "交白卷"),
        ("作废", "答卷作废"),
        ("又进场", "已入场未交"),
        ("只做了模拟", "未入场"),
    ]
    assert [len(group) for group in (found.not_started, found.not_handed_in, found.blank)] == [2, 2, 2]
    first, opened_, blank_ = found.people[:3]
    assert (first.unit, first.phone, first.staff_number, first.started_at) == ("甲局", "138****1234", "0007", None)
    assert (opened_.started_at, opened_.handed_in_at) == (OPENS, None)
    assert (blank_.started_at, blank_.handed_in_at) == (OPENS, OPENS + timedelta(minutes=20))
    assert found.as_of == NOW


def test_absentees_stand_in_the_order_of_the_units_then_of_their_names(roster):
    with writing():
        second = roster.unit("乙局", order=2)
        first = roster.unit("甲局", order=1)
        below = roster.unit("甲局所属中心", first, order=3)
        roster.person(None, name="未分配", sort_key="a")
        roster.person(second, name="丁", sort_key="ding")
        roster.person(below, name="丙", sort_key="bing")
        roster.person(first, name="张", sort_key="zhang")
        roster.person(first, name="安", sort_key="an")

    assert [p.name for p in tallies.absentees(roster.id, None, NOW).people] == ["安", "张", "丙", "丁", "未分配"]


def test_a_unit_has_its_own_absentees_and_those_of_all_units_below_it(roster):
    with writing():
        top = roster.unit("甲局", order=1)
        middle = roster.unit("甲局所属中心", top)
        bottom = roster.unit("中心下属站", middle)
        other = roster.unit("乙局", order=2)
        for unit, name in ((top, "局"), (middle, "中心"), (bottom, "站"), (other, "乙"), (None, "无")):
            roster.person(unit, name=name)

    def names(unit: int | None) -> list[str]:
        return [person.name for person in tallies.absentees(roster.id, unit, NOW).people]

    assert names(top) == ["局", "中心", "站"]
    assert names(middle) == ["中心", "站"]
    assert names(other) == ["乙"]
    assert names(None) == ["局", "中心", "站", "乙", "无"]


def test_a_unit_of_another_contest_shows_nobody(roster):
    with writing():
        theirs = Roster()
        unit = theirs.unit("甲局")
        theirs.person(unit)
        roster.person(roster.unit("甲局"))

    assert tallies.absentees(roster.id, unit, NOW).people == ()
