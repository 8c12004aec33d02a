"""At the deadline the paper is handed in, whether anybody sits before it or not."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from tests.journeys.steps import NOT_DICED, choose, expect_saved, sit_down, until

# In the last seconds, on the page's own clock: a test on a busy machine would come too late.
CHOOSE_LATE = """() => {
  const timer = document.querySelector('.desk .left');
  const choose = () => {
    if (timer.textContent > '00:02') return;
    document.querySelector('#q3 input').click();
    watch.disconnect();
  };
  const watch = new MutationObserver(choose);
  watch.observe(timer, {childList: true, characterData: true, subtree: true});
}"""


def test_with_the_browser_gone_the_server_hands_in(open_page, town):
    slug = town.contest("gone")
    page = open_page("desktop")
    sit_down(page, town, slug)
    choose(page, 1, 0)
    expect_saved(page)
    page.context.close()
    town.end_in(slug, timedelta(milliseconds=300), grace=timedelta(milliseconds=200))

    watcher = open_page("desktop")
    until(watcher, lambda: town.attempt(slug).handed_in_at is not None)
    attempt = town.attempt(slug)
    assert (attempt.handed_in_by, attempt.answered) == ("server", 1)
    assert attempt.handed_in_at == attempt.deadline
    watcher.goto(f"/c/{slug}")
    watcher.get_by_label("姓名").fill("王芳")
    watcher.get_by_label("手机号后四位").fill("1111")
    watcher.get_by_role("button", name="下一步").click()
    expect(watcher.locator(".card-line")).to_contain_text("已答1次")


def test_with_the_page_open_it_counts_down_and_lands_on_the_receipt(page, town):
    slug = town.contest(f"open-{page.viewport_size['width']}")
    page.add_init_script(NOT_DICED)
    sit_down(page, town, slug)
    choose(page, 1, 0)
    expect_saved(page)
    town.end_in(slug, timedelta(seconds=6))
    page.reload()
    choose(page, 2, 0)
    page.evaluate(CHOOSE_LATE)
    expect(page.get_by_role("heading", name="成绩回执")).to_be_visible()
    attempt = town.attempt(slug)
    assert set(town.responses(slug)) == {1, 2, 3}
    assert attempt.handed_in_at == attempt.deadline


def test_an_answer_that_finds_an_instant_left_does_not_keep_the_page_from_handing_in(desktop, town):
    """At the deadline the page asks once more; the clock that it sets by the answer may then not have run out."""
    slug, told = town.contest("instant"), []

    def earlier(route):
        answer = route.fetch()
        told.append(answer.json())
        route.fulfill(
            response=answer, json=answer.json() | {"now_ms": answer.json()["now_ms"] - (400 * (len(told) == 1))}
        )

    desktop.add_init_script(NOT_DICED)
    sit_down(desktop, town, slug)
    choose(desktop, 1, 0)
    expect_saved(desktop)
    town.end_in(slug, timedelta(seconds=2))
    desktop.route(re.compile(r"/attempts/\d+/news"), earlier)
    desktop.reload()
    expect(desktop.get_by_role("heading", name="成绩回执")).to_be_visible()
    assert len(told) > 1
    assert town.attempt(slug).handed_in_at == town.attempt(slug).deadline


def test_in_the_last_five_minutes_the_clock_says_so(desktop, town):
    slug = town.contest("hurry")
    sit_down(desktop, town, slug)
    town.end_in(slug, timedelta(seconds=250))
    desktop.reload()
    expect(desktop.locator(".desk .clock.hurry")).to_contain_text("不足5分钟")


def test_without_a_network_at_the_deadline_the_page_waits_and_then_hands_in(desktop, town):
    slug = town.contest("cut")
    desktop.add_init_script(NOT_DICED)
    sit_down(desktop, town, slug)
    town.end_in(slug, timedelta(seconds=2))
    desktop.reload()
    choose(desktop, 1, 0)
    desktop.context.set_offline(True)
    choose(desktop, 2, 0)
    expect(desktop.get_by_role("dialog", name="时间到，等网络恢复")).to_contain_text("网络一恢复就自动交卷")
    expect(desktop.locator("#q1 input").first).to_be_disabled()
    desktop.context.set_offline(False)
    expect(desktop.get_by_role("heading", name="成绩回执")).to_be_visible()
    assert set(town.responses(slug)) == {1, 2}


def test_too_late_even_for_the_grace_what_was_saved_counts(desktop, town):
    slug = town.contest("too-late")
    desktop.add_init_script(NOT_DICED)
    sit_down(desktop, town, slug)
    choose(desktop, 1, 0)
    expect_saved(desktop)
    desktop.context.set_offline(True)
    choose(desktop, 2, 0)
    town.end_in(slug, timedelta(), grace=timedelta())
    until(desktop, lambda: town.attempt(slug).handed_in_at is not None)
    desktop.context.set_offline(False)
    expect(desktop.get_by_role("heading", name="成绩回执")).to_be_visible()
    assert list(town.responses(slug)) == [1]
    expect(desktop.locator(".slip")).to_contain_text("到时自动交卷")
