"""Every page of a new installation: nothing is there yet, and each page says so and can be read by everybody."""

import pytest
from playwright.sync_api import expect

from app.extensions import utc_now
from app.operations import sign_ins
from app.rules.roles import Role
from app.web.access import COOKIE
from tests import factories
from tests.journeys.steps import obstacles

PAGES = {
    "/": "现在没有正在进行的竞赛",
    "/sign-in": "登录",
    "/records": "还没有答卷",
    "/password": "修改密码",
    "/manage": "还没有竞赛",
    "/manage/banks": "普法知识题库",
    "/manage/banks/upload": "上传，逐题预览",
    "/manage/quizzes": "普法网络知识竞赛",
    "/manage/quizzes/new": "普法知识题库",
    "/manage/units": "还没有单位",
    "/manage/units/upload": "上传，逐行预览",
    "/manage/people": "还没有",
    "/manage/people/upload": "还没有单位，人员归不进去",
    "/manage/contests": "还没有竞赛",
    "/manage/contests/new": "还没有单位和人员",
    "/manage/reports": "还没有报表",
    "/admin": "从这里开始",
    "/admin/roles": "现有角色",
    "/admin/roles?q=查无此人": "没有查到“查无此人”",
    "/nowhere": "没有",
}


@pytest.fixture(scope="module")
def cookie(live_app, live_server):
    """An administrator, the only person there is."""
    with live_app.app_context():
        factories.account("sunju", Role.ADMINISTRATOR, name="孙局")
        entered = sign_ins.sign_in("sunju", factories.PASSWORD, origin="127.0.0.1", now=utc_now())
    return {"name": COOKIE, "value": entered.token, "url": live_server.url}


def test_every_empty_page_says_so_and_can_be_read_by_everybody(desktop, cookie, barriers):
    found = []
    for path, words in PAGES.items():
        if path == "/records":
            desktop.context.add_cookies([cookie])
        desktop.goto(path)
        expect(desktop.get_by_role("main")).to_contain_text(words)
        found += obstacles(desktop, barriers)
    assert found == []
