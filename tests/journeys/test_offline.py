"""A network that comes and goes: nothing is lost, nothing is kept twice."""

import pytest
from playwright.sync_api import Dialog, Route, expect
from playwright.sync_api import Error as PlaywrightError

from tests.journeys.steps import NOT_DICED, badge, choose, chosen, expect_saved, sheets_of, sit_down, until


def test_answers_given_offline_arrive_when_the_network_is_back(page, town):
    slug = town.contest(f"offline-{page.viewport_size['width']}")
    is_phone = page.viewport_size["width"] == 390
    sit_down(page, town, slug)
    page.context.set_offline(True)
    for index in (1, 2, 3):
        choose(page, index, 1)
    expect(badge(page)).to_have_text("离线，已记3题" if is_phone else "离线，已记在本机3题")
    expect(page.locator("#offline")).to_be_visible()
    assert town.responses(slug) == {}

    page.context.set_offline(False)
    expect_saved(page)
    expect(page.locator("#offline")).to_be_hidden()
    assert town.responses(slug) == chosen(page)
    assert list(chosen(page)) == [1, 2, 3]


def test_answers_given_offline_outlive_the_page(desktop, town):
    slug = town.contest("outlive")
    sit_down(desktop, town, slug)
    address = desktop.url
    desktop.context.set_offline(True)
    choose(desktop, 2, 0)
    expect(badge(desktop)).to_have_text("离线，已记在本机1题")
    answered = chosen(desktop)
    desktop.goto("about:blank")
    desktop.context.set_offline(False)
    desktop.goto(address)
    expect_saved(desktop)
    assert chosen(desktop) == answered
    until(desktop, lambda: town.responses(slug) == answered)


def test_five_minutes_offline_while_moving_between_items_lose_nothing(page, town):
    slug = town.contest(f"five-{page.viewport_size['width']}")
    page.clock.install()
    sit_down(page, town, slug)
    page.context.set_offline(True)
    for index, place in ((1, 0), (3, 1), (2, 2), (1, 3), (5, 0)):
        page.evaluate("(index) => { location.hash = `q${index}`; }", index)
        choose(page, index, place)
        page.clock.fast_forward("01:00")
    page.locator("#q4 .flag").click()
    expect(badge(page)).to_contain_text("离线，已记")
    assert town.responses(slug) == {}
    page.context.set_offline(False)
    page.clock.fast_forward("00:05")
    expect_saved(page)
    until(page, lambda: town.responses(slug) == chosen(page) and set(chosen(page)) == {1, 2, 3, 5})
    assert town.attempt(slug).sheet["marked"] == [4]


def test_answers_outlive_a_page_that_crashes(desktop, town):
    slug = town.contest("crash")
    sit_down(desktop, town, slug)
    address = desktop.url
    desktop.route("**/sheet", lambda route: None)  # on its way for ever
    choose(desktop, 2, 0)
    choose(desktop, 3, 1)
    answered = chosen(desktop)
    expect(badge(desktop)).to_have_text("正在保存……")
    with pytest.raises(PlaywrightError, match="crash"):
        desktop.goto("chrome://crash")
    again = desktop.context.new_page()
    again.goto(address)
    expect_saved(again)
    assert chosen(again) == answered
    until(again, lambda: town.responses(slug) == answered)


def test_a_browser_that_keeps_nothing_is_not_said_to(page, town):
    slug = town.contest(f"private-{page.viewport_size['width']}")
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('refused'); };")
    sit_down(page, town, slug)
    choose(page, 1, 0)
    expect_saved(page)
    page.context.set_offline(True)
    choose(page, 2, 0)
    is_phone = page.viewport_size["width"] == 390
    expect(badge(page)).to_have_text("离线，1题未存" if is_phone else "离线，1题未存，请勿关闭本页")
    expect(page.locator("#offline")).to_contain_text("答案只在本页里")
    expect(page.locator("#offline")).not_to_contain_text("记在这台机器上", use_inner_text=True)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.close(run_before_unload=True)
    until(page, lambda: asked == ["beforeunload"])
    page.context.set_offline(False)
    expect_saved(page)
    assert town.responses(slug) == chosen(page)


def test_a_click_before_the_scripts_have_come_counts(desktop, town):
    slug = town.contest("early")
    held: list[Route] = []
    desktop.route("**/answering.js*", lambda route: held.append(route))
    cookie, path = town.seat(slug)
    desktop.context.add_cookies([cookie])
    desktop.goto(path, wait_until="commit")
    choose(desktop, 2, 1)
    until(desktop, lambda: bool(held))
    held[0].continue_()
    expect_saved(desktop)
    assert list(chosen(desktop)) == [2]
    assert town.responses(slug) == chosen(desktop)


def test_a_lost_answer_of_the_server_is_asked_for_again_and_the_sheet_stored_once(desktop, town):
    slug = town.contest("lost")
    desktop.add_init_script(NOT_DICED)
    sit_down(desktop, town, slug)
    sent, stored_at = sheets_of(desktop), []

    def lose_the_answer(route: Route) -> None:
        route.fetch()  # the server has it
        stored_at.append(town.attempt(slug).saved_at)
        route.abort("connectionreset")

    desktop.route("**/sheet", lose_the_answer, times=1)
    choose(desktop, 1, 0)
    expect(badge(desktop)).to_have_text("离线，已记在本机1题")
    expect_saved(desktop)
    assert len(sent) == 2
    assert sent[0] == sent[1]
    attempt = town.attempt(slug)
    assert (attempt.revision, attempt.answered, attempt.saved_at) == (sent[0]["revision"], 1, stored_at[0])
    assert town.responses(slug) == chosen(desktop)


def test_a_server_in_trouble_is_given_time_and_loses_nothing(desktop, town):
    slug = town.contest("busy")
    desktop.add_init_script(NOT_DICED)
    sit_down(desktop, town, slug)
    desktop.route("**/sheet", lambda route: route.fulfill(status=429, headers={"Retry-After": "1"}, body=""), times=1)
    choose(desktop, 1, 3)
    expect(badge(desktop)).to_have_text("服务器忙，已记在本机1题")
    choose(desktop, 2, 3)
    expect(badge(desktop)).to_have_text("服务器忙，已记在本机2题")
    expect_saved(desktop)
    assert town.responses(slug) == chosen(desktop)


def test_signed_out_elsewhere_the_page_leads_back_and_keeps_the_answers(desktop, town):
    slug = town.contest("signed-out")
    sit_down(desktop, town, slug)
    desktop.context.clear_cookies(name="zhisai")
    choose(desktop, 1, 1)
    answered = chosen(desktop)
    told = desktop.get_by_role("dialog", name="需要重新进入")
    expect(told).to_contain_text("答案都记在这台机器上")
    expect(desktop.locator("#said-signed_out")).to_be_visible()
    told.get_by_role("button", name="重新进入").click()
    desktop.get_by_label("姓名").fill("王芳")
    desktop.get_by_label("手机号后四位").fill("1111")
    desktop.get_by_role("button", name="下一步").click()
    desktop.get_by_role("button", name="继续作答").click()
    expect_saved(desktop)
    assert chosen(desktop) == answered
    until(desktop, lambda: town.responses(slug) == answered)
