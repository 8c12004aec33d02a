"""What a person reads when something is wrong with us or with the request."""

import pytest

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
