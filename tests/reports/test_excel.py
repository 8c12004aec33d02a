"""The Excel files, opened again by another program than the one that wrote them."""

import io
import zipfile
from typing import Any

import openpyxl
import pytest

from app.reports import excel, tables
from app.rules.rates import Tally, UnitTally
from tests.reports.example import ABSENTEES, FORMULAS, absentees_named, document, named


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content)).active


def table(sheet: Any) -> list[list[Any]]:
    """The rows from the heads to the last line of the table."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    start = next(place for place, row in enumerate(rows) if row[0] == "序号")
    end = next(place for place, row in enumerate(rows) if place > start and row[1] is None)
    return rows[start:end]


def as_shown(cell: Any) -> str:
    """How a sheet would print the cell."""
    value, shape = cell.value, cell.number_format
    if not isinstance(value, int | float):
        return value or ""
    if shape == "0.00%":
        return f"{round(value * 100 + 1e-9, 2):.2f}%"
    return f"{value + 1e-9:.2f}" if shape == "0.00" else f"{value:,}"


def test_the_table_reads_back_as_it_is_printed():
    sheet = opened(excel.write_excel(document()))
    read = table(sheet)
    start = next(row[0].row for row in sheet.iter_rows() if row[0].value == "序号")

    assert tuple(read[0]) == tables.HEADS
    shown = [tuple(as_shown(cell) for cell in sheet[start + place]) for place in range(1, len(read))]
    assert tuple(shown) == tables.lines(document())


def test_counts_and_rates_are_real_numbers_and_what_is_missing_is_a_text():
    lines = table(opened(excel.write_excel(document())))

    assert lines[3][2:8] == [14, 1, 13, 11, 2, 11 / 13]
    assert lines[4][7] == "—"
    assert lines[-1][2] is None


def test_it_prints_on_a4_across_one_page_wide_with_its_head_on_every_page():
    sheet = opened(excel.write_excel(document()))

    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)  # 1 is what is not written
    assert sheet.print_title_rows == "$5:$5"
    assert sheet.freeze_panes == "C6"
    assert sheet.print_area == "'各单位参赛情况'!$A$1:$O$25"
    assert sheet.oddFooter.center.text == "第&P页，共&N页"


def test_title_dates_state_definitions_and_signatures_are_on_it():
    made = document()
    sheet = opened(excel.write_excel(made))
    texts = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]

    assert (sheet["A1"].value, sheet["A1"].font.name, sheet["A1"].font.size) == (tables.TITLE, "方正小标宋简体", 22)
    assert texts[1:6] == [
        "机关公文处理知识竞赛",
        "填报单位：市直机关工作委员会",
        "名单取自2026年9月9日 09:00:00",
        "实时数据，非最终",
        "数据截至2026年9月30日 18:01:00",
    ]
    assert texts[-13:] == [*made.definitions, "填表人：", "审核人：", "单位负责人（盖章）：", "日期："]


def test_sums_are_bold_children_indented_and_the_total_stands_between_lines():
    sheet = opened(excel.write_excel(document()))
    rows = {row[1].value: row for row in sheet.iter_rows() if row[1].value}

    assert rows["甲局合计"][2].font.bold
    assert not rows["甲局本级"][2].font.bold
    assert rows["甲局所属一中心"][1].alignment.indent == 1
    total = rows["合计（不含编外）"][1]
    assert (total.font.bold, total.border.top.style, total.border.bottom.style) == (True, "thin", "thin")
    assert rows["含编外"][1].border.bottom.style == "medium"


def test_what_is_not_all_is_never_shown_as_100_percent():
    units = [UnitTally(1, None, "甲局", 1, Tally(enrolled=30_000, expected=30_000, participants=29_999))]
    lines = table(opened(excel.write_excel(document(units, outside=Tally()))))

    assert lines[1][7] == 0.9999


def formulas_and_links(content: bytes) -> tuple[int, int]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sheets = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/worksheets/")]
    text = "".join(sheets)
    return text.count("<f>") + text.count("<f "), text.count("hyperlink")


def test_a_name_is_never_a_formula_or_a_link():
    content = excel.write_excel(named(FORMULAS))
    sheet = opened(content)

    assert formulas_and_links(content) == (0, 0)
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert FORMULAS[0] in {row[1].value for row in sheet.iter_rows()}


def test_nothing_else_that_somebody_typed_is_a_formula_either():
    evil = FORMULAS[0]
    report = excel.write_excel(document(contest=evil, organizer=evil))
    people = excel.write_absentees_excel(absentees_named(FORMULAS), contest=evil, unit=evil)

    assert formulas_and_links(report) == formulas_and_links(people) == (0, 0)


def test_the_same_report_gives_the_same_bytes():
    assert excel.write_excel(document()) == excel.write_excel(document())


def test_the_workbook_carries_its_title():
    properties = openpyxl.load_workbook(io.BytesIO(excel.write_excel(document()))).properties

    assert (properties.title, properties.creator) == (tables.TITLE, "市直机关工作委员会")


def test_a_long_unit_name_is_wrapped_and_stays_whole():
    name = "市住房公积金管理中心枣园管理部" * 3
    sheet = opened(excel.write_excel(named((name,))))
    cell = next(row[1] for row in sheet.iter_rows() if row[1].value == name)

    assert cell.alignment.wrap_text
    assert sheet.column_dimensions["B"].width <= 43


@pytest.mark.parametrize("units", [0, 1, 300])
def test_any_number_of_units_can_be_written(units):
    lines = table(opened(excel.write_excel(named(tuple(f"单位{number}" for number in range(units))))))

    assert len(lines) == units + 2


def test_the_list_of_absentees_reads_back():
    sheet = opened(excel.write_absentees_excel(ABSENTEES, contest="机关公文处理知识竞赛", unit="甲局"))
    rows = [[cell.value or "" for cell in row] for row in sheet.iter_rows()]

    assert rows[0][0] == "未参赛人员名单"
    assert rows[1][0] == "机关公文处理知识竞赛"
    assert rows[2][0] == (
        "甲局　未参赛3人（未入场1人，已入场未交1人，交白卷或答卷作废1人）　数据截至2026年9月30日 18:01:00　不含免试人员"
    )
    assert rows[3] == ["序号", "单位", "姓名", "手机号", "工号", "状态", "最近入场", "最近交卷"]
    assert rows[4] == [1, "甲局", "李明", "138****6207", "0007", "未入场", "", ""]
    assert rows[6][1:6] == ["未分配", "张伟", "138****2222", "", "交白卷"]


@pytest.mark.parametrize("organizer", ["市直机关工委", ""])
def test_the_list_of_absentees_is_signed_by_the_organizer_or_nobody(organizer):
    content = excel.write_absentees_excel(ABSENTEES, contest="竞赛", unit="全部单位", organizer=organizer)

    assert (openpyxl.load_workbook(io.BytesIO(content)).properties.creator or "") == organizer
