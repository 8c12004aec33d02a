"""The preview of an uploaded file, and what becomes of it."""

import io

import pytest

from app.operations import uploads
from app.queries import banks
from tests.factories import NOON
from tests.web.organizer.reading import cells, errors, notices, tally, text, words

UPLOAD = "/manage/banks/upload"
MIXED = """题库：公文题库

一、单项选择题

1. 用于商洽工作的文种是（　　）。
A. 函
B. 令
C. 公报
D. 决议
答案：A
依据：某条例（2012年）第八条

2. 成文日期署哪一个日期？
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
"""


@pytest.fixture
def preview(upload):
    """The address of the preview of a bank with one good, one doubtful and two faulty questions."""
    return upload(UPLOAD, MIXED.encode(), "公文.txt").location


def test_every_question_has_its_line_and_its_verdict(manage, preview):
    page = manage.get(preview)
    assert tally(page) == {"可用": "1", "提醒": "1", "有误": "2"}
    assert cells(page)[1:] == [
        ["5", "可用", "单选", "用于商洽工作的文种是（）。"],
        ["13", "有误", "单选", "成文日期署哪一个日期？答案写成了E，但只有2个选项，请改答案或补选项"],
        ["20", "提醒", "多选", "请示应当（）。多选题只有一个答案，请核对；若可以只选一个，请把题型改成不定项"],
        ["28", "有误", "判断", "函可以用于不相隶属机关之间。没有答案，请填写“正确”或“错误”"],
    ]
    assert "《公文.txt》，读出4题。现在还没有写入题库，请先看一遍。" in words(page)


def test_only_what_needs_work_may_be_shown(manage, preview):
    page = manage.get(f"{preview}?only=to_look_at")
    assert [row[0] for row in cells(page)[1:]] == ["13", "20", "28"]
    assert "全部4" in words(page)
    assert "要处理的3" in words(page)


def test_a_question_stands_beside_as_the_candidate_will_see_it(manage, preview):
    assert "参赛者所见第13行13成文日期署哪一个日期？A起草日期B签发日期答案E" in words(manage.get(preview))
    chosen = words(manage.get(f"{preview}?row=第5行"))
    assert "参赛者所见第5行5用于商洽工作的文种是（）。A函B令C公报D决议答案A依据某条例（2012年）第八条" in chosen


def test_faulty_questions_are_left_out_and_the_rest_is_imported(app, manage, preview):
    page = manage.get(preview)
    assert "将导入2题（可用1，提醒1）。有误的2题不导入，可在这里改，也可改好文件再传，已有的题不会重复。" in words(page)
    assert "导入2题</button>" in text(page)
    done = manage.submit(f"{preview}/confirmation", {"approve": "yes"}, page=preview)
    assert notices(manage.get(done.location)) == ["已导入2题，有误的2题没有导入。"]
    with app.app_context():
        assert banks.by_title("公文题库").total == 2


def test_a_second_confirmation_changes_nothing_and_says_so(app, manage, preview):
    manage.submit(f"{preview}/confirmation", {"approve": "yes"}, page=preview)
    again = manage.submit(f"{preview}/confirmation", page=preview)
    page = manage.get(again.location)
    assert "这份文件已经导入过，这次没有再写入。" in notices(page)
    assert "</button>" not in text(page).split('class="confirm"')[1].split("</main>")[0]
    with app.app_context():
        assert banks.by_title("公文题库").total == 2


def test_a_discarded_preview_writes_nothing_and_cannot_be_confirmed(app, manage, preview):
    gone = manage.submit(f"{preview}/discard", page=preview)
    assert gone.location == UPLOAD
    assert "没有导入《公文.txt》，什么也没有写入。" in notices(manage.get(UPLOAD))
    after = manage.submit(f"{preview}/confirmation", page=preview)
    assert "这份文件已经放弃，没有写入。要导入请重新上传。" in notices(manage.get(after.location))
    with app.app_context():
        assert banks.listed() == []


