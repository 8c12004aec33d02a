"""The record of who did what."""

from datetime import datetime

import sqlalchemy as sa

from app.database import db, table
from app.models import AuditEntry

_RECORD = sa.insert(table(AuditEntry))


def record(actor: int | None, action: str, subject: str, now: datetime, **detail: object) -> None:
    """Add one entry to the transaction that is open. Ids only: no name, phone, key or response belongs here."""
    db.session.execute(_RECORD, {"at": now, "actor_id": actor, "action": action, "subject": subject, "detail": detail})
