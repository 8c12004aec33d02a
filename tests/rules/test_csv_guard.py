"""What a spreadsheet would compute gets an apostrophe, and loses it again when it is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.csv_guard import guarded, unguarded
from tests.reports.example import FORMULAS


@pytest.mark.parametrize("text", FORMULAS[:9])
def test_what_a_spreadsheet_would_compute_gets_an_apostrophe(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["'=1+1", "''+1", "' @SUM(1)"])
def test_apostrophes_before_a_formula_do_not_stand_for_the_guard(text):
    assert guarded(text) == f"'{text}"


@given(st.text(alphabet="'=+-@ \t\n＝甲1", max_size=8))
def test_the_guard_comes_off_again(text):
    assert unguarded(guarded(text)) == text
    assert not guarded(text).lstrip().startswith(("=", "+", "-", "@", "＝"))


@pytest.mark.parametrize("text", ["'甲'乙", "'", "‘=’", "1=1"])
def test_other_text_is_not_guarded(text):
    assert guarded(text) == unguarded(text) == text


@pytest.mark.parametrize("text", ["甲局", "—", "84.62%", "138****6207", "", "1-2号楼"])
def test_an_ordinary_text_stays_as_it_is(text):
    assert guarded(text) == text
