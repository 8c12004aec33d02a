"""Opening a contest: its rules, its items and its roster are frozen here."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.database import db, writing
from app.models import Contest, ItemPool, Question, Sitting, Terms
from app.operations import rosters
from app.operations.audit import record
from app.operations.spelling import slug as spelled
from app.queries import quizzes
from app.rules.blueprint import shortages
from app.rules.invalid import Invalid
from app.rules.prose import local
from app.rules.terms import ContestTerms, faults


@dataclass(frozen=True)
class Opening:
    """What an organizer fills in. `unit_ids` None invites everybody on the people list, else these units and below."""

    quiz_id: int
    title: str
    opens_at: datetime
    closes_at: datetime
    unit_ids: tuple[int, ...] | None = None
    user_ids: tuple[int, ...] | None = None
    scope: str = ""
    slug: str | None = None


def open_contest(opening: Opening, *, actor: int | None, now: datetime) -> str:
    """Publish a contest for a roster and return its slug: terms, item pool and roster are frozen in one step.

    Raises Invalid with everything that stands in the way.
    """
    with writing():
        quiz = quizzes.one(opening.quiz_id)
        if quiz is None:
            raise Invalid("没有这份试卷方案，请重新选择。")
        terms = replace(quiz.terms, remarks=quiz.rules)
        items = drawable(quiz.bank_id, terms)
        people = rosters.invited(opening.unit_ids, opening.user_ids)
        _check(opening, terms, items, people, now)
        contest = Contest(
            slug=_free_slug(opening, now), title=opening.title.strip(), quiz_id=quiz.id,
            scope=opening.scope, published_at=now, created_at=now, created_by=actor,
        )  # fmt: skip
        freeze(contest, terms, items, opening.opens_at, opening.closes_at)
        rosters.take(contest, people, rosters.units_of(opening.unit_ids, opening.user_ids), now)
        record(actor, "contest.open", f"contest:{contest.id}", now, quiz=quiz.id, people=len(people))
        return contest.slug


def freeze(
    contest: Contest, terms: ContestTerms, items: list[dict[str, Any]], opens_at: datetime, closes_at: datetime
) -> None:
    """Write the contest with its sitting, its rules and what it draws from, inside the transaction that is open."""
    db.session.add(contest)
    db.session.flush()
    db.session.add(Sitting(contest_id=contest.id, opens_at=opens_at, closes_at=closes_at))
    db.session.add(Terms(contest_id=contest.id, version=1, rules=terms.as_json()))
    checksum = hashlib.sha256(json.dumps(items, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    db.session.add(ItemPool(contest_id=contest.id, version=1, items=items, checksum=checksum))


def drawable(bank_id: int, terms: ContestTerms) -> list[dict[str, Any]]:
    """The items that papers by these rules are drawn from, as a pool freezes them."""
    select = sa.select(Question).where(Question.bank_id == bank_id, Question.state == "approved")
    questions = db.session.scalars(select.order_by(Question.number)).all()
    items = []
    for number, section in enumerate(terms.spec.sections):
        items += [{"section": number} | q.as_item() for q in questions if q.kind == section.kind]
    return items


def _check(
    opening: Opening,
    terms: ContestTerms,
    items: list[dict[str, Any]],
    people: Sequence[rosters.Invited],
    now: datetime,
) -> None:
    messages = list(faults(terms))
    if not opening.title.strip():
        messages.append("请写竞赛名称。")
    if opening.opens_at >= opening.closes_at:
        messages.append("截止时间应晚于开始时间。")
    elif opening.closes_at <= now:
        messages.append("截止时间已经过去，请改晚一些。")
    messages += short_of(terms, items)
    if not people:
        messages.append("名单里还没有人：请先导入单位和人员，或换一个参赛范围。")
    if messages:
        raise Invalid(*messages)


def short_of(terms: ContestTerms, items: list[dict[str, Any]]) -> list[str]:
    """What is missing for a paper by these rules, one sentence each."""
    messages = []
    for number, section in enumerate(terms.spec.sections):
        held = Counter((item["topic"], item["difficulty"]) for item in items if item["section"] == number)
        short = shortages(section, [(topic, difficulty, count) for (topic, difficulty), count in held.items()])
        messages += [f"{message.rstrip('。')}：请补题，或改试卷方案。" for message in short]
    return messages


def _free_slug(opening: Opening, now: datetime) -> str:
    wanted = opening.slug or spelled(opening.title, local(now).year)
    taken = set(db.session.scalars(sa.select(Contest.slug).where(Contest.slug.like(f"{wanted}%"))))
    if wanted in taken and opening.slug:
        raise Invalid(f"网址“{wanted}”已被别的竞赛用了，请换一个。")
    number, free = 2, wanted
    while free in taken:
        free, number = f"{wanted}-{number}", number + 1
    return free
