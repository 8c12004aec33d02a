"""What a candidate is to be told of an attempt: its time as it stands now, and what an organizer did to it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.database import Moment, db, fetched
from app.models import Attempt, Notice, RosterEntry, SignIn

SHOWN = 3


@dataclass(frozen=True)
class Told:
    """A notice as it is shown."""

    id: int
    kind: str
    words: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class News:
    """An attempt's time, and its newest notices, the newest first; `alive_at` is when its page was last heard of."""

    deadline: datetime
    held_at: datetime | None
    handed_in_at: datetime | None
    alive_at: datetime
    notices: tuple[Told, ...]


# Which notices concern an attempt.
concerns = sa.or_(
    Notice.attempt_id == Attempt.id,
    sa.and_(Notice.sitting_id == Attempt.sitting_id, Notice.attempt_id.is_(None), Notice.at >= Attempt.started_at),
)
_TOLD = (Notice.id, Notice.kind, Notice.words, Notice.reason, Notice.at)
_NEWS = (
    sa.select(
        Attempt.deadline, Attempt.held_at, Attempt.handed_in_at, Attempt.started_at, Attempt.saved_at, Attempt.seen_at,
        *_TOLD,
    )
    .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
    .join(SignIn, SignIn.user_id == RosterEntry.user_id)
    .outerjoin(Notice, concerns)
    .where(Attempt.id == sa.bindparam("attempt_id"), SignIn.digest == sa.bindparam("digest"))
    .where(SignIn.revoked_at.is_(None), SignIn.expires_at > sa.bindparam("now", type_=Moment))
    .where(sa.or_(SignIn.contest_id.is_(None), SignIn.contest_id == RosterEntry.contest_id))
    .order_by(Notice.id.desc())
    .limit(SHOWN)
)  # fmt: skip
_OF_ATTEMPT = (
    sa.select(*_TOLD).join(Attempt, concerns).where(Attempt.id == sa.bindparam("attempt_id")).order_by(Notice.id.desc())
)
_OF_ATTEMPT_SHOWN = _OF_ATTEMPT.limit(SHOWN)


def news(attempt_id: int, *, digest: str, now: datetime) -> News | None:
    """The news of an attempt for the sign-in with that digest; None when it is not live or not the owner's."""
    rows = fetched(_NEWS, {"attempt_id": attempt_id, "digest": digest, "now": now})
    if not rows:
        return None
    deadline, held_at, handed_in_at, started_at, saved_at, seen_at = rows[0][:6]
    alive_at = max(moment for moment in (started_at, saved_at, seen_at) if moment is not None)
    told = tuple(Told(*row[6:]) for row in rows if row[6] is not None)
    return News(deadline, held_at, handed_in_at, alive_at, told)


def of_attempt(attempt_id: int) -> tuple[Told, ...]:
    """What its candidate has been told since the start, the newest first, as far as a page shows it."""
    return tuple(Told(*row) for row in fetched(_OF_ATTEMPT_SHOWN, {"attempt_id": attempt_id}))


def all_of_attempt(attempt_id: int) -> tuple[Told, ...]:
    """All that its candidate has been told since the start, the newest first."""
    return tuple(Told(*row) for row in fetched(_OF_ATTEMPT, {"attempt_id": attempt_id}))


def of_sitting(sitting_id: int) -> tuple[Told, ...]:
    """What everybody in a sitting has been told, the newest first."""
    select = sa.select(*_TOLD).where(Notice.sitting_id == sitting_id, Notice.attempt_id.is_(None))
    return tuple(Told(*row) for row in db.session.execute(select.order_by(Notice.id.desc())))
