"""Clearing away what rehearsals have made: all of it, and nothing else, whenever one was cut short."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.sql.dml import Delete

from app.database import DatabaseError, db, writing
from app.models import (
    Application,
    Attempt,
    Contest,
    Grading,
    ItemPool,
    LateSheet,
    Notice,
    RosterEntry,
    RosterUnit,
    SignIn,
    Sitting,
    Terms,
    Throttle,
    Unit,
    User,
)
from app.models.rehearsal import made_up
from app.operations import tries
from app.operations.audit import record
from app.operations.rehearsals import Rehearsing, only_one
from app.queries import rehearsals
from app.rules.rehearsal import ORIGIN

log = logging.getLogger("zhisai")
# Each row that goes is looked for in every table that may refer to it; so few at a time hold nobody up.
FEW = 50
TRIES, BETWEEN_TRIES = 5, 0.5
ORIGINS = (ORIGIN, "127.0.0.1", "::1")


def clear(*, actor: int | None, now: datetime) -> int:
    """Delete all that rehearsals have made, and nothing else; returns how many made-up people went.

    May be interrupted and begun again. Whoever is still answering in one is turned out first.
    """
    if not rehearsals.leftovers():
        return 0
    with writing():
        _shut(now)
    people = 0
    while (gone := _patiently(_clear_few)) is not None:
        people += gone
    _patiently(lambda: _clear_contests(actor, now, people))
    return people


def clear_leftovers(folder: Path, *, now: datetime) -> None:
    """At a start: clear away what a rehearsal left that was killed; one that is running goes on."""
    try:
        with only_one(folder):
            if people := clear(actor=None, now=now):
                log.warning("cleared away a rehearsal that was cut short: %s made-up people", people)
    except Rehearsing:
        log.warning("a rehearsal is running")
    except (DatabaseError, OSError) as error:  # serving matters more; flask doctor tells of what is left
        log.error("what a rehearsal left could not be cleared away: %s", type(error).__name__)


_MADE_UP_CONTESTS = sa.select(Contest.id).where(made_up(Contest))


def _shut(now: datetime) -> None:
    """Nobody starts, saves or enters any more."""
    unpublish = sa.update(Contest).where(made_up(Contest)).values(published_at=None)
    live = sa.update(SignIn).where(SignIn.contest_id.in_(_MADE_UP_CONTESTS), SignIn.revoked_at.is_(None))
    for statement in (unpublish, live.values(revoked_at=now)):
        db.session.execute(statement, execution_options={"synchronize_session": False})


def _clear_few() -> int | None:
    """A few places on a made-up roster with all that hangs on them, or a few made-up people; None when all are gone."""
    entries = sa.select(RosterEntry.id).where(RosterEntry.contest_id.in_(_MADE_UP_CONTESTS)).limit(FEW)
    if entry_ids := list(db.session.scalars(entries)):
        _delete_entries(entry_ids)
        return 0
    people = db.session.execute(sa.select(User.id, User.name).where(made_up(User)).limit(FEW)).all()
    if not people:
        return None
    user_ids = [user_id for user_id, _ in people]
    tried = [tries.entry(name, origin=origin) for _, name in people for origin in ORIGINS]
    counts = {digest for each in tried for digest in (each.device, each.lane, each.name)}
    counts.update(sign.digest for each in tried if each.origin == ORIGIN for sign in each.signs)
    _delete(sa.delete(Throttle).where(Throttle.digest.in_(counts)))
    _delete(sa.delete(SignIn).where(SignIn.user_id.in_(user_ids)))
    _delete(sa.delete(User).where(User.id.in_(user_ids), made_up(User)))
    return len(user_ids)


def _delete_entries(entry_ids: Sequence[int]) -> None:
    attempt_ids = list(db.session.scalars(sa.select(Attempt.id).where(Attempt.roster_entry_id.in_(entry_ids))))
    for hanging in (LateSheet, Notice, Grading):
        _delete(sa.delete(hanging).where(hanging.attempt_id.in_(attempt_ids)))
    _delete(sa.delete(Attempt).where(Attempt.id.in_(attempt_ids)))
    _delete(sa.delete(RosterEntry).where(RosterEntry.id.in_(entry_ids), RosterEntry.contest_id < 0))


def _clear_contests(actor: int | None, now: datetime, people: int) -> int:
    sittings = sa.select(Sitting.id).where(Sitting.contest_id.in_(_MADE_UP_CONTESTS))
    _delete(sa.delete(Notice).where(Notice.sitting_id.in_(sittings)))
    for part in (SignIn, Application, RosterUnit, ItemPool, Terms, Sitting):
        _delete(sa.delete(part).where(part.contest_id.in_(_MADE_UP_CONTESTS)))
    _delete(sa.delete(Contest).where(made_up(Contest)))
    _delete(sa.delete(Unit).where(made_up(Unit)))
    record(actor, "rehearsal.clear", "rehearsal", now, people=people)
    return people


def _delete(statement: Delete) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _patiently(step: Callable[[], int | None]) -> int | None:
    """One step in its own transaction; once more when a request that was under way came in between (PostgreSQL)."""
    for _ in range(TRIES - 1):
        try:
            with writing():
                return step()
        except DatabaseError:
            time.sleep(BETWEEN_TRIES)
    with writing():
        return step()
