"""What an open page asks about once a minute: its time, a pause, what the organizer has to say."""

from datetime import datetime

from flask import abort, jsonify
from flask.typing import ResponseReturnValue

from app.database import milliseconds
from app.extensions import utc_now
from app.operations.presence import note_seen
from app.queries import notices
from app.queries.notices import Told
from app.rules.prose import local
from app.web import access
from app.web.candidate import bp


@bp.get("/attempts/<int:attempt_id>/news")
def news(attempt_id: int) -> ResponseReturnValue:
    """The news of one's own attempt; somebody else's, or one's own after the sign-in has ended, does not exist."""
    now = utc_now()
    found = notices.news(attempt_id, digest=access.token_digest(), now=now)
    if found is None:
        abort(404)
    if found.handed_in_at is None:
        note_seen(attempt_id, found.alive_at, now=now)
    return jsonify(
        now_ms=milliseconds(now),
        deadline_ms=milliseconds(found.deadline),
        held_ms=milliseconds(found.held_at) if found.held_at else None,
        is_open=found.handed_in_at is None,
        notices=[shown(told, now) for told in found.notices],
    )


def shown(told: Told, now: datetime) -> dict[str, object]:
    """A notice in the words of the page; today's have the time alone."""
    at = local(told.at)
    day = "" if at.date() == local(now).date() else f"{at.month}月{at.day}日 "
    return {"id": told.id, "at": f"{day}{at:%H:%M}", "words": told.words, "reason": told.reason}
