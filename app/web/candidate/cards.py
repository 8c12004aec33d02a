"""A contest as candidates see it in a list."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.queries.contests import ContestRow
from app.rules import prose


@dataclass(frozen=True)
class Card:
    """What a list shows of a contest; `closes_in` is a number with its unit."""

    title: str
    slug: str
    rules_line: str
    opens_at: datetime
    closes_at: datetime
    closes_in: dict[str, object]
    organizer: str
    scope_line: str
    urgent: bool


def card(contest: ContestRow, organizer: str, now: datetime) -> Card:
    """The card of a contest at this moment."""
    return Card(
        title=contest.title,
        slug=contest.slug,
        rules_line=prose.summary(contest.terms),
        opens_at=contest.opens_at,
        closes_at=contest.closes_at,
        closes_in=time_left(contest.closes_at, now),
        organizer=organizer,
        scope_line=contest.scope,
        urgent=timedelta() < contest.closes_at - now <= timedelta(days=1),
    )


def time_left(closes_at: datetime, now: datetime) -> dict[str, object]:
    """Whole days while there are two or more, then hours, then minutes; never more than is left."""
    minutes = max(0, int((closes_at - now).total_seconds()) // 60)
    if minutes >= 2 * 24 * 60:
        return {"n": minutes // (24 * 60), "unit": "天"}
    if minutes >= 2 * 60:
        return {"n": minutes // 60, "unit": "小时"}
    return {"n": minutes, "unit": "分钟"}
