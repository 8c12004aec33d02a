"""Everything from the entry to the receipt without a mouse."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.steps import badge, choose, chosen, expect_saved, item, press_to, sit_down
from tests.journeys.town import ITEMS


def focused(page: Page, selector: str) -> bool:
    """Whether the focus is on such an element or inside it."""
    return bool(page.evaluate("(selector) => document.activeElement.closest(selector) !== null", selector))


def test_from_the_entry_to_the_receipt_by_keyboard_alone(desktop, town):
    slug = town.contest("keys")
    desktop.goto(f"/c/{slug}")
    assert focused(desktop, "[name=name]")  # the first field waits for the name
    desktop.keyboard.insert_text("王芳")
    desktop.keyboard.press("Tab")
    desktop.keyboard.type("1111")
    desktop.keyboard.press("Enter")
    expect(desktop.locator(".who")).to_have_text("王芳")
    press_to(desktop, "是我，开始答题")
    desktop.keyboard.press("Enter")
    expect(desktop.locator("html")).to_have_class(re.compile(r"\blive\b"))

    for index, key in enumerate(["b", "1", "a", "d", "B"], start=1):
        expect(desktop.locator(".cell.is-here")).to_have_attribute("href", f"#q{index}")
        desktop.keyboard.press(key)
        if index == 3:
            desktop.keyboard.press("c")  # 多选: a second one beside the first
        if index < ITEMS:
            desktop.keyboard.press("Enter" if index == 2 else "ArrowDown")
    expect_saved(desktop)
    answered = {index: len(places) for index, places in chosen(desktop).items()}
    assert answered == {1: 1, 2: 1, 3: 2, 4: 1, 5: 1}
    assert town.responses(slug) == chosen(desktop)

    desktop.keyboard.press("ArrowUp")
    expect(desktop.locator(".cell.is-here")).to_have_attribute("href", "#q4")
    desktop.keyboard.press("m")
    expect(item(desktop, 4).locator(".flag")).to_have_attribute("aria-pressed", "true")
    desktop.keyboard.press("ArrowDown")

    press_to(desktop, "答完了，交卷")
    desktop.keyboard.press("Enter")
    dialog = desktop.get_by_role("dialog", name="现在交卷吗？")
    expect(dialog).to_contain_text("1题有标记。")
    assert focused(desktop, "[data-closes]")  # the safe way out has the focus
    desktop.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert focused(desktop, ".paper-end")  # back where one was
    desktop.keyboard.press("Enter")
    press_to(desktop, "交卷")
    desktop.keyboard.press("Enter")
    expect(desktop.get_by_role("heading", name="成绩回执")).to_be_visible()
    press_to(desktop, "退出，换人作答")
    desktop.keyboard.press("Enter")
    expect(desktop).to_have_url(re.compile(rf"/c/{slug}$"))


def test_whoever_asks_again_before_the_page_has_told_of_the_closing_can_still_hand_in(desktop, town):
    sit_down(desktop, town, town.contest("fast-keys"))
    choose(desktop, 1, 0)
    expect_saved(desktop)
    desktop.get_by_role("button", name="答完了，交卷").press("Enter")
    dialog = desktop.get_by_role("dialog", name="现在交卷吗？")
    expect(dialog).to_be_visible()
    # in one task, so that the event of the closing comes after the second opening
    desktop.evaluate("document.getElementById('hand-in').close(); document.querySelector('.paper-end button').click()")
    dialog.get_by_role("button", name="交卷").click()
    expect(desktop.get_by_role("heading", name="成绩回执")).to_be_visible()


def test_whoever_tabs_into_an_item_chooses_with_the_arrows(desktop, town):
    slug = town.contest("tabs")
    sit_down(desktop, town, slug)
    for _ in range(20):
        desktop.keyboard.press("Tab")
        if focused(desktop, "#q1 .options"):
            break
    desktop.keyboard.press("Space")
    desktop.keyboard.press("ArrowDown")
    expect_saved(desktop)
    assert chosen(desktop)[1] == [int(item(desktop, 1).locator("input").nth(1).input_value())]
    assert list(town.responses(slug)) == [1]


def test_the_drawer_of_a_phone_keeps_the_focus_inside(phone, town):
    sit_down(phone, town, town.contest("drawer"))
    expect(badge(phone)).to_have_text("尚未作答")
    phone.get_by_role("button", name=re.compile("答题卡")).press("Enter")
    desk = phone.get_by_role("dialog", name="答题卡")
    expect(desk).to_be_visible()
    for _ in range(12):
        phone.keyboard.press("Tab")
        assert focused(phone, ".desk")
    phone.keyboard.press("Escape")
    expect(phone.get_by_role("dialog", name="答题卡")).to_have_count(0)
    assert focused(phone, "[data-drawer]")
