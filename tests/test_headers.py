"""The headers of every answer, and the cookies: all routes of the URL map in every state, errors included."""

from dataclasses import replace

import pytest

from app import create_app
from app.database import Unavailable
from app.web.headers import FIXED
from tests.factories import NOON, PASSWORD
from tests.pages import CheckedClient
from tests.test_authorization import WAYS_IN, come, enter, place, routes  # noqa: F401  # place is a fixture

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
pytestmark = pytest.mark.usefixtures("place")


def faults(answer):
    """What is missing on an answer."""
    kept = answer.request.path.startswith("/static/") and answer.status_code in (200, 304)
    wanted = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
    } | ({} if kept else {"Cache-Control": "no-store"})
    return {name for name, value in wanted.items() if answer.headers.get(name) != value}


def crawl(app, client, methods, **sent):
    """What is missing where: {(status, method, path): names}, and all statuses that were seen."""
    missing, seen = {}, set()
    for _, _, path in routes(app):
        for method in methods:
            answer = client.open(path, method=method, **sent)
            seen.add(answer.status_code)
            if faults(answer):
                missing[answer.status_code, method, path] = faults(answer)
    return missing, seen


def test_the_policy_is_the_one_that_was_decided():
    assert FIXED["Content-Security-Policy"] == POLICY


@pytest.mark.parametrize("who", WAYS_IN)
def test_every_page_and_every_redirect_has_them(app, client, who):
    come(client, who)
    missing, seen = crawl(app, client, ["GET", "HEAD", "OPTIONS"])
    assert missing == {}
    assert {200, 303} <= seen


def test_every_answer_to_a_form_has_them(app, client):
    come(client, "an administrator")
    missing, seen = crawl(app, client, ["POST"], data={"csrf_token": client.token, "next": "/"})
    assert missing == {}
    assert 303 in seen


@pytest.mark.parametrize(
    ("methods", "sent", "status"),
    [
        (["POST"], {"data": {}}, 400),
        (["PUT", "DELETE", "PATCH", "TRACE"], {}, 405),
        (["POST"], {"data": {"login": "x" * 300_000}}, 413),
        (["GET"], {"query_string": "q=%00"}, 400),
        (["GET"], {"headers": {"Host": "evil.example"}}, 200),
    ],
)
def test_every_refusal_of_a_request_has_them(app, client, methods, sent, status):
    missing, seen = crawl(app, client, methods, **sent)
    assert missing == {}
    assert status in seen


@pytest.mark.parametrize("path", ["/nothing", "/static/nothing.css", "/c/nothing", "/attempts/99999999999", "/manage/"])
def test_what_is_not_there_has_them(client, path):
    answer = client.get(path)
    assert (answer.status_code, faults(answer)) == (404, set())


@pytest.mark.parametrize(("error", "status"), [(Unavailable, 503), (RuntimeError, 500)])
def test_every_failure_of_ours_has_them(app, client, error, status):
    come(client, "an administrator")

    def broken():
        raise error("x", None, Exception())  # a new one each time: an old one carries all its tracebacks

    app.config["CLOCK"] = broken
    missing, seen = crawl(app, client, ["GET"])
    assert missing == {}
    assert status in seen


def test_static_files_may_be_kept_when_their_address_names_the_version(client):
    fresh, lasting = client.get("/static/css/base.css"), client.get("/static/css/base.css?v=1")
    assert fresh.headers["Cache-Control"] == "no-cache"
    assert lasting.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    unchanged = client.get("/static/css/base.css", headers={"If-None-Match": fresh.headers["ETag"]})
    assert (unchanged.status_code, faults(unchanged)) == (304, set())


def cookies(answer):
    return answer.headers.getlist("Set-Cookie")


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/readyz", "/static/css/base.css", "/nothing", "/manage", "/records", "/c/pufa/rules"]
)
def test_a_stranger_who_needs_no_cookie_gets_none(client, path):
    assert cookies(client.get(path)) == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_cookie_is_kept_from_scripts_and_from_other_sites(settings, scheme):
    app = create_app(replace(settings, public_url=f"{scheme}://jingsai.example.gov.cn"))
    app.config["CLOCK"] = lambda: NOON
    client, base = CheckedClient(app, app.response_class), {"base_url": f"{scheme}://jingsai.example.gov.cn"}
    set_cookies = cookies(client.get("/sign-in", **base))
    data = {"login": "zhoumin", "password": PASSWORD, "csrf_token": client.token}
    set_cookies += cookies(client.post("/sign-in", data=data, **base))
    client.get("/manage/banks", **base)
    set_cookies += cookies(client.post("/sign-out", data={"csrf_token": client.token}, **base))
    assert {cookie.partition("=")[0] for cookie in set_cookies} == {"zhisai", "zhisai_form", "zhisai_device"}
    for cookie in set_cookies:
        parts = {part.strip() for part in cookie.split(";")}
        assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= parts, cookie
        assert ("Secure" in parts) is (scheme == "https"), cookie
        assert not any(part.startswith("Domain=") for part in parts), cookie


def test_the_form_session_does_not_grow(client):
    """Through a whole paper saved by form, forty times, with nothing but redirects in between now and then."""
    enter(client, "王芳", "1111")
    client.get("/attempts/1")
    sizes = []
    for turn in range(40):
        page = client.get("/attempts/1").get_data(as_text=True)
        lease = page.partition('data-lease="')[2].partition('"')[0]
        answer = client.post("/attempts/1/sheet", data={"csrf_token": client.token, "lease": lease, "revision": turn})
        assert answer.status_code == 303
        sizes.append(len(client.get_cookie("zhisai_form").value))
    assert max(sizes) == sizes[0] < 500
    client.get("/attempts/1")
    assert len(client.get_cookie("zhisai_form").value) < 250
