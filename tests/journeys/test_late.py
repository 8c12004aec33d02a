"""迟到作答: offline until after deadline and grace. Kept, told, weighed by an organizer, and told again."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.extensions import utc_now
from app.operations import attempts, late, sign_ins
from app.queries.contests import by_slug
from app.rules.roles import Role
from tests import factories
from tests.journeys.steps import (
    NOT_DICED,
    answer_rightly,
    badge,
    choose,
    chosen,
    expect_saved,
    obstacles,
    sit_down,
    until,
)
from tests.journeys.town import ITEMS
from tests.operations.engine import right, stored


@pytest.fixture(scope="module")
def organizer(town):
    with town.app.app_context():
        return factories.account("zhoumin", Role.ORGANIZER, name="周敏")


def answer_past_the_end(page, town, slug):
    """One answer saved, the rest given without a network; the server hands in meanwhile."""
    page.add_init_script(NOT_DICED)
    sit_down(page, town, slug)
    answer_rightly(page, 1)
    expect_saved(page)
    page.context.set_offline(True)
    for index in range(2, ITEMS + 1):
        answer_rightly(page, index)
    expect(badge(page)).to_contain_text("离线，已记")
    town.end_in(slug, timedelta(), grace=timedelta())
    until(page, lambda: town.attempt(slug).handed_in_at is not None)


def expect_told(page):
    expect(page.locator("#late-note")).to_contain_text("这些作答已经收到并留存，没有丢")
    expect(page.locator("#late-note")).to_contain_text("是否计入成绩，由组织者决定")
    expect(page.locator(".figure")).to_have_text("20分，满分100")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('zhisai.attempt'))") == []


def test_within_the_grace_it_counts(desktop, town):
    slug = town.contest("grace")
    desktop.add_init_script(NOT_DICED)
    sit_down(desktop, town, slug)
    desktop.context.set_offline(True)
    choose(desktop, 1, 0)
    town.end_in(slug, timedelta(seconds=-1))  # the page does not know that its time was cut
    desktop.context.set_offline(False)
    until(desktop, lambda: town.responses(slug) == {1: [chosen(desktop)[1][0]]})


def test_later_it_is_kept_and_an_organizer_may_let_it_count(page, town, open_page, organizer, barriers):
    slug = town.contest(f"late-{page.viewport_size['width']}")
    answer_past_the_end(page, town, slug)
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="成绩回执")).to_be_visible()
    expect_told(page)
    assert list(town.responses(slug)) == [1]

    desk = open_page("desktop")
    desk.goto(f"/sign-in?next=/manage/contests/{slug}")
    desk.get_by_label("账号").fill("zhoumin")
    desk.get_by_label("密码").fill(factories.PASSWORD)
    desk.get_by_role("button", name="登录").click()
    expect(desk.get_by_text("有1份迟到作答等着决定是否计入")).to_be_visible()
    desk.get_by_role("link", name="去处理").click()
    expect(desk.get_by_text("4题和已计入的不同；计入后20分变为100分")).to_be_visible()
    expect(desk.locator(".request tbody th")).to_have_text(["第2题", "第3题", "第4题", "第5题"])
    assert obstacles(desk, barriers) == []
    desk.get_by_label("原因").fill("办公楼下午断网，已与信息中心核实")
    desk.get_by_role("button", name="计入王芳的迟到作答", exact=True).click()
    expect(desk.get_by_text("已计入成绩1份，原来的作答和分数留作记录")).to_be_visible()
    expect(desk.get_by_role("table", name="处理过的迟到作答")).to_contain_text("已计入，20分变为100分")
    assert obstacles(desk, barriers) == []

    page.reload()
    expect(page.locator("#late-note")).to_contain_text("组织者已将其计入成绩，原来20分，原因：办公楼下午断网")
    expect(page.locator(".figure")).to_have_text("100分，满分100")
    expect(page.locator(".slip")).to_contain_text("5题全部作答，已存5题")


def test_a_page_closed_before_its_answers_arrived_sends_them_with_the_receipt(page, town):
    slug = town.contest(f"closed-{page.viewport_size['width']}")
    answer_past_the_end(page, town, slug)
    address = page.url
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(address)
    expect(page.get_by_role("heading", name="成绩回执")).to_be_visible()
    expect_told(page)


def test_what_is_declined_is_told_with_its_reason(desktop, town, open_page, organizer):
    slug = town.contest("declined")
    answer_past_the_end(desktop, town, slug)
    desktop.context.set_offline(False)
    expect(desktop.locator("#late-note")).to_be_visible()
    desk = open_page("phone")
    desk.goto(f"/sign-in?next=/manage/contests/{slug}/late-sheets")
    desk.get_by_label("账号").fill("zhoumin")
    desk.get_by_label("密码").fill(factories.PASSWORD)
    desk.get_by_role("button", name="登录").click()
    desk.get_by_label("原因").fill("当时网络正常")
    desk.get_by_role("button", name="不计入王芳的迟到作答").click()
    expect(desk.get_by_text("没有等着处理的迟到作答")).to_be_visible()
    desktop.reload()
    expect(desktop.locator("#late-note")).to_have_text(re.compile("组织者决定不计入，原因：当时网络正常$"))
    expect(desktop.locator(".figure")).to_have_text("20分，满分100")


def test_many_are_ticked_weighed_and_decided(desktop, town, organizer, barriers):
    slug = town.contest("many-late")
    city, made = town.city, []
    with town.app.app_context():
        contest, now = by_slug(slug), utc_now()
        for name, tail, user_id in (("王芳", "1111", city.wang_fang), ("张伟", "2222", city.zhang_wei)):
            digest = sign_ins.digest(sign_ins.enter(contest.id, name, tail, origin="here", now=now).token)
            made.append(attempts.start(contest.id, user_id, now=now - timedelta(minutes=40)))
            lease, sheet = stored(made[-1]).lease, right(made[-1])
            late.keep_late(made[-1], sheet, revision=1, lease=lease, digest=digest, now=now)
        attempts.hand_in_overdue(now=now)
    desktop.goto(f"/sign-in?next=/manage/contests/{slug}/live?state=late")
    desktop.get_by_label("账号").fill("zhoumin")
    desktop.get_by_label("密码").fill(factories.PASSWORD)
    desktop.get_by_role("button", name="登录").click()
    desktop.get_by_role("link", name="张伟的迟到作答").click()
    reason = desktop.get_by_label("原因")
    reason.fill("断网")
    reason.press("Enter")  # decides nothing by itself
    expect(desktop.get_by_role("heading", name="张伟的迟到作答")).to_be_visible()
    desktop.get_by_role("link", name="迟到作答", exact=True).click()
    desktop.get_by_role("checkbox", name="王芳").check()
    expect(desktop.locator("#how-many")).to_have_text("，1份")
    desktop.get_by_role("button", name="勾选本页2份").click()
    expect(desktop.locator("#how-many")).to_have_text("，2份")
    assert obstacles(desktop, barriers) == []
    desktop.get_by_role("button", name="一起决定").click()
    expect(desktop.get_by_text("2份分数提高")).to_be_visible()
    assert obstacles(desktop, barriers) == []
    desktop.get_by_label("原因").fill("全楼断网")
    desktop.get_by_role("button", name="计入2份").click()
    expect(desktop.get_by_text("已计入成绩2份")).to_be_visible()
    assert [row.score for row in town.attempts(slug)] == [10000, 10000]
