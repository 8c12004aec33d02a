"""The record of who did what."""

from datetime import datetime

from app.database import db
from app.models import AuditEntry


def record(actor: int | None, action: str, subject: str, now: datetime, **detail: object) -> None:
    """Add one entry to the transaction that is open. Ids only: no name, phone, key or response belongs here."""
    db.session.add(AuditEntry(at=now, actor_id=actor, action=action, subject=subject, detail=detail))
