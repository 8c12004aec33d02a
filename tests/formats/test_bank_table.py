"""Banks in tables: headers, options, keys and kinds as people write them, and every verdict at its row."""

import pytest

from app.formats.bank import read_bank
from tests.formats.workbooks import questions, workbook


def read(content: bytes):
    return read_bank(content, "题库.xlsx")


def drafts(content: bytes):
    return [
        (q.draft.kind.label, q.draft.stem, q.draft.options, q.draft.key) for q in read(content).questions if q.draft
    ]


def messages(content: bytes):
    return [(q.row, p.column, p.level, p.message) for q in read(content).questions for p in q.problems]


def test_the_usual_table_is_read_whole():
    header = ["序号", "题型", "题干", "选项A", "选项B", "选项C", "答案", "解析", "依据", "知识点", "难度", "页码"]
    row = [1, "单选题", "一周有（　　）天。", 5, 6, 7, "C", "一周七天。", "示例办法", "历法", "较易", "p3"]
    reading = read(workbook({"示例": [header, row]}))
    (question,) = reading.questions
    draft = question.draft

    assert (question.row, question.sheet, question.verdict, draft.place) == (2, "示例", "ok", "示例!第2行")
    assert (draft.options, draft.key, draft.number) == (("5", "6", "7"), (2,), "1")
    assert (draft.explanation, draft.source, draft.topic, draft.difficulty) == ("一周七天。", "示例办法 p3", "历法", 2)
    assert reading.recognised == (
        "工作表“示例”第1行是表头：A列“序号”，B列“题型”，C列“题干”，D列“选项A”，E列“选项B”，F列“选项C”，G列“答案”，"
        "H列“解析”，I列“依据”，J列“知识点”，K列“难度”，L列“页码”",
    )


@pytest.mark.parametrize(
    "header",
    [
        ["题干", "选项A", "选项B", "答案"],
        ["题目", "A", "B", "正确答案"],
        ["问题内容", "选项 A", "选项  B", "正确选项"],
        ["题目(必填)", "选项1", "选项2", "答案（必填）"],
        ["试题题干*", "备选项一", "备选项二", "标准答案"],
        ["content", "oA", "oB", "answer"],
        ["Question", "Answer 1", "Answer 2", "Correct answer(s)"],
        ["　题　干　", "选项Ａ", "选项Ｂ", "答\n案"],
    ],
)
def test_columns_go_by_many_names(header):
    assert drafts(workbook([header, ["题干", "甲", "乙", "B"]])) == [("单选", "题干", ("甲", "乙"), (1,))]


@pytest.mark.parametrize("above", [1, 2, 9])
def test_the_header_may_stand_anywhere_in_the_first_ten_rows(above):
    rows: list[list[object]] = [
        *[["示例题库", 4, 129, "", ""]] * above,
        ["题目", "A", "B", "答案"],
        ["题干", "甲", "乙", "A"],
    ]

    assert [question.row for question in read(workbook(rows)).questions] == [above + 2]


@pytest.mark.parametrize(
    "whole",
    [
        "A. 甲 | B. 乙 | C. 丙",
        "甲|乙|丙",
        "A、甲\nB、乙\nC、丙",
        "（A）甲｜（B）乙｜（C）丙",
        "A.甲 B.乙 C.丙",
        "A．甲；B．乙；C．丙；",
        "Ａ．甲　Ｂ．乙　Ｃ．丙",
        "A.甲 B.乙\nC.丙",
        "①甲②乙③丙",
        "① 甲；② 乙；③ 丙",
        "甲；乙；丙",
    ],
)
def test_options_may_share_one_cell(whole):
    assert drafts(workbook([["题目", "选项", "答案"], ["题干", whole, "AC"]])) == [
        ("多选", "题干", ("甲", "乙", "丙"), (0, 2))
    ]


