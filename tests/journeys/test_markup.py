"""Whatever people write, in files and in forms, is shown as they wrote it and never runs."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.database import writing
from app.extensions import utc_now
from app.models import Unit, User
from app.operations import sign_ins
from app.rules.roles import Role
from app.web.access import COOKIE
from tests import factories
from tests.journeys.steps import choose, enter, expect_saved, start

# Without blanks, which names of people lose.
SCRIPT = "<script>window.ran='script'</script>"
IMAGE = "<img/src=x/onerror=\"window.ran='image'\">"
ATTRIBUTE = '"onmouseover="window.ran=\'attribute\'"x="'
ADDRESS = "javascript:window.ran='address'"
TEMPLATE = "{{7777*7777}}${7777*7777}"
END = "</textarea></title></dd><svg/onload=\"window.ran='end'\">"

UNIT = f"市{IMAGE}局"
PERSON = f"王{ATTRIBUTE}"
TITLE = f"{TEMPLATE}{SCRIPT}{ADDRESS}"
OPTIONS = [SCRIPT, ATTRIBUTE, TEMPLATE, ADDRESS]
BANK = f"""一、单项选择题

1. 题干{IMAGE}（　　）。
{chr(10).join(f"{letter}. {option}" for letter, option in zip("ABCD", OPTIONS, strict=True))}
答案：A
解析：{END}
依据：{ADDRESS}

