"""A city at its true size: 63 organs, 96 units, 6 300 people, over 4 000 papers through the real engine.

The report is held against a second count that knows nothing of it: plain Python over the raw tables, which marks every
paper anew. On SQLite at full size, on PostgreSQL at one tenth of the people.
"""

import random
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from app.database import db, writing
from app.models import (
    Attempt,
    Contest,
    ItemPool,
    Question,
    QuestionBank,
    Quiz,
    RosterEntry,
    RosterUnit,
    SignIn,
    Unit,
    User,
)
from app.operations import attempts
from app.operations.contests import Opening, open_contest
from app.queries import tallies
from app.rules import rates
from app.rules.rates import Tally
from app.rules.sheet import AnswerSheet

TOPS, UNITS = 63, 96
OPENS = datetime(2026, 9, 7, 1, 0, tzinfo=UTC)  # 9:00 in Shanghai
CLOSES = OPENS + timedelta(days=10)
ITEMS, POINTS, FULL, EXCELLENT, PASS = 50, 200, 10_000, 9_000, 6_000
SHARES = {"sqlite": 1, "postgresql": 10}


@dataclass(frozen=True)
class Size:
    """How many people there are, and what they do; everybody who does nothing stays away."""

    people: int
    participants: int
    excellent: int
    by_server: int  # of the participants: saved, left, and were handed in at the deadline
    blank: int  # handed in with nothing answered
    open: int  # still answering when the report is made
    again: int  # of the participants: took a second attempt

    @classmethod
    def of(cls, share: int) -> "Size":
        full = (6_300, 4_037, 3_926, 60, 30, 40, 100)
        return cls(*(number // share for number in full))

    @property
    def handed_in(self) -> int:
        return self.participants + self.again + self.blank


class City:
    """Units, people, their sign-ins, a bank and an open contest, written by executemany."""

    def __init__(self, size: Size) -> None:
        self.dice = random.Random(63)
        with writing() as session:
            self.units = self._units()
            self.members = self._people(size)
            quiz_id = self._quiz()
            users = [user for members in self.members.values() for user in members]
            session.execute(sa.insert(SignIn), [self._sign_in(user) for user in users])
        opening = Opening(quiz_id, "学习实践科学发展观知识竞赛", OPENS, CLOSES, slug="city")
        open_contest(opening, actor=None, now=OPENS - timedelta(days=1))
        self.contest = db.session.scalars(sa.select(Contest.id)).one()

    def _units(self) -> list[tuple[int, int | None]]:
        """63 organs; 11 of them with three bodies below each. Their order is that of the official list."""
        serial = count(1)
        units: list[tuple[int, int | None]] = []
        for number in range(1, TOPS + 1):
            top = Unit(name=f"市第{number}局", code=f"J{number:02d}", order=next(serial))
            db.session.add(top)
            db.session.flush()
            units.append((top.id, None))
            for below in range(1, 4) if number % 6 == 0 or number == TOPS else ():
                unit = Unit(name=f"市第{number}局第{below}中心", order=next(serial), parent_id=top.id)
                db.session.add(unit)
                db.session.flush()
                units.append((unit.id, top.id))
        return units

    def _people(self, size: Size) -> dict[int, list[int]]:
        """Everybody's unit by weight, so that there are large organs and tiny ones, none of them empty."""
        ids = [unit_id for unit_id, _ in self.units]
        weights = [self.dice.choice((1, 2, 5, 9)) for _ in ids]
        homes = ids + self.dice.choices(ids, weights, k=size.people - len(ids))
        names = [self.dice.choice("王李张刘陈杨赵黄周吴") + self.dice.choice("伟芳敏静丽强磊军洋勇") for _ in homes]
        rows = [
            {"name": name, "phone": f"139{n:08d}", "unit_id": home, "sort_key": str(n), "created_at": OPENS}
            for n, (name, home) in enumerate(zip(names, homes, strict=True))
        ]
        db.session.execute(sa.insert(User), rows)
        members = defaultdict(list)
        for user_id, unit_id in db.session.execute(sa.text("SELECT id, unit_id FROM users ORDER BY id")):
            members[unit_id].append(user_id)
        return members

    def _quiz(self) -> int:
        bank = QuestionBank(title="题库", created_at=OPENS)
        db.session.add(bank)
        db.session.flush()
        rows = [
            {
                "bank_id": bank.id, "number": n + 1, "kind": "single_choice", "stem": f"第{n}题", "key": [n % 4],
                "options": [f"{n}{letter}" for letter in "甲乙丙丁"], "created_at": OPENS,
            }
            for n in range(60)
        ]  # fmt: skip
        db.session.execute(sa.insert(Question), rows)
        section = {"title": "单项选择题", "kind": "single_choice", "count": ITEMS, "points": POINTS}
        quiz = Quiz(
            title="试卷", bank_id=bank.id, sections=[section], duration=1800, attempts_allowed=3, counting="best",
            pass_mark=PASS, excellence_mark=EXCELLENT, created_at=OPENS,
        )  # fmt: skip
        db.session.add(quiz)
        db.session.flush()
        return quiz.id

    @staticmethod
    def _sign_in(user_id: int) -> dict[str, Any]:
        moments = {"created_at": OPENS, "seen_at": OPENS, "expires_at": CLOSES}
        return {"digest": f"sign-in {user_id}", "user_id": user_id} | moments


def hold(city: City, size: Size) -> None:
    """The days of the contest: everybody's attempts through the engine, then the sweeper, one hour before the end."""
    comers, silent = _comers(city, size)
    plan = [(user, city.dice.randint(45, ITEMS), False) for user in comers[: size.excellent]]
    plan += [(user, city.dice.randint(1, 44), False) for user in comers[size.excellent :]]
    plan[-size.by_server :] = [(user, right, True) for user, right, _ in plan[-size.by_server :]]
    plan += [(user, right - 1, False) for user, right, _ in plan[: size.again]]
    plan += [(user, 0, False) for user in silent[: size.blank]]
    city.dice.shuffle(plan)
    sweeping = CLOSES - timedelta(hours=1)
    step = (sweeping - OPENS - timedelta(hours=1)) / len(plan)
    for number, (user, right, leaves) in enumerate(plan):
        _take_part(city, user, right, OPENS + number * step, leaves=leaves)
    for user in silent[-size.open :]:
        attempts.start(city.contest, user, now=sweeping - timedelta(minutes=9))
    assert attempts.hand_in_overdue(now=sweeping) == size.by_server


def _comers(city: City, size: Size) -> tuple[list[int], list[int]]:
    """Participants out of 53 organs, at least one from each; and the people of the ten others, where nobody answers."""
    tops = [unit_id for unit_id, parent in city.units if parent is None]
    quiet = set(city.dice.sample(tops, TOPS - 53))
    firsts, others, silent = [], [], []
    for unit_id, parent in city.units:
        members = city.members[unit_id]
        if (parent or unit_id) in quiet:
            silent += members
        elif parent is None:
            firsts.append(members[0])
            others += members[1:]
        else:
            others += members
    city.dice.shuffle(others)
    comers = (firsts + others)[: size.participants]
    city.dice.shuffle(comers)
    assert len(comers) == size.participants and len(silent) >= size.blank + size.open
    return comers, silent


def _take_part(city: City, user: int, right: int, now: datetime, *, leaves: bool) -> None:
    attempt_id = attempts.start(city.contest, user, now=now)
    if right:
        lease, paper = db.session.execute(sa.select(Attempt.lease, Attempt.paper).where(Attempt.id == attempt_id)).one()
        sheet, later = _sheet(paper, right), now + timedelta(minutes=city.dice.randint(3, 20))
        saved = attempts.save_sheet(
            attempt_id, lease=lease, revision=1, sheet=sheet, digest=f"sign-in {user}", now=later
        )
        assert saved is attempts.Saving.SAVED
    if not leaves:
        assert attempts.hand_in(attempt_id, actor=user, now=now + timedelta(minutes=21))


def _sheet(paper: list[list[int]], right: int) -> AnswerSheet:
    """That many items right; of the others every second one is wrong, the rest is left open."""
    responses = {}
    for number, (place, *order) in enumerate(paper, start=1):
        key = order.index(place % 4)
        if number <= right:
            responses[number] = (key,)
        elif number % 2:
            responses[number] = ((key + 1) % 4,)
    return AnswerSheet(responses)


def recount(contest: int) -> dict[int | None, Tally]:
    """What each unit's own staff did, counted from the raw rows and marked anew; by roster unit."""
    keys = [item["key"][0] for item in db.session.scalars(sa.select(ItemPool.items)).one()]
    scores: dict[int, list[int]] = defaultdict(list)
    columns = (Attempt.roster_entry_id, Attempt.handed_in_at, Attempt.paper, Attempt.sheet)
    for entry, handed_in_at, paper, sheet in db.session.execute(sa.select(*columns)):
        chosen = {int(number): places for number, places in sheet["responses"].items() if places}
        if handed_in_at is None or not chosen:
            continue
        right = sum(
            [order[at] for at in chosen.get(n, ())] == [keys[place]] for n, (place, *order) in enumerate(paper, 1)
        )
        scores[entry].append(right * POINTS)
    tallies_by_unit: dict[int | None, Tally] = defaultdict(Tally)
    where = RosterEntry.contest_id == contest
    for entry, unit in db.session.execute(sa.select(RosterEntry.id, RosterEntry.roster_unit_id).where(where)):
        tallies_by_unit[unit] += _one(scores.get(entry, []))
    return tallies_by_unit


def _one(scores: list[int]) -> Tally:
    if not scores:
        return Tally(enrolled=1, expected=1)
    best = max(scores)
    reached = {"excellent": best >= EXCELLENT, "passed": best >= PASS, "full": best >= FULL}
    return Tally(enrolled=1, expected=1, participants=1, attempts=len(scores), score_sum=best, **reached)


@pytest.fixture
def size(backend):
    return Size.of(SHARES[backend])


@pytest.fixture
def city(context, size, backend):
    made = City(size)
    with forgetful(backend):
        hold(made, size)
    return made


@contextmanager
def forgetful(backend):
    """A test's data need not outlive it, and 12 000 waits for the disk would be half its time."""
    ease = lambda raw, *_: raw.execute("PRAGMA synchronous = OFF")  # noqa: E731
    if backend == "sqlite":
        sa.event.listen(db.engine, "checkout", ease)
    yield
    if backend == "sqlite":
        sa.event.remove(db.engine, "checkout", ease)


def test_the_report_of_a_whole_city_agrees_with_an_independent_count(city, size):
    counted, figures = recount(city.contest), tallies.figures(city.contest)
    parents = dict(db.session.execute(sa.select(RosterUnit.id, RosterUnit.parent_id)).all())

    own = {row.unit_id: row for row in figures.rows if row.kind in ("unit", "own")}
    assert len(own) == len(figures.branches) == UNITS and len(figures.tops) == TOPS
    for unit, row in own.items():
        assert row.tally == counted[unit], f"{row.name}：报表 {row.tally}，另算 {counted[unit]}"
    for row in figures.branches:
        below = [unit for unit, parent in parents.items() if parent == row.unit_id]
        together = sum((counted[unit] for unit in below), counted[row.unit_id])
        assert row.tally == together, f"{row.name}及所属：报表 {row.tally}，另算 {together}"
    total = sum(counted.values(), Tally())
    assert figures.total == total, f"合计：报表 {figures.total}，另算 {total}"
    _check_what_is_known_beforehand(figures, size)


def _check_what_is_known_beforehand(figures: rates.Figures, size: Size) -> None:
    """The cast was chosen so that these figures must come out; the sentence of the yearbook is made of them."""
    total = figures.total
    handed_in = db.session.scalar(sa.select(sa.func.count()).where(Attempt.handed_in_at.is_not(None)))
    assert handed_in == size.handed_in, f"交卷 {handed_in} 份，应为 {size.handed_in}"
    assert total.enrolled == size.people, f"在册 {total.enrolled}，应为 {size.people}"
    assert total.participants == size.participants, f"实参 {total.participants}，应为 {size.participants}"
    assert total.attempts == size.participants + size.again, f"人次 {total.attempts}"
    assert total.excellent == size.excellent, f"优秀 {total.excellent}，应为 {size.excellent}"
    excellence, units = rates.percent(total.excellence_rate), rates.percent(figures.unit_participation_rate)
    wanted = {6_300: ("97.25%", "64.08%"), 630: ("97.27%", "63.97%")}[size.people]
    assert (excellence, rates.percent(total.participation_rate)) == wanted, f"优秀率 {excellence}"
    assert units == "84.13%", f"单位参赛率 {units}：63个单位有53个参赛"
    if size.people == 6_300:
        assert handed_in >= 4_000, f"交卷 {handed_in} 份"
