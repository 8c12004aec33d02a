"""Nobody is sent to another site, and no address reaches a file that is not meant to be seen."""

from urllib.parse import quote

import pytest

from app.web.access import own_path
from tests.factories import PASSWORD
from tests.test_authorization import routes

ELSEWHERE = [
    "https://evil.example", "http:evil.example", "https:/evil.example", "//evil.example", "///evil.example",
    "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example", "/\r/evil.example",
    "\t//evil.example",
    " //evil.example", "/ /evil.example", "javascript:alert(1)", "data:text/html,x", "//evil.example/%2e%2e",
    "manage", "./manage", "../manage", "evil.example", "/manage\\", "/manage\r\nSet-Cookie: a=b", "/\x00/evil.example",
    "@evil.example", "//user@evil.example", "/%09/evil.example\n", "？next", "", "?", "#", "/\x7f/evil.example",
]  # fmt: skip
HERE = ["/", "/manage", "/manage/banks?number=2&q=%E5%85%9A", "/c/pufa#top", "/%2F/evil.example", "/%09/evil.example"]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_another_site_is_no_path_of_ours(target):
    assert own_path(target) is None


@pytest.mark.parametrize("target", HERE)
def test_a_path_of_ours_is_one(target):
    assert own_path(target) == target


def test_signing_in_and_out_leads_nowhere_else(organizer, client):
    for target in ELSEWHERE:
        if "\x00" in target:  # refused before anybody looks at it
            continue
        client.get("/sign-in")
        data = {"login": "zhoumin", "password": PASSWORD, "csrf_token": client.token}
        assert client.post(f"/sign-in?next={quote(target)}", data=data).location == "/manage", target
        client.get("/manage")
        out = client.post("/sign-out", data={"csrf_token": client.token, "next": target})
        assert out.location == "/", target


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "jingsai.example.gov.cn.evil.example"])
def test_the_host_of_a_request_finds_its_way_into_no_redirect(client, host):
    answer = client.get("/manage", headers={"Host": host})
    assert answer.location == "/sign-in?next=/manage"


UPWARDS = [
    "../config.py", "../../config.py", "..%2f..%2fconfig.py", "%2e%2e/%2e%2e/config.py", "....//....//config.py",
    "..\\..\\config.py", "..%5c..%5cconfig.py", "/etc/passwd", "//etc/passwd", "%2fetc%2fpasswd",
    "css/../../../config.py",
    "..%252f..%252fconfig.py", "..%c0%af..%c0%afconfig.py", "file:///etc/passwd", "css/%00.css", ".%00./config.py",
    "../instance/secret_key", "../../../../../../../../etc/passwd", "css/base.css/../../../config.py",
]  # fmt: skip
OUT_OF_REACH = ["SettingsError", "root:x:", "k" * 64]


@pytest.mark.parametrize("payload", UPWARDS)
def test_no_address_climbs_out_of_its_folder(app, organizer, contest, client, sign_in, payload):
    """Every route that takes a text as a part of its path, asked as an organizer who may see the most."""
    sign_in()
    asked = 0
    for rule in app.url_map.iter_rules():
        texts = [name for name, converter in rule._converters.items() if type(converter).__name__ != "Id"]
        for name in texts:
            path = next(path for endpoint, _, path in routes(app) if endpoint == rule.endpoint)
            stem = rule.rule.partition("<")[0]
            answer = client.get(stem + payload if path.startswith(stem) else path)
            asked += 1
            assert answer.status_code in (303, 308, 400, 404, 405, 410), (name, stem + payload)
            told = answer.get_data(as_text=True)
            assert [secret for secret in OUT_OF_REACH if secret in told] == []
    assert asked > 10