def test_throwing_a_preview_away_while_it_is_imported_says_that_it_was(app, manage, preview, monkeypatch):
    discard = uploads.discard_import

    def overtaken(import_id, **options):
        uploads.confirm_import(import_id, actor=None, now=NOON)
        return discard(import_id, **options)

    monkeypatch.setattr(uploads, "discard_import", overtaken)
    turned = manage.submit(f"{preview}/discard", page=preview)
    assert (turned.status_code, turned.location) == (303, preview)
    assert "这份文件已经导入过，这次没有再写入。" in notices(manage.get(preview))


def test_a_file_with_nothing_usable_cannot_be_confirmed(manage, upload):
    preview = upload(UPLOAD, "一、单项选择题\n\n1. 只有题干\n".encode(), "坏.txt").location
    page = manage.get(preview)
    assert "没有可以导入的题。什么都没有写入。" in words(page)
    assert "改好后重新上传" in words(page)
    refused = manage.submit(f"{preview}/confirmation", page=preview)
    assert notices(manage.get(refused.location))[0].startswith("没有可以导入的内容")


def test_what_the_bank_has_already_is_not_imported_again(manage, upload, preview):
    manage.submit(f"{preview}/confirmation", page=preview)
    page = manage.get(upload(UPLOAD, MIXED.encode(), "公文.txt", bank=1).location)
    assert "没有可以导入的题" in words(page)
    assert "与题库第1题相同，不再导入" in words(page)


def test_rows_of_a_workbook_are_told_by_sheet_and_row(manage, upload, workbook):
    content = workbook(
        ["题型", "题干", "选项A", "选项B", "答案"],
        ["单选", "一周有几天？", "五", "七", "B"],
        ["单选", "一年有几个月？", "十", "十二", "C"],
    )
    page = manage.get(upload(UPLOAD, content, "题.xlsx").location)
    assert [row[:2] for row in cells(page)[1:3]] == [["2", "可用"], ["3", "有误"]]
    assert "A列“题型”" in words(page)


@pytest.mark.database("sqlite")
def test_a_long_file_comes_in_pages(manage, upload, workbook):
    rows = [["单选", f"第{number}问？", "甲", "乙", "A"] for number in range(40)]
    preview = upload(UPLOAD, workbook(["题型", "题干", "选项A", "选项B", "答案"], *rows), "题.xlsx").location
    assert [row[0] for row in cells(manage.get(f"{preview}?page=3"))[1:11]] == [str(n) for n in range(32, 42)]
    assert "第3页，共3页" in words(manage.get(f"{preview}?page=99"))
    assert "第1页，共3页" in words(manage.get(f"{preview}?page=x"))


def test_somebody_without_a_role_sees_no_preview(app, client, sign_in, preview):
    client.post("/sign-out", data={"csrf_token": client.token})
    assert client.get(preview).location.startswith("/sign-in")


def test_an_upload_says_that_the_file_is_too_large(manage, upload):
    too_large = upload(UPLOAD, b"x" * (30 << 20), "大.xlsx")
    assert too_large.status_code == 413
    assert errors(too_large) == []
    page = words(too_large)
    assert "一个文件最大20MB。" in page
    assert "删去文件里的图片和多余内容，或拆成几个文件" in page
    assert 'aria-label="管理导航"' in text(too_large)


@pytest.mark.parametrize("address", ["/manage/banks/upload?bank=3", "/manage/units/upload", "/manage/people/upload"])
@pytest.mark.database("sqlite")
def test_a_file_that_is_too_large_leads_back_to_its_form(manage, address):
    page = manage.submit(address, {"file": (io.BytesIO(b"x" * (22 << 20)), "大.xlsx")}, page="/manage/banks/upload")
    assert page.status_code == 413
    assert f'href="{address}"' in text(page)


@pytest.mark.database("sqlite")
def test_too_long_a_form_leads_back_to_the_desk(manage):
    page = manage.submit("/manage/contests/new", {"title": "长" * 200_000}, page="/manage/contests")
    assert page.status_code == 413
    assert "提交的内容超过了上限" in text(page)
    assert "去竞赛管理" in text(page)
