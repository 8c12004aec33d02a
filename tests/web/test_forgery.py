"""The token of a form outlives the longest paper."""

from datetime import timedelta
from types import SimpleNamespace

import itsdangerous.timed
import pytest

from tests import factories
from tests.factories import NOON, PASSWORD

HOURS = 5


@pytest.fixture
def five_hours_later(monkeypatch, clock):
    """Move the clock of the house and that of the library which signs the tokens."""
    import time

    def go():
        clock(NOON + timedelta(hours=HOURS))
        late = SimpleNamespace(time=lambda: time.time() + HOURS * 3600)
        monkeypatch.setattr(itsdangerous.timed, "time", late)

    return go


@pytest.fixture
def paper(app, client):
    """王芳 has opened a paper of six hours; its lease."""
    with app.app_context():
        factories.contest(factories.city(duration=6 * 3600))
    client.submit("/c/pufa", {"name": "王芳", "tail": "1111"}, page="/c/pufa")
    client.submit("/c/pufa/attempts", page="/c/pufa/rules")
    return client.get("/attempts/1").get_data(as_text=True).partition('data-lease="')[2].partition('"')[0]


def test_a_sheet_is_saved_with_the_token_of_a_page_opened_five_hours_ago(client, paper, five_hours_later):
    five_hours_later()
    packet = {"lease": paper, "revision": 1, "responses": {"1": [0]}, "marked": []}
    answer = client.post("/attempts/1/sheet", json=packet, headers={"X-CSRFToken": client.token})
    assert (answer.status_code, answer.json["state"]) == (200, "saved")


def test_a_paper_without_script_is_saved_and_handed_in_after_five_hours(client, paper, five_hours_later):
    form = {"csrf_token": client.token, "lease": paper, "revision": "0", "r-1": "0"}
    five_hours_later()
    assert client.post("/attempts/1/sheet", data=form).location == "/attempts/1"
    done = client.post("/attempts/1/submission", data=form | {"revision": "1", "confirmed": "yes"})
    assert done.location == "/attempts/1/result"
    assert client.get("/attempts/1/result").status_code == 200


def test_a_sign_in_page_left_open_for_five_hours_still_works(organizer, client, five_hours_later):
    client.get("/sign-in")
    five_hours_later()
    data = {"login": "zhoumin", "password": PASSWORD, "csrf_token": client.token}
    assert client.post("/sign-in", data=data).location == "/manage"
