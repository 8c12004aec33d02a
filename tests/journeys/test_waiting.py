"""When a form has to wait its turn, the page keeps what was typed and sends it again by itself."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from werkzeug.test import Client

from app.database import db, writing
from app.extensions import utc_now
from app.models import Throttle
from app.operations import tries
from app.rules.roles import Role
from app.web.shedding import CROWD, LONG, Line, Shedding
from tests import factories
from tests.factories import PASSWORD
from tests.journeys.steps import enter

QUEUEING = "正在排队，轮到了自动进入，请不要关闭。"


@pytest.fixture
def crowded(live_app, town):
    """Very many failed from this address a moment ago, and somebody has the turn for the next seconds."""

    def crowd(way, allowed, seconds):
        sign = tries.address("127.0.0.1", way, allowed)
        with live_app.app_context(), writing():
            now = utc_now()
            row = Throttle(digest=sign.digest, failures=allowed, since=now)
            row.paused_until = now + timedelta(seconds=seconds)
            db.session.merge(row)

    yield crowd
    with live_app.app_context(), writing():
        db.session.query(Throttle).delete()


@pytest.fixture(scope="module")
def slug(town):
    return town.contest("crowd")


@pytest.fixture(scope="module")
def account(live_app, town):
    with live_app.app_context():
        factories.account("zhoumin", Role.ORGANIZER)


def press(page: Page, button: str) -> None:
    page.get_by_role("main").get_by_role("button", name=button).click()


def test_whoever_enters_by_name_in_a_crowd_waits_and_is_let_in(page, slug, crowded, barriers):
    crowded("entry", tries.NAMES_OF_AN_ADDRESS, 3)
    page.goto(f"/c/{slug}")
    page.get_by_label("姓名").fill("王芳")
    page.get_by_label("手机号后四位").fill("1111")
    press(page, "下一步")
    expect(page.locator(".working")).to_have_text(QUEUEING)
    assert barriers(page) == []
    press(page, "下一步")  # pressing again does no harm
    expect(page.locator(".who")).to_have_text("王芳")


def test_a_password_is_typed_once_however_long_the_queue(page, account, crowded):
    crowded("login", tries.LOGINS_OF_AN_ADDRESS, 3)
    page.goto("/sign-in?next=/manage/banks")
    page.get_by_label("账号").fill("zhoumin")
    page.get_by_label("密码").fill(PASSWORD)
    press(page, "登录")
    expect(page.locator(".working")).to_have_text(QUEUEING)
    expect(page.get_by_label("密码")).to_have_value(PASSWORD)
    expect(page).to_have_url(re.compile("/manage/banks$"))


def test_a_wrong_password_is_told_on_the_same_page_and_the_next_one_is_taken(page, account):
    page.goto("/sign-in")
    page.get_by_label("账号").fill("zhoumin")
    page.get_by_label("密码").fill("not this one")
    page.get_by_label("密码").press("Enter")
    expect(page.get_by_role("alert")).to_have_text("账号或密码不对，请核对后重新填写。")
    expect(page.get_by_label("账号")).to_have_value("zhoumin")
    expect(page.get_by_label("密码")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/manage$"))
    page.go_back()
    expect(page.get_by_role("heading", name="登录", level=1)).to_be_visible()


def test_without_a_script_the_page_comes_back_and_says_what_to_do(open_page, account, crowded):
    crowded("login", tries.LOGINS_OF_AN_ADDRESS, 60)
    page = open_page("phone", java_script_enabled=False)
    page.goto("/sign-in")
    page.get_by_label("账号").fill("zhoumin")
    page.get_by_label("密码").fill(PASSWORD)
    press(page, "登录")
    expect(page.get_by_role("alert")).to_contain_text("请等几秒再点一次。密码没有留在页面上，请再填一次。")
    expect(page.get_by_label("账号")).to_have_value("zhoumin")
    expect(page.get_by_label("密码")).to_have_value("")


def test_an_empty_form_is_told_so_on_the_same_page(page, slug):
    page.goto(f"/c/{slug}")
    press(page, "下一步")
    expect(page.get_by_text("请填姓名。")).to_be_visible()
    expect(page.get_by_label("姓名")).to_be_focused()
    enter(page, slug)


@pytest.fixture
def turned_away(live_app):
    """The page for whoever comes in a crowd, as the server makes it."""

    def ask(method, path):
        ticks = iter((0, LONG + 1))
        line = Line(lambda: next(ticks))
        line.measure(lambda: setattr(line, "turns", CROWD))
        return Client(Shedding(live_app, line, live_app.wsgi_app)).open(
            path, method=method, headers={"Accept": "text/html"}
        )

    return ask


def test_a_page_that_is_turned_away_opens_by_itself(page, slug, turned_away, barriers):
    answer = turned_away("GET", f"/c/{slug}")
    # The status would count as a fault of the page; what matters here is the page itself.
    page.route(f"**/c/{slug}", lambda route: route.fulfill(body=answer.data, content_type="text/html"), times=1)
    page.goto(f"/c/{slug}")
    expect(page.get_by_role("heading", name="现在人多，请稍等")).to_be_visible()
    expect(page.locator(".working")).to_have_text("正在排队，轮到了自动打开，请不要关闭。")
    assert barriers(page) == []
    expect(page.get_by_label("姓名")).to_be_visible()


def test_a_start_that_is_turned_away_waits_and_then_begins(page, slug):
    enter(page, slug)
    again = {"status": 429, "headers": {"Retry-After": "1"}, "body": ""}
    page.route("**/attempts", lambda route: route.fulfill(**again), times=1)
    page.get_by_role("main").get_by_role("button", name=re.compile("开始答题|继续作答")).click()
    expect(page.locator(".working")).to_have_text("现在人多，正在排队，轮到了自动开始，请不要关闭。")
    expect(page).to_have_url(re.compile(r"/attempts/\d+$"))
