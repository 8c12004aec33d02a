"""A disk that is full or fails, at any write: 503 and no 500, reading goes on, nothing acknowledged is lost."""

import pytest
import sqlalchemy as sa

from app.database import db
from app.models import Attempt, Grading
from bench.disk import FULL, SYNC_FAILS, WRITE_FAILS, Disk
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture
def disk():
    """Set up before the application, whose connections then all go through it."""
    with Disk().in_place() as made:
        yield made


@pytest.fixture
def page(disk, app, client):
    """The page of 王芳, who has begun to answer."""
    app.config["CLOCK"] = lambda: NOON
    with app.app_context():
        factories.contest(factories.city(attempts_allowed=0))
    client.submit("/c/pufa", {"name": "王芳", "tail": "1111"}, page="/c/pufa")
    return Page(app, client)


class Page:
    """What the page sends, and what it was told."""

    def __init__(self, app, client):
        self._app, self._client = app, client
        self.address = self.lease = ""
        self.acknowledged = self.revision = 0

    def start(self):
        self._client.get("/c/pufa/rules")
        answer = self._client.submit("/c/pufa/attempts", page="/c/pufa/rules")
        if answer.status_code == 303 and answer.location != self.address:
            self.address, self.lease, self.acknowledged, self.revision = answer.location, "", 0, 0
        return answer

    def open(self):
        answer = self._client.get(self.address)
        if answer.status_code == 200:
            self.lease = answer.get_data(as_text=True).partition('data-lease="')[2].partition('"')[0]
        return answer

    def save(self):
        self.revision += 1
        packet = {"lease": self.lease, "revision": self.revision, "responses": {"1": [self.revision % 4]}}
        answer = self._client.post(f"{self.address}/sheet", json=packet, headers={"X-CSRFToken": self._client.token})
        if answer.status_code == 200:
            self.acknowledged = self.revision
        return answer

    def hand_in(self):
        fields = {"csrf_token": self._client.token, "confirmed": "yes"}
        return self._client.post(f"{self.address}/submission", data=fields)

    def go_on(self):
        """Everything that can be done from here to the hand-in."""
        yield self.start()
        if self.address:
            yield self.open()
        if self.lease:
            yield self.save()
            yield self.save()
            yield self.hand_in()

    def stored(self):
        with self._app.app_context():
            attempt = db.session.get_one(Attempt, int(self.address.rpartition("/")[2]))
            graded = sa.select(sa.func.count()).where(Grading.attempt_id == attempt.id)
            gradings = db.session.scalar(graded)
            return attempt.revision, attempt.sheet["responses"], attempt.handed_in_at is not None, gradings


def tell_to_fail(disk, kind, number, code):
    """From the write or sync of that number on, counted from now, everything of that kind fails."""
    count = 0

    def refuses(event):
        nonlocal count
        count += event.kind == kind
        return code if event.kind == kind and count >= number else 0

    disk.refuses = refuses


@pytest.mark.parametrize(("kind", "code"), [("write", FULL), ("write", WRITE_FAILS), ("sync", SYNC_FAILS)])
def test_whichever_write_fails_the_answer_is_503_and_it_heals_by_itself(disk, page, kind, code):
    turned_away = 0
    for number in (1, 2, 3, 4, 5, 7, 9, 12, 15, 19, 24, 30):
        tell_to_fail(disk, kind, number, code)
        page.address = page.lease = ""
        answers = list(page.go_on())
        turned_away += sum(answer.status_code == 503 for answer in answers)
        assert {answer.status_code for answer in answers} <= {200, 303, 503}
        assert {answer.headers["Retry-After"] for answer in answers if answer.status_code == 503} <= {"5"}
        assert page._client.get("/c/pufa/rules").status_code == 200  # reading goes on
        disk.refuses = lambda event: 0
        if page.address:
            revision, responses, *_ = page.stored()
            assert revision >= page.acknowledged
            assert responses == ({"1": [revision % 4]} if revision else {})
        assert 503 not in [answer.status_code for answer in page.go_on()]
        assert page.stored()[2:] == (True, 1)
    assert turned_away > 5


def test_a_full_disk_at_the_first_save_and_room_again_at_the_next(disk, page):
    page.start()
    page.open()
    disk.refuses = lambda event: FULL if event.kind == "write" else 0
    refused = page.save()
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert page.hand_in().status_code == 503
    assert page._client.get("/c/pufa/rules").status_code == 200
    disk.refuses = lambda event: 0
    assert page.save().status_code == 200
    assert page.stored() == (2, {"1": [2]}, False, 0)
    assert page.hand_in().status_code == 303
    assert page.stored() == (2, {"1": [2]}, True, 1)


def test_an_upload_that_finds_the_disk_full_is_told_to_come_again(app, client):
    @app.get("/full")
    def full():
        raise OSError(28, "No space left on device")

    @app.get("/broken")
    def broken():
        raise OSError(5, "Input/output error")

    answer = client.get("/full")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert client.get("/broken").status_code == 500
