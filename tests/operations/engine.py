"""Steps of the attempt engine that several files of tests take."""

from datetime import datetime, timedelta

from app.database import db
from app.models import Attempt, RosterEntry, Sitting
from app.operations import attempts, sign_ins
from app.operations.attempts import Saving
from app.queries import pools
from app.rules.assembly import Paper
from app.rules.sheet import AnswerSheet
from tests.factories import NOON

MINUTE, MS = timedelta(minutes=1), timedelta(milliseconds=1)


def entered(contest: int, name: str = "王芳", tail: str = "1111") -> str:
    """Enter by name; the digest of the sign-in."""
    found = sign_ins.enter(contest, name, tail, origin="here", now=NOON)
    assert isinstance(found, sign_ins.SignedIn)
    return sign_ins.digest(found.token)


def save(
    attempt_id: int,
    digest: str,
    revision: int = 1,
    sheet: AnswerSheet | None = None,
    *,
    lease: str | None = None,
    now: datetime = NOON,
) -> Saving:
    """Save a sheet, of one answer if no other, as the page that holds the lease."""
    lease, sheet = lease or stored(attempt_id).lease, sheet or AnswerSheet({1: (0,)})
    return attempts.save_sheet(attempt_id, lease=lease, revision=revision, sheet=sheet, digest=digest, now=now)


def right(attempt_id: int) -> AnswerSheet:
    """The sheet that answers everything right."""
    attempt = db.session.get_one(Attempt, attempt_id)
    contest = db.session.get_one(RosterEntry, attempt.roster_entry_id).contest_id
    keys = pools.pool(contest, attempt.pool_version).keys
    items = Paper.from_json(attempt.paper).items
    chosen = {n: tuple(at for at, o in enumerate(i.order) if o in keys[i.place]) for n, i in enumerate(items, 1)}
    db.session.rollback()
    return AnswerSheet(chosen)


def stored(attempt_id: int) -> Attempt:
    db.session.rollback()
    return db.session.get_one(Attempt, attempt_id, populate_existing=True)


def entry_of(attempt_id: int) -> RosterEntry:
    return db.session.get_one(RosterEntry, stored(attempt_id).roster_entry_id, populate_existing=True)


def sitting_of(attempt_id: int) -> Sitting:
    return db.session.get_one(Sitting, stored(attempt_id).sitting_id, populate_existing=True)