2. {END}（　　）。
A. {IMAGE}
答案：Z
"""
FILE = "\"><img src=x onerror=window.ran='file'>.txt"


@pytest.fixture(scope="module")
def cookie(live_app, live_server):
    """An administrator whose own name is a trap as well."""
    with live_app.app_context():
        factories.account("sunju", Role.ADMINISTRATOR, name=f"孙{SCRIPT}"[:60])
        entered = sign_ins.sign_in("sunju", factories.PASSWORD, origin="127.0.0.1", now=utc_now())
        with writing() as session:
            unit = Unit(name=UNIT, order=1)
            session.add(unit)
            session.flush()
            session.add(User(name=PERSON, phone="13700001234", unit_id=unit.id, created_at=utc_now()))
            session.add(User(name="甲", phone="13700005678", unit_id=unit.id, created_at=utc_now()))
    return {"name": COOKIE, "value": entered.token, "url": live_server.url}


def assert_tame(page: Page, *shown: str) -> None:
    """These words stand on the page as text; nothing that came from outside became an element or ran."""
    for words in shown:
        expect(page.get_by_text(words).locator("visible=true").first).to_be_visible()
    wild = page.evaluate(
        """() => [...document.querySelectorAll('*')].filter((one) => one.dispatchEvent(new MouseEvent('mouseover')) &&
             ([...one.attributes].some((a) => a.name.startsWith('on') || /^\\s*javascript:/i.test(a.value))
             || (one.tagName === 'SCRIPT' && !(one.getAttribute('src') || '').startsWith('/static/'))
             || one.tagName === 'IMG')).map((one) => one.outerHTML)"""
    )
    assert wild == []
    assert page.evaluate("window.ran") is None
    assert "60481729" not in page.get_by_role("main").inner_text()


def test_what_people_write_is_shown_as_text_and_never_runs(open_page, cookie):
    desk = open_page("desktop")
    desk.context.add_cookies([cookie])
    bring_in_a_bank(desk)
    make_a_quiz(desk)
    open_a_contest(desk)

    candidate = open_page("desktop")
    take_part(candidate)
    apply_in_vain(candidate)

    desk.goto("/manage/contests/trap/applications")
    assert_tame(desk, TITLE, IMAGE[:20])
    desk.get_by_role("combobox").first.select_option(label=UNIT)
    desk.get_by_role("button", name="批准", exact=False).first.click()
    for path, shown in {
        "/manage": (TITLE,),
        "/manage/contests": (TITLE,),
        "/manage/contests/trap": (TITLE, UNIT),
        "/manage/contests/trap/poster": (TITLE,),
        "/manage/contests/trap/report": (TITLE, UNIT),
        "/manage/contests/trap/absentees": (TITLE, UNIT, "甲"),
        "/manage/contests/trap/applications": (TITLE, IMAGE[:20]),
        "/manage/reports": (TITLE,),
        "/manage/units": (UNIT,),
        f"/manage/people?search={ATTRIBUTE[:6]}": (PERSON,),
        f"/admin/roles?q={UNIT[:8]}": (PERSON,),
        f"/admin/roles?q={SCRIPT}": (SCRIPT,),
    }.items():
        desk.goto(path)
        assert_tame(desk, *shown)
    for kind in ("xlsx", "csv"):
        answer = desk.request.get(f"/manage/contests/trap/report.{kind}")
        assert answer.headers["content-disposition"].startswith("attachment")


def bring_in_a_bank(desk: Page) -> None:
    desk.goto("/manage/banks/upload")
    desk.get_by_label("新题库的名称").fill(TITLE)
    desk.set_input_files("input[type=file]", {"name": FILE, "mimeType": "text/plain", "buffer": BANK.encode()})
    desk.get_by_role("button", name="上传，逐题预览").click()
    expect(desk.get_by_role("heading", name="导入预览")).to_be_visible()
    assert_tame(desk, FILE, TITLE, END)
    desk.locator("tbody a").first.click()
    assert_tame(desk, f"题干{IMAGE}", *OPTIONS)
    desk.goto("/manage")
    assert_tame(desk, FILE)
    desk.get_by_role("link", name=re.compile("^接着看")).click()
    desk.get_by_label("这些题我都看过").check()
    desk.get_by_role("button", name="导入1题").click()
    assert_tame(desk, TITLE, f"题干{IMAGE}", *OPTIONS, END)


def make_a_quiz(desk: Page) -> None:
    desk.get_by_role("link", name="用它建方案").click()
    desk.get_by_label("方案名称").fill(TITLE)
    desk.get_by_label("说明").fill(END)
    desk.get_by_label("单选题抽几题").fill("1")
    desk.get_by_label("单选题每题几分").fill("100")
    desk.get_by_label("合格线").fill("60")
    desk.get_by_label("优秀线").fill("90")
    desk.get_by_role("radio", name="可看成绩、自己的答卷、答案和解析").first.check()
    desk.get_by_role("button", name="保存方案").click()
    assert_tame(desk, TITLE, END)
    desk.get_by_role("link", name="改方案").first.click()
    expect(desk.get_by_label("说明")).to_have_value(END)
    assert_tame(desk)


def open_a_contest(desk: Page) -> None:
    desk.goto("/manage/contests/new")
    desk.get_by_label("试卷方案").select_option(label=TITLE)
    desk.get_by_label("竞赛名称").fill(TITLE)
    desk.get_by_label(re.compile("^网址")).fill("trap")
    desk.get_by_label("范围说明").fill(END)
    desk.get_by_role("button", name="发布竞赛").click()
    assert_tame(desk, UNIT)  # the moments are missing: the form comes back with everything in it
    expect(desk.get_by_label("竞赛名称")).to_have_value(TITLE)
    desk.get_by_label("开始").fill("2026-01-01T00:00")
    desk.get_by_label("截止").fill("2099-01-01T00:00")
    desk.get_by_role("button", name="发布竞赛").click()
    assert_tame(desk, TITLE, END)


def take_part(page: Page) -> None:
    page.goto("/")
    assert_tame(page, TITLE, END)
    enter(page, "trap", PERSON, "1234")
    assert_tame(page, TITLE, PERSON, UNIT)
    start(page)
    assert_tame(page, f"题干{IMAGE}", *OPTIONS)
    choose(page, 1, 0)
    expect_saved(page)
    page.locator(".desk").get_by_role("button", name="交卷").click()
    page.get_by_role("dialog", name="现在交卷吗？").get_by_role("button", name="交卷").click()
    expect(page.get_by_role("heading", name="成绩回执")).to_be_visible()
    assert_tame(page, TITLE, PERSON, UNIT)
    page.get_by_role("link", name="看我的答卷").click()
    assert_tame(page, f"题干{IMAGE}", *OPTIONS, END, ADDRESS)
    page.goto("/records")
    assert_tame(page, TITLE)
    page.get_by_role("button", name="退出").click()


def apply_in_vain(page: Page) -> None:
    page.goto("/c/trap")
    page.get_by_label("姓名").fill(SCRIPT)
    page.get_by_label("手机号后四位").fill("0000")
    page.get_by_role("button", name="下一步").click()
    assert_tame(page, TITLE, SCRIPT)
    page.get_by_role("link", name="申请参赛").click()
    page.get_by_label("姓名").fill(IMAGE)
    page.get_by_label("单位").fill(END)
    page.get_by_label("手机").fill("13800000000")
    page.get_by_role("button", name="提交申请").click()
    assert_tame(page, TITLE, END)


def test_an_address_to_go_on_to_stays_on_this_site(open_page, cookie):
    page = open_page("desktop")
    for target in ("//example.org/", "https://example.org/", "javascript:alert(1)", "/\\example.org"):
        page.goto(f"/sign-in?next={target}")
        page.get_by_label("账号").fill("sunju")
        page.get_by_label("密码").fill(factories.PASSWORD)
        page.get_by_role("main").get_by_role("button", name="登录").click()
        expect(page).to_have_url(re.compile("/manage$"))
        page.get_by_role("button", name="退出").click()
