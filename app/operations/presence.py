"""That a page is still open."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.database import Moment, grouped
from app.models import Attempt

# At most one write a minute for each open page; a page that saves is heard of anyway.
EVERY = timedelta(seconds=55)

_SEEN = (
    sa.update(Attempt)
    .where(Attempt.id == sa.bindparam("b_id"), Attempt.handed_in_at.is_(None))
    .values(seen_at=sa.bindparam("b_now", type_=Moment))
)


def note_seen(attempt_id: int, alive_at: datetime, *, now: datetime) -> None:
    """Note that the page of an attempt has been heard of now, if it has not been of late."""
    if now - alive_at >= EVERY:
        grouped(_SEEN, {"b_id": attempt_id, "b_now": now})
