"""Who may open what: a row for every route, made from the URL map. A new route without a row fails."""

import re

import pytest

from app.rules.roles import Role
from tests import factories
from tests.factories import NOON, PASSWORD

OPEN = "open"  # everybody
OWN = "own"  # the signed-in person's own things; somebody else's do not exist
SIGNED_IN = "signed in"  # whoever is signed in
ACCOUNT = "account"  # signed in with a password, not by name for one contest
ORGANIZER, ADMINISTRATOR = "organizer", "administrator"

MATRIX = {
    "static": OPEN,
    "health.alive": OPEN,
    "health.ready": OPEN,
    "account.sign_in": OPEN,
    "account.sign_out": OPEN,
    "account.activation": OPEN,
    "account.password": ACCOUNT,
    "candidate.home": OPEN,
    "candidate.entry": OPEN,
    "candidate.rules": OPEN,  # leads to the entry
    "candidate.start": OPEN,  # leads to the entry
    "candidate.application": OPEN,
    "candidate.application_made": OPEN,
    "candidate.records": SIGNED_IN,
    "images.image": SIGNED_IN,
    "candidate.paper": OWN,
    "candidate.save": OWN,
    "candidate.news": OWN,
    "candidate.submit": OWN,
    "candidate.result": OWN,
    "candidate.review": OWN,
}  # the desk's routes follow: all of `organizer.` need an organizer, all of `admin.` an administrator


def needed(endpoint):
    if endpoint.startswith("organizer."):
        return ORGANIZER
    if endpoint.startswith("admin."):
        return ADMINISTRATOR
    return MATRIX[endpoint]


def routes(app):
    """(endpoint, method, path) for every rule of the URL map, with parts that exist in the small city."""
    found = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: FILLED.get(part.group(1), "1"), rule.rule)
        found += [(rule.endpoint, method, path) for method in sorted(rule.methods & {"GET", "POST"})]
    return found


FILLED = {"slug": "pufa", "filename": "css/base.css", "token": "x", "name": "x"}


@pytest.fixture
def place(app):
    """A city with an open contest in which 王芳 has an attempt, and three accounts."""
    from app.operations import attempts

    app.config["CLOCK"] = lambda: NOON
    with app.app_context():
        city = factories.city()
        contest, _ = factories.contest(city)
        attempts.start(contest, city.wang_fang, now=NOON)
        factories.account("zhoumin", Role.ORGANIZER)
        factories.account("sunju", Role.ADMINISTRATOR)
        factories.account("nobody", None)
    return city


def test_every_route_has_a_row(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    known = {e for e in endpoints if e in MATRIX or e.startswith(("organizer.", "admin."))}
    assert endpoints == known
    assert set(MATRIX) <= endpoints


def answers(app, client, wanted):
    """What the routes that need one of `wanted` answer to this client: {(endpoint, method): status}."""
    client.get("/sign-in")
    found = {}
    for endpoint, method, path in routes(app):
        if needed(endpoint) in wanted:
            data = {"csrf_token": client.token} if method == "POST" else None
            response = client.open(path, method=method, data=data)
            found[endpoint, method] = (response.status_code, response.location or "")
    return found


def is_turned_away(status, location):
    return status in (401, 403, 404) or (status == 303 and location.startswith("/sign-in"))


def enter(client, name, tail):
    client.submit("/c/pufa", {"name": name, "tail": tail}, page="/c/pufa")


def sign_in(client, login):
    client.submit("/sign-in", {"login": login, "password": PASSWORD}, page="/sign-in")


GUARDED = {OWN, SIGNED_IN, ACCOUNT, ORGANIZER, ADMINISTRATOR}


def test_a_stranger_is_turned_away_from_everything_that_is_not_open(app, client, place):
    found = answers(app, client, GUARDED)
    assert {key: a for key, a in found.items() if not is_turned_away(*a)} == {}


def test_a_candidate_by_name_reaches_neither_the_desk_nor_other_peoples_attempts(app, client, place):
    enter(client, "陈静", "3333")
    found = answers(app, client, {OWN, ACCOUNT, ORGANIZER, ADMINISTRATOR})
    assert {key: a for key, a in found.items() if not is_turned_away(*a)} == {}


def test_an_organizer_who_enters_by_name_is_a_candidate_only(app, client, place):
    from app.operations import accounts

    with app.app_context():
        accounts.grant(place.chen_jing, Role.ADMINISTRATOR, actor=None, now=NOON)
    enter(client, "陈静", "3333")
    found = answers(app, client, {ACCOUNT, ORGANIZER, ADMINISTRATOR})
    assert {key: a for key, a in found.items() if not is_turned_away(*a)} == {}


def test_an_account_without_a_role_stays_outside_the_desk(app, client, place):
    sign_in(client, "nobody")
    found = answers(app, client, {OWN, ORGANIZER, ADMINISTRATOR})
    assert {key: a for key, a in found.items() if not is_turned_away(*a)} == {}


def test_an_organizer_opens_the_desk_but_not_the_settings(app, client, place):
    sign_in(client, "zhoumin")
    desk = {key: a for key, a in answers(app, client, {ORGANIZER}).items() if a[0] in (401, 403, 500)}
    assert desk == {}
    settings = answers(app, client, {ADMINISTRATOR})
    assert {key: a for key, a in settings.items() if not is_turned_away(*a)} == {}


def test_an_administrator_opens_everything_of_the_desk(app, client, place):
    sign_in(client, "sunju")
    found = answers(app, client, {ORGANIZER, ADMINISTRATOR})
    assert {key: a for key, a in found.items() if a[0] in (401, 403, 500)} == {}


def test_the_owner_opens_the_own_attempt(app, client, place):
    enter(client, "王芳", "1111")
    assert client.get("/attempts/1").status_code == 200


def test_every_unsafe_route_without_the_token_of_a_form_is_refused(app, client, place):
    sign_in(client, "sunju")
    open_to_forgery = []
    for endpoint, method, path in routes(app):
        if method == "POST" and client.post(path).status_code != 400:
            open_to_forgery.append(endpoint)
    assert open_to_forgery == []


def test_every_answer_has_the_headers(app, client, place):
    for endpoint, method, path in routes(app):
        if method == "GET":
            headers = client.get(path).headers
            assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'"), endpoint
            assert headers["X-Content-Type-Options"] == "nosniff", endpoint
            assert (headers["Cache-Control"] == "no-store") == (endpoint != "static"), endpoint
