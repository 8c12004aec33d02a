"""With more requests than the machine can answer, newcomers are asked to come again and whoever answers goes first."""

import http.client
import re
from itertools import pairwise

import pytest
from werkzeug.test import Client

from app.web.headers import FIXED
from app.web.shedding import AGAIN, CROWD, LONG, TOO_LONG, Line, Shedding
from tests.pages import faults

PERSON = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


class Ticks:
    """A clock that goes on only when it is told to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now

    def pass_by(self, seconds):
        self.now += seconds


@pytest.fixture
def ticks():
    return Ticks()


@pytest.fixture
def line(ticks):
    return Line(ticks)


def let_pass(line, ticks, seconds, turns=CROWD):
    ticks.pass_by(seconds)
    line.turns += turns


@pytest.fixture
def ask(app, line, ticks):
    """Ask the application while the line is so many seconds long; answers that come from behind are 299."""

    def behind(_environ, start_response):
        start_response("299 DONE", [])
        return [b"done"]

    client = Client(Shedding(app, line, behind))

    def send(seconds, method, path, headers=PERSON):
        line.measure(lambda: let_pass(line, ticks, seconds))
        return client.open(path, method=method, headers=headers)

    return send


NEWCOMERS = [
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/c/pufa"),
    ("POST", "/c/pufa"),
    ("GET", "/c/pufa/rules"),
    ("POST", "/c/pufa/attempts"),
    ("POST", "/sign-in"),
    ("GET", "/manage/contests"),
]
ANSWERING = [
    ("POST", "/attempts/7/sheet"),
    ("POST", "/attempts/7/submission"),
    ("GET", "/attempts/7"),
    ("GET", "/attempts/7/result"),
    ("POST", "/manage/banks/1/questions"),
]
ALWAYS = [("GET", "/static/js/answering.js"), ("GET", "/images/abc"), ("GET", "/healthz"), ("GET", "/readyz")]


@pytest.mark.parametrize(("method", "path"), NEWCOMERS + ANSWERING + ALWAYS)
def test_with_a_short_line_nobody_is_turned_away(ask, method, path):
    assert ask(LONG, method, path).status_code == 299


@pytest.mark.parametrize(("method", "path"), NEWCOMERS)
def test_with_a_long_line_newcomers_and_pages_come_again(ask, method, path):
    assert ask(LONG + 0.1, method, path).status_code == 503


@pytest.mark.parametrize(("method", "path"), ANSWERING)
def test_whoever_answers_or_has_filled_in_a_form_is_turned_away_last(ask, method, path):
    assert ask(TOO_LONG, method, path).status_code == 299
    assert ask(TOO_LONG + 0.1, method, path).status_code == 503


@pytest.mark.parametrize(("method", "path"), ALWAYS)
def test_what_a_page_needs_and_who_watches_the_machine_are_always_answered(ask, method, path):
    assert ask(60, method, path).status_code == 299


def test_the_moment_to_come_again_is_diced(ask):
    told = [int(ask(2, "GET", "/").headers["Retry-After"]) for _ in range(60)]
    assert {told >= AGAIN[0] and told <= AGAIN[1] for told in told} == {True}
    assert any(one != other for one, other in pairwise(told))


def test_a_page_comes_again_by_itself_after_just_that_time(ask):
    answer = ask(2, "GET", "/c/pufa")
    page = answer.get_data(as_text=True)
    assert faults(page) == []
    assert "<h1>现在人多，请稍等</h1>" in page
    assert re.findall(r'data-again="(\d+)"', page) == [answer.headers["Retry-After"]]


def test_a_form_that_was_turned_away_says_how_to_send_it_again(ask):
    page = ask(2, "POST", "/c/pufa/attempts").get_data(as_text=True)
    assert faults(page) == []
    assert "“后退”" in page
    assert "data-again" not in page


@pytest.mark.parametrize("headers", [{}, {"Accept": "*/*"}, PERSON | {"X-Waits": "yes"}])
def test_a_script_is_told_in_its_own_words(ask, headers):
    answer = ask(9, "POST", "/attempts/7/sheet", headers)
    assert (answer.status_code, answer.json) == (503, {"state": "busy"})


def test_whoever_is_turned_away_gets_the_headers_of_every_answer_and_no_cookie(ask):
    headers = ask(2, "GET", "/").headers
    assert {name: headers.get(name) for name in FIXED} == FIXED
    assert (headers["Cache-Control"], headers.get("Set-Cookie")) == ("no-store", None)


def test_the_page_asks_the_database_nothing(ask, app):
    app.extensions["sqlalchemy"] = None
    assert ask(2, "GET", "/").status_code == 503


def test_the_line_is_as_long_as_whoever_stands_in_it_has_waited(line, ticks):
    seen = []

    def wait():
        for _ in range(3):
            let_pass(line, ticks, 2)
            seen.append(line.seconds)

    line.measure(wait)
    assert (seen, line.seconds) == ([2, 4, 6], 6)
    line.measure(lambda: seen.append(line.seconds))  # the last measure holds until the next one is there
    assert (seen[-1], line.seconds) == (6, 0)


def test_a_few_who_wait_long_are_no_crowd_but_wait_for_something_else(line, ticks):
    """All threads may wait for a locked database: then pages are read late, but they are read."""
    line.measure(lambda: let_pass(line, ticks, 9, CROWD - 1))
    assert line.seconds == 0


def test_every_request_is_a_turn(ask, line):
    before = line.turns
    ask(0, "GET", "/")
    assert line.turns == before + CROWD + 1


@pytest.mark.parametrize("error", [ConnectionRefusedError, http.client.BadStatusLine("")])
def test_where_nobody_can_be_asked_there_is_no_line(line, ticks, error):
    def fail():
        let_pass(line, ticks, 9)
        raise error

    line.measure(fail)
    assert line.seconds == 0


def test_the_application_stands_behind_it(app):
    assert isinstance(app.wsgi_app, Shedding)
    assert app.extensions["line"].seconds == 0
