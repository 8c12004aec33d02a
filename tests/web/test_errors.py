"""What a person reads when something is wrong with us or with the request."""

import pytest
import sqlalchemy as sa

from app.database import db


def text(response):
    return response.get_data(as_text=True)


def test_without_its_tables_the_site_still_answers_with_a_page(app, client):
    client.get("/")
    with app.app_context():
        db.session.remove()
        db.drop_all()
    try:
        response = client.get("/")
    finally:
        with app.app_context():
            db.session.remove()
            db.create_all()
    assert response.status_code in (500, 503)
    assert "<h1>" in text(response)
    if response.status_code == 503:
        assert response.headers["Retry-After"] == "5"


@pytest.fixture
def broken(app, monkeypatch):
    """Call it, and every question to the database fails as if its server were gone."""

    def gone(*_):
        raise sa.exc.OperationalError("SELECT", {}, RuntimeError("the server closed the connection"))

    def break_() -> None:
        monkeypatch.setattr(app.extensions["readers"], "_engine", None)  # SQLite's driver is not asked past SQLAlchemy
        with app.app_context():
            sa.event.listen(db.engine, "before_cursor_execute", gone)

    yield break_
    with app.app_context():
        sa.event.remove(db.engine, "before_cursor_execute", gone)


def test_a_database_that_goes_before_anybody_asked_who_is_there_gives_a_page_too(client, contest, enter, broken):
    """The error's page must not ask who is signed in: that is a question to the broken database."""
    enter()
    client.get("/c/pufa/rules")
    broken()
    response = client.post("/c/pufa/attempts", data={"csrf_token": client.token})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "<h1>" in text(response)


@pytest.mark.parametrize("path", ["/no-such-page", "/attempts/9999999", "/sign-in"])
def test_with_the_database_gone_any_page_is_a_503(client, contest, enter, broken, path):
    enter()
    broken()
    response = client.get(path)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")


def test_with_the_database_gone_a_form_without_a_token_is_a_503(client, contest, enter, broken):
    enter()
    broken()
    assert client.post("/c/pufa/attempts").status_code == 503


@pytest.mark.parametrize("path", ["/c/x%00y", "/?q=%00", "/sign-in?next=%00"])
def test_nobody_sends_a_nul(client, path):
    assert client.get(path).status_code == 400


def test_more_than_a_page_ever_sends_is_refused_before_it_is_read(client):
    client.get("/sign-in")
    response = client.post("/sign-in", data={"login": "x" * 300_000, "csrf_token": client.token})
    assert response.status_code == 413


def test_an_expired_form_says_what_to_do(client):
    response = client.post("/sign-in", data={"login": "x", "password": "y"})
    assert response.status_code == 400
    assert "<h1>" in text(response)
