"""Banks in text form: the form of the shipped files, and the ways in which such text circulates."""

import pytest

from app.formats.bank import read_bank
from app.rules.question import QuestionKind

SHIPPED = """题库：示例题库
说明：只作示例，
截至今日。

一、单项选择题

1. 一周有（　　）天。
A. 五
B. 六
C. 七
D. 八
答案：C
解析：一周七天。
依据：《示例办法》（2021年修订）第三条
知识点：历法
难度：2

二、多项选择题

2. 周末有（　　）。
A. 星期五
B. 星期六
C. 星期日
D. 星期一
答案：BC

三、判断题

3. 一年有十二个月。
答案：正确

4. 一天有二十小时。
答案：错误
"""


def read(text: str):
    return read_bank(text.encode(), "示例.txt")


def drafts(text: str):
    return [(q.draft.kind.label, q.draft.stem, q.draft.options, q.draft.key) for q in read(text).questions if q.draft]


def messages(text: str):
    return [(q.row, p.level, p.message) for q in read(text).questions for p in q.problems]


def test_the_form_of_the_shipped_banks_is_read_whole():
    reading = read(SHIPPED)

    assert (reading.title, reading.problems, reading.skipped) == ("示例题库", (), ())
    assert reading.note.startswith("只作示例，")
    assert [(q.row, q.verdict, q.draft.number) for q in reading.questions] == [
        (7, "ok", "1"),
        (20, "ok", "2"),
        (29, "ok", "3"),
        (32, "ok", "4"),
    ]
    first = reading.questions[0].draft
    assert (first.kind, first.stem, first.options) == (
        QuestionKind.SINGLE_CHOICE,
        "一周有（　　）天。",
        ("五", "六", "七", "八"),
    )
    assert (first.key, first.explanation, first.topic, first.difficulty) == ((2,), "一周七天。", "历法", 2)
    assert (first.source, first.place) == ("《示例办法》（2021年修订）第三条", "第7行")
    assert [q.draft.key for q in reading.questions[1:]] == [(1, 2), (0,), (1,)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_encoding_and_line_ends_do_not_matter(encoding, ending):
    content = SHIPPED.replace("\n", ending).encode(encoding)

    assert read_bank(content, "示例.txt").questions == read(SHIPPED).questions


def test_blank_lines_may_stand_anywhere():
    spread = SHIPPED.replace("\n", "\n\u3000\n \u00a0\n")

    assert drafts(spread) == drafts(SHIPPED)


@pytest.mark.parametrize(
    "number", ["1.", "1、", "1．", "1 、", "（1）", "(1)", "1)", "第1题", "第 1 题：", "【1】", "1：", "1\t"]
)
@pytest.mark.parametrize("sign", ["{}. ", "{}、", "{}．", "({})", "（{}）", "{})", "{} ", "{}：", "{}"])
def test_numbers_and_letters_are_written_in_many_ways(number, sign):
    letters = "\n".join(sign.format(letter) + text for letter, text in zip("ABC", ("甲", "乙", "丙"), strict=True))

    assert drafts(f"{number}题干（　　）\n{letters}\n答案：B") == [("单选", "题干（　　）", ("甲", "乙", "丙"), (1,))]


@pytest.mark.parametrize(
    "row",
    [
        "A. 甲 B. 乙 C. 丙",
        "A、甲B、乙C、丙",
        "A．甲\tB．乙\tC．丙",
        "（A）甲 （B）乙 （C）丙",
        "Ａ．甲　Ｂ．乙　Ｃ．丙",
        "Ａ．甲Ｂ．乙Ｃ．丙",
    ],
)
@pytest.mark.parametrize("between", ["\n", " "])
def test_options_may_stand_on_one_line_even_the_stems(row, between):
    assert drafts(f"1. 题干（　　）{between}{row}\n答案：C") == [("单选", "题干（　　）", ("甲", "乙", "丙"), (2,))]


@pytest.mark.parametrize(("sign", "key"), [("√", (0,)), ("×", (1,))])
@pytest.mark.parametrize("between", ["", " ", "　"])
def test_a_truth_may_stand_behind_a_statement_without_brackets(sign, key, between):
    text = f"一、判断题\n1. 涉密文件不得用微信传送。{between}{sign}"
    assert drafts(text) == [("判断", "涉密文件不得用微信传送。", ("正确", "错误"), key)]


def test_an_option_that_speaks_of_others_stays_one_option():
    text = "1. 题干（　　）\nA. 甲\nB. 乙\nC. A、B都对\nD. A、B、C都不对\n答案：C"

    assert drafts(text) == [("单选", "题干（　　）", ("甲", "乙", "A、B都对", "A、B、C都不对"), (2,))]


@pytest.mark.parametrize(
    "key",
    [
        "答案：B",
        "答案:B",
        "答案 B",
        "正确答案：B",
        "参考答案：（B）",
        "【答案】B",
        "[答案] b",
        "答案：Ｂ。",
        "答案：\nB",
        "标准答案：乙",
    ],
)
def test_keys_are_announced_in_many_ways(key):
    assert [draft[3] for draft in drafts(f"1. 题干\nA. 甲\nB. 乙\n{key}\n")] == [(1,)]


@pytest.mark.parametrize("key", ["ABD", "A,B,D", "A、B、D", "A B D", "ＡＢＤ", "a；b；d", "DBA", "甲、乙、丁", "1,2,4"])
def test_several_keys_are_written_in_many_ways(key):
    found = drafts(f"1. 题干\nA. 甲\nB. 乙\nC. 丙\nD. 丁\n答案：{key}\n")

    assert [(draft[0], draft[3]) for draft in found] == [("多选", (0, 1, 3))]


@pytest.mark.parametrize(
    ("word", "key"),
    [("正确", 0), ("对", 0), ("√", 0), ("T", 0), ("是", 0), ("错误", 1), ("错", 1), ("×", 1), ("F", 1), ("否", 1)],
)
def test_judgements_are_written_in_many_ways(word, key):
    assert drafts(f"1. 一周有七天。\n答案：{word}") == [("判断", "一周有七天。", ("正确", "错误"), (key,))]


@pytest.mark.parametrize(
    "text", ["1. 一周有七天。（√）", "1. 一周有七天（对）。", "（√）1、一周有七天。", "1. 一周有七天。 答案：对"]
)
def test_a_judgement_may_stand_on_the_line_of_its_stem(text):
    assert [(draft[0], draft[1].rstrip("。"), draft[3]) for draft in drafts(text)] == [("判断", "一周有七天", (0,))]


def test_a_key_in_the_brackets_of_the_stem_is_taken_out():
    assert drafts("1. 一周有（ C ）天。\nA. 五\nB. 六\nC. 七") == [
        ("单选", "一周有（　　）天。", ("五", "六", "七"), (2,))
    ]


def test_a_key_left_in_the_stem_beside_its_own_line_is_taken_out_and_told():
    text = "1. 一周有（C）天。\nA. 五\nB. 六\nC. 七\n答案：C"

    assert drafts(text)[0][1] == "一周有（　　）天。"
    assert messages(text) == [(1, "warning", "题干的括号里写着答案，已去掉，请核对")]


def test_a_letter_in_brackets_that_is_no_key_stays():
    assert drafts("1. 维生素（C）属于（　　）。\nA. 甲\nB. 乙\nC. 丙\n答案：C")[0][1] == "维生素（C）属于（　　）。"


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("一、单项选择题", "单选"),
        ("单选题", "单选"),
        ("【多选题】", "多选"),
        ("第二部分 多项选择题（每题2分，共10题）", "多选"),
        ("（三）不定项选择题：", "不定项"),
        ("## 二、多选题", "多选"),
        ("--- 多选题 ---", "多选"),
        ("题型：不定项", "不定项"),
    ],
)
def test_a_heading_sets_the_kind(heading, kind):
    text = f"{heading}\n1. 题干\nA. 甲\nB. 乙\n答案：A\n2. 题干二\nA. 甲\nB. 乙\n答案：B"

    assert [draft[0] for draft in drafts(text)] == [kind, kind]


