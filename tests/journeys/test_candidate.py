"""A candidate's way from the link to the receipt, on an office PC and on a phone."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app.database import writing
from app.extensions import utc_now
from app.models import User
from tests.factories import KEY_CANARY
from tests.journeys.steps import (
    SCREENS,
    answer_rightly,
    badge,
    choose,
    chosen,
    enter,
    expect_saved,
    item,
    right_options,
    start,
    take_part,
)
from tests.journeys.town import ITEMS

HUMAN_SECONDS = {"tap": 1.1, "think": 1.35, "key": 0.6}  # keystroke-level model; keys of a phone
COUNT_TAPS = """
addEventListener('pointerdown', (event) => {
  if (event.isTrusted) sessionStorage.setItem('taps', Number(sessionStorage.getItem('taps') || 0) + 1);
}, true);
"""


@pytest.mark.parametrize("screen", sorted(SCREENS))
def test_a_paper_survives_the_browser_and_ends_in_a_receipt(open_page, town, screen):
    slug = town.contest(f"through-{screen}")
    first = open_page(screen)
    take_part(first, slug)
    expect(badge(first)).to_have_text("尚未作答")
    for index in range(2, ITEMS + 1):
        answer_rightly(first, index)
    item(first, 4).locator(".flag").click()
    expect_saved(first)
    expect(first.locator("#time-said")).to_have_text("")
    before = chosen(first)
    first.context.close()
    assert town.responses(slug) == before

    again = open_page(screen)
    enter(again, slug)
    expect(again.locator(".notice:visible")).to_contain_text("您有一份没交的答卷，已答的都在")
    again.get_by_role("button", name="继续作答").click()
    expect_saved(again)
    assert chosen(again) == before
    expect(again.locator(".cell.is-answered")).to_have_count(4)
    expect(again.locator(".cell.is-marked")).to_have_attribute("href", "#q4")

    hand_in(again, screen, says="还有1题未答，1题有标记。", then="继续作答")
    if screen == "phone":
        again.get_by_role("button", name="收起").click()
    wrong = {str(place) for place in range(4)} - {right_options(again, 1)[0].locator("input").get_attribute("value")}
    item(again, 1).locator(f"label:has(input[value='{min(wrong)}'])").click()
    hand_in(again, screen, says="1题有标记。", then="交卷")

    expect(again.get_by_role("heading", name="成绩回执")).to_be_visible()
    expect(again.locator(".figure")).to_have_text("80分，满分100")
    expect(again.locator(".seal")).to_have_text("合格")
    expect(again.locator(".slip")).to_contain_text("5题全部作答，已存5题")
    attempt = town.attempt(slug)
    assert (attempt.score, attempt.answered, attempt.handed_in_by) == (8000, 5, "person")
    expect(again.locator(".slip")).to_contain_text(attempt.receipt)
    assert KEY_CANARY not in again.content()

    leave_to_the_next_person(again, slug)


def hand_in(page: Page, screen: str, *, says: str, then: str) -> None:
    """Ask to hand in where that is done on this screen, read the question, answer it."""
    if screen == "phone":
        page.get_by_role("button", name=re.compile("答题卡")).tap()
        page.locator(".desk").get_by_role("button", name=re.compile("^交卷")).tap()
    else:
        page.locator(".desk").get_by_role("button", name="交卷").click()
    dialog = page.get_by_role("dialog", name="现在交卷吗？")
    expect(dialog).to_contain_text(says)
    dialog.get_by_role("button", name=then).click()


def leave_to_the_next_person(page: Page, slug: str) -> None:
    """On a shared computer nothing of the last person is left, not even behind the browser's back button."""
    page.get_by_role("button", name="退出，换人作答").click()
    expect(page).to_have_url(re.compile(rf"/c/{slug}$"))
    expect(page.get_by_label("姓名")).to_have_value("")
    expect(page.get_by_label("手机号后四位")).to_have_value("")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('zhisai.attempt'))") == []
    page.go_back()
    expect(page.get_by_text("王芳")).to_have_count(0)


