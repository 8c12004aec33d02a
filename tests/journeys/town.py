"""The people, the paper and the contests of the journeys, and what the served site has stored of them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.database import db, writing
from app.extensions import utc_now
from app.models import Attempt, Contest, Question, RosterEntry
from app.operations import attempts, contests, sign_ins
from app.operations.contests import Opening
from app.operations.sign_ins import SignedIn
from app.queries.contests import by_slug
from app.web.access import COOKIE
from tests import factories
from tests.factories import NOON, City

# Five items of 20 points: 合格 from 60, 优秀 from 90.
SECTIONS = [
    {"title": "单项选择题", "kind": "single_choice", "count": 2, "points": 2000},
    {"title": "多项选择题", "kind": "multiple_choice", "count": 1, "points": 2000},
    {"title": "不定项选择题", "kind": "any_number", "count": 1, "points": 2000},
    {"title": "判断题", "kind": "true_false", "count": 1, "points": 2000},
]
ITEMS = 5
# What the factories' keys say, in the words that stand on a paper after the number of the question.
RIGHT = {"single_choice": ["乙"], "multiple_choice": ["甲", "丙"], "any_number": ["丁"], "true_false": ["正确"]}


@dataclass(frozen=True)
class Town:
    """The city, and contests in it. Every question opens the database anew, and so sees what is stored now."""

    app: Flask
    url: str
    city: City

    def contest(self, slug: str, *, closes_in: timedelta = timedelta(days=1), **opening: Any) -> str:
        """Open a contest at /c/<slug> for everybody, since an hour ago; returns the slug."""
        with self.app.app_context():
            now = utc_now()
            values: dict[str, Any] = {"title": "普法网络知识竞赛", "quiz_id": self.city.quiz, **opening}
            values |= {"opens_at": now - timedelta(hours=1), "closes_at": now + closes_in}
            return contests.open_contest(Opening(slug=slug, **values), actor=None, now=now)

    def attempts(self, slug: str) -> list[Attempt]:
        """All attempts of a contest, oldest first."""
        select = (
            sa.select(Attempt)
            .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
            .join(Contest, Contest.id == RosterEntry.contest_id)
            .where(Contest.slug == slug)
            .order_by(Attempt.id)
        )
        with self.app.app_context():
            return list(db.session.scalars(select))

    def attempt(self, slug: str) -> Attempt:
        """The only attempt of a contest."""
        (only,) = self.attempts(slug)
        return only

    def responses(self, slug: str) -> dict[int, list[int]]:
        """What is stored on the sheet of the only attempt."""
        return {int(number): chosen for number, chosen in self.attempt(slug).sheet["responses"].items()}

    def end_in(self, slug: str, left: timedelta, *, grace: timedelta = timedelta(seconds=60)) -> None:
        """Let the only attempt end so long from now."""
        attempt_id = self.attempt(slug).id
        with self.app.app_context(), writing():
            attempt = db.session.get_one(Attempt, attempt_id)
            attempt.deadline, attempt.grace = utc_now() + left, int(grace.total_seconds() * 1000)

    def seat(self, slug: str) -> tuple[dict[str, Any], str]:
        """Let 王芳 enter and start on the server: the cookie of her sign-in, and the path of her paper."""
        with self.app.app_context():
            found = by_slug(slug)
            assert found is not None
            entered = sign_ins.enter(found.id, "王芳", "1111", origin="127.0.0.1", now=utc_now())
            assert isinstance(entered, SignedIn)
            attempt_id = attempts.start(found.id, entered.user_id, now=utc_now())
        return {"name": COOKIE, "value": entered.token, "url": self.url}, f"/attempts/{attempt_id}"


def build_town(app: Flask, url: str, **quiz: Any) -> Town:
    """Make the city of the factories, with questions of the fourth kind."""
    with app.app_context():
        city = factories.city(sections=SECTIONS, **quiz)
    with app.app_context(), writing() as session:
        session.add_all(
            Question(
                bank_id=city.bank,
                number=number,
                kind="any_number",
                stem=f"第{number}题的题干",
                options=[f"{number}甲", f"{number}乙", f"{number}丙", f"{number}丁"],
                key=[3],
                explanation=f"{factories.KEY_CANARY}{number}",
                created_at=NOON,
            )
            for number in (13, 14)
        )
    return Town(app, url, city)
