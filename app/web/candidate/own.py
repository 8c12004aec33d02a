"""Finding an attempt through its owner."""

from flask import abort

from app.queries import attempts
from app.queries.attempts import OwnAttempt
from app.web import access


def own_attempt_or_404(attempt_id: int) -> OwnAttempt:
    """The attempt, if it is the signed-in person's own; somebody else's does not exist."""
    who = access.actor()
    view = attempts.own(attempt_id, who.user_id, who.contest_id)
    if view is None:
        abort(404)
    return view
