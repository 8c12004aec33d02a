"""No key before the review rule allows: canaries in every explanation and source, and a crawl that looks for them."""

from datetime import timedelta

import pytest

from app.rules.roles import Role
from tests import factories
from tests.factories import KEY_CANARY, NOON
from tests.test_authorization import enter, routes, sign_in

CANARIES = (KEY_CANARY, "依据暗记")


@pytest.fixture
def place(app):
    app.config["CLOCK"] = lambda: NOON
    with app.app_context():
        city = factories.city()
        factories.contest(city)
        factories.account("nobody", None)
        factories.account("zhoumin", Role.ORGANIZER)
    return city


def leaks(app, client):
    """The addresses outside the desk whose answer, forms and redirects followed, has a canary in it."""
    client.get("/sign-in")
    found = []
    for endpoint, method, path in routes(app):
        if endpoint.startswith(("organizer.", "admin.")) or endpoint == "account.sign_out":
            continue
        data = {"csrf_token": client.token, "visible": "keys", "review": "keys"} if method == "POST" else None
        for query in ("", "?visible=keys&with_keys=1"):
            page = client.open(path + query, method=method, data=data, follow_redirects=True).get_data(as_text=True)
            if any(canary in page for canary in CANARIES):
                found.append((endpoint, method))
    return found


def test_a_stranger_finds_no_key(app, client, place):
    assert leaks(app, client) == []


def test_an_account_without_a_role_finds_no_key(app, client, place):
    sign_in(client, "nobody")
    assert leaks(app, client) == []


def test_a_candidate_finds_no_key_before_while_and_after_answering(app, client, place):
    enter(client, "王芳", "1111")
    assert leaks(app, client) == []  # the crawl itself starts and hands in
    client.submit("/c/pufa/attempts", page="/c/pufa/rules")
    assert leaks(app, client) == []
    client.post("/attempts/1/submission", data={"csrf_token": client.token, "confirmed": "yes"})
    assert client.get("/attempts/1/result").status_code == 200
    assert leaks(app, client) == []


def test_after_the_last_sitting_the_candidate_finds_the_own_keys_and_others_still_none(app, client, place):
    enter(client, "王芳", "1111")
    client.submit("/c/pufa/attempts", page="/c/pufa/rules")
    client.post("/attempts/1/submission", data={"csrf_token": client.token, "confirmed": "yes"})
    app.config["CLOCK"] = lambda: NOON + timedelta(days=2)
    enter(client, "王芳", "1111")
    assert ("candidate.review", "GET") in leaks(app, client)
    enter(client, "陈静", "3333")
    client.post("/sign-out", data={"csrf_token": client.token})
    enter(client, "陈静", "3333")
    assert leaks(app, client) == []


def test_the_desk_shows_keys_to_organizers(app, client, place):
    sign_in(client, "zhoumin")
    assert KEY_CANARY in client.get("/manage/banks/1").get_data(as_text=True)
