"""The save door: the one request that comes by the thousand, answered before Flask is asked.

It answers when a sheet was stored. Whatever else comes to this address it hands on, body and all: the same address is a
route of Flask (saving.py), which finds out why nothing was stored, and says so.
"""

import json
import re
from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.http import parse_cookie

from app.database import Unavailable, milliseconds
from app.extensions import now_of
from app.operations.attempts import store_sheet
from app.operations.sign_ins import digest
from app.rules.sheet import MalformedSheet
from app.web.access import COOKIE
from app.web.candidate.packet import packet
from app.web.headers import FIXED

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ADDRESS = re.compile(r"/attempts/([1-9]\d{0,8})/sheet")
_LARGEST = 64 * 1024
HEADERS = [("Content-Type", "application/json"), *FIXED.items(), ("Cache-Control", "no-store"), ("Vary", "Cookie")]


class SaveDoor:
    """Stands before the application: `SaveDoor(app, app.wsgi_app)`."""

    def __init__(self, app: Flask, behind: "WSGIApplication") -> None:
        self.behind = behind
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        address = _ADDRESS.fullmatch(environ["PATH_INFO"])
        if address and environ["REQUEST_METHOD"] == "POST" and environ.get("CONTENT_TYPE") == "application/json":
            try:
                answer = self._stored(int(address[1]), environ)
            except Unavailable:
                start_response("503 SERVICE UNAVAILABLE", [*HEADERS, ("Retry-After", "5")])
                return [b'{"state":"busy"}\n']
            if answer is not None:
                start_response("200 OK", [*HEADERS, ("Content-Length", str(len(answer)))])
                return [answer]
        return self.behind(environ, start_response)

    def _stored(self, attempt_id: int, environ: "WSGIEnvironment") -> bytes | None:
        """What to answer; None when it is for Flask to answer."""
        length = environ.get("CONTENT_LENGTH") or "x"
        if not length.isdecimal() or int(length) > _LARGEST:
            return None
        body = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = BytesIO(body)
        now = now_of(self._app)  # after the body: a slow one gains no time
        owner = digest(parse_cookie(environ).get(COOKIE, ""))
        try:
            lease, revision, sheet = packet(json.loads(body))
        except (MalformedSheet, ValueError, RecursionError):
            return None
        writers = self._app.extensions["writers"]
        if not store_sheet(writers, attempt_id, lease=lease, revision=revision, sheet=sheet, digest=owner, now=now):
            return None
        said = {"now_ms": milliseconds(now), "revision": revision, "saved_at_ms": milliseconds(now), "state": "saved"}
        return json.dumps(said, separators=(",", ":")).encode() + b"\n"
