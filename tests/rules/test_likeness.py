"""Texts that say nearly the same."""

from hypothesis import given
from hypothesis import strategies as st

from app.rules.likeness import Alike, nearly_alike

TEXTS = [
    "行政机关应当自受理之日起六十日内作出行政复议决定。",
    "公民有言论、出版、集会、结社、游行、示威的自由。",
    "行政机关应当自受理之日起六十日内作出 行政复议决定",
    "行政机关自受理之日起六十日内应当作出行政复议决定。",
]


def test_width_and_punctuation_do_not_count_and_the_order_of_words_does():
    assert list(nearly_alike(TEXTS, 50)) == [Alike(0, 2, 100), Alike(0, 3, 57), Alike(2, 3, 57)]


def test_only_copies_are_alike_when_all_is_asked_for():
    assert list(nearly_alike(TEXTS, 100)) == [Alike(0, 2, 100)]


def test_texts_without_words_are_like_none():
    assert list(nearly_alike(["", "……", "", "甲", "甲"], 50)) == [Alike(3, 4, 100)]


@given(st.lists(st.text("甲乙丙丁", max_size=9), max_size=8), st.integers(1, 100))
def test_no_pair_is_missed(texts, least):
    """Against comparing all with all."""

    def runs(text):
        return {text[i : i + 3] for i in range(max(1, len(text) - 2))} - {""}

    slow = [
        (earlier, later)
        for later in range(len(texts))
        for earlier in range(later)
        if (one := runs(texts[earlier])) and (other := runs(texts[later]))
        and len(one & other) * 100 // len(one | other) >= least
    ]  # fmt: skip
    assert [(pair.earlier, pair.later) for pair in nearly_alike(texts, least)] == slow
