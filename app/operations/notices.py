"""Telling candidates, and the record, what an organizer did and why."""

from datetime import datetime

from app.database import db
from app.models import Notice
from app.rules.invalid import Invalid
from app.rules.notices import Kind

LONGEST_REASON = 200


def needed(reason: str) -> str:
    """The reason, tidied. Raises Invalid when there is none: it is shown to candidates and kept for ever."""
    tidied = " ".join(reason.split())
    if not tidied:
        raise Invalid("请写明原因：参赛者会看到，也记入操作日志。")
    if len(tidied) > LONGEST_REASON:
        raise Invalid(f"原因请在{LONGEST_REASON}字以内。")
    return tidied


def tell(
    kind: Kind,
    words: str,
    reason: str,
    *,
    sitting_id: int,
    attempt_id: int | None = None,
    actor: int | None,
    now: datetime,
) -> None:
    """Add a notice to the transaction that is open; without an attempt it is for everybody in the sitting."""
    db.session.add(
        Notice(
            sitting_id=sitting_id,
            attempt_id=attempt_id,
            kind=kind,
            words=words,
            reason=reason,
            at=now,
            actor_id=actor,
        )
    )
