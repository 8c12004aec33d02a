"""The report as one value: its words, its lines, its form for programs."""

import json

from app.reports import tables
from app.rules.rates import Tally, UnitTally
from tests.reports.example import TERMS, document


def test_the_definitions_say_how_each_figure_was_counted():
    assert document().definitions == (
        "1. 应参＝在册−免试。免试的人交了有效答卷，仍算应参。",
        "2. 实参指至少有一份有效答卷的人，同一人只计一次；人次指全部有效答卷。"
        "有效答卷须在正式场次内交卷（含到时自动交卷），至少答1题，且未被作废；一题未答的是交白卷，不算。",
        "3. 参赛率＝实参÷应参。应参为0的没有参赛率，记“—”。",
        "4. 成绩：每人可答3次，取最高分；满分100分。平均分是实参各人成绩的平均。",
        "5. 优秀率＝优秀人数÷实参，90分及以上为优秀。合格率、满分率同此，60分及以上为合格，合格含优秀。"
        "无人参赛的记“—”。",
        "6. 合计由人数相加后再除，不取各比率的平均。“本级”指单位自己的人员。编外指不在名单上而参赛的人，不计入合计。",
        "7. 单位参赛率＝有人参赛的单位÷应参不为0的单位，只数最上一级，下级并入上级：1÷2＝50.00%。",
        "8. 比率和平均分保留两位小数，四舍五入；只有恰为全部时才写100.00%。",
        "9. 单位次序依机构序列，不作排名。",
    )


def test_what_does_not_occur_is_not_defined_and_what_occurs_is():
    plain = "".join(document(outside=Tally()).definitions)
    odd = [
        UnitTally(1, None, "甲局", 1, Tally(enrolled=6, expected=5, participants=6)),
        UnitTally(2, None, "乙局", 2, Tally(enrolled=1, expected=9, participants=1)),
    ]
    rich = "".join(document(odd, Tally(enrolled=1, expected=1)).definitions)

    for words in ("编外", "未分配", "应参人数待核", "另报了应参人数"):
        assert (words in plain, words in rich) == (False, True), words


def test_a_report_without_any_expected_unit_says_so():
    assert "没有应参不为0的单位，记“—”。" in document([]).definitions[6]


def test_a_report_that_is_not_frozen_is_never_called_final():
    assert document().state == "实时数据，非最终"
    assert document(is_final=True).state == "实时数据，非最终；答题已全部结束，尚未定稿"


def test_the_lines_are_what_every_file_prints():
    lines = tables.lines(document())

    assert len(tables.HEADS) == 15
    assert lines[0] == (
        "1", "甲局本级", "10", "0", "10", "8", "2", "80.00%", "92.50", "6", "75.00%", "100.00%", "0.00%", "12", "",
    )  # fmt: skip
    assert lines[-1] == (
        "", "含编外", "", "", "", "13", "", "—", "91.92", "10", "76.92%", "100.00%", "7.69%", "17", "",
    )  # fmt: skip


def test_programs_get_counts_as_integers_and_rates_with_their_parts():
    value = tables.as_json(document())

    assert json.loads(json.dumps(value)) == value
    assert value["columns"] == list(tables.HEADS)
    assert value["as_of"] == "2026-09-30T18:01:00+08:00"
    assert value["unit_participation"] == {"part": 1, "whole": 2, "percent": "50.00"}
    assert value["rows"][2] == {
        "kind": "sum",
        "depth": 0,
        "序号": None,
        "单位": "甲局合计",
        "在册": 14,
        "免试": 1,
        "应参": 13,
        "实参": 11,
        "未参": 2,
        "参赛率": {"part": 11, "whole": 13, "percent": "84.62"},
        "平均分": "93.18",
        "优秀人数": 9,
        "优秀率": {"part": 9, "whole": 11, "percent": "81.82"},
        "合格率": {"part": 11, "whole": 11, "percent": "100.00"},
        "满分率": {"part": 1, "whole": 11, "percent": "9.09"},
        "人次": 15,
        "备注": "",
    }
    assert value["total"]["参赛率"] == {"part": 11, "whole": 19, "percent": "57.89"}
    assert value["rows"][3]["参赛率"] is None
    assert value["rows"][-1]["应参"] is None


def test_the_document_keeps_the_marks_it_was_counted_by():
    made = document()

    assert (made.full_score, made.pass_mark, made.excellence_mark) == (10_000, TERMS.pass_mark, TERMS.excellence_mark)
    assert made.counting == "每人可答3次，取最高分"
    assert (made.as_of_words, made.roster_words) == ("数据截至2026年9月30日 18:01:00", "名单取自2026年9月9日 09:00:00")
    assert document(roster_taken_at=None).roster_words == ""
