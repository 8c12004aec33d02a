"""What the house says, word for word."""

from datetime import UTC, datetime, timedelta

import pytest

from app.rules import prose
from app.rules.admission import Reason
from tests.rules.test_terms import TERMS

OPENS, CLOSES = datetime(2026, 9, 9, 1, 0, tzinfo=UTC), datetime(2026, 9, 30, 10, 0, tzinfo=UTC)


def test_moments_are_told_in_shanghai():
    assert prose.day_and_time(CLOSES) == "9月30日 18:00"
    assert prose.full_moment(datetime(2026, 12, 31, 16, 0, 5, tzinfo=UTC)) == "2027年1月1日 00:00:05"


@pytest.mark.parametrize(
    ("seconds", "words"), [(8, "8秒"), (1148, "19分08秒"), (3728, "1小时02分08秒"), (0, "0秒"), (3600, "1小时00分00秒")]
)
def test_lengths(seconds, words):
    assert prose.length(seconds) == words


@pytest.mark.parametrize(("seconds", "words"), [(1800, "30分钟"), (5400, "1小时30分钟"), (3600, "1小时"), (90, "90秒")])
def test_durations_as_rules_state_them(seconds, words):
    assert prose.duration(seconds) == words


def test_the_summary_of_a_contest_in_one_breath():
    assert prose.summary(TERMS) == (
        "共20题，满分100分，限时30分钟，到时自动交卷。每人可答2次，取最高分；60分合格，90分优秀。"
    )


def test_the_rules_come_from_the_rules_themselves():
    lines = prose.rules(TERMS, OPENS, CLOSES)
    assert lines[0] == "9月9日 09:00开始，9月30日 18:00截止。"
    assert "交卷后可看成绩；最后一场结束后可看成绩、自己的答卷、答案和解析。" in lines


def test_every_reason_has_its_sentence():
    assert set(prose.REFUSALS) == set(Reason)


def test_a_refusal_writes_its_facts_out():
    assert prose.refusal(Reason.CLOSED, closes=CLOSES) == "竞赛已于9月30日 18:00截止，不能再答。"
    assert prose.refusal(Reason.LATE_START, minutes=6).startswith("距截止6分钟，本次只有6分钟。")


def test_a_period_names_its_day_once():
    opens = datetime(2026, 11, 22, 22, 59, tzinfo=UTC)  # in Shanghai it is the 23rd
    assert prose.period(opens, opens + timedelta(minutes=8)) == "11月23日 06:59—07:07"
    assert prose.period(opens, opens + timedelta(days=1)) == "11月23日 06:59—11月24日 06:59"
    assert prose.period(opens - timedelta(hours=7), opens) == "11月22日 23:59—11月23日 06:59"
