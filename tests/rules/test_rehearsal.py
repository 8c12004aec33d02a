"""演练: who does what when, and what counts as lost, doubled or graded wrongly."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.rehearsal import Account, Losses, Stored, extras, is_rehearsal, losses, paces

NOON = datetime(2026, 9, 17, 4, 0, tzinfo=UTC)
FIRST, SECOND = {"1": [0]}, {"1": [0], "2": [1, 3]}
TOLD = Account(-1, {1: FIRST, 2: SECOND}, attempt_id=7, acknowledged=2, saves=2, has_handed_in=True)
KEPT = Stored(7, 2, SECOND, NOON, 400, (400,), 400)


def test_made_up_people_are_obvious_and_no_two_alike():
    people = extras(300, "seed")
    assert [(one.user_id, one.name) for one in (people[0], people[-1])] == [(-1, "演练00001"), (-300, "演练00300")]
    assert all(is_rehearsal(one.user_id) for one in people)
    assert len({one.name for one in people}) == 300
    assert {one.phone[:7] for one in people} == {"0000000"}  # no telephone begins so
    assert len({one.tail for one in people}) > 250


def test_nobody_can_guess_the_numbers_of_another_rehearsal():
    assert [one.tail for one in extras(20, "a")] != [one.tail for one in extras(20, "b")]


@given(st.integers(1, 200), st.floats(3, 7200), st.floats(60, 7200), st.integers())
def test_everybody_comes_saves_and_hands_in_in_order_and_within_the_time(count, seconds, duration, seed):
    made = paces(count, seconds, duration, str(seed))
    assert len(made) == count
    for pace in made:
        assert 0 <= pace.arrives <= seconds / 2
        assert [*pace.saves] == sorted(pace.saves)
        assert len(pace.saves) >= 2
        assert pace.arrives <= pace.saves[0] and pace.saves[-1] <= pace.hands_in <= seconds * 1.000001
        assert pace.hands_in - pace.arrives <= duration


def test_starts_are_spread_evenly_and_hand_ins_crowd_towards_the_end():
    made = paces(1000, 300, 3600, "seed")
    assert sum(pace.arrives < 75 for pace in made) == pytest.approx(500, abs=2)
    late = sum(pace.hands_in > 240 for pace in made)
    assert late > 700  # three quarters in the later half of the closing
    assert min(pace.hands_in for pace in made) >= 180


def test_longer_rehearsals_have_more_saves():
    few, many = (paces(50, seconds, 7200, "seed") for seconds in (60, 600))
    assert sum(len(pace.saves) for pace in many) > 3 * sum(len(pace.saves) for pace in few)


def test_what_is_stored_as_it_was_acknowledged_is_no_loss():
    assert losses([TOLD], {-1: [KEPT]}) == Losses()
    assert not losses([TOLD], {-1: [KEPT]})


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        ([], Losses(lost=1)),
        ([replace(KEPT, attempt_id=8)], Losses(lost=1)),
        ([replace(KEPT, revision=1, responses=FIRST)], Losses(lost=1)),
        ([replace(KEPT, responses=FIRST)], Losses(lost=1)),
        ([replace(KEPT, revision=3)], Losses(lost=1)),
        ([replace(KEPT, handed_in_at=None, graded=(), score=None, result=None)], Losses(lost=1)),
        ([KEPT, replace(KEPT, attempt_id=8)], Losses(doubled=1)),
        ([replace(KEPT, graded=())], Losses(misgraded=1)),
        ([replace(KEPT, graded=(400, 400))], Losses(misgraded=1)),
        ([replace(KEPT, graded=(300,))], Losses(misgraded=1)),
        ([replace(KEPT, result=None)], Losses(misgraded=1)),
    ],
)
def test_every_kind_of_loss_is_found(stored, found):
    assert losses([TOLD], {-1: stored}) == found
    assert losses([TOLD, Account(-2)], {-1: stored}) == found


def test_a_save_that_was_stored_although_its_answer_got_lost_is_no_loss():
    account = replace(TOLD, acknowledged=1, has_handed_in=False)
    stored = Stored(7, 2, SECOND, None, None, (), None)
    assert losses([account], {-1: [stored]}) == Losses()


def test_a_blank_paper_is_graded_and_counts_for_nothing():
    account = Account(-1, {}, attempt_id=7, has_handed_in=True)
    assert losses([account], {-1: [Stored(7, 0, {}, NOON, 0, (0,), None)]}) == Losses()
    assert losses([account], {-1: [Stored(7, 0, {}, NOON, 0, (0,), 0)]}) == Losses(misgraded=1)


def test_losses_of_many_people_add_up():
    gone = replace(TOLD, user_id=-2)
    assert losses([TOLD, gone], {-1: [KEPT, replace(KEPT, attempt_id=9)]}) == Losses(lost=1, doubled=1)
