"""Terms as they are frozen, and what cannot be terms."""

from dataclasses import replace

import pytest

from app.rules.paper import PaperSpec, Section
from app.rules.question import QuestionKind
from app.rules.terms import ContestTerms, Counting, ReviewRule, Visible, faults

TERMS = ContestTerms(
    spec=PaperSpec((Section("单项选择题", QuestionKind.SINGLE_CHOICE, 20, 500),)),
    duration=1800,
    attempts_allowed=2,
    counting=Counting.BEST,
    pass_mark=6000,
    excellence_mark=9000,
)


def test_frozen_terms_read_back_equal():
    import json

    assert ContestTerms.from_json(json.loads(json.dumps(TERMS.as_json()))) == TERMS


def test_terms_frozen_before_there_were_remarks_stay_readable():
    older = {name: value for name, value in TERMS.as_json().items() if name != "remarks"}
    assert ContestTerms.from_json(older) == TERMS


def test_terms_frozen_with_topics_and_difficulties_read_back_equal():
    import json

    section = replace(TERMS.spec.sections[0], topics=(("宪法", 20),), difficulties=((1, 5), (2, 15)))
    spread = replace(TERMS, spec=PaperSpec((section,)))
    assert ContestTerms.from_json(json.loads(json.dumps(spread.as_json()))) == spread


def test_terms_frozen_before_there_were_topics_stay_readable():
    older = TERMS.as_json()
    older["spec"] = [{k: v for k, v in s.items() if k not in ("topics", "difficulties")} for s in older["spec"]]
    assert ContestTerms.from_json(older) == TERMS


def test_good_terms_have_no_faults():
    assert faults(TERMS) == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"duration": 59}, "限时至少1分钟。"),
        ({"attempts_allowed": -1}, "答题次数填0（不限）或正整数。"),
        ({"pass_mark": 0}, "合格线应大于0，且不超过满分。"),
        ({"excellence_mark": 5900}, "优秀线应不低于合格线，且不超过满分。"),
        ({"excellence_mark": 10_001}, "优秀线应不低于合格线，且不超过满分。"),
    ],
)
def test_bad_terms_say_what_to_mend(change, message):
    assert faults(replace(TERMS, **change)) == (message,)


def test_by_default_the_score_is_seen_at_once_and_keys_after_the_last_sitting():
    assert ReviewRule().visible(all_closed=False) is Visible.SCORE
    assert ReviewRule().visible(all_closed=True) is Visible.KEYS
