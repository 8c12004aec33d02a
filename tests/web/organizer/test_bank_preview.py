"""The preview of a bank put right: columns named, questions corrected and left out, an import taken back."""

import io
import re
from urllib.parse import unquote

import pytest

from app.database import db, writing
from app.models import Quiz
from app.queries import banks, imports
from tests.factories import NOON
from tests.web.organizer.reading import cells, errors, notices, tally, text, value, words
from tests.web.organizer.test_imports import MIXED, UPLOAD

UNNAMED = "甲栏,乙栏,丙栏,丁栏\n一周有（　　）天。,七,六,A\n一天有（　　）小时。,十二,二十四,B\n"


@pytest.fixture
def preview(upload):
    """The address of the preview of a bank with one good, one doubtful and two faulty questions."""
    return upload(UPLOAD, MIXED.encode(), "公文.txt").location


def corrected(**change):
    """The second question of the bank as its form holds it, put right."""
    return {
        "kind": "single_choice",
        "stem": "成文日期署哪一个日期？",
        "option_0": "起草日期",
        "option_1": "签发日期",
        "key": "1",
        "difficulty": "",
    } | change


def test_a_question_is_corrected_in_place_and_its_verdict_given_anew(app, manage, preview):
    form = manage.get(f"{preview}/rows/1")
    assert "答案写成了E，但只有2个选项，请改答案或补选项" in notices(form)
    saved = manage.submit(f"{preview}/rows/1", corrected(), page=f"{preview}/rows/1")
    assert unquote(saved.location) == f"{preview}?row=第13行#question"
    page = manage.get(saved.location)
    assert notices(page)[0] == "第13行已改，还没有写入题库。"
    assert tally(page) == {"可用": "2", "提醒": "1", "有误": "1"}
    assert cells(page)[2] == ["13", "可用", "单选", "成文日期署哪一个日期？已改"]
    with app.app_context():
        assert banks.listed() == []


def test_what_there_is_to_say_of_a_question_stands_beside_it(manage, preview):
    saved = manage.submit(f"{preview}/rows/1", corrected(), page=f"{preview}/rows/1")
    head, _, beside = text(manage.get(saved.location)).partition('id="question"')
    assert "还没有写入题库。" not in head
    assert "第13行已改，还没有写入题库。" in beside
    stale = manage.submit(f"{preview}/rows/1/choice", {"chosen": "no", "serial": "7"}, page=preview)
    head, _, beside = text(manage.get(stale.location)).partition('id="question"')
    assert 'role="alert"' not in head
    assert 'role="alert">这份文件刚刚按别的列重新读取过' in beside


def test_a_correction_that_is_wrong_is_told_at_its_field_and_kept(manage, preview):
    page = manage.submit(f"{preview}/rows/1", corrected(key="", option_2="签发日期"), page=f"{preview}/rows/1")
    assert errors(page) == ["选项B和选项C内容相同，请改正其中一个。", "没有答案，请填写选项字母。"]
    assert text(page).count("签发日期</textarea>") == 2


def test_where_one_was_in_the_list_is_kept(manage, preview):
    address = f"{preview}/rows/1?only=to_look_at&page=2"
    saved = manage.submit(address, corrected(), page=address)
    assert unquote(saved.location) == f"{preview}?row=第13行&only=to_look_at&page=2#question"


def test_a_question_is_left_out_and_taken_again(app, manage, preview):
    left = manage.submit(f"{preview}/rows/0/choice", {"chosen": "no"}, page=preview)
    page = manage.get(left.location)
    assert "将导入1题（可用0，提醒1），不选的1题不导入。" in words(page)
    assert cells(page)[1][3].endswith("不选")
    assert ">要导入这一题</button>" in text(manage.get(f"{preview}?row=第5行"))
    manage.submit(f"{preview}/rows/0/choice", {"chosen": "yes"}, page=preview)
    with app.app_context():
        assert imports.one(1).effective == 2


def test_a_question_that_no_machine_can_mark_leads_to_its_form(manage, upload, workbook):
    essay = workbook(["题型", "题干", "选项A", "选项B", "答案"], ["简答", "什么是公文？", "", "", "公务文书"])
    preview = upload(UPLOAD, essay, "公文.xlsx").location
    assert f'href="{preview}/rows/0">改这一题</a>' in text(manage.get(preview))
    assert "什么是公文？</textarea>" in text(manage.get(f"{preview}/rows/0"))


