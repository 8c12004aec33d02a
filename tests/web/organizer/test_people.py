"""People: finding them, and importing them."""

import pytest

from app.database import db
from app.formats.roster_table import read_people
from app.models import User
from app.operations import attempts
from tests.factories import NOON
from tests.web.organizer.reading import cells, errors, notices, tally, text, words

UPLOAD = "/manage/people/upload"
HEAD = ["姓名", "单位", "手机", "工号"]


@pytest.fixture
def person(app):
    """A person of this id, as stored now."""

    def read(user_id):
        with app.app_context():
            return db.session.get_one(User, user_id)

    return read


def test_without_people_the_page_says_that_units_come_first(manage):
    page = words(manage.get("/manage/people"))
    assert (
        "还没有人员人员表里的人就是以后的参赛名单，参赛率的分母也从这里来。请先导入单位表，人员要归到单位下。" in page
    )
    assert "还没有单位，人员归不进去。请先导入单位，再回来导入人员。" in notices(manage.get(UPLOAD))


def test_accounts_without_a_unit_are_named_apart(app, city, manage):
    for address in ("/manage/units", "/manage/people"):
        page = words(manage.get(address))
        assert "人员5另有1个账号没有单位，不列入参赛名单。看没有单位的" in page
    assert "3个单位，5人。另有1个账号没有单位。" in words(manage.get("/manage"))
    apart = manage.get("/manage/people?unit=none")
    assert [row[:2] for row in cells(apart)[1:]] == [["周敏", "未分配"]]
    assert "找到1人，没有单位，不列入参赛名单" in words(apart)
    assert 'value="none" selected' in text(apart)


def test_a_pdf_is_told_to_become_a_table(upload):
    for address in (UPLOAD, "/manage/units/upload"):
        assert errors(upload(address, b"%PDF-1.7", "名单.pdf")) == [
            "这是PDF文件，不能直接读取。请把内容复制到模板表格（.xlsx 或 .csv）里再上传。"
        ]


def test_telephones_are_masked(city, manage):
    page = manage.get("/manage/people")
    assert ["陈静", "市档案馆", "", "138****3333"] in [row[:4] for row in cells(page)]
    assert "13800003333" not in text(page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=李明", ["李明", "李明"]),
        ("search=档案", ["陈静", "李明"]),
        ("unit={city.centre}", ["张伟"]),
        ("unit={city.archive}&search=李", ["李明"]),
        ("search=没有的人", []),
    ],
)
def test_people_are_found_by_name_and_unit(city, manage, query, found):
    page = manage.get(f"/manage/people?{query.format(city=city)}")
    assert [row[0] for row in cells(page)[1:]] == found
    assert f"找到{len(found)}人" in words(page)


def test_new_people_are_looked_at_and_then_stand_in_the_list(city, manage, upload, workbook):
    content = workbook(HEAD, ["赵敏", "市财政局", "13700001234", "G9"], ["周芷若", "DA", "13700005678", ""])
    preview = upload(UPLOAD, content, "人员.xlsx").location
    page = manage.get(preview)
    assert tally(page) == {"新增": "2", "更新": "0", "不变": "0", "有误": "0"}
    assert "13700001234" not in text(page)
    done = manage.submit(f"{preview}/confirmation", page=preview)
    assert done.location == "/manage/people"
    assert notices(manage.get("/manage/people")) == ["已导入：新增2人。"]
    assert cells(manage.get("/manage/people?search=G9"))[1] == ["赵敏", "市财政局", "G9", "137****1234"]


def test_an_unknown_unit_is_refused_with_the_one_that_was_probably_meant(city, manage, upload, workbook):
    page = manage.get(upload(UPLOAD, workbook(HEAD, ["赵敏", "市财证局", "13700001234", ""])).location)
    assert tally(page)["有误"] == "1"
    assert "没有“市财证局”，是不是“市财政局”？" in words(page)
    assert "没有可以导入的内容。什么都没有写入。" in words(page)


def test_name_and_unit_alone_are_matched_with_a_reminder(city, manage, upload, workbook):
    page = manage.get(upload(UPLOAD, workbook(HEAD, ["王芳", "市财政局", "", "G7"])).location)
    assert [row[:3] for row in cells(page)[1:]] == [["2", "更新", "王芳"]]
    assert "只按姓名和单位认作系统里的王芳（手机138****1111），请核对是不是同一人" in words(page)


def test_identity_cards_are_dropped_with_a_notice(city, manage, upload, workbook):
    content = workbook([*HEAD, "身份证号"], ["赵敏", "市财政局", "13700001234", "", "110101199003070011"])
    page = manage.get(upload(UPLOAD, content).location)
    assert any("身份证号" in notice for notice in notices(page))
    assert "110101199003070011" not in text(page)


def test_supplement_leaves_everybody_else_alone(city, brought_in, person, workbook):
    brought_in(UPLOAD, workbook(HEAD, ["王芳", "市财政局", "13800001111", ""]), mode="supplement")
    assert person(city.li_ming).left_at is None


def test_replace_names_everybody_who_leaves_and_touches_no_other_unit(city, manage, upload, person, workbook):
    preview = upload(UPLOAD, workbook(HEAD, ["王芳", "市财政局", "13800001111", ""]), mode="replace").location
    page = manage.get(preview)
    assert tally(page)["停用"] == "1"
    assert ["不在文件里", "停用", "李明"] in [row[:3] for row in cells(page)]
    assert notices(page)[0].startswith("1人将停用：他们的单位在文件里，文件里却没有他们。")
    assert "导入，并停用1人</button>" in text(page)
    manage.submit(f"{preview}/confirmation", page=preview)
    assert "停用1人" in notices(manage.get("/manage/people"))[0]
    assert person(city.li_ming).left_at is not None
    assert person(city.other_li_ming).left_at is None


def test_nobody_with_an_attempt_is_ever_removed(app, city, contest, manage, upload, person, workbook):
    with app.app_context():
        attempts.start(contest, city.li_ming, now=NOON)
    preview = upload(UPLOAD, workbook(HEAD, ["王芳", "市财政局", "13800001112", ""]), mode="replace").location
    page = manage.get(preview)
    assert ["不在文件里", "保留", "李明"] in [row[:3] for row in cells(page)]
    assert "文件里没有他，但他答过题，成绩要保留，不停用" in words(page)
    manage.submit(f"{preview}/confirmation", page=preview)
    assert person(city.li_ming).left_at is None


def test_a_file_that_cannot_be_read_keeps_the_mode(upload):
    page = upload(UPLOAD, b"PK\x03\x04 broken", mode="replace")
    assert errors(page)[0].startswith("这个文件损坏了")
    assert 'value="replace"' in text(page)
    assert text(page).count("checked") == 1
    assert 'checked id="mode-1"' in text(page)


def test_both_modes_are_told_with_their_consequence(city, manage):
    page = words(manage.get(UPLOAD))
    assert "补充只新增和更新文件里的人，其他人不动。" in page
    assert "这些单位里没有列出的人会停用，不再列入以后的竞赛名单。" in page
    assert "非涉密系统，严禁上传涉密内容。" in page


def test_the_template_is_understood_by_the_reader(manage):
    reading = read_people(manage.get("/manage/templates/人员表模板.xlsx").data, "人员表模板.xlsx")
    assert [(one.name, one.unit, one.phone, one.staff_number) for one in reading.people] == [
        ("示例甲", "示例市财政局", "13800000000", "G001"),
        ("示例乙", "示例市国库支付中心", "13900000000", "G002"),
    ]
    assert (reading.problems, reading.skipped) == ((), ())
