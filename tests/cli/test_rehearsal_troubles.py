"""Made-up people on a site that is busy, fails, cuts connections or lies: what they do, and what is found out."""

import logging
import re
import socket
import threading

import pytest
from werkzeug.serving import make_server

from app.cli.rehearsal import candidate, crowd, running
from app.cli.rehearsal.browser import Site
from app.queries import quizzes
from app.queries import rehearsals as questions
from app.rules.rehearsal import Losses
from app.rules.rehearsal_verdict import Outcome, verdict
from config import ROOT
from tests import factories

pytestmark = pytest.mark.database("sqlite")


class Trouble:
    """Stands before the application and spoils every so many of the requests to an address, in the way of `act`."""

    def __init__(self, behind, act, pattern, every, most):
        self._behind, self._act, self._pattern, self._every, self._left = behind, act, re.compile(pattern), every, most
        self._lock, self._seen = threading.Lock(), 0

    def __call__(self, environ, start_response):
        act = self._act if self._strikes(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}") else pass_on
        return act(self._behind, environ, start_response)

    def _strikes(self, request):
        with self._lock:
            self._seen += bool(self._pattern.search(request))
            strikes = self._pattern.search(request) and self._left > 0 and self._seen % self._every == 0
            self._left -= bool(strikes)
        return strikes


def pass_on(behind, environ, start_response):
    return behind(environ, start_response)


def read(environ):
    """A server takes the whole request before it answers."""
    return environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))


def busy(_behind, environ, start_response):
    read(environ)
    start_response("503 Service Unavailable", [("Retry-After", "0"), ("Content-Length", "0")])
    return []


def fail(_behind, environ, start_response):
    read(environ)
    start_response("500 Internal Server Error", [("Content-Length", "0")])
    return []


def lose_the_reply(behind, environ, start_response):
    list(behind(environ, lambda *_: lambda _: None))  # it is done, and nobody hears of it
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError


def lie(_behind, environ, start_response):
    read(environ)
    body = b'{"state":"saved","revision":1,"saved_at_ms":1,"now_ms":1}'
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def rehearsed(released, app, settings):
    """Rehearse with four people for a moment, on a site that is spoilt so."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)

    def go(act, pattern, *, every=1, most=10_000):
        quiz = quizzes.one(factories.city(duration=3600).quiz)
        server = make_server("127.0.0.1", 0, Trouble(app.wsgi_app, act, pattern, every, most), threaded=True)
        assert quiz is not None
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            shown = running.rehearsed(4, 0.005, Site("http", "127.0.0.1", server.port), quiz, settings)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
        assert not questions.leftovers()
        return shown, verdict(shown)

    return go


def test_who_is_asked_to_come_again_does_so_and_nothing_is_lost(rehearsed):
    shown, _ = rehearsed(busy, "POST|rules|result", every=3, most=8)
    assert (shown.busy, shown.losses, shown.unfinished, shown.faults) == (8, Losses(), 0, 0)


def test_a_lost_reply_is_asked_for_again_and_nothing_is_doubled(rehearsed):
    shown, _ = rehearsed(lose_the_reply, "POST .*/(attempts|sheet|submission)", every=3, most=5)
    assert (shown.losses, shown.unfinished, shown.faults) == (Losses(), 0, 0)


def test_an_answer_of_500_is_a_no_although_everybody_got_through(rehearsed):
    shown, judged = rehearsed(fail, "POST .*/sheet", most=2)
    assert (shown.faults, shown.unfinished, judged.outcome) == (2, 0, Outcome.NO)
    assert judged.reasons[0] == "服务器出错 2 次"


def test_a_save_that_was_acknowledged_and_never_stored_is_found(rehearsed):
    shown, judged = rehearsed(lie, "POST .*/sheet")
    assert (shown.losses, shown.acknowledged, judged.outcome) == (Losses(lost=4), 8, Outcome.NO)
    assert judged.reasons[0] == "有 4 人已确认保存的答案没有存住"


def test_who_is_kept_out_to_the_end_is_counted(rehearsed, monkeypatch):
    monkeypatch.setattr(crowd, "PATIENCE", 0.5)
    shown, judged = rehearsed(busy, "POST .*/submission")
    assert (shown.unfinished, shown.losses, judged.outcome) == (4, Losses(), Outcome.NO)
    assert "有 4 人没能走到成绩页" in judged.reasons


def test_an_answer_that_makes_no_sense_is_told_in_words(rehearsed):
    def nonsense(_behind, _environ, start_response):
        start_response("404 Not Found", [("Content-Length", "0")])
        return []

    shown, _ = rehearsed(nonsense, r"GET /attempts/\d+$", most=1)
    assert (shown.unfinished, shown.faults, shown.errors) == (1, 1, ("打开 /attempts/…：得到 404",))


def test_a_browser_fetches_what_a_page_needs_once_and_asks_again_only_for_what_may_change(rehearsed):
    asked = []

    def listen(behind, environ, start_response):
        tag = environ.get("HTTP_IF_NONE_MATCH", "")
        asked.append((environ["PATH_INFO"], bool(tag)))
        return behind(environ, start_response)

    rehearsed(listen, "GET /static/")
    once = {path for path, has_tag in asked if not has_tag}
    assert {"/static/css/base.css", "/static/js/answering.js", "/static/js/saving.js", "/static/js/dialog.js"} <= once
    assert "/static/js/old_engine.js" not in once
    for path in once:
        assert asked.count((path, False)) == 4, path  # each of the four, who begin with nothing kept
    assert asked.count(("/static/css/base.css", True)) == 0
    assert asked.count(("/static/js/dialog.js", True)) > 4


def test_the_way_of_a_made_up_person_is_that_of_the_pages_scripts():
    assert (candidate.SAVE_PATIENCE, candidate.LONGEST_WAIT) == (12.0, 20.0)
    text = (ROOT / "app/static/js/saving.js").read_text(encoding="utf-8")
    assert "PATIENCE_MS = 12000" in text and "LONGEST_WAIT_MS = 20000" in text
