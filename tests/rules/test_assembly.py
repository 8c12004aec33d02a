"""Drawing papers."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.assembly import NotEnough, Paper, PoolItem, assemble
from app.rules.paper import PaperSpec, Section
from app.rules.question import QuestionKind

SPEC = PaperSpec(
    (
        Section("单选", QuestionKind.SINGLE_CHOICE, 5, 200),
        Section("判断", QuestionKind.TRUE_FALSE, 3, 100),
    )
)
POOL = [PoolItem(0, 4, False)] * 12 + [PoolItem(1, 2, True)] * 6


def test_the_same_seed_draws_the_same_paper():
    assert assemble(POOL, SPEC, "a") == assemble(POOL, SPEC, "a")
    assert assemble(POOL, SPEC, "a") != assemble(POOL, SPEC, "b")


def test_a_seed_draws_this_very_paper_on_every_machine():
    """A change of this line would redraw papers that people have already seen."""
    assert [item.place for item in assemble(POOL, SPEC, "2026").items] == [6, 3, 4, 11, 2, 12, 14, 17]


@given(st.text(max_size=20))
def test_a_paper_has_the_counts_of_its_spec_and_no_item_twice(seed):
    paper = assemble(POOL, SPEC, seed)
    places = [item.place for item in paper.items]
    assert len(set(places)) == 8
    assert all(place < 12 for place in places[:5]) and all(place >= 12 for place in places[5:])
    assert all(sorted(item.order) == list(range(POOL[item.place].options)) for item in paper.items)


@given(st.text(max_size=20))
def test_true_and_false_keep_their_order(seed):
    assert {item.order for item in assemble(POOL, SPEC, seed).items[5:]} == {(0, 1)}


def test_every_item_and_every_order_comes_up_about_equally_often():
    papers = [assemble(POOL, SPEC, str(number)) for number in range(1200)]
    drawn = Counter(item.place for paper in papers for item in paper.items[:5])
    first = Counter(item.order[0] for paper in papers for item in paper.items[:5])
    assert all(400 <= drawn[place] <= 600 for place in range(12))
    assert all(1300 <= first[option] <= 1700 for option in range(4))


def test_a_pool_too_small_names_the_section():
    with pytest.raises(NotEnough, match="判断"):
        assemble(POOL[:14], SPEC, "a")


def test_a_stored_paper_reads_back_equal():
    paper = assemble(POOL, SPEC, "a")
    assert Paper.from_json(paper.as_json()) == paper
