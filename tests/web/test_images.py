"""The pictures of questions."""

import hashlib

import pytest

from app.database import db, writing
from app.models import Image, Question
from app.operations import attempts
from tests import factories
from tests.factories import NOON

DOT = b"\x89PNG\r\n\x1a\n a picture"
SUM = hashlib.sha256(DOT).hexdigest()


@pytest.fixture
def kept(app):
    with app.app_context(), writing():
        db.session.add(Image(checksum=SUM, media_type="image/png", content=DOT, created_at=NOON))


def test_an_organizer_sees_a_picture_and_it_never_runs(kept, organizer, sign_in, client):
    sign_in()
    answer = client.get(f"/images/{SUM}")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/png", DOT)
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_stranger_sees_none(kept, client):
    assert client.get(f"/images/{SUM}").status_code == 303


def test_another_sum_is_not_found(kept, organizer, sign_in, client):
    sign_in()
    for name in ("0" * 64, "x", SUM[:-1]):
        assert client.get(f"/images/{name}").status_code == 404


def test_a_candidate_sees_those_of_the_own_papers_only(app, client):
    with app.app_context():
        app.config["CLOCK"] = lambda: NOON
        city = factories.city()
        other = hashlib.sha256(DOT + b"2").hexdigest()
        with writing():
            for checksum in (SUM, other):
                db.session.add(Image(checksum=checksum, media_type="image/png", content=DOT, created_at=NOON))
            db.session.get_one(Question, 1).pictures = [{"checksum": SUM, "option": None, "alt": ""}]
        factories.contest(city)
    client.submit("/c/pufa", {"name": "王芳", "tail": "1111"}, page="/c/pufa")
    assert client.get(f"/images/{SUM}").status_code == 404
    with app.app_context():
        attempts.start(1, city.wang_fang, now=NOON)
    assert [client.get(f"/images/{checksum}").status_code for checksum in (SUM, other)] == [200, 404]