def test_a_kind_in_the_question_outweighs_the_heading():
    text = "单选题\n1.【多选题】题干\nA. 甲\nB. 乙\n答案：AB\n2. 题干二（多选）\nA. 甲\nB. 乙\n答案：AB"

    assert [(draft[0], draft[1]) for draft in drafts(text)] == [("多选", "题干"), ("多选", "题干二")]


def test_points_and_authors_go_out_of_the_stem():
    draft = read("1. （2分）题干（　　）【出题：示例单位】\nA. 甲\nB. 乙\n答案：A").questions[0].draft

    assert (draft.stem, draft.source) == ("题干（　　）", "示例单位")


def test_fields_may_share_a_line_and_stand_before_the_options():
    draft = read("1.题干【答案】B【解析】因为乙。【难度】较难\nA. 甲\nB. 乙").questions[0].draft

    assert (draft.options, draft.key, draft.explanation, draft.difficulty) == (("甲", "乙"), (1,), "因为乙。", 4)


def test_stems_options_and_explanations_may_take_several_lines():
    text = (
        "1. 阅读：\n第二行\nA. 甲\n甲续\nB. 乙\n答案：A\n解析：其一\n1. 一点\n2. 二点\n2. 下一题\nA. 甲\nB. 乙\n答案：B"
    )
    first, second = (question.draft for question in read(text).questions)

    assert (first.stem, first.options, first.explanation) == (
        "阅读：\n第二行",
        ("甲\n甲续", "乙"),
        "其一\n1. 一点\n2. 二点",
    )
    assert (second.number, second.stem) == ("2", "下一题")


def test_questions_without_numbers_are_found_by_their_options():
    text = "哪项正确？\nA. 甲\nB. 乙\n答案：A\n\n哪项错误？\nA. 甲\nB. 乙\n答案：B\n一周有七天。\n答案：对"

    assert [(draft[1], draft[3]) for draft in drafts(text)] == [
        ("哪项正确？", (0,)),
        ("哪项错误？", (1,)),
        ("一周有七天。", (0,)),
    ]


def test_a_number_before_a_year_is_a_number_and_a_decimal_is_none():
    text = "1、2018年是好年份。\n答案：对\n2.2019年也是。\n答案：对\n3. 圆周率约为\n3.14。\n答案：对"

    assert [draft[1] for draft in drafts(text)] == ["2018年是好年份。", "2019年也是。", "圆周率约为\n3.14。"]


@pytest.mark.parametrize(
    "table",
    ["参考答案\n一、单选题\n1-2 AB\n二、判断题\n1-2 √×", "答案\n单选题\n1.A 2.B\n判断题\n1、对 2、错"],
)
def test_keys_may_be_listed_at_the_end(table):
    questions = "一、单选题\n1. 甲题\nA. 1\nB. 2\n2. 乙题\nA. 1\nB. 2\n二、判断题\n1. 丙\n2. 丁\n"

    assert [draft[3] for draft in drafts(questions + table)] == [(0,), (1,), (0,), (1,)]


def test_a_listed_key_without_its_question_is_told():
    reading = read("1. 题干\nA. 甲\nB. 乙\n参考答案\n1.A 9.B")

    assert [problem.message for problem in reading.problems] == [
        "答案表里的第9题没有找到对应的试题（或该题已有答案），请核对"
    ]
