"""Forms that may have to wait their turn, and are not lost by it.

With a script (static/js/waiting.js) the page stays as it is and sends the form again when the time has come; without,
the same page comes back with its fields filled in, all but passwords.
"""

from collections.abc import Callable

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from app.rules import prose
from app.rules.admission import Reason, Refusal

STATUS = {Reason.BUSY: 503, Reason.QUEUED: 429}
SCRIPT = "X-Waits"


def register(app: Flask) -> None:
    """Let the script see where a redirect leads: the browser would follow it and swallow what the page has to say."""
    app.after_request(_tell_the_way)


def is_waiting(refusal: Refusal) -> bool:
    """Whether the same form, sent again in a moment, may well be taken."""
    return refusal.reason in STATUS


def answer(refusal: Refusal, page: Callable[[str], str], more: str = "填的内容都还在。") -> ResponseReturnValue:
    """The page with the sentence that asks to wait; nothing but the header for the script, which has the page still."""
    headers = {"Retry-After": str(refusal.facts["seconds"])}
    if SCRIPT in request.headers:
        return "", STATUS[refusal.reason], headers
    return page(prose.refusal(refusal.reason, **refusal.facts) + more), STATUS[refusal.reason], headers


def _tell_the_way(response: Response) -> Response:
    if SCRIPT in request.headers and response.status_code == 303:
        response.status_code = 204
        response.headers["X-Location"] = response.headers.pop("Location")
        response.set_data(b"")
    return response
