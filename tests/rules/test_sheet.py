"""Answer sheets as they arrive from browsers of every kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.sheet import AnswerSheet, MalformedSheet


def test_a_sheet_counts_items_with_a_response():
    sheet = AnswerSheet.from_json({"responses": {"1": [0], "2": [], "7": [3, 1, 1]}, "marked": [2]})
    assert sheet == AnswerSheet({1: (0,), 7: (1, 3)}, frozenset({2}))
    assert sheet.answered == 2


def test_equal_sheets_have_one_spelling():
    first = AnswerSheet({2: (1,), 1: (0,)}, frozenset({5, 3}))
    assert list(first.as_json()["responses"]) == ["1", "2"]
    assert first.as_json()["marked"] == [3, 5]


@pytest.mark.parametrize(
    "value",
    [
        None, [], "x", 7,
        {"responses": []  , "marked": 5},
        {"responses": {"0": [1]}}, {"responses": {"501": [1]}}, {"responses": {"x": [1]}},
        {"responses": {"1": "A"}}, {"responses": {"1": [26]}}, {"responses": {"1": [-1]}}, {"responses": {"1": [1.5]}},
        {"responses": {"1": [True]}}, {"responses": {"1": [0] * 27}}, {"marked": [0]}, {"marked": ["x"]},
        {"responses": {"１": [1], "1" * 4000: [2]}},
    ],
)  # fmt: skip
def test_anything_else_is_malformed(value):
    with pytest.raises(MalformedSheet):
        AnswerSheet.from_json(value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda v: st.lists(v) | st.dictionaries(st.text(), v),
    max_leaves=12,
)


@given(json_values)
def test_whatever_json_arrives_it_is_a_sheet_or_malformed(value):
    try:
        sheet = AnswerSheet.from_json(value)
    except MalformedSheet:
        return
    assert AnswerSheet.from_json(sheet.as_json()) == sheet