@pytest.mark.parametrize("whole", ["①②|①③", "①②；①③"])
def test_options_that_speak_of_statements_by_number_stay_whole(whole):
    assert drafts(workbook([["题目", "选项", "答案"], ["①甲②乙③丙，对的是", whole, "①③"]])) == [
        ("单选", "①甲②乙③丙，对的是", ("①②", "①③"), (1,))
    ]


@pytest.mark.parametrize(
    ("key", "places"),
    [
        ("正确答案：B", (1,)),
        ("正确答案：A、C", (0, 2)),
        ("【答案】AC", (0, 2)),
        ("答案为Ｃ", (2,)),
        ("Answer: b", (1,)),
        ("参考答案：乙", (1,)),
        ("①③", (0, 2)),
    ],
)
def test_a_key_may_be_written_with_its_name(key, places):
    found = drafts(questions(["", "题干", "甲", "乙", "丙", "", key]))
    assert [draft[2:] for draft in found] == [(("甲", "乙", "丙"), places)]


def test_a_row_that_only_counts_is_no_question_and_is_told():
    rows: list[list[object]] = [
        ["序号", "题干", "A", "B", "答案"],
        [1, "一周有（　　）天。", "六", "七", "B"],
        ["合计", "1题", "", "", ""],
    ]
    reading = read(workbook(rows))
    assert [question.row for question in reading.questions] == [2]
    assert reading.skipped == ("工作表“题库”第3行“合计 1题”不是试题，没有读取",)


def test_a_truth_may_be_written_with_its_name():
    assert drafts(questions(["判断", "一周有七天。", "", "", "", "", "答案：对"]))[0][3] == (0,)


@pytest.mark.parametrize(
    "options",
    [
        ("A、甲", "B、乙", "C、丙"),
        ("A.甲", "B．乙", "C. 丙"),
        ("（A）甲", "(B) 乙", "C)丙"),
        ("A  甲", "B  乙", " C  丙"),
    ],
)
def test_letters_before_options_go(options):
    assert drafts(questions(["", "题干", *options, "", "B"]))[0][2] == ("甲", "乙", "丙")


def test_the_column_decides_the_letter_not_what_is_written_before():
    content = questions(["单选", "题干", "A、甲", "B、乙", "C、丙", "C、丁", "D"])

    assert drafts(content) == [("单选", "题干", ("甲", "乙", "丙", "丁"), (3,))]
    assert messages(content) == [
        (2, "选项", "warning", "选项D里写的字母是C，已按位置当作选项D，请核对"),
    ]


def test_options_that_speak_of_others_keep_their_letters():
    options = ("甲", "乙", "A、B都对", "A、B都不对")

    assert drafts(questions(["单选", "题干", *options, "C"]))[0][2] == options


@pytest.mark.parametrize(
    ("key", "places"),
    [
        ("ABD", (0, 1, 3)),
        ("A,B,D", (0, 1, 3)),
        ("A、B、D", (0, 1, 3)),
        (" dba ", (0, 1, 3)),
        ("ＡＢＤ", (0, 1, 3)),
        ("A|B", (0, 1)),
        ("1,2,4", (0, 1, 3)),
        (2, (1,)),
        ("乙", (1,)),
        ("甲;丁", (0, 3)),
        ("['甲', '乙']", (0, 1)),
        ("B、乙", (1,)),
    ],
)
def test_keys_are_letters_figures_or_the_options_themselves(key, places):
    assert drafts(questions(["", "题干", "甲", "乙", "丙", "丁", key]))[0][3] == places


@pytest.mark.parametrize(
    ("kind", "options", "key", "place"),
    [
        ("判断", ("", ""), "正确", 0),
        ("判断题", ("", ""), "错", 1),
        ("判断", ("对", "错"), "B", 1),
        ("判断", ("错误", "正确"), "A", 1),
        ("", ("正确", "错误"), "A", 0),
        ("", ("", ""), "×", 1),
        ("判断", ("", ""), True, 0),
        ("是非题", ("", ""), "F", 1),
    ],
)
def test_judgements_come_with_and_without_options(kind, options, key, place):
    content = questions([kind, "一周有七天。", *options, "", "", key])

    assert drafts(content) == [("判断", "一周有七天。", ("正确", "错误"), (place,))]
    assert messages(content) == []


