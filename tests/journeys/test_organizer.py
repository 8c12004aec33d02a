"""From a file on an office PC to the table of figures: what an organizer does in the browser."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

from app.extensions import utc_now
from app.operations import sign_ins
from app.rules.prose import local
from app.rules.roles import Role
from app.web.access import COOKIE
from tests import factories
from tests.journeys.steps import choose, enter, expect_saved, item

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLE = [
    ["题型", "题干", "选项A", "选项B", "选项C", "答案"],
    ["单选", "函用于（　　）。", "商洽工作", "发布命令", "表彰先进", "A"],
    ["单选", "成文日期署（　　）。", "起草日期", "签发日期", "", "E"],
    ["多选", "请示应当（　　）。", "一文一事", "主送一个机关", "抄送下级", "A"],
    ["判断", "函可以用于不相隶属机关之间。", "", "", "", "正确"],
]
TEXT = """一、单项选择题

1. 函用于（　　）。
A. 商洽工作
B. 发布命令
C. 表彰先进
答案：A

2. 成文日期署（　　）。
A. 起草日期
B. 签发日期
答案：E

二、多项选择题

3. 请示应当（　　）。
A. 一文一事
B. 主送一个机关
C. 抄送下级
答案：A

三、判断题

4. 函可以用于不相隶属机关之间。
答案：正确
"""
VERDICTS = ["可用", "有误", "提醒", "可用"]
UNITS: list[list[Any]] = [
    ["序号", "单位名称", "单位代码", "上级单位"],
    [1, "市水利局", "SL", ""],
    [2, "市水文站", "SL01", "市水利局"],
]
PEOPLE = [
    ["姓名", "单位", "手机"],
    ["冯岚", "市水利局", "13700001234"],
    ["高原", "市水文站", "13700005678"],
    ["韩雪", "市林业局", "13700009012"],  # a unit that nobody knows
]
_taken = count(1)


def workbook(rows: list[list[Any]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("表")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


def gb18030(rows: list[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("gb18030")


@pytest.fixture
def desk(open_page, live_app, live_server):
    """An organizer, signed in at an office PC."""
    with live_app.app_context():
        login = f"organizer{next(_taken)}"
        factories.account(login, Role.ORGANIZER)
        entered = sign_ins.sign_in(login, factories.PASSWORD, origin="127.0.0.1", now=utc_now())
    page = open_page("desktop")
    page.context.add_cookies([{"name": COOKIE, "value": entered.token, "url": live_server.url}])
    return page


def upload(page: Page, name: str, content: bytes, kind: str = XLSX) -> None:
    page.set_input_files("input[type=file]", {"name": name, "mimeType": kind, "buffer": content})
    page.get_by_role("button", name=re.compile("^上传，逐")).click()
    expect(page.get_by_role("heading", name="导入预览")).to_be_visible()


def cells(page: Page, nth: int) -> list[str]:
    """The words of one column of the first table, blanks left out."""
    first = page.locator("main table").first
    return [re.sub(r"\s+", "", text) for text in first.locator(f"tbody tr > :nth-child({nth})").all_inner_texts()]


def in_shanghai(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%dT%H:%M}"


@pytest.mark.parametrize(
    ("name", "content", "rows"),
    [
        ("公文.xlsx", workbook(TABLE), ["2", "3", "4", "5"]),
        ("公文.csv", gb18030(TABLE), ["2", "3", "4", "5"]),
        ("公文.txt", TEXT.encode(), ["3", "9", "16", "24"]),
    ],
    ids=["xlsx", "csv in GB18030", "text"],
)
def test_a_bank_is_looked_at_question_by_question_and_then_found_in_the_list(desk, name, content, rows):
    title = f"公文题库，{name}"
    desk.goto("/manage/banks")
    desk.get_by_role("link", name="上传题库").click()
    expect(desk.locator("form .secrecy")).to_have_text("非涉密系统，严禁上传涉密内容。")
    desk.get_by_label("新题库的名称").fill(title)
    upload(desk, name, content, "application/octet-stream")
    assert cells(desk, 1) == rows
    assert cells(desk, 2) == VERDICTS
    assert "答案写成了E，但只有2个选项" in cells(desk, 4)[1]
    expect(desk.locator(".confirm")).to_contain_text("将导入3题")
    desk.goto("/manage/banks")
    expect(desk.get_by_role("link", name=title)).to_have_count(0)  # nothing is written by looking
    desk.go_back()
    desk.get_by_label("这些题我都看过").check()
    desk.get_by_role("button", name="导入3题").click()
    expect(desk.locator(".flashes")).to_have_text("已导入3题，有误的1题没有导入。")
    desk.goto("/manage/banks")
    row = desk.get_by_role("row").filter(has=desk.get_by_role("link", name=title))
    expect(row.locator("[data-name=合计]")).to_have_text("3")


def test_a_file_that_is_no_bank_is_refused_with_a_reason_and_the_title_kept(desk):
    desk.goto("/manage/banks/upload")
    desk.get_by_label("新题库的名称").fill("照片题库")
    picture = {"name": "照片.xlsx", "mimeType": XLSX, "buffer": b"\x89PNG\r\n\x1a\n" + bytes(200)}
    desk.set_input_files("input[type=file]", picture)
    desk.get_by_role("button", name="上传，逐题预览").click()
    expect(desk.locator(".upload .error")).not_to_be_empty()
    expect(desk.get_by_label("新题库的名称")).to_have_value("照片题库")


def test_a_contest_from_the_files_to_the_table(desk, open_page):
    slug = "shuili"
    import_units_and_people(desk)
    make_a_quiz(desk)
    address = open_a_contest(desk, slug)
    candidate = open_page("phone")
    answer_everything(candidate, address)

    desk.goto(f"/manage/contests/{slug}")
    expect(desk.locator(".four")).to_contain_text("实参1人，应参2人")
    expect(desk.locator(".absent")).to_contain_text("市水文站")
    desk.get_by_role("link", name="单位统计表").click()
    assert_the_report_counts_one(desk)
    an_applicant_is_let_in(desk, open_page, slug)


def import_units_and_people(desk: Page) -> None:
    desk.goto("/manage/units/upload")
    upload(desk, "单位.xlsx", workbook(UNITS))
    assert cells(desk, 2) == ["新增", "新增"]
    desk.get_by_role("button", name="导入2个单位").click()
    expect(desk.locator(".flashes")).to_have_text("已导入：新增2个单位。")
    desk.get_by_role("link", name="导入人员").click()
    upload(desk, "人员.xlsx", workbook(PEOPLE))
    assert cells(desk, 1) == ["2", "3", "4"]
    expect(desk.locator("tbody tr").nth(2)).to_contain_text("市林业局")
    desk.get_by_role("button", name="导入2人").click()
    expect(desk.locator(".flashes")).to_have_text("已导入：新增2人，有误未导入1人。")


def make_a_quiz(desk: Page) -> None:
    desk.goto("/manage/banks/upload")
    desk.get_by_label("新题库的名称").fill("水利题库")
    upload(desk, "水利.txt", TEXT.encode(), "text/plain")
    desk.get_by_label("这些题我都看过").check()
    desk.get_by_role("button", name="导入3题").click()
    desk.get_by_role("link", name="用它建方案").click()
    desk.get_by_label("方案名称").fill("水利小方案")
    for kind, points in (("单选", "50"), ("判断", "50")):
        desk.get_by_label(f"{kind}题抽几题").fill("1")
        desk.get_by_label(f"{kind}题每题几分").fill(points)
    expect(desk.locator("#total")).to_have_text("合计2题，满分100分")
    desk.get_by_label("合格线").fill("60")
    desk.get_by_label("优秀线").fill("101")
    desk.get_by_role("button", name="保存方案").click()
    expect(desk.locator(".notice.red")).to_be_visible()  # a mark beyond the full score
    expect(desk.get_by_label("方案名称")).to_have_value("水利小方案")
    desk.get_by_label("优秀线").fill("90")
    desk.get_by_role("button", name="保存方案").click()
    expect(desk.locator(".flashes")).to_have_text("试卷方案已保存，可以用它开竞赛了。")


def open_a_contest(desk: Page, slug: str) -> str:
    """Open it for everybody, look at link, code and poster; returns the address to hand out."""
    desk.goto("/manage/contests")
    desk.get_by_role("link", name="开一场竞赛").click()
    desk.get_by_label("试卷方案").select_option("水利小方案")
    desk.get_by_label("竞赛名称").fill("水利知识竞赛")
    desk.get_by_label("开始").fill(in_shanghai(datetime.now(UTC) - timedelta(hours=1)))
    desk.get_by_label("截止").fill(in_shanghai(datetime.now(UTC) + timedelta(days=2)))
    desk.get_by_label(re.compile("^网址")).fill(slug)
    desk.get_by_role("button", name="发布竞赛").click()
    expect(desk.get_by_role("heading", name="水利知识竞赛")).to_be_visible()
    address = desk.locator("#address").inner_text()
    assert address.endswith(f"/c/{slug}")
    expect(desk.get_by_role("img", name="参赛二维码")).to_be_visible()
    expect(desk.locator(".entrance .notice")).to_contain_text("只有本机能打开")
    with desk.expect_download() as download:
        desk.get_by_role("link", name="下载二维码").click()
    assert download.value.suggested_filename == "参赛二维码_水利知识竞赛.svg"
    desk.get_by_role("link", name="打印海报").click()
    expect(desk.locator(".poster")).to_contain_text(address)
    expect(desk.locator(".poster").get_by_role("img", name="参赛二维码")).to_be_visible()
    return address


def answer_everything(page: Page, address: str) -> None:
    """冯岚 knows one of the two."""
    enter(page, address.rsplit("/", 1)[-1], "冯岚", "1234")
    page.get_by_role("button", name="是我，开始答题").click()
    expect(item(page, 1).locator(".stem")).to_contain_text("函用于")
    item(page, 1).locator(".option", has_text="商洽工作").click()
    choose(page, 2, 1)
    expect_saved(page)
    page.get_by_role("button", name="答完了，交卷").click()
    page.get_by_role("dialog", name="现在交卷吗？").get_by_role("button", name="交卷").click()
    expect(page.locator(".figure")).to_have_text("50分，满分100")


def assert_the_report_counts_one(desk: Page) -> None:
    heads = desk.locator("thead th").all_inner_texts()
    units = dict(zip(cells(desk, 2), cells(desk, heads.index("实参") + 1), strict=True))
    assert units == {"市水利局本级": "1", "市水文站": "0", "市水利局合计": "1", "合计": "1"}
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Excel").click()
    assert re.fullmatch(r"各单位参赛情况统计表_水利知识竞赛_\d{8}\.xlsx", download.value.suggested_filename)
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    head = next(row for row in rows if "实参" in row)
    total = next(row for row in rows if "合计" in row)
    assert (total[head.index("应参")], total[head.index("实参")]) == (2, 1)


def an_applicant_is_let_in(desk: Page, open_page, slug: str) -> None:
    applicant = open_page("phone")
    applicant.goto(f"/c/{slug}/application")
    applicant.get_by_label("姓名").fill("蒋宁")
    applicant.get_by_label("单位").fill("市水文站")
    applicant.get_by_label("手机").fill("13700003456")
    applicant.get_by_role("button", name="提交申请").click()
    expect(applicant.get_by_role("heading", name="申请已收到")).to_be_visible()

    desk.goto("/manage/contests")
    desk.get_by_role("link", name="水利知识竞赛：1份申请待办").click()
    expect(desk.get_by_label("列入单位")).to_have_value(re.compile(r"\d+"))  # guessed from what was written
    desk.get_by_role("button", name="批准蒋宁的申请", exact=True).click()
    expect(desk.locator(".flashes")).to_contain_text("已批准，蒋宁列入市水文站")

    applicant.get_by_role("link", name="再试一次进入").click()
    enter(applicant, slug, "蒋宁", "3456")
    expect(applicant.locator(".card-line")).to_contain_text("市水文站")
