"""What is wrong in a bank in text form is told at its line, with what to do next."""

import pytest

from app.formats.bank import read_bank


def read(text: str):
    return read_bank(text.encode(), "示例.txt")


def messages(text: str):
    return [(q.row, p.level, p.message) for q in read(text).questions for p in q.problems]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1. 题干\nA. 甲\nB. 乙\n2. 题干二\nA. 甲\nB. 乙\n答案：A", (1, "error", "没有答案，请填写选项字母")),
        (
            "1. 题干\nA. 甲\nB. 乙\nC. 丙\nD. 丁\n答案：E",
            (1, "error", "答案写成了E，但只有4个选项，请改答案或补选项"),
        ),
        (
            "单选题\n1. 题干\nA. 甲\nB. 乙\n答案：AB",
            (2, "error", "单选题写了2个答案（AB），请只留一个，或把题型改成多选"),
        ),
        (
            "1. 题干\nA. 甲\nB.\nC. 丙\n答案：A",
            (1, "error", "选项B是空的，请补上内容，或删去它并核对答案字母"),
        ),
        (
            "1. 题干\nA. 甲\nC. 丙\n答案：A",
            (1, "error", "选项B是空的，请补上内容，或删去它并核对答案字母"),
        ),
        (
            "1. 题干\nA. 甲\nB. 乙\nB. 丙\n答案：A",
            (1, "error", "选项字母B出现了两次，已按先后排为选项C，请核对选项和答案"),
        ),
        (
            "1. 题干\nA. 甲\nB. 乙\n答案：略",
            (1, "error", "答案“略”没有看懂，请写选项字母，如B或ABD"),
        ),
        ("1. 题干\nA. 甲\nB. 乙\n答案：A\n答案：B", (1, "error", "第5行又写了一个答案“B”，请只留一个")),
        ("判断题\n1. 题干\n答案：也许", (2, "error", "答案“也许”没有看懂，判断题请写“正确”或“错误”")),
        ("判断题\n1. 题干\n答案：A", (2, "warning", "判断题的答案写成了A，已读作“正确”，请核对")),
        (
            "单选题\n1. 题干\n答案：对",
            (2, "warning", "题型是单选，却没有选项、答案是对错，已按判断题读取，请核对"),
        ),
        (
            "问答题\n1. 为什么？\n答案：因为如此。",
            (2, "error", "问答题不能自动阅卷，请改成单选、多选或判断，或从文件中删去"),
        ),
        (
            "1. 题干\nA. 甲\nB. 乙\n答案：A\n难度：九级",
            (1, "warning", "难度“九”没有看懂，已留空；请写1到5的整数"),
        ),
        (
            "1. 题干\nA. 3\nB. 2\nC. 1\n答案：3",
            (1, "warning", "答案“3”既像选项内容又像序号，已按内容读作A，请核对；最好改写成选项字母"),
        ),
    ],
)
def test_what_is_wrong_is_told_at_its_line(text, found):
    assert messages(text) == [found]


def test_a_question_met_twice_is_told_with_both_lines():
    one = "1. 题干\nA. 甲\nB. 乙\n答案：A\n"

    assert messages(one + "2. 题干。\nA. 乙\nB. 甲\n答案：B") == [
        (5, "warning", "与第1行重复（第1行、第5行题干和选项都相同），只导入前一题")
    ]
    assert messages(one + "2. 题干\nA. 甲\nB. 乙\n答案：B") == [
        (5, "warning", "与第1行题干和选项都相同，答案却不同（第1行、第5行），请核对哪个对，删去另一题")
    ]
    assert messages(one + "2. 题干\nA. 甲\nB. 丙\n答案：B") == [
        (5, "warning", "与第1行题干相同、选项不同（第1行、第5行），请核对是否两题都要")
    ]


def test_a_line_that_belongs_nowhere_is_told():
    reading = read("单选题\n不知所云的一行\n1. 题干\nA. 甲\nB. 乙\n答案：A\n考点：甲\n\n又是一行")

    assert [problem.message for problem in reading.problems] == [
        "第2行“不知所云的一行”没有看懂，已略过；如果是试题，请在前面写上题号",
        "第9行“又是一行”没有看懂，已略过；如果是试题，请在前面写上题号",
    ]
    assert reading.questions[0].draft.topic == "甲"


def test_a_last_option_without_words_is_told_as_empty():
    text = "1. 下列正确的是（　　）。\nA. 甲\nB. 乙\nC. 丙\nD.\n答案：A\n"
    (read,) = read_bank(text.encode(), "题库.txt").questions
    assert [(p.column, p.level, p.message[:6]) for p in read.problems] == [("选项", "error", "选项D是空的")]
