"""Units: the tree, and importing it."""

import pytest

from app.formats.roster_table import read_units
from app.queries import people
from tests.web.organizer.reading import cells, errors, notices, tally, text, words

UPLOAD = "/manage/units/upload"
HEAD = ["序号", "单位名称", "单位代码", "上级单位"]


@pytest.fixture
def tree(app):
    """Every unit by name with the name above it."""

    def read():
        with app.app_context():
            nodes = people.unit_tree()
        names = {node.id: node.name for node in nodes}
        return {node.name: names.get(node.parent_id or 0) for node in nodes}

    return read


def test_without_units_the_page_says_why_they_come_first(manage):
    page = words(manage.get("/manage/units"))
    assert "还没有单位报表按单位统计，所以先有单位，再有人员。" in page
    assert "下载单位表模板" in page


def test_units_stand_in_their_order_with_their_people(city, manage):
    assert cells(manage.get("/manage/units"))[1:] == [
        ["市财政局", "CZ", "2", "3", "看人员"],
        ["市国库支付中心", "CZ01", "1", "1", "看人员"],
        ["市档案馆", "DA", "2", "2", "看人员"],
    ]


def test_a_units_list_is_looked_at_before_it_is_written(manage, upload, workbook, tree):
    preview = upload(UPLOAD, workbook(HEAD, [1, "市审计局", "SJ", ""], [2, "市审计中心", "SJ01", "市审计局"])).location
    page = manage.get(preview)
    assert tally(page) == {"新增": "2", "更新": "0", "不变": "0", "有误": "0"}
    assert cells(page)[1:] == [
        ["2", "新增", "1", "市审计局", "SJ", "", ""],
        ["3", "新增", "2", "市审计中心", "SJ01", "市审计局", ""],
    ]
    assert tree() == {}
    done = manage.submit(f"{preview}/confirmation", page=preview)
    assert done.location == "/manage/units"
    assert notices(manage.get("/manage/units")) == ["已导入：新增2个单位。"]
    assert tree() == {"市审计局": None, "市审计中心": "市审计局"}


def test_a_second_list_tells_what_changes_and_leaves_the_rest_alone(city, manage, upload, workbook, tree):
    content = workbook(
        HEAD,
        [1, "市财政和国资局", "CZ", ""],
        [2, "市档案馆", "DA", ""],
        [3, "市新局", "XJ", "没有的局"],
    )
    preview = upload(UPLOAD, content).location
    page = manage.get(preview)
    assert tally(page) == {"新增": "0", "更新": "1", "不变": "1", "有误": "1"}
    assert "名称：市财政局→市财政和国资局" in words(page)
    assert "没有上级单位“没有的局”" in words(page)
    assert "将更新1个单位。不变的1个单位不动。有误的1行不导入" in words(page)
    manage.submit(f"{preview}/confirmation", page=preview)
    assert tree() == {"市财政和国资局": None, "市国库支付中心": "市财政和国资局", "市档案馆": None}


def test_the_same_list_again_has_nothing_to_import(city, manage, upload, workbook):
    page = manage.get(upload(UPLOAD, workbook(HEAD, [1, "市财政局", "CZ", ""])).location)
    assert "与现有的完全相同，不用导入。什么都没有写入。" in words(page)
    assert "/confirmation" not in text(page)


def test_a_table_without_a_header_is_told_at_the_field(upload, workbook):
    (message,) = errors(upload(UPLOAD, workbook(["甲", "乙"], ["丙", "丁"])))
    assert message == "没有找到表头。请在第一行写上列名，至少有“单位名称”一列。"


def test_the_template_is_understood_by_the_reader(manage):
    reading = read_units(manage.get("/manage/templates/单位表模板.xlsx").data, "单位表模板.xlsx")
    assert [(unit.name, unit.parent) for unit in reading.units] == [
        ("示例市财政局", ""),
        ("示例市国库支付中心", "示例市财政局"),
    ]
    assert (reading.problems, reading.skipped) == ((), ())
