"""No log line holds a name, telephone, password, token or key: canaries through a whole contest, with faults."""

import logging
import re

import pytest

from app.database import Unavailable, db, writing
from app.models import SignIn, User
from app.operations import sign_ins, throttles, tries
from app.rules.roles import Role
from tests import factories
from tests.factories import KEY_CANARY, NOON, PASSWORD

NAME, PHONE, WRONG, STEM = "林暗记", "13955501234", "a-wrong-canary-guess", "第1题的题干"


@pytest.fixture
def place(app):
    app.config["CLOCK"] = lambda: NOON
    with app.app_context():
        city = factories.city()
        with writing():
            user = db.session.get_one(User, city.wang_fang)
            user.name, user.phone = NAME, PHONE
        factories.contest(city)
        factories.account("sunju", Role.ADMINISTRATOR, name="孙暗记")
    return city


@pytest.fixture
def told(caplog, capfd):
    """Everything that was logged or printed, with tracebacks, once called."""
    caplog.set_level(logging.DEBUG, logger="zhisai")
    caplog.set_level(logging.INFO)
    form = logging.Formatter("%(name)s %(levelname)s %(message)s")

    def read():
        printed = capfd.readouterr()
        return "\n".join([*map(form.format, caplog.records), printed.out, printed.err])

    return read


def secrets(client, *more):
    """What must stand nowhere, with the tokens that this browser holds right now."""
    held = [client.get_cookie(name) for name in ("zhisai", "zhisai_form")]
    return [NAME, PHONE, "孙暗记", PASSWORD, WRONG, KEY_CANARY, STEM, client.token, *more] + [
        c.value for c in held if c
    ]


def broken(words):
    """A view that fails with what somebody typed in the error, and in the one behind it."""

    def view(**_):
        try:
            raise KeyError(f"{words} inner")
        except KeyError as inner:
            raise ValueError(f"cannot read {words}") from inner

    return view


def test_a_whole_contest_with_faults_leaves_nothing_of_anybody_in_the_log(app, client, place, told):
    """Entering wrongly and rightly, answering, a forged form, errors of ours, a busy database, spraying."""
    client.submit("/c/pufa", {"name": NAME, "tail": "9999"}, page="/c/pufa")
    client.submit("/c/pufa", {"name": NAME, "tail": "1234"}, page="/c/pufa")
    client.submit("/c/pufa/attempts", page="/c/pufa/rules")
    page = client.get("/attempts/1").get_data(as_text=True)
    lease = re.findall(r'data-lease="(\w+)"', page)[0]
    packet = {"lease": lease, "revision": 1, "responses": {"1": [0]}, "marked": []}
    assert client.post("/attempts/1/sheet", json=packet, headers={"X-CSRFToken": client.token}).status_code == 200
    assert client.post("/attempts/1/sheet", json=packet | {"lease": NAME}).status_code == 400  # no token
    hidden = secrets(client, lease)

    app.view_functions["candidate.records"] = broken(f"{NAME} {PHONE} {lease}")
    assert client.get("/records").status_code == 500
    tell_lies(app, client, NAME, PHONE)
    client.post("/attempts/1/submission", data={"csrf_token": client.token, "confirmed": "yes"})

    client.submit("/sign-in", {"login": "sunju", "password": WRONG}, page="/sign-in")
    client.submit("/sign-in", {"login": "sunju", "password": PASSWORD}, page="/sign-in")
    client.get("/admin/roles")
    data = {"csrf_token": client.token, "name": NAME, "login": "linanji", "role": "organizer"}
    client.post("/admin/accounts", data=data)
    link = re.findall(r"/activation/([\w-]+)", client.get("/admin/roles").get_data(as_text=True))[0]
    app.view_functions["account.activation"] = broken(link)
    assert client.get(f"/activation/{link}").status_code == 500
    with app.app_context():
        signs = [tries.address("192.0.2.7", "login", 3), tries.password(WRONG)]
        for _ in range(40):
            throttles.count_failures(signs, NOON)

    log = told()
    assert [secret for secret in [*hidden, *secrets(client, link, "linanji")] if secret and secret in log] == []
    for line in ("unhandled in GET candidate.records", "database busy", "slowed down", "ValueError", "KeyError"):
        assert line in log, line  # that there is a log at all, and what one needs to find the fault


def tell_lies(app, client, *words):
    """The database refuses, and says in its message what it was given."""
    clock = app.config["CLOCK"]

    def unavailable():
        raise Unavailable(f"UPDATE users SET name = '{words[0]}'", {"phone": words[1]}, Exception(" ".join(words)))

    app.config["CLOCK"] = unavailable
    assert client.get("/").status_code == 503
    app.config["CLOCK"] = clock


def test_a_row_that_exists_already_is_not_quoted_from_the_databases_message(app, client, place, told):
    """PostgreSQL writes the values of a violated constraint into its error."""

    def view():
        with writing():
            db.session.add(User(name=NAME, phone=PHONE, login="sunju", created_at=NOON))
        return ""

    app.view_functions["candidate.home"] = view
    assert client.get("/").status_code == 500
    log = told()
    assert "IntegrityError" in log
    assert [secret for secret in (NAME, PHONE, "sunju") if secret in log] == []


def test_the_log_of_a_failing_sign_in_holds_no_digest_that_opens_a_door(app, client, place, told):
    client.submit("/sign-in", {"login": "sunju", "password": PASSWORD}, page="/sign-in")
    with app.app_context():
        digest = db.session.query(SignIn).one().digest
    app.view_functions["organizer.home"] = broken(digest)
    assert client.get("/manage").status_code == 500
    assert sign_ins.digest(client.get_cookie("zhisai").value) == digest
    assert digest not in told()
