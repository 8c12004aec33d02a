"""That a page is still open, and a browser still here."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.database import Moment, grouped
from app.models import Attempt, SignIn

# At most one write a minute for each open page; a page that saves is heard of anyway.
EVERY = timedelta(seconds=55)
PRESENCE_NOTED_EVERY = timedelta(minutes=1)

_SEEN = (
    sa.update(Attempt)
    .where(Attempt.id == sa.bindparam("b_id"), Attempt.handed_in_at.is_(None))
    .values(seen_at=sa.bindparam("b_now", type_=Moment))
)


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
