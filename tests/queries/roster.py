"""A contest with its roster, written row by row: what the tests of tallies and absentees begin with."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa

from app.database import db
from app.models import Attempt, Contest, QuestionBank, Quiz, RosterEntry, RosterUnit, Sitting, Terms, Unit, User
from app.rules.paper import PaperSpec, Section
from app.rules.question import QuestionKind
from app.rules.terms import ContestTerms, Counting

OPENS = datetime(2026, 9, 9, 1, 0, tzinfo=UTC)  # 9:00 in Shanghai
NOW = OPENS + timedelta(days=3)
TERMS = ContestTerms(
    spec=PaperSpec((Section("单选题", QuestionKind.SINGLE_CHOICE, 50, 200),)),
    duration=1800,
    attempts_allowed=3,
    counting=Counting.BEST,
    pass_mark=6000,
    excellence_mark=9000,
)


class Roster:
    """Writes a contest and its roster row by row; everything is committed by `writing()` around it."""

    def __init__(self) -> None:
        self._serial = count(1)
        bank = self._added(QuestionBank(title=f"题库{db.session.scalar(_banks())}", created_at=OPENS))
        quiz = self._added(
            Quiz(
                title=bank.title, bank_id=bank.id, sections=[], duration=1800, attempts_allowed=3, counting="best",
                pass_mark=6000, excellence_mark=9000, created_at=OPENS,
            )
        )  # fmt: skip
        self.name = f"c{quiz.id}"
        contest = Contest(slug=self.name, title="知识竞赛", quiz_id=quiz.id, published_at=OPENS, created_at=OPENS)
        self.id = self._added(contest).id
        self._added(Terms(contest_id=self.id, version=1, rules=TERMS.as_json() | {"excellence_mark": 9900}))
        self._added(Terms(contest_id=self.id, version=2, rules=TERMS.as_json()))
        self.official, self.practice = (
            self._added(Sitting(contest_id=self.id, mode=mode, opens_at=OPENS, closes_at=OPENS + timedelta(days=9))).id
            for mode in ("official", "practice")
        )

    def unit(self, name: str, parent: int | None = None, order: int = 0, declared: int | None = None) -> int:
        unit = self._added(Unit(name=f"{name} {self.name}-{next(self._serial)}", order=order))
        frozen = RosterUnit(
            contest_id=self.id, unit_id=unit.id, parent_id=parent, name=name, order=order, declared=declared
        )
        return int(self._added(frozen).id)

    def person(self, unit: int | None, result: int | None = None, name: str = "某人", **more: object) -> int:
        """An entry; with a result there is one valid attempt that has it."""
        serial = next(self._serial)
        user_fields = {key: more.pop(key) for key in ("phone", "sort_key", "staff_number") if key in more}
        user = self._added(User(name=name, created_at=OPENS, **user_fields))
        valid = more.pop("valid_attempts", 0 if result is None else 1)
        entry = self._added(
            RosterEntry(
                contest_id=self.id, user_id=user.id, roster_unit_id=unit, result=result, valid_attempts=valid, **more
            )
        )
        if result is not None:
            self.attempt(entry.id, started_at=OPENS + timedelta(seconds=serial), score=result, answered=50)
        return int(entry.id)

    def attempt(self, entry: int, *, handed_in: bool = True, answered: int = 0, **more: object) -> None:
        started_at = more.setdefault("started_at", OPENS)
        assert isinstance(started_at, datetime)
        self._added(
            Attempt(
                **{
                    "roster_entry_id": entry, "sitting_id": self.official, "ordinal": next(self._serial), "seed": "s",
                    "paper": [], "sheet": {}, "lease": "l", "pool_version": 1, "terms_version": 2, "grace": 60_000,
                    "deadline": started_at + timedelta(minutes=30), "answered": answered,
                    "handed_in_at": started_at + timedelta(minutes=20) if handed_in else None,
                }
                | more
            )
        )  # fmt: skip

    def _added(self, row: Any) -> Any:
        db.session.add(row)
        db.session.flush()
        return row


def _banks():
    return sa.select(sa.func.count()).select_from(QuestionBank)


def example(roster: Roster) -> None:
    """The worked example of docs/rates.md, person by person."""
    bureau = roster.unit("甲局", order=1)
    centre = roster.unit("甲局所属一中心", bureau, order=2)
    roster.unit("乙局", order=3)
    idle = roster.unit("丙局", order=4)
    for result in (9500, 9500, 9500, 9500, 9000, 9000, 8900, 8000, None, None):
        roster.person(bureau, result)
    for result in (9000, 9500, 10_000):
        roster.person(centre, result)
    roster.person(centre, excuse="援疆")
    for _ in range(6):
        roster.person(idle)
    for result in (9000, 8999):
        roster.person(None, result, expected=False, source="self")
