"""Granting and revoking roles, and the one-time links that go with them."""

import re

import pytest

from app.queries import accounts
from app.rules.roles import Role
from tests import factories
from tests.factories import NOON, PASSWORD

ROLES = "/admin/roles"
LINK = re.compile(r"http://127\.0\.0\.1:8000(/activation/[\w-]+)")


def text(response):
    return response.get_data(as_text=True)


def link(response):
    """The path of the one-time link on the page; None where there is none."""
    found = LINK.search(text(response))
    return found and found.group(1)


def held(app, user_id):
    with app.app_context():
        return accounts.roles(user_id, NOON)


@pytest.fixture
def admin(administrator, sign_in, client):
    """An administrator sits before the browser."""
    sign_in("sunju")
    return client


def test_the_page_says_who_holds_which_role_since_when(admin, organizer):
    page = text(admin.get(ROLES))
    for words in ("孙局", "管理员", "周敏", "组织者", "2026年9月17日", "照样可以参赛"):
        assert words in page


def test_a_new_person_gets_a_link_that_is_shown_once_and_works(app, admin):
    answer = admin.submit(
        "/admin/accounts", {"name": "冯 新", "login": "feng", "role": "organizer"}, page=ROLES, follow_redirects=True
    )
    assert "交给冯新的链接" in text(answer)
    path = link(answer)
    assert link(admin.get(ROLES)) is None
    browser = app.test_client()
    secret = {"login": "feng", "password": PASSWORD, "again": PASSWORD}
    assert browser.submit(path, secret, page=path).location == "/manage"
    assert browser.get("/manage/contests").status_code == 200
    assert browser.get("/admin").status_code == 403


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": ""}, "请填姓名。"),
        ({"login": "冯新"}, "账号用3位以上的字母、数字、点、横线。"),
        ({"login": "sunju"}, "这个账号已经有人用了，请换一个。"),
        ({"role": "emperor"}, "请选一个角色。"),
    ],
)
def test_a_field_says_what_to_mend_and_the_rest_is_kept(admin, change, message):
    answer = admin.submit(
        "/admin/accounts", {"name": "冯新", "login": "feng", "role": "organizer"} | change, page=ROLES
    )
    assert message in text(answer)
    assert link(answer) is None
    if "login" in change:
        assert 'value="冯新"' in text(answer)


def test_somebody_on_the_list_is_found_and_made_organizer_with_a_link(app, admin, city):
    page = text(admin.get(f"{ROLES}?q=王芳"))
    assert "市财政局" in page
    assert "138****1111" in page
    answer = admin.submit(
        "/admin/grants", {"user": city.wang_fang, "role": "organizer"}, page=ROLES, follow_redirects=True
    )
    assert "交给王芳的链接" in text(answer)
    assert held(app, city.wang_fang) == {Role.ORGANIZER}
    assert "已是组织者" in text(admin.get(f"{ROLES}?q=王芳"))


def test_who_has_a_password_needs_no_link(app, admin, organizer):
    answer = admin.submit(
        "/admin/grants", {"user": organizer, "role": "administrator"}, page=ROLES, follow_redirects=True
    )
    assert "周敏已是管理员，用原来的账号密码登录即可。" in text(answer)
    assert link(answer) is None
    assert held(app, organizer) == {Role.ORGANIZER, Role.ADMINISTRATOR}


def test_nobody_found_says_what_to_try(admin):
    assert "没有查到“欧阳”" in text(admin.get(f"{ROLES}?q=欧阳"))


@pytest.mark.parametrize(
    ("user", "role"), [("999", "organizer"), ("9" * 20, "organizer"), ("abc", "organizer"), ("1", "emperor"), ("", "")]
)
def test_a_grant_to_nobody_or_of_nothing_is_not_found(admin, user, role):
    assert admin.submit("/admin/grants", {"user": user, "role": role}, page=ROLES).status_code == 404


def test_a_new_link_puts_the_old_one_out_of_use(app, admin):
    first = admin.submit(
        "/admin/accounts", {"name": "冯新", "login": "feng", "role": "organizer"}, page=ROLES, follow_redirects=True
    )
    with app.app_context():
        (user_id,) = (holder.user_id for holder in accounts.holders() if holder.login == "feng")
    second = admin.submit(f"/admin/people/{user_id}/link", page=ROLES, follow_redirects=True)
    old, new = link(first), link(second)
    browser = app.test_client()
    assert browser.get(old).status_code == 410
    assert browser.get(new).status_code == 200


def test_a_link_is_made_for_holders_of_roles_only(admin, city):
    assert admin.submit(f"/admin/people/{city.wang_fang}/link", page=ROLES).status_code == 404


def test_revoking_asks_first_and_then_shuts_the_door(app, admin, organizer):
    path = f"/admin/people/{organizer}/organizer/revocation"
    assert "撤销周敏的组织者权限？" in text(admin.get(path))
    assert held(app, organizer) == {Role.ORGANIZER}
    answer = admin.submit(path, page=path, follow_redirects=True)
    assert "已撤销周敏的组织者权限。" in text(answer)
    assert held(app, organizer) == frozenset()


def test_the_last_administrator_cannot_be_revoked(app, admin, administrator):
    path = f"/admin/people/{administrator}/administrator/revocation"
    page = text(admin.get(path))
    assert "孙局是最后一名管理员，不能撤销" in page
    assert "撤销权限" not in page
    assert admin.submit(path, page=ROLES).status_code == 409
    assert held(app, administrator) == {Role.ADMINISTRATOR}
    assert "最后一名管理员，不能撤销" in text(admin.get(ROLES))


def test_an_administrator_may_step_down_when_there_is_another(app, admin, administrator):
    with app.app_context():
        factories.account("other", Role.ADMINISTRATOR, name="吴局")
    path = f"/admin/people/{administrator}/administrator/revocation"
    assert "这是您自己的权限" in text(admin.get(path))
    assert admin.submit(path, page=path).location == "/"
    assert admin.get(ROLES).status_code == 403


@pytest.mark.parametrize("role", ["organizer", "emperor"])
def test_a_role_that_is_not_held_cannot_be_revoked(admin, administrator, role):
    assert admin.get(f"/admin/people/{administrator}/{role}/revocation").status_code == 404