def test_rows_may_be_shown_by_verdict(manage, preview):
    assert [row[0] for row in cells(manage.get(f"{preview}?only=error"))[1:]] == ["13", "28"]
    assert [row[0] for row in cells(manage.get(f"{preview}?only=ok"))[1:]] == ["5"]
    assert "有误2" in words(manage.get(preview)) and "不选0" not in words(manage.get(preview))


def test_columns_that_nobody_could_know_are_asked_for_and_read_as_told(app, manage, upload):
    preview = upload(UPLOAD, UNNAMED.encode(), "历法.csv").location
    page = manage.get(preview)
    assert '<details class="field columns" open>' in text(page)
    assert cells(page)[1][:2] == ["甲栏", "一周有（）天。"]
    assert "没有表头，第1行就是试题" in words(page)
    names = re.findall(r'<select class="input" name="(s0-c\d)"', text(page))
    missing = manage.submit(f"{preview}/columns", {names[3]: "key"}, page=preview)
    assert notices(manage.get(missing.location))[0] == "还没有指明哪一列是题干，请选一列。"
    said = dict(zip(names, ("stem", "option0", "option1", "key"), strict=True))
    again = manage.submit(f"{preview}/columns", said, page=preview)
    page = manage.get(again.location)
    assert notices(page)[0] == "已按您指定的列重新读取。"
    assert [row[:3] for row in cells(page)[1:3]] == [["2", "可用", "单选"], ["3", "可用", "单选"]]
    done = manage.submit(f"{preview}/confirmation", {"approve": "yes", "serial": "1"}, page=preview)
    with app.app_context():
        assert [row.draft.key for row in banks.questions(int(done.location.rsplit("/", 1)[1])).rows] == [(0,), (1,)]


def test_ten_options_can_be_named(manage, upload):
    preview = upload(UPLOAD, UNNAMED.encode(), "历法.csv").location
    assert re.findall(r">选项([A-Z])</option>", text(manage.get(preview)))[:11] == list("ABCDEFGHIJA")


def test_a_correction_is_not_lost_when_the_file_was_read_again_meanwhile(manage, upload):
    preview = upload(UPLOAD, UNNAMED.encode(), "历法.csv").location
    names = re.findall(r'<select class="input" name="(s0-c\d)"', text(manage.get(preview)))
    said = dict(zip(names, ("stem", "option0", "option1", "key"), strict=True))
    manage.submit(f"{preview}/columns", said, page=preview)
    row = f"{preview}/rows/0"
    opened = {"serial": value(manage.get(row), "serial")}
    manage.submit(f"{preview}/columns", said, page=preview)
    page = manage.submit(row, corrected(stem="一星期有（　　）天。") | opened, page=row)
    assert page.status_code == 200
    assert notices(page)[0].startswith("这份文件刚刚按别的列重新读取过，您改的没有保存。")
    assert "一星期有（　　）天。</textarea>" in text(page)


def test_an_old_preview_does_not_import_what_was_read_otherwise_since(app, manage, upload):
    preview = upload(UPLOAD, UNNAMED.replace("甲栏,乙栏,丙栏,丁栏", "题干,A,B,答案").encode(), "历法.csv").location
    page = manage.get(preview)
    opened = {"approve": "yes", "serial": re.findall(r'name="serial" value="(\d+)"', text(page))[-1]}
    names = re.findall(r'<select class="input" name="(s0-c\d)"', text(page))
    said = dict(zip(names, ("option0", "stem", "option1", "key"), strict=True))
    manage.submit(f"{preview}/columns", said, page=preview)
    turned = manage.submit(f"{preview}/confirmation", opened, page=preview)
    assert (turned.status_code, turned.location) == (303, preview)
    page = manage.get(preview)
    assert notices(page)[0].startswith("这份文件刚刚按别的列重新读取过，还没有导入。")
    with app.app_context():
        assert banks.listed() == []
    now = {"approve": "yes", "serial": re.findall(r'name="serial" value="(\d+)"', text(page))[-1]}
    done = manage.submit(f"{preview}/confirmation", now, page=preview)
    assert "已导入2题。" in notices(manage.get(done.location))


