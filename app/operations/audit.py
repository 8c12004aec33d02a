"""The record of who did what."""

from datetime import datetime

import sqlalchemy as sa

from app.database import executed, table, taking
from app.models import AuditEntry

_audit = table(AuditEntry)
_RECORD = sa.insert(_audit).values(
    taking(_audit.c.at, _audit.c.actor_id, _audit.c.action, _audit.c.subject, _audit.c.detail)
)


def record(actor: int | None, action: str, subject: str, now: datetime, **detail: object) -> None:
    """Add one entry to the transaction that is open. Ids only: no name, phone, key or response belongs here."""
    entry = {"b_at": now, "b_actor_id": actor, "b_action": action, "b_subject": subject, "b_detail": detail}
    executed(_RECORD, entry)
