"""While nothing is new the door says so; whatever is new, or nobody's business, the route behind it answers."""

from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import Client

from app.database import Unavailable, db, milliseconds
from app.models import Attempt
from app.operations import attempt_changes, attempts, sittings
from app.queries import contests
from tests.factories import NOON

MINUTE = timedelta(minutes=1)
NEWS = "/attempts/1/news"
WHY: dict[str, Any] = {"reason": "全市停电", "actor": None, "now": NOON + MINUTE}


@pytest.fixture
def paper(app, contest, client, enter):
    """王芳 has started; her attempt is 1, and its sitting."""
    enter()
    client.submit("/c/pufa/attempts", page="/c/pufa/rules")
    with app.app_context():
        return contests.by_id(contest).sitting_id


def known(told):
    newest = told["notices"][0]["id"] if told["notices"] else 0
    return f"{NEWS}?deadline={told['deadline_ms']}&held={told['held_ms'] or ''}&newest={newest}"


@pytest.fixture
def again(app, client, paper):
    """What is heard at one minute past, by a page that heard everything now."""
    address = known(client.get(NEWS).get_json())

    def ask():
        app.config["CLOCK"] = lambda: NOON + MINUTE
        return client.get(address).get_json()

    return ask


def test_while_nothing_is_new_the_time_alone_is_told_and_the_page_is_alive(app, again):
    assert again() == {"now_ms": milliseconds(NOON + MINUTE)}
    with app.app_context():
        assert db.session.get_one(Attempt, 1).seen_at == NOON + MINUTE


def test_the_door_answers_with_the_headers_of_the_route(app, client, paper):
    address, cookie = known(client.get(NEWS).get_json()), client.get_cookie("zhisai").value
    answers = []
    for entrance in (app.wsgi_app.behind.behind, app.wsgi_app.behind.behind.behind):
        sender = Client(entrance)
        sender.set_cookie("zhisai", cookie)
        answers.append(sender.get(address))
    through, past = answers
    assert (through.get_json(), past.get_json()["is_open"]) == ({"now_ms": milliseconds(NOON)}, True)
    assert dict(through.headers) | {"Content-Length": ""} == dict(past.headers) | {"Content-Length": ""}


CHANGES = {
    "more time": lambda sitting: attempt_changes.extend(1, 10, **WHY),
    "a pause": lambda sitting: sittings.pause(sitting, **WHY),
    "a pause that is over": lambda sitting: (sittings.pause(sitting, **WHY), sittings.resume(sitting, **WHY)),
    "a later closing that moves no deadline": lambda sitting: sittings.postpone(
        sitting, NOON + 99 * 60 * MINUTE, **WHY
    ),
    "an early end": lambda sitting: sittings.end_early(sitting, None, **WHY),
    "its voiding": lambda sitting: attempt_changes.void(1, give_back=True, **WHY),
    "its hand-in": lambda sitting: attempts.hand_in(1, actor=None, now=NOON + MINUTE),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_new_is_told_in_full(app, paper, again, change):
    with app.app_context():
        CHANGES[change](paper)
    told = again()
    assert set(told) == {"now_ms", "deadline_ms", "held_ms", "is_open", "notices"}
    assert again() == told  # until the page says that it has heard


def test_what_has_been_told_is_not_told_again(app, client, paper):
    with app.app_context():
        sittings.pause(paper, **WHY)
    told = client.get(NEWS).get_json()
    assert set(client.get(known(told)).get_json()) == {"now_ms"}


def test_what_concerns_others_is_no_news(app, city, contest, again):
    with app.app_context():
        other = attempts.start(contest, city.li_ming, now=NOON)
        attempt_changes.extend(other, 10, **WHY)
    assert set(again()) == {"now_ms"}


def test_nobody_else_hears_or_keeps_alive(app, client, paper, again):
    client.post("/sign-out", data={"csrf_token": client.token})
    assert client.get(
        known({"deadline_ms": milliseconds(NOON + 30 * MINUTE), "held_ms": None, "notices": []})
    ).status == ("404 NOT FOUND")
    with app.app_context():
        assert db.session.get_one(Attempt, 1).seen_at is None


@pytest.mark.parametrize(
    "asked", ["deadline=&held=&newest=0", "deadline=１&held=&newest=0", "newest=0", "deadline=1&held=&newest=0&x=1"]
)
def test_an_odd_question_is_answered_in_full(client, paper, asked):
    assert client.get(f"{NEWS}?{asked}").get_json()["is_open"] is True


def test_a_database_that_cannot_be_written_asks_to_try_again(app, client, paper, again, monkeypatch):
    def refuse(*_):
        raise Unavailable("locked", None, Exception())

    monkeypatch.setattr(app.extensions["writers"], "grouped", refuse)
    answer = client.get(known({"deadline_ms": 1, "held_ms": None, "notices": []}))
    assert (answer.status, answer.headers["Retry-After"]) == ("503 SERVICE UNAVAILABLE", "60")