def test_whoever_corrects_a_row_second_sees_both_and_may_save_once_more(app, manage, preview):
    row = f"{preview}/rows/1"
    opened = {"revision": value(manage.get(row), "revision"), "serial": value(manage.get(row), "serial")}
    assert opened == {"revision": "0", "serial": "0"}
    manage.submit(row, corrected(stem="先改的（　　）。") | opened, page=row)
    page = manage.submit(row, corrected(stem="后改的（　　）。") | opened, page=row)
    assert page.status_code == 409
    assert notices(page)[0] == "您打开以后，周敏在9月17日12:00改了这一题。您写的还没有保存，都在下面。"
    assert cells(page)[1] == ["题干", "先改的（）。", "后改的（）。"]
    assert "后改的（　　）。</textarea>" in text(page)
    with app.app_context():
        assert imports.one(1).row(1).draft.stem == "先改的（　　）。"
    anew = {"revision": value(page, "revision"), "serial": value(page, "serial")}
    saved = manage.submit(row, corrected(stem="后改的（　　）。") | anew, page=row)
    assert saved.status_code == 303
    with app.app_context():
        assert imports.one(1).row(1).draft.stem == "后改的（　　）。"


def test_a_picture_that_is_refused_is_told_in_the_preview_too(manage, preview):
    row = f"{preview}/rows/1"
    sent = corrected(preview="yes", picture=(io.BytesIO(b"<svg onload=alert(1)>"), "图.png"), picture_place="9" * 5000)
    page = manage.submit(row, sent, page=row)
    assert page.status_code == 200
    assert any("图片" in said for said in errors(page))


def test_questions_wait_for_approval_unless_somebody_vouches_for_them(app, manage, preview):
    done = manage.submit(f"{preview}/confirmation", page=preview)
    page = manage.get(done.location)
    assert "已导入2题，有误的2题没有导入。这些题待审核，通过以后才会被抽到。" in notices(page)
    with app.app_context():
        bank = banks.by_title("公文题库")
        assert (bank.total, bank.pending) == (0, 2)


def test_an_import_is_taken_back_from_its_page(app, manage, preview):
    manage.submit(f"{preview}/confirmation", {"approve": "yes"}, page=preview)
    page = manage.get(preview)
    assert "导错了可以整批撤销，包括导入以后对这些题的修改。" in words(page)
    asked = words(manage.get(f"{preview}/undo"))
    assert "从题库“公文题库”里去掉这次导入的2题。" in asked
    assert "题库里没有别的题了，题库也一起删除。" in asked
    assert "有人改过" not in asked
    with app.app_context():
        assert banks.by_title("公文题库").total == 2  # asking takes nothing away
    undone = manage.submit(f"{preview}/undo", page=f"{preview}/undo")
    page = manage.get(undone.location)
    assert "已撤销，这次导入的2题都不在题库里了。已经发布的竞赛不受影响。" in notices(page)
    assert "撤销这次导入" not in text(page)
    again = manage.submit(f"{preview}/undo", page=preview)
    assert notices(manage.get(again.location))[0].startswith("这次导入已经撤销")
    with app.app_context():
        assert banks.listed() == []


def test_what_was_not_imported_cannot_be_taken_back(manage, preview):
    asked = manage.get(f"{preview}/undo")
    assert (asked.status_code, asked.location) == (303, preview)
    assert notices(manage.get(preview))[0] == "这次导入已经撤销，或者还没有确认，没有什么可撤销的。"
    assert tally(manage.get(preview))["可用"] == "1"


def test_taking_back_says_how_many_were_edited_and_which_quizzes_lose_them(app, manage, preview):
    manage.submit(f"{preview}/confirmation", {"approve": "yes"}, page=preview)
    edit = "/manage/banks/1/questions/1/edit"
    form = corrected(revision="1", stem="用于商洽工作的文种叫（　　）。", option_0="函", option_1="令", key="0")
    manage.submit(edit, form, page=edit)
    with app.app_context(), writing():
        db.session.add(Quiz(title="公文方案", bank_id=1, sections=[], duration=60, attempts_allowed=1, counting="best",
                            pass_mark=1, excellence_mark=1, created_at=NOON))  # fmt: skip
    asked = words(manage.get(f"{preview}/undo"))
    assert "其中1题导入以后有人改过，改动也一起去掉。" in asked
    assert "试卷方案“公文方案”用着这个题库，撤销后题数可能不够。" in asked
    assert "题库也一起删除" not in asked


