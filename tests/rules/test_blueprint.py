"""Spreading a section over topics and difficulties."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.assembly import NotEnough, PoolItem, assemble
from app.rules.blueprint import Cell, allot, shortages
from app.rules.paper import PaperSpec, Section
from app.rules.question import QuestionKind

SECTION = Section(
    "单选", QuestionKind.SINGLE_CHOICE, 4, 100, topics=(("宪法", 3), ("民法典", 1)), difficulties=((1, 2), (3, 2))
)
POOL = [PoolItem(0, 4, False, topic, level) for topic in ("宪法", "民法典", "信访") for level in (1, 2, 3)] * 3
HELD = [("宪法", 1, 2), ("宪法", 3, 2), ("民法典", 1, 1), ("民法典", 3, 1)]


@given(st.text(max_size=20))
def test_every_paper_has_the_topics_and_difficulties_of_its_section(seed):
    places = [item.place for item in assemble(POOL, PaperSpec((SECTION,)), seed).items]
    assert len(set(places)) == 4
    assert Counter(POOL[place].topic for place in places) == {"宪法": 3, "民法典": 1}
    assert Counter(POOL[place].difficulty for place in places) == {1: 2, 3: 2}


def test_only_topics_or_only_difficulties_may_be_asked_for():
    topics = replace(SECTION, difficulties=())
    levels = replace(SECTION, topics=())
    for number in range(50):
        by_topic = [POOL[i.place].topic for i in assemble(POOL, PaperSpec((topics,)), str(number)).items]
        by_level = [POOL[i.place].difficulty for i in assemble(POOL, PaperSpec((levels,)), str(number)).items]
        assert (Counter(by_topic), Counter(by_level)) == ({"宪法": 3, "民法典": 1}, {1: 2, 3: 2})


def test_every_question_that_may_come_does_come_about_equally_often():
    papers = [assemble(POOL, PaperSpec((SECTION,)), str(number)) for number in range(900)]
    drawn = Counter(item.place for paper in papers for item in paper.items)
    wanted = [place for place, item in enumerate(POOL) if item.topic == "宪法" and item.difficulty in (1, 3)]
    assert all(350 <= drawn[place] <= 550 for place in wanted)  # 900 papers × 3 questions ÷ 6
    assert len({paper.items[0].place for paper in papers}) == 12  # and any of them may be asked first


def test_one_question_moves_when_another_has_nowhere_else_to_go():
    """宪法 has room in both columns, 民法典 only in the first: whoever comes first, all find a place."""
    room: dict[Cell, int] = {("宪法", 1): 1, ("宪法", 3): 1, ("民法典", 1): 1}
    section = replace(SECTION, count=2, topics=(("宪法", 1), ("民法典", 1)), difficulties=((1, 1), (3, 1)))
    assert allot(section, room, lambda limit: 0) == {("宪法", 3): 1, ("民法典", 1): 1}
    assert allot(section, room, lambda limit: limit - 1) == {("宪法", 3): 1, ("民法典", 1): 1}


EVEN = replace(SECTION, count=5, topics=(), difficulties=(), is_even=True)
SHARES = {("宪法", 1): 12, ("宪法", 2): 8, ("民法典", 1): 4, ("民法典", 2): 4, ("信访", 2): 2}


def even_pool():
    return [PoolItem(0, 4, False, topic, level) for (topic, level), count in SHARES.items() for _ in range(count)]


@given(st.text(max_size=20))
def test_an_even_section_keeps_to_the_shares_of_the_pool_as_nearly_as_can_be(seed):
    pool = even_pool()
    items = [pool[item.place] for item in assemble(pool, PaperSpec((EVEN,)), seed).items]
    topics, levels = Counter(item.topic for item in items), Counter(item.difficulty for item in items)
    assert (topics["宪法"] in (3, 4), topics["民法典"] in (1, 2), topics["信访"] in (0, 1)) == (True, True, True)
    assert (levels[1] in (2, 3), levels[2] in (2, 3)) == (True, True)


def test_in_an_even_section_every_question_comes_up_about_equally_often():
    pool = even_pool()
    drawn = Counter(i.place for n in range(1200) for i in assemble(pool, PaperSpec((EVEN,)), str(n)).items)
    assert all(140 <= drawn[place] <= 260 for place in range(len(pool)))  # 1200 papers × 5 questions ÷ 30


def test_what_is_written_out_stands_and_the_rest_is_even():
    section = replace(EVEN, topics=(("民法典", 4), ("信访", 1)))
    pool = even_pool()
    for number in range(30):
        items = [pool[item.place] for item in assemble(pool, PaperSpec((section,)), str(number)).items]
        assert Counter(item.topic for item in items) == {"民法典": 4, "信访": 1}


def test_even_shares_give_way_where_no_paper_has_them():
    """Difficulty 1 is wanted twice and only 宪法 has it, of which one is wanted: any two difficulties then."""
    room: dict[Cell, int] = {("宪法", 1): 8, ("民法典", 2): 1, ("民法典", 3): 1}
    section = replace(EVEN, count=2, topics=(("宪法", 1), ("民法典", 1)))
    assert (allot(section, room, lambda limit: 0) or {})["宪法", 1] == 1


def test_a_pool_without_topics_is_drawn_by_chance():
    pool = [PoolItem(0, 4, False)] * 9
    assert len({item.place for item in assemble(pool, PaperSpec((EVEN,)), "a").items}) == 5


def test_a_pool_without_the_right_questions_names_the_section():
    with pytest.raises(NotEnough, match="单选"):
        assemble([item for item in POOL if item.difficulty != 3], PaperSpec((SECTION,)), "a")


def test_what_can_be_drawn_has_no_shortage():
    assert shortages(SECTION, HELD) == []
    assert shortages(replace(SECTION, topics=(), difficulties=()), HELD) == []


@pytest.mark.parametrize(
    ("section", "held", "said"),
    [
        (SECTION, HELD[:1], ["题库里可用的单选题只有2道，抽不出4道。"]),
        (
            replace(SECTION, topics=(("宪法", 2),)),
            HELD,
            ["单选题按知识点分配了2道，应是4道，或者全部空着。"],
        ),
        (
            replace(SECTION, topics=(("宪法", 1), ("民法典", 3))),
            HELD,
            ["题库里知识点“民法典”的单选题只有2道，抽不出3道。"],
        ),
        (
            replace(SECTION, topics=(), difficulties=((1, 2), (5, 2))),
            HELD,
            ["题库里难度“5”的单选题只有0道，抽不出2道。"],
        ),
        (
            SECTION,
            [("宪法", 1, 1), ("宪法", 2, 2), ("宪法", 3, 1), ("民法典", 1, 2), ("民法典", 3, 1)],
            ["单选题不能同时满足知识点和难度的要求：请改一改各难度的题数，或给题少的知识点补题。"],
        ),
    ],
)
def test_what_is_missing_is_told(section, held, said):
    assert shortages(section, held) == said


@given(
    st.dictionaries(st.tuples(st.sampled_from("甲乙丙"), st.integers(1, 3)), st.integers(0, 3)),
    st.lists(st.integers(0, 3), min_size=3, max_size=3),
    st.lists(st.integers(0, 3), min_size=3, max_size=3),
)
def test_a_choice_is_found_exactly_when_there_is_one(room, topics, levels):
    """Against trying every table."""
    topics_wanted = tuple(pair for pair in zip("甲乙丙", topics, strict=True) if pair[1])
    levels_wanted = tuple(pair for pair in zip((1, 2, 3), levels, strict=True) if pair[1])
    count = sum(topics)
    if not count or count != sum(levels):
        return
    section = Section("单选", QuestionKind.SINGLE_CHOICE, count, 100, topics_wanted, levels_wanted)
    found = allot(section, room, lambda limit: 0)
    assert (found is not None) == _fits(list(topics_wanted), dict(levels_wanted), room)
    if found is not None:
        assert all(count <= room[cell] for cell, count in found.items())


def _fits(topics, levels, room):
    if not topics:
        return True
    (topic, wanted), rest = topics[0], topics[1:]
    return any(_fits(rest, left, room) for left in _spendings(topic, wanted, dict(levels), room, list(levels)))


def _spendings(topic, wanted, levels, room, columns):
    if not columns:
        if not wanted:
            yield levels
        return
    column, rest = columns[0], columns[1:]
    for used in range(min(wanted, levels[column], room.get((topic, column), 0)) + 1):
        yield from _spendings(topic, wanted - used, levels | {column: levels[column] - used}, room, rest)
