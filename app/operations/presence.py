"""That a page is still open, and a browser still here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.database import Moment, Writers, grouped
from app.models import Attempt, Notice, RosterEntry, SignIn
from app.queries.notices import concerns

# At most one write a minute for each page that is told its news in full; a page that saves is heard of anyway.
EVERY = timedelta(seconds=55)
PRESENCE_NOTED_EVERY = timedelta(minutes=1)

_SEEN = (
    sa.update(Attempt)
    .where(Attempt.id == sa.bindparam("b_id"), Attempt.handed_in_at.is_(None))
    .values(seen_at=sa.bindparam("b_now", type_=Moment))
)
# Whether anything is new stands in the statement, as it does for a save: no memory, so nothing that could be stale.
_STILL_SO = _SEEN.where(
    Attempt.deadline == sa.bindparam("b_deadline", type_=Moment),
    Attempt.held_at.is_not_distinct_from(sa.bindparam("b_held", type_=Moment)),
    ~sa.exists().where(Notice.id > sa.bindparam("b_newest"), concerns).correlate(Attempt),
    sa.exists()
    .where(RosterEntry.id == Attempt.roster_entry_id, SignIn.digest == sa.bindparam("b_digest"))
    .where(
        SignIn.user_id == RosterEntry.user_id,
        SignIn.revoked_at.is_(None),
        SignIn.expires_at > sa.bindparam("b_now", type_=Moment),
        sa.or_(SignIn.contest_id.is_(None), SignIn.contest_id == RosterEntry.contest_id),
    )
    .correlate(Attempt),
)


@dataclass(frozen=True)
class Heard:
    """What a page was told last; `newest` is the id of its newest notice, 0 for none."""

    deadline: datetime
    held_at: datetime | None
    newest: int


def note_unchanged(writers: Writers, attempt_id: int, heard: Heard, *, digest: str, now: datetime) -> bool:
    """Note that an open page asks whether what it heard still holds. True when it does: there is nothing to tell it.

    `digest` is that of the sender's sign-in; for anybody else's than the owner's nothing is noted.
    """
    parameters = {
        "b_id": attempt_id,
        "b_deadline": heard.deadline,
        "b_held": heard.held_at,
        "b_newest": heard.newest,
        "b_digest": digest,
        "b_now": now,
    }
    return writers.grouped(_STILL_SO, parameters) > 0


def note_seen(attempt_id: int, alive_at: datetime, *, now: datetime) -> None:
    """Note that the page of an attempt has been heard of now, if it has not been of late."""
    if now - alive_at >= EVERY:
        grouped(_SEEN, {"b_id": attempt_id, "b_now": now})


_NOTE_PRESENCE = (
    sa.update(SignIn)
    .where(SignIn.digest == sa.bindparam("b_digest"), SignIn.revoked_at.is_(None))
    .where(SignIn.seen_at <= sa.bindparam("b_noted", type_=Moment))
    .where(sa.or_(SignIn.seen_at > sa.bindparam("b_idle", type_=Moment), SignIn.contest_id.is_not(None)))
    .values(seen_at=sa.bindparam("b_now", type_=Moment))
)


def note_presence(token_digest: str, *, idle: timedelta, now: datetime) -> None:
    """Remember that this browser was seen, at most once a minute.

    An account that has been idle too long stays so: what it may still see of its open paper does not wake its roles.
    """
    noted = now - PRESENCE_NOTED_EVERY
    grouped(_NOTE_PRESENCE, {"b_digest": token_digest, "b_noted": noted, "b_idle": now - idle, "b_now": now})
