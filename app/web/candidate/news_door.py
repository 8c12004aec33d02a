"""The news door: every open page asks about once a minute whether anything is new, and mostly nothing is.

A page says what it heard last. While that still holds, it is told so before Flask is asked; anything else is handed on
to the route of the same address (news.py), which tells everything.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.http import parse_cookie

from app.database import Unavailable, milliseconds, moment
from app.extensions import now_of
from app.operations.presence import Heard, note_unchanged
from app.operations.sign_ins import digest
from app.web.access import COOKIE
from app.web.candidate.door import HEADERS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ADDRESS = re.compile(r"/attempts/([1-9]\d{0,8})/news", re.ASCII)
_HEARD = re.compile(r"deadline=(\d{1,14})&held=(\d{0,14})&newest=(\d{1,9})", re.ASCII)


class NewsDoor:
    """Stands before the application: `NewsDoor(app, app.wsgi_app)`."""

    def __init__(self, app: Flask, behind: "WSGIApplication") -> None:
        self.behind = behind
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        address = _ADDRESS.fullmatch(environ["PATH_INFO"])
        heard = _HEARD.fullmatch(environ.get("QUERY_STRING", "")) if address else None
        if address and heard and environ["REQUEST_METHOD"] == "GET":
            try:
                answer = self._unchanged(int(address[1]), heard, environ)
            except Unavailable:  # what cannot be written cannot have brought news either
                start_response("503 SERVICE UNAVAILABLE", [*HEADERS, ("Retry-After", "60")])
                return [b'{"state":"busy"}\n']
            if answer is not None:
                start_response("200 OK", [*HEADERS, ("Content-Length", str(len(answer)))])
                return [answer]
        return self.behind(environ, start_response)

    def _unchanged(self, attempt_id: int, heard: re.Match[str], environ: "WSGIEnvironment") -> bytes | None:
        """The time alone; None when there is more to tell, or nobody to tell it to."""
        now, owner = now_of(self._app), digest(parse_cookie(environ).get(COOKIE, ""))
        known = Heard(moment(int(heard[1])), moment(int(heard[2])) if heard[2] else None, int(heard[3]))
        writers = self._app.extensions["writers"]
        if not note_unchanged(writers, attempt_id, known, digest=owner, now=now):
            return None
        return b'{"now_ms":%d}\n' % milliseconds(now)