def test_from_the_code_on_a_poster_to_the_first_item_takes_twenty_seconds(phone, town):
    slug = town.contest("quick")
    phone.add_init_script(COUNT_TAPS)
    pages: list[str] = []
    phone.on("domcontentloaded", lambda page: pages.append(page.url))
    phone.goto(f"/c/{slug}")
    phone.get_by_label("姓名").tap()
    phone.keyboard.insert_text("王芳")
    phone.get_by_label("手机号后四位").tap()
    phone.keyboard.type("1111")
    phone.get_by_role("button", name="下一步").tap()
    phone.get_by_role("button", name="是我，开始答题").tap()
    expect(item(phone, 1).locator(".option").first).to_be_in_viewport()

    taps, keys = int(phone.evaluate("sessionStorage.getItem('taps')")), len("wang") + 1 + len("fang") + 1 + 4
    assert len(pages) <= 3
    assert taps <= 4
    assert taps * (HUMAN_SECONDS["tap"] + HUMAN_SECONDS["think"]) + keys * HUMAN_SECONDS["key"] <= 20


def test_two_namesakes_say_which_unit_is_theirs(page, town):
    slug = town.contest(f"namesakes-{page.viewport_size['width']}")
    page.goto(f"/c/{slug}")
    page.get_by_label("姓名").fill("李明")
    page.get_by_label("手机号后四位").fill("6207")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_text("有2位“李明”的手机号后四位都是6207，您在哪个单位？")).to_be_visible()
    page.get_by_text("市档案馆").click()
    page.get_by_role("button", name="下一步").click()
    expect(page.locator(".facts")).to_contain_text("市档案馆")
    start(page)
    expect(page.locator(".examhead .me")).to_have_text("李明　市档案馆")


@pytest.mark.parametrize(("typed", "name", "tail"), [("王 芳", "王芳", "1111"), ("Anna Smith", "Anna Smith", "4444")])
def test_a_blank_in_a_name_keeps_nobody_out(phone, town, typed, name, tail):
    with town.app.app_context(), writing() as session:
        if name != "王芳":
            session.add(User(name=name, phone=f"1380000{tail}", unit_id=town.city.archive, created_at=utc_now()))
    slug = town.contest(f"blank-{tail}")
    phone.goto(f"/c/{slug}")
    phone.get_by_label("姓名").fill(typed)
    phone.get_by_label("手机号后四位").fill(tail)
    phone.get_by_role("button", name="下一步").click()
    expect(phone.locator(".who")).to_have_text(name)


def test_whoever_is_not_on_the_roster_may_apply(page, town):
    slug = town.contest(f"apply-{page.viewport_size['width']}")
    page.goto(f"/c/{slug}")
    page.get_by_label("姓名").fill("赵敏")
    page.get_by_label("手机号后四位").fill("9999")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("heading", name="参赛名单里没有找到您")).to_be_visible()
    page.get_by_role("link", name="申请参赛").click()
    page.get_by_label("姓名").fill("赵敏")
    page.get_by_label("单位").fill("市档案馆")
    page.get_by_label("手机").fill("139 0000")
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator(".error")).to_have_text("请填11位手机号。")
    expect(page.get_by_label("单位")).to_have_value("市档案馆")
    page.get_by_label("手机").fill("13900009999")
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("heading", name="申请已收到")).to_be_visible()


def test_whoever_starts_late_agrees_to_the_shorter_time(desktop, town):
    slug = town.contest("late", closes_in=timedelta(minutes=6, seconds=50))
    enter(desktop, slug)
    expect(desktop.locator(".notice.red")).to_have_text("距截止6分钟，本次只有6分钟，到时自动交卷。")
    desktop.get_by_label("我知道本次只有6分钟，仍要开始").check()
    start(desktop)
    expect(desktop.locator(".desk .left")).to_have_text(re.compile(r"^0?6:\d\d$"))


def test_a_second_attempt_may_be_better(desktop, town):
    slug = town.contest("twice")
    take_part(desktop, slug)
    choose(desktop, 1, 0)
    hand_in(desktop, "desktop", says="还有4题未答。", then="交卷")
    desktop.get_by_role("link", name="再答一次（还可答1次）").click()
    start(desktop)
    expect(desktop.locator(".cell.is-answered")).to_have_count(0)
    for index in range(1, ITEMS + 1):
        answer_rightly(desktop, index)
    expect_saved(desktop)
    hand_in(desktop, "desktop", says="5题都已作答。", then="交卷")
    expect(desktop.locator(".seal")).to_have_text("优秀")
    expect(desktop.locator(".slip")).to_contain_text("100分。2次取最高一次，这是第2次")
    assert [attempt.score for attempt in town.attempts(slug)][1] == 10000
