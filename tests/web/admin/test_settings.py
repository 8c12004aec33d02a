"""What the site says of itself, and the first steps on a new installation."""

import pytest

from tests import factories

WORDS = {
    "name": "市直机关知识竞赛",
    "organizer": "市直机关工作委员会",
    "phone": "0000-8012 3456",
    "phone_hours": "工作日8:30—17:30",
    "icp": "某备0001号",
}


def text(response):
    return response.get_data(as_text=True)


@pytest.fixture
def admin(administrator, sign_in, client):
    """An administrator sits before the browser."""
    sign_in("sunju")
    return client


def test_what_is_saved_stands_on_every_page(admin):
    answer = admin.submit("/admin", WORDS, page="/admin", follow_redirects=True)
    assert "已保存，各页从现在起这样显示。" in text(answer)
    home = text(admin.get("/"))
    for words in WORDS.values():
        assert words in home


def test_a_site_must_have_a_name(admin):
    page = text(admin.submit("/admin", WORDS | {"name": " "}, page="/admin"))
    assert "请填站点名称。" in page
    assert 'value="市直机关工作委员会"' in page


def test_the_standing_line_is_there(admin):
    assert text(admin.get("/admin")).count("非涉密系统，严禁上传涉密内容") >= 1


def test_a_new_installation_says_what_to_do_next(admin):
    page = text(admin.get("/admin"))
    for step in ("填好站点设置", "导入单位和人员", "看看试卷方案", "开一场竞赛"):
        assert f"<h3>{step}</h3>" in page
    assert "已做好" not in page


def test_what_is_done_is_ticked_off(admin, city):
    admin.submit("/admin", WORDS, page="/admin")
    assert text(admin.get("/admin")).count("已做好") == 3


def test_once_there_is_a_contest_the_steps_are_gone(admin, contest):
    assert "从这里开始" not in text(admin.get("/admin"))


@pytest.mark.parametrize("path", ["/admin", "/admin/roles"])
def test_only_an_administrator_comes_in(app, client, sign_in, organizer, path):
    assert client.get(path).status_code == 303
    sign_in()
    assert client.get(path).status_code == 403


def test_an_organizer_cannot_rename_the_site(client, sign_in, organizer):
    sign_in()
    assert client.submit("/admin", WORDS, page="/manage/contests").status_code == 403
    assert WORDS["name"] not in text(client.get("/"))


def test_somebody_without_a_role_sees_no_settings(app, client, sign_in):
    with app.app_context():
        factories.account("nobody", None)
    sign_in("nobody")
    assert client.get("/admin").status_code == 403
