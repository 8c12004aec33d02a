"""演练: making the people and the contest of a rehearsal, and keeping its verdict.

What its people do on the site is put into the audit like anybody's, so that it costs what it will cost, and it stays
there, since entries are only ever added. Their ids are below zero: nobody takes them for real, today or in a year.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from app.database import db, writing
from app.models import AuditEntry, Contest, RosterEntry, RosterUnit, Unit, User
from app.operations import contests
from app.operations.audit import record
from app.queries import quizzes
from app.rules.invalid import Invalid
from app.rules.rehearsal import NAMED, UNIT, Extra
from app.rules.rehearsal_verdict import Outcome
from app.rules.terms import faults

CHUNK = 500
OPEN_LONGER = timedelta(hours=1)


class Rehearsing(RuntimeError):
    """Another rehearsal of this installation is running."""


@dataclass(frozen=True)
class Rehearsal:
    """A rehearsal that is ready: its contest, and how long a paper may be worked, in seconds."""

    contest_id: int
    slug: str
    quiz: str
    duration: int


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Keep every other rehearsal of this installation out, and its clearing too, until this one ends or dies.

    Raises Rehearsing. `folder` is the installation's own.
    """
    handle = os.open(folder / "rehearsal.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Rehearsing from None
        yield
    finally:
        os.close(handle)


def set_up(quiz_id: int, extras: Sequence[Extra], length: timedelta, *, actor: int | None, now: datetime) -> Rehearsal:
    """Open a contest of that quiz for these people, under an address that nobody can guess; on no list of contests.

    Raises Invalid when no paper can be drawn. What an earlier rehearsal left must have been cleared away.
    """
    with writing():
        made = _open(quiz_id, len(extras), length, actor, now)
        roster_unit_id = _unit(made.contest_id, now)
    for start in range(0, len(extras), CHUNK):
        with writing():
            _invite(made.contest_id, roster_unit_id, extras[start : start + CHUNK], now)
    return made


def conclude(contest_id: int, outcome: Outcome, *, actor: int | None, now: datetime, **figures: object) -> None:
    """Put the verdict of a rehearsal into the audit, with its figures."""
    with writing():
        record(actor, "rehearsal.end", f"contest:{contest_id}", now, outcome=outcome, **figures)


def _open(quiz_id: int, people: int, length: timedelta, actor: int | None, now: datetime) -> Rehearsal:
    quiz = quizzes.one(quiz_id)
    if quiz is None:
        raise Invalid("没有这份试卷方案，请重新选择。")
    terms = replace(quiz.terms, remarks=quiz.rules)
    items = contests.drawable(quiz.bank_id, terms)
    if missing := [*faults(terms), *contests.short_of(terms, items)]:
        raise Invalid(*missing)
    # The number of an audit entry is given once: so is this one, and no process remembers another pool under it.
    contest_id = -1 - (db.session.scalar(sa.select(sa.func.max(AuditEntry.id))) or 0)
    contest = Contest(
        id=contest_id, slug=f"yanlian-{secrets.token_hex(8)}", title=f"{NAMED}：{quiz.title}"[:200], quiz_id=quiz.id,
        scope="模拟人员，演练后自动删除", published_at=now, roster_taken_at=now, created_at=now, created_by=actor,
    )  # fmt: skip
    contests.freeze(contest, terms, items, now, now + length + timedelta(seconds=terms.duration) + OPEN_LONGER)
    record(actor, "rehearsal.begin", f"contest:{contest_id}", now, quiz=quiz.id, people=people)
    return Rehearsal(contest_id, contest.slug, quiz.title, terms.duration)


def _unit(contest_id: int, now: datetime) -> int:
    """A unit that no roster takes in and no list shows; returns its copy on this roster."""
    unit = Unit(id=-1, name=UNIT, order=0, retired_at=now)
    db.session.add(unit)
    db.session.flush()
    row = RosterUnit(contest_id=contest_id, unit_id=unit.id, name=unit.name, order=unit.order)
    db.session.add(row)
    db.session.flush()
    return row.id


def _invite(contest_id: int, roster_unit_id: int, extras: Sequence[Extra], now: datetime) -> None:
    people = [
        {"id": extra.user_id, "name": extra.name, "phone": extra.phone, "sort_key": extra.name, "created_at": now}
        for extra in extras
    ]
    db.session.execute(sa.insert(User), people)
    entry = {"contest_id": contest_id, "roster_unit_id": roster_unit_id, "expected": True, "source": "roster"}
    entries = [entry | {"user_id": extra.user_id, "valid_attempts": 0} for extra in extras]
    db.session.execute(sa.insert(RosterEntry), entries)
