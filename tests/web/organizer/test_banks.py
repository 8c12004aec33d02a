"""Banks: the list, what is in one, and bringing one in."""

import re

import pytest

from app.database import db, writing
from app.formats.bank import read_bank
from app.models import Import, QuestionBank
from app.queries import banks
from tests.web.organizer.reading import cells, errors, notices, text, words

UPLOAD = "/manage/banks/upload"
LAW = """题库：保密知识题库

一、单项选择题

1. 机关单位对外发布信息应当（　　）。
A. 先发布后审查
B. 先审查后发布
C. 边发布边审查
D. 不必审查
答案：B
依据：某条例（2024年）第三条
知识点：信息发布

二、判断题

2. 涉密文件可以用普通邮件寄送。
答案：错误
"""


def test_without_banks_the_list_says_how_to_get_one(manage):
    assert "还没有题库点“上传题库”，传一份文本、Excel或CSV，逐题看过再导入。" in words(manage.get("/manage/banks"))


def test_the_list_counts_what_each_bank_holds(city, manage):
    (_, row) = cells(manage.get("/manage/banks"))
    assert row == ["普法小题库2026年9月17日上传", "6", "3", "0", "3", "12", "可用"]


def test_a_bank_shows_its_questions_with_keys_and_sources(city, manage):
    page = manage.get(f"/manage/banks/{city.bank}")
    assert "1（单选）第1题的题干A1甲B1乙答案C1丙D1丁解析解析暗记1依据依据暗记1" in words(page)
    assert "7（多选）第7题的题干A7甲答案B7乙C7丙答案D7丁" in words(page)
    assert "正确答案×错误" in words(page)


def test_questions_are_found_by_kind_and_by_words(city, manage):
    def numbers(query):
        return re.findall(r'<li class="kept" id="q(\d+)"', text(manage.get(f"/manage/banks/{city.bank}?{query}")))

    assert numbers("kind=true_false") == ["10", "11", "12"]
    assert numbers("search=依据暗记7") == ["7"]
    assert numbers("kind=single_choice&search=依据暗记7") == []
    assert "这个题库里没有符合的题" in text(manage.get(f"/manage/banks/{city.bank}?search=没有的词"))


@pytest.mark.parametrize("address", ["/manage/banks/999", "/manage/imports/999", "/manage/templates/别的.xlsx"])
def test_what_is_not_there_is_not_found(manage, address):
    assert manage.get(address).status_code == 404


def test_an_uploaded_bank_is_looked_at_and_then_found_in_the_list(app, manage, upload):
    preview = upload(UPLOAD, LAW.encode(), "保密.txt")
    assert (preview.status_code, preview.location) == (303, "/manage/imports/1")
    assert "还没有题库" in text(manage.get("/manage/banks"))
    done = manage.submit("/manage/imports/1/confirmation", {"approve": "yes"}, page="/manage/imports/1")
    assert (done.status_code, done.location) == (303, "/manage/banks/1")
    page = manage.get("/manage/banks/1")
    assert notices(page) == ["已导入2题。"]
    assert "1（单选）机关单位对外发布信息应当（）。" in words(page)
    assert cells(manage.get("/manage/banks"))[1][0] == "保密知识题库2026年9月17日上传"


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_bank_may_come_in_any_usual_encoding(manage, brought_in, encoding):
    assert notices(brought_in(UPLOAD, LAW.encode(encoding), "保密.txt")) == ["已导入2题。"]


def test_questions_added_to_a_bank_go_on_from_its_last_number(app, city, brought_in):
    page = brought_in(f"{UPLOAD}?bank={city.bank}", LAW.encode(), "保密.txt", bank=city.bank)
    assert notices(page) == ["已导入2题。"]
    with app.app_context():
        assert [row.number for row in banks.questions(city.bank).rows][-2:] == [13, 14]
        assert banks.by_title("保密知识题库") is None


def test_the_title_filled_in_goes_before_that_of_the_file(app, brought_in):
    brought_in(UPLOAD, LAW.encode(), "保密.txt", title="保密题 2026")
    with app.app_context():
        assert [bank.title for bank in banks.listed()] == ["保密题 2026"]


def test_a_shipped_bank_takes_no_questions(app, city, manage, upload):
    with app.app_context(), writing():
        db.session.get_one(QuestionBank, city.bank).shipped_checksum = "0" * 64
    assert f"/manage/banks/upload?bank={city.bank}" not in text(manage.get(f"/manage/banks/{city.bank}"))
    (message,) = errors(upload(UPLOAD, LAW.encode(), "保密.txt", title="普法小题库"))
    assert message == "“普法小题库”随系统提供，升级时会更新，不能往里加题；请换一个名称，另建题库。"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "文件是空的。请检查是否选对了文件。"),
        (b"PK\x03\x04 not a workbook", "这个文件损坏了"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_at_the_field_and_the_rest_is_kept(app, upload, content, said):
    page = upload(UPLOAD, content, "题库.xlsx", title="国家安全题库")
    assert page.status_code == 200
    assert errors(page)[0].startswith(said)
    assert 'value="国家安全题库"' in text(page)
    with app.app_context():
        assert [row.state for row in db.session.query(Import)] == ["discarded"]


def test_a_form_without_a_file_asks_for_one(manage):
    page = manage.submit(UPLOAD, {"title": "国家安全题库"}, page=UPLOAD)
    assert errors(page) == ["请选择文件，或者把题粘贴在下面。"]
    assert 'value="国家安全题库"' in text(page)


def test_the_upload_page_warns_of_secrets_and_shows_what_a_file_looks_like(manage):
    page = words(manage.get(UPLOAD))
    assert "非涉密系统，严禁上传涉密内容。" in page
    assert "下载题库模板.xlsx" in page
    assert "1.一周有（）天。A.五B.六C.七D.八答案：C" in page


def test_the_template_is_understood_by_the_reader(manage):
    answer = manage.get("/manage/templates/题库模板.xlsx")
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    reading = read_bank(answer.data, "题库模板.xlsx")
    assert [(read.verdict, read.draft.kind.label, read.draft.key) for read in reading.questions] == [
        ("ok", "单选", (2,)),
        ("ok", "判断", (0,)),
    ]
    assert (reading.problems, reading.skipped) == ((), ())
