"""交卷, said once without a network: the page waits, sends what is unsaved, and hands in by itself."""

from datetime import timedelta

from playwright.sync_api import Route, expect

from tests.journeys.steps import NOT_DICED, ask_to_hand_in, choose, expect_saved, sit_down, until

WAITING = "正在等网络交卷"
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('zhisai.attempt'))"


def answer_offline(page, town, slug):
    """One answer saved, one given without a network, 交卷 pressed."""
    page.add_init_script(NOT_DICED)
    sit_down(page, town, slug)
    choose(page, 1, 0)
    expect_saved(page)
    page.context.set_offline(True)
    choose(page, 2, 0)
    ask_to_hand_in(page)
    expect(page.get_by_role("dialog", name=WAITING)).to_contain_text("网络一恢复，就先上传、再交卷，不用再点")
    expect(page.locator("#q1 input").first).to_be_disabled()


def test_it_waits_and_completes_by_itself(page, town):
    slug = town.contest(f"waits-{page.viewport_size['width']}")
    answer_offline(page, town, slug)
    assert town.attempt(slug).handed_in_at is None
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="成绩回执")).to_be_visible()
    assert (list(town.responses(slug)), town.attempt(slug).handed_in_by) == ([1, 2], "person")
    assert page.evaluate(KEPT) == []


def test_it_can_be_taken_back_until_then(page, town):
    slug = town.contest(f"back-{page.viewport_size['width']}")
    answer_offline(page, town, slug)
    page.get_by_role("dialog", name=WAITING).get_by_role("button", name="先不交，继续作答").click()
    if page.locator(".desk.is-drawn").count():
        page.get_by_role("button", name="收起").click()
    choose(page, 3, 0)
    page.context.set_offline(False)
    expect_saved(page)
    assert town.attempt(slug).handed_in_at is None
    assert list(town.responses(slug)) == [1, 2, 3]
    ask_to_hand_in(page)
    expect(page.get_by_role("heading", name="成绩回执")).to_be_visible()


def test_a_lost_answer_to_the_hand_in_leads_to_the_receipt_too(desktop, town):
    slug = town.contest("lost")
    desktop.add_init_script(NOT_DICED)
    sit_down(desktop, town, slug)
    choose(desktop, 1, 0)

    def lose_the_answer(route: Route) -> None:
        route.fetch(max_redirects=0)  # the server has handed in
        route.abort("connectionreset")

    desktop.route("**/submission", lose_the_answer, times=1)
    ask_to_hand_in(desktop)
    expect(desktop.get_by_role("heading", name="成绩回执")).to_be_visible()
    assert list(town.responses(slug)) == [1]
    assert len(town.attempts(slug)) == 1


def test_a_busy_server_is_asked_again(desktop, town):
    slug = town.contest("busy")
    desktop.add_init_script(NOT_DICED)
    sit_down(desktop, town, slug)
    desktop.route("**/submission", lambda route: route.fulfill(status=429, body=""), times=1)
    choose(desktop, 1, 0)
    ask_to_hand_in(desktop)
    expect(desktop.get_by_role("heading", name="成绩回执")).to_be_visible()


def test_when_time_runs_out_meanwhile_it_can_no_longer_be_taken_back(desktop, town):
    slug = town.contest("runs-out")
    sit_down(desktop, town, slug)
    town.end_in(slug, timedelta(seconds=6))
    answer_offline(desktop, town, slug)
    told = desktop.get_by_role("dialog", name="时间到，等网络恢复")
    expect(told).to_be_visible()
    expect(desktop.get_by_role("dialog", name=WAITING)).to_be_hidden()
    told.get_by_role("button", name="知道了").click()
    desktop.context.set_offline(False)
    expect(desktop.get_by_role("heading", name="成绩回执")).to_be_visible()
    assert list(town.responses(slug)) == [1, 2]


def test_copies_that_nobody_came_back_for_are_forgotten_after_a_week(desktop, town):
    slug = town.contest("old")
    sit_down(desktop, town, slug)
    desktop.evaluate(
        """() => {
          const copy = {lease: 'x', base: 0, revision: 1, responses: {1: [0]}, marked: [], unsaved: [1]};
          localStorage.setItem('zhisai.attempt.901.x', JSON.stringify({...copy, at: Date.now() - 8 * 86400000}));
          localStorage.setItem('zhisai.attempt.902.x', JSON.stringify({...copy, at: Date.now() - 6 * 86400000}));
        }"""
    )
    desktop.reload()
    until(desktop, lambda: desktop.evaluate(KEPT) == ["zhisai.attempt.902.x"])