def test_a_table_without_a_header_keeps_its_first_question(manage, upload):
    rows = "一周有（　　）天。,七,六,A\n一天有（　　）小时。,十二,二十四,B\n"
    preview = upload(UPLOAD, rows.encode(), "历法.csv").location
    page = manage.get(preview)
    assert re.search(r'name="s0-no-titles" value="yes" checked', text(page))
    names = re.findall(r'<select class="input" name="(s0-c\d)"', text(page))
    said = dict(zip(names, ("stem", "option0", "option1", "key"), strict=True)) | {"s0-no-titles": "yes"}
    page = manage.get(manage.submit(f"{preview}/columns", said, page=preview).location)
    assert [row[:2] for row in cells(page)[1:3]] == [["1", "可用"], ["2", "可用"]]
    assert "表格没有表头，各列是您指定的：A，B，C，D列" in words(page)
    assert re.search(r'name="s0-no-titles" value="yes" checked', text(page))


def test_a_column_that_nobody_understood_is_told(manage, upload):
    rows = "题目,选项A,选项B,答案,备考,分值\n一周有（　　）天。,七,六,A,留意,2\n"
    page = words(manage.get(upload(UPLOAD, rows.encode(), "历法.csv").location))
    assert "E列“备考”、F列“分值”没有用到，没有读取" in page


def test_a_decided_preview_can_no_longer_be_edited(manage, preview):
    manage.submit(f"{preview}/confirmation", {"approve": "yes"}, page=preview)
    turned = manage.get(f"{preview}/rows/1")
    assert turned.status_code == 303
    assert "这份文件已经导入或放弃，不能再改。要改题，请到题库里改。" in notices(manage.get(preview))


def test_questions_nearly_alike_stand_side_by_side(manage, upload):
    one = "1. 依照某条例，有关机关应当自受理申请之日起（　　）内作出答复。\nA. 三十日\nB. 六十日\n答案：A\n\n"
    other = one.replace("1. 依照某条例", "2. 根据某条例").replace("答复", "书面答复")
    preview = upload(UPLOAD, (one + other).encode(), "相近.txt").location
    page = manage.get(f"{preview}?only=twins")
    assert [row[0] for row in cells(page)[1:]] == ["6"]
    beside = text(page).split('<div class="twins">')[1]
    assert "第6行（要导入的）" in beside and "第1行" in beside
    assert "根据某条例" in beside and "依照某条例" in beside


def test_a_bank_that_was_deleted_while_one_chose_it_is_told(app, manage, own, upload):
    page = upload(UPLOAD, MIXED.encode(), "公文.txt", bank="99")
    assert page.status_code == 200
    assert errors(page) == ["这个题库已经不在了，可能刚刚被删除。请另选一个题库，再选一次文件。"]
    with app.app_context():
        assert imports.recent().rows == ()


def test_questions_may_be_pasted(app, manage):
    pasted = "1. 一周有几天？\r\nA. 五天\r\nB. 七天\r\n答案：B\r\n"
    preview = manage.submit(UPLOAD, {"title": "粘贴题库", "text": pasted}, page=UPLOAD)
    page = manage.get(preview.location)
    assert tally(page)["可用"] == "1"
    assert "《粘贴的试题.txt》，读出1题。" in words(page)


@pytest.mark.parametrize("address", ["/manage/imports/1/rows/99", "/manage/imports/99/rows/0"])
def test_a_row_that_is_not_there_is_not_found(manage, preview, address):
    assert manage.get(address).status_code == 404


def test_the_bank_page_leads_to_its_imports(manage, preview):
    manage.submit(f"{preview}/confirmation", {"approve": "yes"}, page=preview)
    page = manage.get("/manage/banks/1")
    assert cells(page)[-1] == ["公文.txt", "9月17日12:00", "周敏", "2", "查看、撤销"]
    assert f'href="{preview}"' in text(page)
