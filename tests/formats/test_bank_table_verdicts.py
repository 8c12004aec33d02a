"""What is wrong in a bank in a table is told at its row, with what to do next."""

from datetime import date

import pytest

from app.formats.bank import read_bank
from tests.formats.workbooks import questions, workbook


def read(content: bytes):
    return read_bank(content, "题库.xlsx")


def messages(content: bytes):
    return [(q.row, p.column, p.level, p.message) for q in read(content).questions for p in q.problems]


@pytest.mark.parametrize(
    ("row", "column", "level", "message"),
    [
        (["单选", "题干", "甲", "乙", "", "", ""], "答案", "error", "没有答案，请填写选项字母"),
        (["判断", "题干", "", "", "", "", ""], "答案", "error", "没有答案，请填写“正确”或“错误”"),
        (
            ["单选", "题干", "甲", "乙", "丙", "丁", "E"],
            "答案",
            "error",
            "答案写成了E，但只有4个选项，请改答案或补选项",
        ),
        (
            ["单选", "题干", "甲", "乙", "", "", "AB"],
            "答案",
            "error",
            "单选题写了2个答案（AB），请只留一个，或把题型改成多选",
        ),
        (
            ["多选", "题干", "甲", "乙", "", "", "A"],
            "答案",
            "warning",
            "多选题只有一个答案，请核对；若可以只选一个，请把题型改成不定项",
        ),
        (
            ["单选", "题干", "甲", "", "丙", "", "A"],
            "选项",
            "error",
            "选项B是空的，请补上内容，或删去它并核对答案字母",
        ),
        (["单选", "题干", "甲", "乙", "甲", "", "A"], "选项", "error", "选项A和选项C内容相同，请改正其中一个"),
        (["单选", "题干", "甲", "", "", "", "A"], "选项", "error", "只有1个选项，单选题至少要有2个，请补上选项"),
        (["单选", "", "甲", "乙", "", "", "A"], "题干", "error", "缺少题干，请补上题目内容"),
        (["", "", "", "å", "", "", ""], "题干", "error", "这里没有题干，只有“å”；如果不是试题，请删去这一行"),
        (
            ["单选", "题干", "甲", "乙", "", "", "见教材"],
            "答案",
            "error",
            "答案“见教材”没有看懂，请写选项字母，如B或ABD",
        ),
        (
            ["连线", "题干", "甲", "乙", "", "", "A"],
            "题型",
            "warning",
            "题型“连线”没有看懂，已按答案确定题型，请核对",
        ),
        (
            ["", "题干", "", "", "", "", "如此这般"],
            "选项",
            "error",
            "没有选项，答案也不是选项字母，像是问答或填空题，不能自动阅卷；请补上选项和字母答案，或删去",
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_row(row, column, level, message):
    assert messages(questions(["单选", "另一题", "甲", "乙", "", "", "A"], row)) == [(3, column, level, message)]


def test_one_bad_row_does_not_spoil_the_others():
    good = ["单选", "题干", "甲", "乙", "", "", "A"]
    reading = read(
        questions(good, ["单选", "坏题", "甲", "乙", "", "", "F"], [], ["判断", "好题", "", "", "", "", "对"])
    )

    assert [(q.row, q.verdict) for q in reading.questions] == [(2, "ok"), (3, "error"), (5, "ok")]


def test_a_question_met_twice_is_told_with_both_rows():
    one = ["单选", "题干", "甲", "乙", "", "", "A"]

    assert messages(questions(one, ["单选", "题干。", "乙", "甲", "", "", "B"])) == [
        (3, "题干", "warning", "与题库!第2行重复（题库!第2行、题库!第3行题干和选项都相同），只导入前一题")
    ]


def test_cells_that_may_have_looked_otherwise_are_told():
    content = questions(["单选", "题干", 0.5, "甲", "", "", "A"])

    assert messages(content) == [
        (
            2,
            "选项",
            "warning",
            "选项A在表格里存的是小数（也可能是百分数），读作“0.5”；若与看到的不同，请把单元格设为文本后重填",
        )
    ]


def test_an_option_kept_as_a_date_is_readable_and_told():
    def arrange(book, sheet):
        sheet.write_datetime(1, 2, date(1949, 10, 1), book.add_format({"num_format": "yyyy/m/d"}))

    content = workbook([["题型", "题干", "选项A", "选项B", "答案"], ["单选", "题干", "", "甲", "A"]], arrange)

    assert read(content).usable[0].options == ("1949年10月1日", "甲")
    assert [problem[2] for problem in messages(content)] == ["warning"]
