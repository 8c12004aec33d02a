"""One paper open in two places: the newest goes on, the older says so and can take back."""

import re
from contextlib import suppress

import sqlalchemy as sa
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as TimeoutError_

from app.database import db
from app.models import AuditEntry
from tests.journeys.steps import badge, choose, chosen, expect_saved, item, sit_down, until

OFFER = "两处的作答不一样"


def opened_again(page: Page) -> Page:
    """The same paper in a second tab of the same browser."""
    newer = page.context.new_page()
    newer.goto(page.url)
    expect(newer.locator("html")).to_have_class(re.compile(r"\blive\b"))
    return newer


def answer_in_both(page: Page, town, slug: str) -> Page:
    """The older tab has one saved answer and three of its own that it cannot save: one alike, one other, one new."""
    sit_down(page, town, slug)
    choose(page, 1, 0)
    expect_saved(page)
    newer = opened_again(page)
    choose(newer, 1, 1)
    choose(newer, 2, 1)
    expect_saved(newer)
    page.bring_to_front()  # a tab behind another one is drawn once a second
    page.context.set_offline(True)
    for index, place in ((1, 2), (2, 1), (5, 0)):
        choose(page, index, place)
    page.context.set_offline(False)
    expect(page.get_by_role("dialog", name="已在别处继续")).to_contain_text("会逐题让您选")
    expect(item(page, 1).locator("input").first).to_be_disabled()
    assert town.responses(slug) == {1: [1], 2: [1]}
    return newer


def take_back(page: Page) -> None:
    page.get_by_role("dialog", name="已在别处继续").get_by_role("button", name="改在这里接着答").click()


def test_what_the_older_page_had_is_offered_item_by_item(page, town):
    slug = town.contest(f"offer-{page.viewport_size['width']}")
    newer = answer_in_both(page, town, slug)
    take_back(page)
    offer = page.get_by_role("dialog", name=OFFER)
    expect(offer.locator("legend")).to_have_text(["第1题", "第5题"])  # on the second both say the same
    first, fifth = offer.get_by_role("group", name="第1题"), offer.get_by_role("group", name="第5题")
    expect(first.get_by_label(re.compile("^已存的：B"))).to_be_checked()
    expect(fifth.get_by_label("已存的：没有作答")).not_to_be_checked()
    expect(fifth.get_by_label("这里的：正确")).to_be_checked()
    first.get_by_label(re.compile("^这里的：C")).check()
    assert town.responses(slug) == {1: [1], 2: [1]}  # nothing changes before it is chosen

    offer.get_by_role("button", name="按选的存").click()
    until(page, lambda: town.responses(slug) == {1: [2], 2: [1], 5: [0]})
    expect_saved(page)
    assert chosen(page) == town.responses(slug)
    newer.bring_to_front()
    with suppress(TimeoutError_):  # coming to the front it may have found out by itself
        item(newer, 4).locator(".option").first.click(timeout=1000)
    expect(newer.get_by_role("dialog", name="已在别处继续")).to_be_visible()
    assert town.responses(slug) == chosen(page)


def test_all_can_be_taken_from_one_side(desktop, town):
    slug = town.contest("one-side")
    answer_in_both(desktop, town, slug)
    take_back(desktop)
    offer = desktop.get_by_role("dialog", name=OFFER)
    offer.get_by_role("button", name="都用这里的").click()
    expect(offer.locator("input:checked + span")).to_have_text([re.compile("^这里的")] * 2)
    offer.get_by_role("button", name="都用已存的").click()
    offer.get_by_role("button", name="按选的存").click()
    expect_saved(desktop)
    assert town.responses(slug) == chosen(desktop) == {1: [1], 2: [1]}


