"""The pictures of questions."""

import hashlib

import pytest

from app.database import db, writing
from app.models import Image
from tests.factories import NOON

DOT = b"\x89PNG\r\n\x1a\n a picture"
SUM = hashlib.sha256(DOT).hexdigest()


@pytest.fixture
def kept(app):
    with app.app_context(), writing():
        db.session.add(Image(checksum=SUM, media_type="image/png", content=DOT, created_at=NOON))


def test_a_picture_is_shown_to_whoever_is_signed_in_and_never_runs(kept, organizer, sign_in, client):
    sign_in()
    answer = client.get(f"/images/{SUM}")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/png", DOT)
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"


def test_a_stranger_sees_none(kept, client):
    assert client.get(f"/images/{SUM}").status_code == 303


def test_another_sum_is_not_found(kept, organizer, sign_in, client):
    sign_in()
    for name in ("0" * 64, "x", SUM[:-1]):
        assert client.get(f"/images/{name}").status_code == 404
