"""Signing in and out, one-time links, the own password."""

import re

import pytest

from app.operations import accounts
from app.rules.roles import Role
from tests.factories import NOON, PASSWORD


def text(response):
    return response.get_data(as_text=True)


def test_an_organizer_signs_in_and_lands_at_the_desk(organizer, client, sign_in):
    response = sign_in()
    assert (response.status_code, response.location) == (303, "/manage")
    assert client.get("/manage").status_code == 200


def test_a_wrong_password_keeps_the_login_and_says_what_to_do(organizer, client, sign_in):
    response = sign_in(password="wrong wrong")
    assert response.status_code == 403
    assert "账号或密码不对，请核对后重新填写。" in text(response)
    assert 'value="zhoumin"' in text(response)


def test_an_unknown_login_reads_exactly_like_a_wrong_password(organizer, client, sign_in):
    def bare(page, login):
        return re.sub(r'(csrf_token"[^>]*value=)"[^"]*"', r"\1", page).replace(login, "")

    known, unknown = text(sign_in(password="wrong wrong")), text(sign_in("zhoumax", "wrong wrong"))
    assert bare(known, "zhoumin") == bare(unknown, "zhoumax")


def test_a_page_that_needs_a_sign_in_is_opened_after_it(organizer, client, sign_in):
    response = client.get("/manage/banks")
    assert response.location == "/sign-in?next=/manage/banks"
    done = client.submit("/sign-in?next=/manage/banks", {"login": "zhoumin", "password": PASSWORD}, page="/sign-in")
    assert done.location == "/manage/banks"


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil", "manage", "/%09/evil.example", "/%0d/evil.example"]
)
def test_a_sign_in_never_leads_to_another_site(organizer, client, target):
    done = client.submit(f"/sign-in?next={target}", {"login": "zhoumin", "password": PASSWORD}, page="/sign-in")
    assert done.location == "/manage"


def test_a_copied_cookie_is_dead_after_the_sign_out(organizer, client, sign_in):
    sign_in()
    copied = client.get_cookie("zhisai").value
    client.get("/manage")
    client.post("/sign-out", data={"csrf_token": client.token})
    client.set_cookie("zhisai", copied)
    assert client.get("/manage").location.startswith("/sign-in")


def test_the_cookie_of_a_sign_in_is_kept_from_scripts_and_other_sites(organizer, client, sign_in):
    header = next(h for h in sign_in().headers.getlist("Set-Cookie") if h.startswith("zhisai="))
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Secure" not in header


def test_the_first_administrator_sets_name_login_and_password(app, client):
    with app.app_context():
        token = accounts.make_setup_link(now=NOON)
    page = f"/activation/{token}"
    wrong = client.submit(page, {"name": "", "login": "sunju", "password": PASSWORD, "again": PASSWORD}, page=page)
    assert "请填姓名。" in text(wrong)
    assert 'value="sunju"' in text(wrong)
    done = client.submit(page, {"name": "孙局", "login": "sunju", "password": PASSWORD, "again": PASSWORD}, page=page)
    assert done.location == "/admin"
    assert client.get(page).status_code == 410


def test_two_different_passwords_are_told(app, client):
    with app.app_context():
        _, token = accounts.make_account("吴强", "wuqiang", Role.ORGANIZER, actor=None, now=NOON)
    page = f"/activation/{token}"
    response = client.submit(page, {"login": "wuqiang", "password": PASSWORD, "again": PASSWORD + "x"}, page=page)
    assert "两次填的密码不一样，请重新填写。" in text(response)


def test_after_a_restart_the_first_link_leads_to_the_newest(client):
    assert "请打开启动窗口里最新显示的那个" in text(client.get("/activation/invented"))


def test_a_used_or_invented_link_says_what_to_do(administrator, client):
    response = client.get("/activation/invented")
    assert response.status_code == 410
    assert "这个链接已经用过或过期，请向管理员再要一个。" in text(response)


def test_the_own_password_is_changed_with_the_old_one(organizer, client, sign_in):
    sign_in()
    new = "another good sentence"
    wrong = client.submit("/password", {"current": "no", "password": new, "again": new}, page="/password")
    assert "现在的密码不对，请重新填写。" in text(wrong)
    done = client.submit("/password", {"current": PASSWORD, "password": new, "again": new}, page="/password")
    assert done.status_code == 303
    assert sign_in(password=new).status_code == 303


def test_behind_tls_the_cookie_is_secure(settings, organizer):
    from dataclasses import replace

    from app import create_app
    from tests.pages import CheckedClient

    app = create_app(replace(settings, public_url="https://jingsai.example.gov.cn"))
    app.config["CLOCK"] = lambda: NOON
    client = CheckedClient(app, app.response_class)
    client.get("/sign-in", base_url="https://localhost")
    data = {"login": "zhoumin", "password": PASSWORD, "csrf_token": client.token}
    response = client.post("/sign-in", data=data, base_url="https://localhost")
    assert "Secure" in next(h for h in response.headers.getlist("Set-Cookie") if h.startswith("zhisai="))
