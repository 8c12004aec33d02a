"""Work on a bank in the browser: a question written with its preview beside it, many tagged at once."""

from itertools import count

import pytest
from playwright.sync_api import Page, expect

from app.extensions import utc_now
from app.operations import sign_ins
from app.operations.banks import import_bank
from app.operations.uploads import preview_bank
from app.queries import questions
from app.rules.question import Draft, QuestionKind
from app.rules.roles import Role
from app.web.access import COOKIE
from tests import factories

WEEK = Draft(QuestionKind.SINGLE_CHOICE, "一周有（　　）天。", ("五", "六", "七"), (2,), topic="历法")
YEAR = Draft(QuestionKind.TRUE_FALSE, "一年有十二个月。", ("正确", "错误"), (0,))
DAY = Draft(QuestionKind.SINGLE_CHOICE, "一天有（　　）小时。", ("十二", "二十四"), (1,))
TRAP = "<img src=x onerror=\"window.ran='stem'\">"
_taken = count(1)


@pytest.fixture
def bank(live_app):
    """The id of a bank of three questions, of this test alone."""
    with live_app.app_context():
        title = f"第{next(_taken)}个题库"
        return import_bank([WEEK, YEAR, DAY], title=title, actor=None, now=utc_now()).bank_id


@pytest.fixture
def sit(live_app, live_server, open_page):
    """Open an organizer's browser: `sit("phone")`."""

    def go(screen="desktop", **options):
        with live_app.app_context():
            login = f"organizer{next(_taken)}"
            factories.account(login, Role.ORGANIZER)
            entered = sign_ins.sign_in(login, factories.PASSWORD, origin="127.0.0.1", now=utc_now())
        page = open_page(screen, **options)
        page.context.add_cookies([{"name": COOKIE, "value": entered.token, "url": live_server.url}])
        return page

    return go


@pytest.fixture
def stored(live_app, bank):
    """The questions of the bank as they stand now, by number."""

    def look():
        with live_app.app_context():
            return {row.number: row for row in questions.current(bank)}

    return look


def shown(page: Page) -> list[str]:
    """What the preview shows: stem, options, key."""
    seen = page.locator("#preview .stem p, #preview .option, #preview-key")
    return ["".join(text.split()) for text in seen.all_inner_texts()]


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_the_preview_follows_what_is_written_and_a_correction_is_saved(sit, bank, stored, screen):
    page = sit(screen)
    page.goto(f"/manage/banks/{bank}")
    page.locator("#q1").get_by_role("link", name="改题").click()
    assert shown(page) == ["一周有（）天。", "A五", "B六", "C七", "C"]
    page.get_by_label("题干").fill(f"哪些数是奇数{TRAP}？")
    page.get_by_text("多选", exact=True).click()
    page.get_by_role("textbox", name="选项B").fill("")
    page.get_by_role("textbox", name="选项F").fill("九")
    page.get_by_role("checkbox", name="A").check()
    page.get_by_role("checkbox", name="F").check()
    assert shown(page) == [f"哪些数是奇数{''.join(TRAP.split())}？（多选）", "A五", "B七", "C九", "ABC"]
    expect(page.locator("#preview .option.many")).to_have_count(3)
    assert page.evaluate("window.ran") is None
    expect(page.get_by_role("button", name="预览")).to_be_hidden()
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".flashes")).to_have_text("已保存为第2版。已经发布的竞赛不受影响。")
    row = stored()[1]
    assert (row.revision, row.draft.options, row.draft.key) == (2, ("五", "七", "九"), (0, 1, 2))
    expect(page.locator(".revisions")).to_contain_text("题型：单选 → 多选")


def test_a_single_choice_has_one_tick_and_a_judgement_two_answers(sit, bank):
    page = sit()
    page.goto(f"/manage/banks/{bank}/questions/new")
    expect(page.locator("#preview .no")).to_have_text("4")
    page.get_by_role("textbox", name="选项A").fill("甲")
    page.get_by_role("textbox", name="选项B").fill("乙")
    page.get_by_role("checkbox", name="A").check()
    page.get_by_role("checkbox", name="B").check()
    expect(page.get_by_role("checkbox", name="A")).not_to_be_checked()
    expect(page.locator("#preview-key")).to_have_text("B")
    page.get_by_text("判断", exact=True).click()
    expect(page.get_by_role("textbox", name="选项A")).to_be_hidden()
    page.get_by_role("radio", name="错误").check()
    assert shown(page)[1:] == ["正确", "×错误", "错误"]
    page.get_by_text("单选", exact=True).click()
    expect(page.get_by_role("textbox", name="选项A")).to_have_value("甲")


def test_many_questions_are_tagged_at_once(sit, bank, stored):
    page = sit()
    page.goto(f"/manage/banks/{bank}")
    page.get_by_role("button", name="勾选本页3题").click()
    expect(page.locator("#how-many")).to_have_text("，3题")
    page.get_by_role("checkbox", name="勾选第2题").uncheck()
    expect(page.locator("#how-many")).to_have_text("，2题")
    page.locator("#new_topic").fill("常识")
    page.keyboard.press("Enter")
    expect(page.locator(".flashes")).to_have_text("已给2题设了知识点。")
    assert {number: row.draft.topic for number, row in stored().items()} == {1: "常识", 2: "", 3: "常识"}


def test_ticking_a_question_takes_back_that_all_are_meant(sit, bank, stored):
    page = sit()
    page.goto(f"/manage/banks/{bank}")
    page.get_by_role("radio", name="全部3题").check()
    page.get_by_role("checkbox", name="勾选第1题").check()
    expect(page.get_by_role("radio", name="勾选的题")).to_be_checked()
    page.get_by_role("button", name="停用").click()
    expect(page.locator(".flashes")).to_contain_text("已停用1题")
    assert sorted(stored()) == [2, 3]


def test_without_scripts_a_question_is_previewed_gets_more_options_and_is_saved(sit, bank, stored):
    page = sit(java_script_enabled=False)
    page.goto(f"/manage/banks/{bank}/questions/3/edit")
    page.get_by_text("还要更多选项").click()
    page.get_by_role("textbox", name="选项H").fill("三十六")
    page.get_by_role("button", name="预览").click()
    assert shown(page) == ["一天有（）小时。", "A十二", "B二十四", "C三十六", "B"]
    assert stored()[3].revision == 1
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".flashes")).to_contain_text("已保存为第2版。")
    assert stored()[3].draft.options == ("十二", "二十四", "三十六")


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_what_is_said_of_a_corrected_question_is_seen_without_scrolling(sit, live_app, live_server, screen):
    weeks = "".join(f"{number}. {number}周有（　　）天。\nA. 五\nB. 六\nC. 七\n答案：C\n\n" for number in range(1, 16))
    with live_app.app_context():
        folder = live_server.settings.instance_dir / "uploads"
        uploaded = preview_bank(weeks.encode(), "历法.txt", folder=folder, actor=None, now=utc_now())
    page = sit(screen)
    page.goto(f"/manage/imports/{uploaded}?row=第61行#question")
    page.get_by_role("link", name="改这一题").click()
    page.get_by_label("题干", exact=False).first.fill("十三周有（　　）天。")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".flashes")).to_have_text("第61行已改，还没有写入题库。")
    expect(page.locator(".flashes")).to_be_in_viewport()
