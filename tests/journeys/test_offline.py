"""A network that comes and goes, and one paper open in two places: nothing is lost, nothing is kept twice."""

from typing import Any

from playwright.sync_api import Page, Request, Route, expect

from tests.journeys.steps import badge, choose, chosen, expect_saved, sit_down, until

FEWER_WAITS = "Math.random = () => 0;"  # the pauses between two tries are partly diced


def sheets_of(page: Page) -> list[dict[str, Any]]:
    """Every answer sheet that the page sends from now on."""
    sent: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        if request.url.endswith("/sheet"):
            sent.append(request.post_data_json or {})

    page.on("request", note)
    return sent


def test_answers_given_offline_arrive_when_the_network_is_back(page, town):
    slug = town.contest(f"offline-{page.viewport_size['width']}")
    is_phone = page.viewport_size["width"] == 390
    sit_down(page, town, slug)
    page.context.set_offline(True)
    for index in (1, 2, 3):
        choose(page, index, 1)
    expect(badge(page)).to_have_text("3题存本机" if is_phone else "网络断开，3题暂存本机")
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
    expect(badge(desktop)).to_have_text("网络断开，1题暂存本机")
    answered = chosen(desktop)
    desktop.goto("about:blank")
    desktop.context.set_offline(False)
    desktop.goto(address)
    expect_saved(desktop)
    assert chosen(desktop) == answered
    until(desktop, lambda: town.responses(slug) == answered)


def test_a_lost_answer_of_the_server_is_asked_for_again_and_the_sheet_stored_once(desktop, town):
    slug = town.contest("lost")
    desktop.add_init_script(FEWER_WAITS)
    sit_down(desktop, town, slug)
    sent, stored_at = sheets_of(desktop), []

    def lose_the_answer(route: Route) -> None:
        route.fetch()  # the server has it
        stored_at.append(town.attempt(slug).saved_at)
        route.abort("connectionreset")

    desktop.route("**/sheet", lose_the_answer, times=1)
    choose(desktop, 1, 0)
    expect(badge(desktop)).to_have_text("网络断开，1题暂存本机")
    expect_saved(desktop)
    assert len(sent) == 2
    assert sent[0] == sent[1]
    attempt = town.attempt(slug)
    assert (attempt.revision, attempt.answered, attempt.saved_at) == (sent[0]["revision"], 1, stored_at[0])
    assert town.responses(slug) == chosen(desktop)


def test_a_server_in_trouble_is_given_time_and_loses_nothing(desktop, town):
    slug = town.contest("busy")
    desktop.add_init_script(FEWER_WAITS)
    sit_down(desktop, town, slug)
    desktop.route("**/sheet", lambda route: route.fulfill(status=429, headers={"Retry-After": "1"}, body=""), times=1)
    choose(desktop, 1, 3)
    expect(badge(desktop)).to_have_text("服务器忙，1题暂存本机")
    choose(desktop, 2, 3)
    expect(badge(desktop)).to_have_text("服务器忙，2题暂存本机")
    expect_saved(desktop)
    assert town.responses(slug) == chosen(desktop)


def test_without_a_network_handing_in_waits(desktop, town):
    slug = town.contest("unreached")
    sit_down(desktop, town, slug)
    choose(desktop, 1, 0)
    expect_saved(desktop)
    desktop.context.set_offline(True)
    choose(desktop, 2, 0)
    desktop.locator(".desk").get_by_role("button", name="交卷").click()
    desktop.get_by_role("dialog", name="现在交卷吗？").get_by_role("button", name="交卷").click()
    told = desktop.get_by_role("dialog", name="现在交不上")
    expect(told).to_contain_text("网络恢复后自动上传，那时再点“交卷”")
    told.get_by_role("button", name="继续作答").click()
    desktop.context.set_offline(False)
    expect_saved(desktop)
    desktop.locator(".desk").get_by_role("button", name="交卷").click()
    desktop.get_by_role("dialog", name="现在交卷吗？").get_by_role("button", name="交卷").click()
    expect(desktop.get_by_role("heading", name="成绩回执")).to_be_visible()
    assert list(town.responses(slug)) == [1, 2]


def test_of_two_pages_the_newer_goes_on_and_the_older_says_so(desktop, town):
    slug = town.contest("two-tabs")
    sit_down(desktop, town, slug)
    choose(desktop, 1, 0)
    expect_saved(desktop)
    newer = desktop.context.new_page()
    newer.goto(desktop.url)
    choose(newer, 2, 1)
    expect_saved(newer)

    choose(desktop, 3, 2)
    told = desktop.get_by_role("dialog", name="已在别处继续")
    expect(told).to_contain_text("本页不再保存")
    expect(desktop.locator("#said-elsewhere")).to_be_visible()
    assert town.responses(slug) == chosen(newer)
    expect(desktop.locator("#q1 input").first).to_be_disabled()

    told.get_by_role("button", name="改在这里接着答").click()
    expect_saved(desktop)
    until(desktop, lambda: set(town.responses(slug)) == {1, 2, 3})  # what the older page had kept came along
    assert town.responses(slug) == chosen(desktop)
    choose(newer, 4, 0)
    expect(newer.get_by_role("dialog", name="已在别处继续")).to_be_visible()
    assert set(town.responses(slug)) == {1, 2, 3}


def test_signed_out_elsewhere_the_page_leads_back_and_keeps_the_answers(desktop, town):
    slug = town.contest("signed-out")
    sit_down(desktop, town, slug)
    desktop.context.clear_cookies(name="zhisai")
    choose(desktop, 1, 1)
    answered = chosen(desktop)
    told = desktop.get_by_role("dialog", name="需要重新进入")
    expect(told).to_contain_text("答案都存在这台机器上")
    expect(desktop.locator("#said-signed_out")).to_be_visible()
    told.get_by_role("button", name="重新进入").click()
    desktop.get_by_label("姓名").fill("王芳")
    desktop.get_by_label("手机号后四位").fill("1111")
    desktop.get_by_role("button", name="下一步").click()
    desktop.get_by_role("button", name="继续作答").click()
    expect_saved(desktop)
    assert chosen(desktop) == answered
    until(desktop, lambda: town.responses(slug) == answered)
