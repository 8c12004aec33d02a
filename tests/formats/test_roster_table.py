"""Units and people out of tables: each row with its verdict, and no identity-card number let in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.formats.roster_table import PeopleReading, PersonRow, UnitRow, UnitsReading, read_people, read_units
from tests.formats.workbooks import workbook

IDENTITY = "110101199003070000"  # made up: its check figure is wrong


def units(*rows, header=("序号", "单位名称", "单位代码", "上级单位"), **more):
    return read_units(workbook({"单位表": [header, *rows]}), "单位.xlsx", **more)


def people(*rows, header=("姓名", "单位", "手机", "工号")):
    return read_people(workbook({"人员表": [header, *rows]}), "人员.xlsx")


def told(rows):
    return [(row.row, problem.column, problem.level, problem.message) for row in rows for problem in row.problems]


# --- units


def test_units_are_read_with_order_code_parent_and_aliases():
    header = ["序号", "单位名称", "单位代码", "上级单位", "别名"]
    reading = units(
        [1, "示例市财政局", "001", "", "财政局、市财局"], ["", "国库中心", "００１０１", "001", ""], header=header
    )

    assert reading.units == (
        UnitRow(2, 1, "示例市财政局", "001", "", ("财政局", "市财局"), "单位表"),
        UnitRow(3, None, "国库中心", "00101", "001", (), "单位表"),
    )
    assert reading.problems == ()


@pytest.mark.parametrize(
    "header",
    [
        ("单位", "代码", "上级"),
        ("单位全称", "编码", "上级单位代码"),
        ("单位名称（必填）", "单位编码", "主管部门"),
        ("名称", "机构代码", "上级机构"),
    ],
)
def test_columns_of_units_go_by_many_names(header):
    (unit,) = units(["甲局", "A1", ""], header=header).units

    assert (unit.name, unit.code, unit.parent) == ("甲局", "A1", "")


def test_a_list_without_a_column_for_parents_says_nothing_of_parents():
    (unit,) = units(["甲局"], header=["单位名称"]).units

    assert (unit.parent, unit.order, unit.code) == (None, None, "")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (
            [["", "", "001", ""]],
            (2, "单位名称", "error", "缺少单位名称，请填写；如果不是单位，请删去这一行"),
        ),
        (
            [["", "甲局", "001", ""], ["", "甲局", "002", ""]],
            (3, "单位名称", "error", "单位名称与第2行相同（第2行、第3行），请删去一行，或写全称来区分"),
        ),
        (
            [["", "甲局", "001", ""], ["", "乙局", "001", ""]],
            (3, "代码", "error", "代码“001”与第2行相同（第2行、第3行），请改成不同的代码"),
        ),
    ],
)
def test_what_is_wrong_with_a_unit_is_told_at_its_row(rows, found):
    assert told(units(*rows).units) == [found]


def test_a_parent_is_looked_for_only_when_the_known_units_are_told():
    rows = [["", "甲科", "", "甲局"], ["", "乙科", "", "001"]]

    assert told(units(*rows).units) == []
    assert told(units(*rows, known=frozenset({"001"})).units) == [
        (2, "上级单位", "error", "上级“甲局”没有找到，请核对名称或代码，或先补上这个上级单位")
    ]


def test_a_parent_may_stand_below_its_unit_and_go_by_its_code():
    rows = [["", "甲科", "", "001"], ["", "乙科", "", "甲局"], ["", "甲局", "001", ""]]

    assert told(units(*rows, known=frozenset()).units) == []


def test_units_above_themselves_are_told_the_way_round():
    rows = [
        ["", "甲", "", "丙"],
        ["", "乙", "", "甲"],
        ["", "丙", "", "乙"],
        ["", "丁", "", "甲"],
        ["", "戊", "", "戊"],
    ]
    found = told(units(*rows).units)

    assert [(row, column, level) for row, column, level, _ in found] == [
        (2, "上级单位", "error"),
        (3, "上级单位", "error"),
        (4, "上级单位", "error"),
        (6, "上级单位", "error"),
    ]
    assert found[0][3] == "上级关系绕成了圈（甲→丙→乙→甲），请改正其中一个的上级单位"


# --- people


def test_people_are_read_with_phone_and_staff_number():
    reading = people(["张  三", "示例市财政局", "138-0000 0000", "００1"], ["NA", "001", 13900000000, ""])

    assert reading.people == (
        PersonRow(2, "张三", "示例市财政局", "13800000000", "001", "", "人员表"),
        PersonRow(3, "NA", "001", "13900000000", "", "", "人员表"),
    )
    assert reading.recognised == ("工作表“人员表”第1行是表头：A列“姓名”，B列“单位”，C列“手机”，D列“工号”",)


@pytest.mark.parametrize(
    "header",
    [
        ("姓名", "单位", "手机号", "人员编号", "账号"),
        ("人员姓名", "所在单位", "联系电话", "职工号", "登录名"),
        ("用户名(必填)", "组织机构(非必填)", "手机(非必填)", "工号", "登录账号"),
    ],
)
def test_columns_of_people_go_by_many_names(header):
    (person,) = people(["张三", "甲局", "13800000000", "G1", "zhangsan"], header=header).people

    assert (person.name, person.unit, person.phone, person.staff_number, person.login, person.verdict) == (
        "张三",
        "甲局",
        "13800000000",
        "G1",
        "zhangsan",
        "ok",
    )


@pytest.mark.parametrize(
    "phone", ["+86 138 0000 0000", "8613800000000", "138-0000-0000", "１３８００００００００", 13800000000]
)
def test_phones_are_read_however_they_are_spaced(phone):
    assert people(["张三", "甲局", phone, ""]).people[0].phone == "13800000000"


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (["", "甲局", "", "G1"], (2, "姓名", "error", "缺少姓名，请填写；如果不是人员，请删去这一行")),
        (["张三", "", "", "G1"], (2, "单位", "error", "缺少单位，请填写单位名称或代码")),
        (["张三", "甲局", "1380000", ""], (2, "手机", "error", "手机号应是1开头的11位数字，请改正或留空")),
        (["张三", "甲局", "0371-66666666", ""], (2, "手机", "error", "手机号应是1开头的11位数字，请改正或留空")),
    ],
)
def test_what_is_wrong_with_a_person_is_told_at_the_row_and_others_stay(row, found):
    reading = people(row, ["李四", "甲局", "13900000000", "G2"])

    assert (told(reading.people), reading.people[1].verdict) == ([found], "ok")


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (["张三", "甲局", "13900000000", "G2"], ("姓名", "warning", "与第2行同名，已按工号区分为两个人，请核对")),
        (["张三", "甲局", "13900000000", ""], ("姓名", "warning", "与第2行同名，已按手机区分为两个人，请核对")),
        (["张三", "乙局", "", ""], ("姓名", "warning", "与第2行同名，已按单位区分为两个人，请核对")),
        (
            ["张三", "甲局", "", "G2"],
            ("姓名", "warning", "与第2行同名，已按工号区分为两个人，请核对"),
        ),
        (
            ["张三", "甲局", "", ""],
            ("姓名", "error", "与第2行同名，分不出是不是同一个人：请删去重复的一行，或给两人都填上工号或手机"),
        ),
        (["李四", "甲局", "13900000000", "G1"], ("工号", "error", "工号与第2行相同（第2行、第3行），请核对后改正")),
        (["李四", "甲局", "13800000000", "G2"], ("手机", "warning", "手机与第2行相同（第2行、第3行），请核对是否填错")),
    ],
)
def test_two_people_alike_are_told_with_both_rows(other, found):
    assert told(people(["张三", "甲局", "13800000000", "G1"], other).people) == [(3, *found)]


def test_a_column_of_identity_numbers_is_dropped_and_never_shown():
    header = ["姓名", "单位", "身份证号码", "手机"]
    reading = people(["张三", "甲局", IDENTITY, "13800000000"], header=header)

    assert [(problem.row, problem.level, problem.message) for problem in reading.problems] == [
        (None, "warning", "C列像是身份证号，本平台不需要，已整列舍去，没有保存")
    ]
    assert (reading.people[0].verdict, IDENTITY in repr(reading)) == ("ok", False)


@pytest.mark.parametrize("title", ["工号", "证号", "备注", "手机", "账号"])
@pytest.mark.parametrize(
    "number",
    [IDENTITY, "11010119900307000X", "110101 19900307 0000", "１１０１０１１９９００３０７００００", f"证{IDENTITY}"],
)
def test_identity_numbers_under_another_title_are_dropped_as_well(title, number):
    reading = people(["张三", "甲局", number], ["李四", "甲局", number], header=["姓名", "单位", title])

    assert [problem.message for problem in reading.problems] == ["C列像是身份证号，本平台不需要，已整列舍去，没有保存"]
    assert [name for name in ("19900307", "9900307", "１９９００３０７") if name in repr(reading)] == []


def test_a_single_identity_number_among_staff_numbers_is_taken_out_and_told():
    rows = [["张三", "甲局", "", "G1"], ["李四", "甲局", "", "G2"], [f"王五{IDENTITY}", "甲局", "", IDENTITY]]
    reading = people(*rows)

    assert [(person.name, person.staff_number, person.verdict) for person in reading.people] == [
        ("张三", "G1", "ok"),
        ("李四", "G2", "ok"),
        ("王五", "", "warning"),
    ]
    assert IDENTITY not in repr(reading)


def test_a_long_staff_number_is_no_identity_number():
    assert people(["张三", "甲局", "", "330000209913990001"]).people[0].staff_number == "330000209913990001"


def test_a_unit_merged_over_its_people_holds_for_each():
    content = workbook(
        [["单位", "姓名"], ["甲局", "张三"], ["", "李四"]], lambda _, sheet: sheet.merge_range(1, 0, 2, 0, "甲局")
    )

    assert [(person.name, person.unit) for person in read_people(content, "人员.xlsx").people] == [
        ("张三", "甲局"),
        ("李四", "甲局"),
    ]


def test_people_may_stand_on_several_sheets():
    header = ["姓名", "单位"]
    content = workbook({"一": [header, ["张三", "甲局"]], "二": [["说明"]], "三": [["名单"], header, ["张三", "甲局"]]})
    reading = read_people(content, "人员.xlsx")

    assert [(person.sheet, person.row) for person in reading.people] == [("一", 2), ("三", 3)]
    assert told(reading.people) == [
        (
            3,
            "姓名",
            "error",
            "与工作表“一”第2行同名，分不出是不是同一个人：请删去重复的一行，或给两人都填上工号或手机",
        )
    ]
    assert reading.skipped == ("工作表“二”没有找到表头，没有读取",)


def test_a_file_without_the_columns_says_which_are_needed():
    (problem,) = read_people(workbook([["甲", "乙"], ["1", "2"]]), "人员.xlsx").problems

    assert problem.message == "没有找到表头。请在第一行写上列名，至少有“姓名”和“单位”两列"


def test_a_list_in_delimited_gb18030_is_read():
    content = "姓名,单位,手机\r\n张三,甲局,13800000000\r\n".encode("gb18030")

    assert read_people(content, "名单.csv").people == (PersonRow(2, "张三", "甲局", "13800000000"),)


def test_twenty_thousand_namesakes_do_not_stop_the_house():
    content = ("姓名,单位\n" + "张三,甲局\n" * 19_000).encode()

    assert sum(person.verdict == "error" for person in read_people(content, "名单.csv").people) == 18_999


@given(
    st.lists(st.lists(st.sampled_from(["", "姓名", "单位", "单位名称", "上级单位", "甲", "乙", IDENTITY]), max_size=5))
)
@settings(max_examples=100)
def test_any_table_gives_readings_without_identity_numbers(rows):
    content = "\n".join(",".join(row) for row in rows).encode()
    found = read_units(content, "x"), read_people(content, "x")

    assert (type(found[0]), type(found[1])) == (UnitsReading, PeopleReading)
    assert IDENTITY not in repr(found)


@given(st.binary(max_size=200))
@settings(max_examples=40)
def test_any_bytes_give_readings(content):
    assert isinstance(read_units(content, "x"), UnitsReading)
    assert isinstance(read_people(content, "x"), PeopleReading)
