"""The save door answers what Flask's own route would answer, to whatever is sent."""

import json
from datetime import timedelta

import pytest
from werkzeug.test import Client

from app.database import Unavailable
from tests.factories import NOON

SHEET = {"responses": {"1": [0], "2": [2, 1]}, "marked": [2]}
ODD = [
    b"", b"{", b"[]", b"null", b"[" * 9000, b"\xff", b'{"lease": 1}', b'{"lease": "%s"}' % (b"0" * 32),
    b'{"lease": "%s", "revision": true, "responses": {}}' % (b"0" * 32),
    b'{"lease": "%s", "revision": 1, "responses": {"1": [99]}}' % (b"0" * 32),
    b'{"lease": "%s", "revision": 9999999999, "responses": {}}' % (b"0" * 32),
]  # fmt: skip


@pytest.fixture
def paper(contest, client, enter):
    """王芳 has started; her attempt is /attempts/1."""
    enter()
    client.submit("/c/pufa/attempts", page="/c/pufa/rules")
    client.get("/attempts/1")


@pytest.fixture
def ways(app, client):
    """Through the door, and past it to the route behind: each answers (status, headers, body)."""
    cookie = client.get_cookie("zhisai")
    door = app.wsgi_app.behind  # behind what sheds

    def through(entrance):
        sender = Client(entrance)
        sender.set_cookie("zhisai", cookie.value)

        def send(body, address="/attempts/1/sheet", **kinds):
            answer = sender.post(
                address, data=body, content_type=kinds.pop("content_type", "application/json"), **kinds
            )
            return answer.status, dict(answer.headers), answer.get_data()

        return send

    return through(door), through(door.behind)


def message(app, **other):
    from app.database import db
    from app.models import Attempt

    with app.app_context():
        return json.dumps({"lease": db.session.get_one(Attempt, 1).lease, "revision": 1} | SHEET | other).encode()


def test_a_stored_sheet_is_answered_alike(app, paper, ways):
    through, past = ways
    first, second = through(message(app)), past(message(app, revision=2))
    assert first[0] == second[0] == "200 OK"
    assert first[1] == second[1]
    assert json.loads(first[2]) | {"revision": 2} == json.loads(second[2])
    assert first[2].replace(b'"revision":1', b'"revision":2') == second[2]


def test_what_the_door_stored_is_what_the_route_would_have_stored(app, paper, ways):
    from app.database import db
    from app.models import Attempt

    kept = []
    for send, revision in zip(ways, (1, 2), strict=True):
        send(message(app, revision=revision))
        with app.app_context():
            row = db.session.get_one(Attempt, 1)
            kept.append((row.sheet, row.answered, row.saved_at, row.revision - revision))
    assert kept[0] == kept[1] == ({"responses": {"1": [0], "2": [1, 2]}, "marked": [2]}, 2, NOON, 0)


@pytest.mark.parametrize("body", ODD, ids=range(len(ODD)))
def test_an_odd_message_is_answered_alike(paper, ways, body):
    through, past = ways
    assert through(body) == past(body)


def test_another_state_is_answered_alike(app, client, clock, paper, ways):
    through, past = ways
    sent = message(app)
    assert through(sent)[0] == "200 OK"
    assert through(sent) == past(sent)  # the same revision again
    assert through(message(app, lease="0" * 32)) == past(message(app, lease="0" * 32))
    assert through(sent, "/attempts/2/sheet") == past(sent, "/attempts/2/sheet")
    assert through(sent, "/attempts/0/sheet") == past(sent, "/attempts/0/sheet")
    assert through(sent, content_type="text/plain")[0] == past(sent, content_type="text/plain")[0] == "400 BAD REQUEST"
    clock(NOON + timedelta(hours=3))
    assert through(message(app, revision=9)) == past(message(app, revision=9))
    clock(NOON)
    client.post("/sign-out", data={"csrf_token": client.token})
    assert through(message(app, revision=9)) == past(message(app, revision=9))


def test_a_database_that_cannot_be_written_asks_to_try_again(app, paper, ways, monkeypatch):
    def refuse(*_):
        raise Unavailable("locked", None, Exception())

    monkeypatch.setattr(app.extensions["writers"], "grouped", refuse)
    status, headers, body = ways[0](message(app))
    assert (status, headers["Retry-After"], json.loads(body)) == ("503 SERVICE UNAVAILABLE", "5", {"state": "busy"})
    assert ways[1](message(app))[:2][0] == status
