"""Which late sheets are worth keeping."""

import pytest

from app.rules.assembly import Paper, PaperItem
from app.rules.late import Arrived, brings_news, differing, on_paper, supersedes
from app.rules.sheet import AnswerSheet

HOLDER, STALE = "a" * 32, "b" * 32


def test_what_the_paper_does_not_offer_takes_no_room():
    paper = Paper((PaperItem(0, (1, 0)), PaperItem(1, (0, 1, 2))))
    sheet = AnswerSheet({1: (1, 2), 2: (3,), 3: (0,)}, frozenset({2, 3}))
    assert on_paper(sheet, paper) == AnswerSheet({1: (1,)}, frozenset({2}))


def test_sheets_differ_where_one_is_blank_or_says_something_else():
    one, other = AnswerSheet({1: (0,), 2: (1,), 3: (2,)}), AnswerSheet({2: (0,), 3: (2,), 4: (1,)})
    assert differing(one, other) == differing(other, one) == (1, 2, 4)
    assert differing(one, AnswerSheet(one.responses, frozenset({1}))) == ()


@pytest.mark.parametrize(
    ("arrived", "news"),
    [
        (Arrived(6, HOLDER, True), True),
        (Arrived(5, HOLDER, True), False),  # contained in what is stored
        (Arrived(1, STALE, False), True),  # revisions of another page cannot be compared
        (Arrived(0, STALE, False), False),  # only asks what time it is
        (Arrived(0, HOLDER, True), False),
    ],
)
def test_a_sheet_brings_news_when_it_can_hold_what_is_not_stored(arrived, news):
    assert brings_news(arrived, 5) is news


@pytest.mark.parametrize(
    ("arrived", "kept", "goes_first"),
    [
        (Arrived(7, HOLDER, True), Arrived(6, HOLDER, True), True),
        (Arrived(6, HOLDER, True), Arrived(7, HOLDER, True), False),
        (Arrived(6, HOLDER, True), Arrived(6, HOLDER, True), False),
        (Arrived(1, HOLDER, True), Arrived(9, STALE, False), True),
        (Arrived(9, STALE, False), Arrived(1, HOLDER, True), False),
        (Arrived(1, "c" * 32, False), Arrived(9, STALE, False), True),
    ],
)
def test_the_newest_page_goes_first_then_the_newer_revision(arrived, kept, goes_first):
    assert supersedes(arrived, kept) is goes_first
