"""续答权: which page of an attempt may save."""

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.database import db, grouped, table, writing
from app.models import Attempt, RosterEntry
from app.operations.audit import record

_attempts, _entries = table(Attempt), table(RosterEntry)


def take_lease(attempt_id: int, *, owner: int, digest: str, now: datetime) -> str | None:
    """Give the page that is being opened the right to save, and take it from every older page.

    None when the attempt is handed in already, or another person's; and while it is held: nobody can answer then, and
    what the older page has still to send is stored under the lease that it keeps. `digest` is that of the page's
    sign-in: taken from another one, it is noted as a takeover.
    """
    lease = secrets.token_hex(16)
    holder = {"b_id": attempt_id, "b_lease": lease, "b_owner": owner, "b_digest": digest}
    return lease if grouped(_TAKE_OWN_LEASE, holder) or _take_over(holder, now) else None


def _take_over(holder: dict[str, Any], now: datetime) -> bool:
    with writing():
        taken = db.session.execute(_TAKE_LEASE, holder).rowcount  # type: ignore[attr-defined]  # an UPDATE has one
        if taken:
            record(holder["b_owner"], "attempt.takeover", f"attempt:{holder['b_id']}", now)
        return bool(taken)


_OWNED = sa.exists().where(
    _entries.c.id == _attempts.c.roster_entry_id, _entries.c.user_id == sa.bindparam("b_owner", type_=sa.Integer)
)
_TAKE_LEASE = (
    sa.update(_attempts)
    .where(_attempts.c.id == sa.bindparam("b_id"), _attempts.c.handed_in_at.is_(None), _OWNED)
    .where(_attempts.c.held_at.is_(None))
    .values(lease=sa.bindparam("b_lease"), lease_before=_attempts.c.lease, held_by=sa.bindparam("b_digest"))
)
_TAKE_OWN_LEASE = _TAKE_LEASE.where(
    sa.or_(_attempts.c.held_by.is_(None), _attempts.c.held_by == sa.bindparam("b_digest"))
)