def test_each_sheet_brings_its_kind_and_those_without_header_are_named():
    header = ["题干", "选项A", "选项B", "答案"]
    sheets = {
        "单选题": [header, ["题干一", "甲", "乙", "A"]],
        "多选题": [header, ["题干二", "甲", "乙", "AB"]],
        "判断题": [["题干", "答案"], ["题干三", "对"]],
        "填空题": [["题干", "空 1", "空 2"], ["题干四", "甲", "乙"]],
        "简答题": [["题干", "答案"], ["题干五", "如此这般"]],
        "地名": [["北京", "上海"]],
        "Sheet2": [],
    }
    reading = read(workbook(sheets))

    assert [(q.sheet, q.verdict) for q in reading.questions] == [
        ("单选题", "ok"),
        ("多选题", "ok"),
        ("判断题", "ok"),
        ("填空题", "error"),
        ("简答题", "error"),
    ]
    assert [draft.kind.label for draft in reading.usable] == ["单选", "多选", "判断"]
    assert reading.skipped == ("工作表“地名”没有找到表头（至少要有题干、答案两列），没有读取",)


def test_headings_and_second_headers_inside_a_sheet_are_followed():
    rows = [
        ["选择题", "", "", ""],
        ["题目", "A", "B", "答案"],
        ["题干一", "甲", "乙", "B"],
        ["", "", "", ""],
        ["判断题", "", "", ""],
        ["题干二", "", "", "对"],
        ["问答题", "", "", ""],
        ["问题", "答案", "", ""],
        ["题干三？", "如此这般", "", ""],
    ]

    assert [(q.row, q.verdict, q.draft and q.draft.kind.label) for q in read(workbook(rows)).questions] == [
        (3, "ok", "单选"),
        (6, "ok", "判断"),
        (9, "error", None),
    ]


def test_numbers_kinds_points_and_authors_go_out_of_the_stem():
    content = questions(["", "27、【多选】 题干（　　）。（3分）【出题：示例单位】", "甲", "乙", "", "", "AB"])
    draft = read(content).questions[0].draft

    assert (draft.number, draft.kind.label, draft.stem, draft.source) == ("27", "多选", "题干（　　）。", "示例单位")


def test_no_break_spaces_and_eight_blanks_stay_out_of_the_way():
    content = questions(["单选", "\u00a02020年主题是        。", "甲\u3000", "\u00a0", "乙", "", " C "])

    assert drafts(content)[0][1] == "2020年主题是        。"
    assert [problem[3] for problem in messages(content)] == ["选项B是空的，请补上内容，或删去它并核对答案字母"]


def test_a_person_or_option_named_na_does_not_vanish():
    assert drafts(questions(["单选", "钠的符号是（　　）。", "NA", "Na+", "null", "", "A"]))[0][2] == (
        "NA",
        "Na+",
        "null",
    )


def test_a_hidden_sheet_is_named_and_not_read():
    header = ["题干", "选项A", "选项B", "答案"]

    def arrange(book, sheet):
        book.worksheets()[1].hide()

    sheets = {"甲": [header, ["题干", "甲", "乙", "A"]], "乙": [header, ["旧题", "甲", "乙", "A"]]}
    reading = read(workbook(sheets, arrange))

    assert ([draft.stem for draft in reading.usable], reading.skipped) == (["题干"], ("工作表“乙”是隐藏的，没有读取",))


def test_a_kind_merged_over_its_rows_holds_for_each():
    def arrange(book, sheet):
        sheet.merge_range(1, 0, 2, 0, "多选")

    row = ["", "题干", "甲", "乙", "A"]
    content = workbook([["题型", "题干", "选项A", "选项B", "答案"], row, ["", "题干二", *row[2:]]], arrange)

    assert [draft[0] for draft in drafts(content)] == ["多选", "多选"]
