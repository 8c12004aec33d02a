"""Answering as a plain form: where scripts are off, and in an old engine that knows no modules."""

import base64
import re
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.journeys.steps import choose, chosen, enter
from tests.journeys.town import ITEMS


@pytest.fixture
def plain(open_page):
    """A browser in which scripts are switched off."""
    return open_page("desktop", java_script_enabled=False)


@pytest.fixture
def old_engine(open_page):
    """A browser that reads pages as an engine without modules does: those are passed over, `nomodule` ones run."""
    page = open_page("desktop")
    session = page.context.new_cdp_session(page)
    session.on("Fetch.requestPaused", lambda paused: _age(session, paused))
    session.send("Fetch.enable", {"patterns": [{"resourceType": "Document", "requestStage": "Response"}]})
    return page


def _age(session: CDPSession, paused: dict[str, Any]) -> None:
    """Hand on a document as the old engine understands it."""
    request = {"requestId": paused["requestId"]}
    if paused.get("responseStatusCode", 0) in (301, 302, 303):
        session.send("Fetch.continueRequest", request)
        return
    body = session.send("Fetch.getResponseBody", request)
    html = base64.b64decode(body["body"]).decode() if body["base64Encoded"] else body["body"]
    html = re.sub(r'<script type="module"[^>]*></script>|<link rel="modulepreload"[^>]*>', "", html)
    answer = {
        "responseCode": paused["responseStatusCode"],
        "responseHeaders": paused["responseHeaders"],
        "body": base64.b64encode(html.replace(" nomodule", "").encode()).decode(),
    }
    session.send("Fetch.fulfillRequest", {**request, **answer})


def answer_and_hand_in(page: Page, town, slug: str) -> None:
    """Save once on the way, leave one item open, hand in after the question."""
    for index in (1, 2):
        choose(page, index, 1)
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".notice[role=status]:visible")).to_have_text("已保存。可以接着答，也可以关掉以后再来。")
    stored = town.responses(slug)
    assert list(stored) == [1, 2]

    for index in (3, 4):
        choose(page, index, 0)
    page.locator(".desk").get_by_role("button", name="交卷").click()
    expect(page.get_by_text("还有1题未答。交卷后不能再改。")).to_be_visible()
    page.get_by_role("link", name="继续作答").click()
    choose(page, ITEMS, 0)
    page.locator(".desk").get_by_role("button", name="交卷").click()
    expect(page.get_by_text("题目都已作答。交卷后不能再改。")).to_be_visible()
    page.get_by_role("button", name="交卷").click()
    expect(page.get_by_role("heading", name="成绩回执")).to_be_visible()
    assert list(town.responses(slug)) == [1, 2, 3, 4, 5]
    assert town.attempt(slug).handed_in_by == "person"
    page.get_by_role("button", name="退出，换人作答").click()
    expect(page).to_have_url(re.compile(rf"/c/{slug}$"))


def test_without_scripts_the_same_form_saves_and_hands_in(plain, town):
    slug = town.contest("plain")
    enter(plain, slug)
    plain.get_by_role("button", name="是我，开始答题").click()
    expect(plain.locator(".notice.without-live")).to_contain_text("本页不会自动保存")
    expect(plain.locator(".dock")).to_be_hidden()  # what only scripts keep alive is not shown
    expect(plain.locator(".desk .clock")).to_be_hidden()
    answer_and_hand_in(plain, town, slug)


def test_without_scripts_what_was_saved_is_there_the_next_time(plain, open_page, town):
    slug = town.contest("plain-again")
    enter(plain, slug)
    plain.get_by_role("button", name="是我，开始答题").click()
    choose(plain, 1, 2)
    plain.get_by_role("button", name="保存").click()
    expect(plain.locator(".notice[role=status]:visible")).to_contain_text("已保存")
    stored = town.responses(slug)
    plain.context.close()
    again = open_page("desktop")
    enter(again, slug)
    again.get_by_role("button", name="继续作答").click()
    expect(again.locator(".cell.is-answered")).to_have_count(1)
    assert chosen(again) == stored


def test_an_engine_without_modules_is_told_so_and_posts_the_form(old_engine, town):
    slug = town.contest("old")
    enter(old_engine, slug)
    hint = old_engine.locator("#old-engine")
    expect(hint).to_have_text("当前是兼容模式，请切换到极速模式；也可以直接作答，记得点“保存”。")
    expect(hint).to_be_visible()
    old_engine.get_by_role("button", name="是我，开始答题").click()
    expect(hint).to_be_visible()
    expect(old_engine.locator("html")).not_to_have_class(re.compile(r"\blive\b"))
    answer_and_hand_in(old_engine, town, slug)


def test_an_engine_with_modules_sees_no_hint(desktop, town):
    desktop.goto(f"/c/{town.contest('new')}")
    expect(desktop.get_by_label("姓名")).to_be_visible()
    expect(desktop.locator("#old-engine")).to_be_hidden()
