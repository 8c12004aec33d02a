"""What a candidate does before the screen, one function a step."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, Request, expect

from tests.journeys.town import RIGHT, Town

# Sizes of the screens that people sit before; options of Playwright's new_context.
SCREENS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1366, "height": 768}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}
SAVED = re.compile("^已保存")
NOT_DICED = "Math.random = () => 0;"  # pauses between two tries, and hand-ins of one hall, are partly diced


def enter(page: Page, slug: str, name: str = "王芳", tail: str = "1111") -> None:
    """From the link to the page with the rules."""
    page.goto(f"/c/{slug}")
    page.get_by_label("姓名").fill(name)
    page.get_by_label("手机号后四位").fill(tail)
    page.get_by_role("button", name="下一步").click()
    expect(page.locator(".who")).to_have_text(name)


def start(page: Page) -> None:
    """From the rules to the paper."""
    page.get_by_role("button", name="是我，开始答题").click()
    expect(page.locator("#q1")).to_be_visible()


def take_part(page: Page, slug: str, name: str = "王芳", tail: str = "1111") -> None:
    """From the link to a paper with the scripts at work."""
    enter(page, slug, name, tail)
    start(page)
    expect(page.locator("html")).to_have_class(re.compile(r"\blive\b"))


def sit_down(page: Page, town: Town, slug: str) -> None:
    """Straight to 王芳's paper: for stories that begin after the entry."""
    cookie, path = town.seat(slug)
    page.context.add_cookies([cookie])  # type: ignore[list-item]  # name, value and url are enough
    page.goto(path)
    expect(page.locator("html")).to_have_class(re.compile(r"\blive\b"))


def item(page: Page, index: int) -> Locator:
    """The item of that number on the paper."""
    return page.locator(f"#q{index}")


def choose(page: Page, index: int, place: int) -> None:
    """Click on the option at that place, as shown."""
    item(page, index).locator(".option").nth(place).click()


def answer_rightly(page: Page, index: int) -> None:
    """Click on every option that the key names."""
    for option in right_options(page, index):
        option.click()


def right_options(page: Page, index: int) -> list[Locator]:
    """The options that the key names, found by their words: a paper shuffles them."""
    kind = item(page, index).get_attribute("data-kind") or ""
    number = re.sub(r"\D", "", item(page, index).locator(f"#s{index}").inner_text())
    words = RIGHT[kind] if kind == "true_false" else [number + word for word in RIGHT[kind]]
    return [item(page, index).locator(".option", has=page.get_by_text(word, exact=True)) for word in words]


def chosen(page: Page) -> dict[int, list[int]]:
    """What is chosen on the paper, by item; items left open are not in it."""
    found: dict[int, list[int]] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('.item')].map((item) => [
             Number(item.dataset.index),
             [...item.querySelectorAll('input:checked')].map((input) => Number(input.value)).sort(),
           ]).filter(([, places]) => places.length))"""
    )
    return {int(index): places for index, places in found.items()}


def badge(page: Page) -> Locator:
    """The line that says whether the answers are saved: beside the paper, on phones in the dock."""
    return page.locator(".save:visible")


def expect_saved(page: Page) -> None:
    """Wait until the badge says that everything is saved."""
    expect(badge(page)).to_have_text(SAVED)


def sheets_of(page: Page) -> list[dict[str, Any]]:
    """Every answer sheet that the page sends from now on."""
    sent: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        if request.url.endswith("/sheet"):
            sent.append(request.post_data_json or {})

    page.on("request", note)
    return sent


def ask_to_hand_in(page: Page) -> None:
    """Press 交卷 where it stands on this screen, and say yes."""
    if page.locator(".dock").is_visible() and not page.locator(".desk.is-drawn").count():
        page.get_by_role("button", name=re.compile("答题卡")).click()
    page.locator(".desk").get_by_role("button", name=re.compile("^交卷")).click()
    page.get_by_role("dialog", name="现在交卷吗？").get_by_role("button", name="交卷").click()


def until(page: Page, is_so: Callable[[], bool], *, seconds: float = 15) -> None:
    """Wait until something outside the page is so; the page goes on living meanwhile."""
    for _ in range(int(seconds * 20)):
        if is_so():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"still not so after {seconds:g} s: {is_so}")


def press_to(page: Page, name: str, *, role: str = "button", most: int = 20) -> None:
    """Press Tab until the control of that name has the focus."""
    wanted = page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]  # any of ARIA's roles
    for _ in range(most):
        if wanted.evaluate_all("(found) => found.includes(document.activeElement)"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{most} times Tab do not lead to “{name}”")


def obstacles(page: Page, barriers: Callable[[Page], list[str]]) -> list[str]:
    """What axe minds, and what is wider than the screen, on a PC and on a phone; empty is good."""
    found = []
    for screen in ("desktop", "phone"):
        page.set_viewport_size(SCREENS[screen]["viewport"])
        too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        faults = ([f"{too_wide} px too wide"] if too_wide > 0 else []) + barriers(page)
        found += [f"{page.url}, {screen}: {fault}" for fault in faults]
    page.set_viewport_size(SCREENS["desktop"]["viewport"])
    return found
