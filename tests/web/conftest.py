"""A city with an open contest, at a fixed noon, seen through a browser without JavaScript."""

import pytest

from app.rules.roles import Role
from tests import factories
from tests.factories import NOON, PASSWORD


@pytest.fixture(autouse=True)
def at_noon(app):
    """The clock of every web test stands at noon until the test moves it."""
    app.config["CLOCK"] = lambda: NOON


@pytest.fixture
def clock(app):
    """Set the clock: `clock(NOON + timedelta(minutes=5))`."""

    def put(moment):
        app.config["CLOCK"] = lambda: moment

    return put


@pytest.fixture
def city(app):
    with app.app_context():
        return factories.city()


@pytest.fixture
def contest(app, city):
    """The id of the open contest /c/pufa."""
    with app.app_context():
        return factories.contest(city)[0]


@pytest.fixture
def organizer(app):
    with app.app_context():
        return factories.account("zhoumin", Role.ORGANIZER)


@pytest.fixture
def administrator(app):
    with app.app_context():
        return factories.account("sunju", Role.ADMINISTRATOR, name="孙局")


@pytest.fixture
def enter(client):
    """Enter the contest by name and four digits."""

    def go(name="王芳", tail="1111", **more):
        return client.submit("/c/pufa", {"name": name, "tail": tail, **more}, page="/c/pufa")

    return go


@pytest.fixture
def sign_in(client):
    """Sign in with an account."""

    def go(login="zhoumin", password=PASSWORD):
        return client.submit("/sign-in", {"login": login, "password": password}, page="/sign-in")

    return go