def test_what_is_not_chosen_yet_outlives_a_reload_and_must_be_chosen_before_the_hand_in(desktop, town):
    slug = town.contest("later")
    answer_in_both(desktop, town, slug)
    take_back(desktop)
    desktop.get_by_role("button", name="过一会儿再选").click()
    expect(desktop.locator("#said-undecided")).to_contain_text("有2题两处的作答不一样，还没有选")
    choose(desktop, 5, 1)  # a click on the paper decides too
    expect(desktop.locator("#said-undecided")).to_contain_text("有1题")
    expect_saved(desktop)
    desktop.reload()
    expect(desktop.get_by_role("dialog", name=OFFER)).to_be_visible()
    desktop.keyboard.press("Escape")
    desktop.locator(".desk").get_by_role("button", name="交卷").click()
    expect(desktop.get_by_role("dialog", name=OFFER)).to_be_visible()
    desktop.get_by_role("button", name="都用这里的").click()
    desktop.get_by_role("button", name="按选的存").click()
    until(desktop, lambda: town.responses(slug)[1] == [2])


def test_what_nobody_touched_elsewhere_comes_back_without_a_question(desktop, town):
    slug = town.contest("untouched")
    sit_down(desktop, town, slug)
    choose(desktop, 1, 0)
    expect_saved(desktop)
    opened_again(desktop)
    desktop.bring_to_front()
    choose(desktop, 2, 2)
    take_back(desktop)
    until(desktop, lambda: town.responses(slug) == {1: [0], 2: [2]})
    expect(desktop.get_by_role("dialog", name=OFFER)).to_be_hidden()
    assert chosen(desktop) == town.responses(slug)


def test_taking_back_without_a_network_loses_nothing_even_where_nothing_is_kept(desktop, town):
    slug = town.contest("unreached")
    desktop.add_init_script("Storage.prototype.setItem = () => { throw new Error('refused'); };")
    answer_in_both(desktop, town, slug)
    desktop.context.set_offline(True)
    take_back(desktop)
    told = desktop.get_by_role("dialog", name="现在连不上服务器")
    expect(told).to_contain_text("本页的作答都还在")
    desktop.context.set_offline(False)
    told.get_by_role("button", name="再试一次").click()
    desktop.get_by_role("button", name="都用这里的").click()
    desktop.get_by_role("button", name="按选的存").click()
    until(desktop, lambda: town.responses(slug) == {1: [2], 2: [1], 5: [0]})


def test_handed_in_elsewhere_the_older_page_says_which_answers_are_not_on_it(desktop, town):
    slug = town.contest("handed-in")
    newer = answer_in_both(desktop, town, slug)
    newer.bring_to_front()
    newer.locator(".desk").get_by_role("button", name="交卷").click()
    newer.get_by_role("dialog", name="现在交卷吗？").get_by_role("button", name="交卷").click()
    expect(newer.get_by_role("heading", name="成绩回执")).to_be_visible()
    desktop.bring_to_front()
    take_back(desktop)
    told = desktop.get_by_role("dialog", name="有作答没有存上")
    expect(told).to_contain_text("第1、2、5题")
    told.get_by_role("button", name="看回执").click()
    expect(desktop.get_by_role("heading", name="成绩回执")).to_be_visible()
    assert town.responses(slug) == {1: [1], 2: [1]}


def test_another_device_goes_on_and_the_takeover_is_noted(desktop, open_page, town):
    slug = town.contest("device")
    sit_down(desktop, town, slug)
    choose(desktop, 1, 0)
    expect_saved(desktop)
    phone = open_page("phone")
    sit_down(phone, town, slug)  # enters anew
    assert chosen(phone) == {1: [0]}
    choose(phone, 2, 1)
    expect_saved(phone)
    choose(desktop, 3, 0)
    expect(badge(desktop)).to_have_text("没有存上，已记在本机1题")
    with town.app.app_context():
        taken = db.session.scalars(sa.select(AuditEntry.subject).where(AuditEntry.action == "attempt.takeover")).all()
    assert taken == [f"attempt:{town.attempt(slug).id}"]
