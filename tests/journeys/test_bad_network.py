"""Packets that hang, come twice, overtake each other or lose their answers: the newest sheet is what is stored."""

import re

from playwright.sync_api import Route, expect

from tests.journeys.steps import NOT_DICED, badge, choose, chosen, expect_saved, sheets_of, sit_down, until


def test_a_click_leaves_although_the_packet_before_hangs(desktop, town):
    slug = town.contest("hangs")
    sit_down(desktop, town, slug)
    sent = sheets_of(desktop)
    desktop.route("**/sheet", lambda route: None, times=1)
    choose(desktop, 1, 0)
    until(desktop, lambda: len(sent) == 1)
    choose(desktop, 2, 1)
    expect_saved(desktop)  # the first one hangs for ever: the second carries it all
    assert len(sent) == 2
    assert town.responses(slug) == chosen(desktop)
    assert set(chosen(desktop)) == {1, 2}


def test_packets_that_overtake_each_other_end_in_the_newest(page, town):
    slug = town.contest(f"overtake-{page.viewport_size['width']}")
    held: list[Route] = []
    sit_down(page, town, slug)
    page.route("**/sheet", lambda route: held.append(route), times=1)
    choose(page, 1, 0)
    until(page, lambda: len(held) == 1)
    choose(page, 1, 2)
    expect_saved(page)
    newest = town.responses(slug)
    held[0].continue_()  # the old packet arrives last
    with page.expect_response("**/sheet"):
        pass
    expect_saved(page)
    assert town.responses(slug) == newest == chosen(page) == {1: [2]}


def test_a_packet_that_arrives_twice_is_stored_once(desktop, town):
    slug = town.contest("twice")
    sit_down(desktop, town, slug)

    def deliver_twice(route: Route) -> None:
        route.fetch()
        stored_at.append(town.attempt(slug).saved_at)
        route.continue_()

    stored_at: list[object] = []
    desktop.route("**/sheet", deliver_twice, times=1)
    choose(desktop, 3, 0)
    expect_saved(desktop)
    assert [town.attempt(slug).saved_at] == stored_at
    assert town.responses(slug) == chosen(desktop) == {3: [0]}


def test_every_second_answer_lost_and_nothing_is(desktop, town):
    slug = town.contest("every-second")
    desktop.add_init_script(NOT_DICED)
    sit_down(desktop, town, slug)
    count = [0]

    def lose_every_second(route: Route) -> None:
        count[0] += 1
        if count[0] % 2:
            route.fetch()  # the server has it
            route.abort("connectionreset")
        else:
            route.continue_()

    desktop.route("**/sheet", lose_every_second)
    for index in (1, 2, 3, 4, 5):
        choose(desktop, index, 1)
        expect_saved(desktop)
    assert town.responses(slug) == chosen(desktop) == {1: [1], 2: [1], 3: [1], 4: [1], 5: [1]}


def test_while_it_tries_again_the_badge_says_so(page, town):
    slug = town.contest(f"again-{page.viewport_size['width']}")
    page.add_init_script(NOT_DICED)
    sit_down(page, town, slug)
    held: list[Route] = []
    page.route("**/sheet", lambda route: held.append(route), times=1)
    page.route("**/sheet", lambda route: route.abort("connectionreset"), times=1)
    choose(page, 1, 0)
    expect(badge(page)).to_have_text(re.compile("^离线，已记"))
    expect(badge(page)).to_have_text(re.compile("^正在重试，已记"))
    held[0].continue_()
    expect_saved(page)
    assert town.responses(slug) == chosen(page)
