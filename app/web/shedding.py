"""More than the machine can do: whoever is answering goes first, the others are asked at once to come again.

The server's few threads have their line in front of the application, where it cannot be seen. So the process asks
itself for a page, as anybody would, four times a second: what that takes is how long the line is. Beyond half a second,
newcomers and pages are turned away before anything is done for them, which costs a hundredth of doing it; saves,
hand-ins and forms that somebody has filled in only beyond five, when there is no other way.
"""

import http.client
import logging
import random
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from flask import Flask, g, render_template

from app.web.headers import FIXED

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("zhisai")

EVERY_SECONDS = 0.25
LONG, TOO_LONG = 0.5, 5.0  # seconds
CROWD = 40  # requests
AGAIN = (3, 8)  # seconds until another try, diced so that a hall does not come back in step

# Without these a page that somebody got would be of no use; they cost little.
_NEVER = ("/static/", "/images/", "/healthz", "/readyz")
_ENTRIES = ("/c/", "/sign-in")
_HEADERS = [*FIXED.items(), ("Cache-Control", "no-store"), ("Vary", "Cookie")]


class Line:
    """How long a request waits until its turn comes: as long as the last that was sent to find out, or the present."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = 0.0
        self._asked: tuple[float, int] | None = None
        self.turns = 0  # of everybody; one more or less does not matter, so threads add to it without a lock

    @property
    def seconds(self) -> float:
        asked = self._asked
        return self._last if asked is None else max(self._last, self._since(*asked))

    def measure(self, ask: Callable[[], None]) -> None:
        """Wait in the line once; whoever cannot even ask has found none."""
        asked = self._asked = (self._clock(), self.turns)
        try:
            ask()
            self._last = self._since(*asked)
        except (OSError, http.client.HTTPException):
            self._last = 0.0
        finally:
            self._asked = None

    def _since(self, asked_at: float, turns: int) -> float:
        # Where few had their turn meanwhile something holds the threads: turning people away would help nobody.
        return self._clock() - asked_at if self.turns - turns >= CROWD else 0.0

    def watch(self, host: str, port: int) -> None:
        """Measure from now on, for as long as the process lives, by asking the server at this address."""
        address = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)
        threading.Thread(target=self._watch, args=(address, port), name="line", daemon=True).start()

    def _watch(self, host: str, port: int) -> None:
        connection = http.client.HTTPConnection(host, port)
        with suppress(OSError, http.client.HTTPException):
            _ask(connection)  # the server is only just starting, and that is no line
        while True:
            time.sleep(EVERY_SECONDS if self._last < LONG else 0)  # a long line is looked at again at once
            self.measure(lambda: _ask(connection))


def _ask(connection: http.client.HTTPConnection) -> None:
    try:
        connection.request("GET", "/healthz")
        connection.getresponse().read()
    except BaseException:
        connection.close()
        raise


class Shedding:
    """Stands before everything else: `Shedding(app, line, app.wsgi_app)`."""

    def __init__(self, app: Flask, line: Line, behind: "WSGIApplication") -> None:
        self._app, self._line, self.behind = app, line, behind
        self._pages: dict[bool, str] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        self._line.turns += 1
        seconds = self._line.seconds
        if seconds > LONG and seconds > _patience(environ["REQUEST_METHOD"], environ["PATH_INFO"]):
            return self._turn_away(environ, start_response)
        return self.behind(environ, start_response)

    def _turn_away(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        again = random.randint(*AGAIN)
        is_person = "text/html" in environ.get("HTTP_ACCEPT", "") and "HTTP_X_WAITS" not in environ
        kind = "text/html; charset=utf-8" if is_person else "application/json"
        body = self._page(environ["REQUEST_METHOD"], again) if is_person else b'{"state":"busy"}\n'
        headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Retry-After", str(again)), *_HEADERS]
        start_response("503 SERVICE UNAVAILABLE", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _page(self, method: str, again: int) -> bytes:
        """Made once, and without asking the database; a page that was only looked at comes again by itself."""
        is_form = method == "POST"
        if is_form not in self._pages:
            log.warning("more requests than this machine can answer: newcomers are asked to come again")
            with self._app.test_request_context("/"):
                g.is_broken = True
                self._pages[is_form] = render_template("errors/crowded.html", is_form=is_form, again="AGAIN")
        return self._pages[is_form].replace("AGAIN", str(again)).encode()


def _patience(method: str, path: str) -> float:
    """How long the line may be until such a request is turned away."""
    if path.startswith(_NEVER):
        return float("inf")
    if path.startswith("/attempts/"):
        return TOO_LONG
    return LONG if method != "POST" or path.startswith(_ENTRIES) else TOO_LONG
