"""An organizer changes something while somebody answers: the open page learns of it by itself."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from app.extensions import utc_now
from app.operations import attempt_changes, attempts, sittings
from app.queries.contests import by_slug
from app.rules.roles import Role
from tests import factories
from tests.factories import PASSWORD
from tests.journeys.steps import NOT_DICED, choose, chosen, expect_saved, sit_down, until

# A minute of waiting for news takes a moment of the test; the page's own clock is not touched.
IMPATIENT = """
  const later = window.setTimeout;
  window.setTimeout = (work, ms, ...rest) => later(work, ms >= 10000 && ms <= 60000 ? 300 : ms, ...rest);
"""
WHY = {"reason": "全市停电", "actor": None}


def sitting(town, slug):
    with town.app.app_context():
        return by_slug(slug).sitting_id


def do(town, change, subject, *more, **options):
    with town.app.app_context():
        change(subject, *more, now=utc_now(), **WHY, **options)


def left(page):
    """Seconds on the countdown."""
    minutes, seconds = page.locator(".desk .left").inner_text().split(":")
    return int(minutes) * 60 + int(seconds)


def test_paused_the_questions_are_covered_and_resumed_they_are_there_again(desktop, town):
    slug = town.contest("pause")
    desktop.add_init_script(IMPATIENT)
    sit_down(desktop, town, slug)
    choose(desktop, 1, 0)
    do(town, sittings.pause, sitting(town, slug))
    expect(desktop.locator("html")).to_have_class(re.compile(r"\bheld\b"))
    expect(desktop.locator("#q1")).to_be_hidden()
    expect(desktop.get_by_role("heading", name="竞赛暂停中")).to_be_visible()
    expect(desktop.locator("#notices")).to_contain_text("原因：全市停电")
    until(desktop, lambda: set(town.responses(slug)) == {1})  # what it had is saved
    desktop.wait_for_timeout(1100)  # its next beat shows where it stands
    before = left(desktop)
    desktop.wait_for_timeout(1500)
    assert left(desktop) == before
    do(town, sittings.resume, sitting(town, slug))
    expect(desktop.locator("#q1")).to_be_visible()
    choose(desktop, 2, 0)
    expect_saved(desktop)
    assert set(town.responses(slug)) == {1, 2}


def test_resumed_whoever_was_further_down_is_there_again(page, town):
    slug = town.contest(f"deep-{page.viewport_size['width']}")
    page.add_init_script(IMPATIENT)
    sit_down(page, town, slug)
    last = page.locator("#q5")
    last.scroll_into_view_if_needed()
    do(town, sittings.pause, sitting(town, slug))
    expect(last).to_be_hidden()
    do(town, sittings.resume, sitting(town, slug))
    expect(last).to_be_in_viewport()


def test_opened_during_a_pause_the_page_waits_and_goes_on_by_itself(page, town):
    slug = town.contest(f"held-{page.viewport_size['width']}")
    page.add_init_script(IMPATIENT)
    cookie, path = town.seat(slug)
    do(town, sittings.pause, sitting(town, slug))
    page.context.add_cookies([cookie])
    page.goto(path)
    expect(page.get_by_role("heading", name="竞赛暂停中")).to_be_visible()
    expect(page.locator(".item")).to_have_count(0)
    do(town, sittings.resume, sitting(town, slug))
    expect(page.locator("#q1")).to_be_visible()


def test_what_an_older_page_had_not_sent_arrives_during_a_pause_though_another_was_opened(desktop, open_page, town):
    """A page that is opened while nobody can answer takes nothing from the one that has answers to send."""
    slug = town.contest("held-two")
    desktop.add_init_script(NOT_DICED)
    sit_down(desktop, town, slug)
    desktop.context.set_offline(True)
    choose(desktop, 1, 0)
    do(town, sittings.pause, sitting(town, slug))
    phone = open_page("phone")
    phone.add_init_script(IMPATIENT)
    cookie, path = town.seat(slug)
    phone.context.add_cookies([cookie])
    phone.goto(path)
    expect(phone.get_by_role("heading", name="竞赛暂停中")).to_be_visible()
    desktop.context.set_offline(False)
    until(desktop, lambda: set(town.responses(slug)) == {1})
    do(town, sittings.resume, sitting(town, slug))
    expect(phone.locator("#q1")).to_be_visible()
    expect(phone.locator("#offer")).to_be_hidden()
    assert list(chosen(phone)) == [1]


def test_more_time_reaches_the_open_page(desktop, town):
    slug = town.contest("more")
    desktop.add_init_script(IMPATIENT)
    sit_down(desktop, town, slug)
    do(town, attempt_changes.extend, town.attempt(slug).id, 10)
    expect(desktop.locator("#notices")).to_contain_text("您的作答时间增加10分钟")
    until(desktop, lambda: left(desktop) > 31 * 60)


def test_what_is_told_stays_in_sight_of_whoever_reads_further_down_until_it_is_known(page, town):
    slug = town.contest(f"told-{page.viewport_size['width']}")
    page.add_init_script(IMPATIENT)
    sit_down(page, town, slug)
    page.locator("#q5").evaluate("item => item.scrollIntoView(true)")
    do(town, attempt_changes.extend, town.attempt(slug).id, 10)
    told = page.locator("#notices .notice").first
    expect(told).to_contain_text("您的作答时间增加10分钟")
    expect(told).to_be_in_viewport()
    page.get_by_role("button", name="知道了").click()
    expect(told).not_to_be_in_viewport()
    expect(page.locator("#q5")).to_be_in_viewport()


def test_more_time_given_in_the_last_minute_is_found_at_the_deadline(desktop, town):
    """The page had no news of it yet; it asks before it hands in."""
    slug = town.contest("last-minute")
    sit_down(desktop, town, slug)
    town.end_in(slug, timedelta(seconds=4))
    desktop.reload()
    expect(desktop.locator("#q1")).to_be_visible()
    do(town, attempt_changes.extend, town.attempt(slug).id, 10)
    until(desktop, lambda: left(desktop) > 9 * 60)
    expect(desktop.locator("#q1 input").first).to_be_enabled()
    choose(desktop, 1, 0)
    expect_saved(desktop)
    assert town.attempt(slug).handed_in_at is None


def test_ended_early_the_page_hands_in_by_itself(desktop, town):
    slug = town.contest("early")
    desktop.add_init_script(IMPATIENT)
    sit_down(desktop, town, slug)
    choose(desktop, 1, 0)
    expect_saved(desktop)
    do(town, sittings.end_early, sitting(town, slug), None)
    expect(desktop.get_by_role("heading", name="成绩回执")).to_be_visible()
    assert list(town.responses(slug)) == [1]


def test_voided_while_open_the_page_says_so(desktop, town):
    slug = town.contest("void")
    desktop.add_init_script(IMPATIENT)
    sit_down(desktop, town, slug)
    do(town, attempt_changes.void, town.attempt(slug).id, give_back=True)
    expect(desktop.locator(".slip")).to_contain_text("这份答卷已作废，不计成绩")


def test_an_organizer_pauses_from_the_live_view_and_it_refreshes_itself(desktop, open_page, town):
    slug = town.contest("view")
    sit_down(open_page("desktop"), town, slug)
    with town.app.app_context():
        factories.account("zhoumin", Role.ORGANIZER)
    desktop.add_init_script(IMPATIENT)
    desktop.goto("/sign-in")
    desktop.get_by_label("账号").fill("zhoumin")
    desktop.get_by_label("密码").fill(PASSWORD)
    desktop.get_by_role("button", name="登录").click()
    desktop.wait_for_url("**/manage")
    desktop.goto(f"/manage/contests/{slug}/live")
    row = desktop.locator("table.now tr", has_text="王芳")
    expect(row).to_contain_text("作答中")
    with town.app.app_context():
        attempts.hand_in(town.attempt(slug).id, actor=1, now=utc_now())
    expect(row).to_contain_text("已交卷")
    desktop.get_by_role("link", name="暂停").click()
    desktop.get_by_label("原因").fill("全市停电")
    desktop.get_by_role("button", name="下一步").click()
    expect(desktop.get_by_text("参赛者会看到", exact=True)).to_be_visible()
    desktop.get_by_role("button", name="暂停").click()
    expect(desktop.get_by_role("status")).to_contain_text("已暂停")
    expect(desktop.get_by_role("link", name="恢复")).to_be_visible()


def test_when_the_sign_in_is_over_the_live_view_asks_for_it_and_comes_back_whole(desktop, town):
    slug = town.contest("watched")
    with town.app.app_context():
        factories.account("hejing", Role.ORGANIZER)
    desktop.add_init_script(IMPATIENT)
    desktop.goto(f"/sign-in?next=/manage/contests/{slug}/live")
    for _ in range(2):
        desktop.get_by_label("账号").fill("hejing")
        desktop.get_by_label("密码").fill(PASSWORD)
        desktop.get_by_role("main").get_by_role("button", name="登录").click()
        expect(desktop.get_by_role("heading", level=1)).to_have_text("实时看板")
        expect(desktop.locator("#as-of")).to_have_text(re.compile(r"^\d\d:\d\d:\d\d$"))
        desktop.context.clear_cookies()
        expect(desktop.get_by_role("heading", level=1)).to_have_text("登录")
