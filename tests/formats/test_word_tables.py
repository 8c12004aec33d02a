"""Tables and pictures in Word documents."""

import hashlib

from app.formats.word import read_word
from app.rules.question import Picture
from tests.formats.word_files import cell, document, p, picture, png, table

RED, DARK = png(200), png(20)
RED_SUM, DARK_SUM = (hashlib.sha256(content).hexdigest() for content in (RED, DARK))
MEDIA = {"red": RED, "dark": DARK}
HEADER = ["题干", "选项A", "选项B", "答案"]
OPTIONS = (p("A. 甲"), p("B. 乙"), p("答案：B"))


def told(reading):
    return [(q.draft.place, q.draft.stem, q.draft.options, q.draft.key) for q in reading.questions if q.draft]


def messages(reading):
    return [problem.message for question in reading.questions for problem in question.problems]


def test_a_table_with_a_header_is_read_as_a_table_and_the_text_around_as_text():
    middle = table(HEADER, ["表题一", "甲", "乙", "A"], ["表题二", "甲", "乙", "F"])
    reading = read_word(document(p("1. 前题"), *OPTIONS, middle, p("2. 后题"), *OPTIONS))

    assert told(reading) == [
        ("第1段", "前题", ("甲", "乙"), (1,)),
        ("表1!第2行", "表题一", ("甲", "乙"), (0,)),
        ("表1!第3行", "表题二", ("甲", "乙"), (5,)),
        ("第17段", "后题", ("甲", "乙"), (1,)),
    ]
    assert [(q.row, q.sheet, q.unit) for q in reading.questions][1:3] == [(2, "表1", "行"), (3, "表1", "行")]
    assert messages(reading) == ["答案写成了F，但只有2个选项，请改答案或补选项"]


def test_the_heading_above_a_table_names_the_kind():
    reading = read_word(document(p("二、多选题"), table(HEADER, ["题", "甲", "乙", "AB"])))

    assert [(q.draft.kind.label, q.draft.place) for q in reading.questions] == [("多选", "表1（多选题）!第2行")]
    assert reading.recognised[1] == "“表1（多选题）”第1行是表头：A列“题干”，B列“选项A”，C列“选项B”，D列“答案”"


def test_merged_cells_stand_in_every_row_and_column_they_cover():
    rows = "".join(
        f"<w:tr>{cell(kind, merged)}{''.join(cell(text) for text in row)}</w:tr>"
        for kind, merged, row in (
            ("题型", "", HEADER),
            ("多选", '<w:vMerge w:val="restart"/>', ["题一", "甲", "乙", "AB"]),
            ("", "<w:vMerge/>", ["题二", "甲", "乙", "AB"]),
        )
    )
    heading = f"<w:tr>{cell('题库', '<w:gridSpan w:val=' + chr(34) + '5' + chr(34) + '/>')}</w:tr>"
    reading = read_word(document(f"<w:tbl>{heading}{rows}</w:tbl>"))

    assert [(q.row, q.draft.kind.label, q.verdict) for q in reading.questions] == [(3, "多选", "ok"), (4, "多选", "ok")]


def test_a_table_that_goes_on_in_another_is_read_on():
    reading = read_word(document(table(HEADER, ["题一", "甲", "乙", "A"]), p(), table(["题二", "甲", "乙", "B"])))

    assert [draft[:2] for draft in told(reading)] == [("表1!第2行", "题一"), ("表1!第3行", "题二")]


def test_the_same_question_in_text_and_table_is_told_once():
    reading = read_word(
        document(p("1. 题"), *OPTIONS, table(HEADER, ["题", "甲", "乙", "B"], ["题。", "甲", "乙", "B"]))
    )

    assert messages(reading) == [
        "与第1段重复（第1段、表1!第2行题干和选项都相同），只导入前一题",
        "与第1段重复（第1段、表1!第3行题干和选项都相同），只导入前一题",
    ]


def test_options_laid_out_in_a_table_are_options():
    in_rows = read_word(document(p("1. 题"), table(["A. 甲", "B. 乙"], ["C. 丙", "D. 丁"]), p("答案：D")))
    in_columns = read_word(document(p("1. 题"), table(["A. 甲", "C. 丙"], ["B. 乙", "D. 丁"]), p("答案：D")))
    apart = read_word(document(p("1. 题"), table(["A", "甲", "B．", "乙"], ["C", "丙", "（D）", "丁"]), p("答案：D")))

    assert told(in_rows) == told(in_columns) == told(apart) == [("第1段", "题", ("甲", "乙", "丙", "丁"), (3,))]


def test_a_frame_around_questions_is_seen_through():
    frame = table([p("1. 左题") + "".join(OPTIONS), p("2. 右题") + "".join(OPTIONS)])

    assert [draft[:2] for draft in told(read_word(document(frame)))] == [("第1段", "左题"), ("第5段", "右题")]


def test_a_card_for_each_question_is_read():
    card = table(["题干", "哪项正确？"], ["选项A", "甲"], ["选项B", "乙"], ["答案", "B"], ["解析", "因为乙"])

    assert told(read_word(document(card))) == [("第2段", "哪项正确？", ("甲", "乙"), (1,))]


def test_figures_in_a_table_belong_to_the_stem():
    reading = read_word(document(p("1. 根据下表："), table(["年份", "人数"], ["2024", "12"]), *OPTIONS))

    assert told(reading)[0][1] == "根据下表：\n年份 人数\n2024 12"


def test_deleted_rows_are_gone():
    gone = f"<w:tr><w:trPr><w:del w:id='1'/></w:trPr>{''.join(cell(text) for text in ('旧', '甲', '乙', 'A'))}</w:tr>"
    content = document(table(HEADER, ["新", "甲", "乙", "A"]).replace("</w:tbl>", f"{gone}</w:tbl>"))

    assert [draft[1] for draft in told(read_word(content))] == ["新"]


# --- pictures


def pictures(content: bytes):
    return [q.draft.pictures for q in read_word(content).questions]


def test_a_picture_belongs_to_the_stem_near_which_it_stands():
    beside = document(p("1. 图中是（B）。", picture("red", "一座桥")), p("A. 甲"), p("B. 乙"), media=MEDIA)
    below = document(p("1. 图中是（　　）。"), p(picture("red", "一座桥")), *OPTIONS, media=MEDIA)
    before = document(p(picture("red", "一座桥", anchored=True), "1. 图中是（　　）。"), *OPTIONS, media=MEDIA)
    after_options = document(
        p("1. 图中是（　　）。"), *OPTIONS[:2], p(picture("red", "一座桥")), OPTIONS[2], media=MEDIA
    )

    for content in (beside, below, before, after_options):
        (question,) = read_word(content).questions
        assert (question.draft.stem, question.draft.options, question.draft.key) == (
            "图中是（　　）。",
            ("甲", "乙"),
            (1,),
        )
        assert question.draft.pictures == (Picture(RED_SUM, None, "一座桥"),)
        assert read_word(content).images == {RED_SUM: RED}


def test_pictures_are_options_on_one_line_on_several_or_below_their_letter():
    one_line = document(p("1. 题"), p("A. ", picture("red"), "\tB. ", picture("dark")), p("答案：A"), media=MEDIA)
    several = document(p("1. 题"), p("A. ", picture("red")), p("B. ", picture("dark")), p("答案：A"), media=MEDIA)
    below = document(p("1. 题"), p("A."), p(picture("red")), p("B."), p(picture("dark")), p("答案：A"), media=MEDIA)
    tabled = document(table(HEADER, ["题", p(picture("red")), p(picture("dark")), "A"]), media=MEDIA)

    for content in (one_line, several, below, tabled):
        (question,) = read_word(content).questions
        assert (question.draft.options, question.draft.key, question.verdict) == (("（见图）", "（见图）"), (0,), "ok")
        assert question.draft.pictures == (Picture(RED_SUM, 0), Picture(DARK_SUM, 1))


def test_options_with_equal_words_and_different_pictures_differ():
    content = document(p("1. 题"), p("A. 图 ", picture("red")), p("B. 图 ", picture("dark")), p("答案：A"), media=MEDIA)
    (question,) = read_word(content).questions

    assert (question.draft.options, question.verdict) == (("图", "图"), "ok")


def test_questions_that_differ_in_their_picture_are_no_duplicates():
    one, other = ((p("1. 题", picture(name)), *OPTIONS) for name in MEDIA)

    (alike,) = messages(read_word(document(*one, *other, media=MEDIA)))
    (same,) = messages(read_word(document(*one, *one, media=MEDIA)))

    assert "重复" not in alike
    assert "重复" in same


def test_a_picture_of_the_older_kind_is_taken():
    older = '<w:r><w:pict><v:shape alt="桥"><v:imagedata r:id="red"/></v:shape></w:pict></w:r>'

    assert pictures(document(p("1. 题", older), *OPTIONS, media=MEDIA)) == [(Picture(RED_SUM, None, "桥"),)]


def test_a_picture_that_is_not_taken_is_told():
    not_shown = document(p("1. 题", picture("odd")), *OPTIONS, media={"odd": b"\xd7\xcd\xc6\x9a"})
    missing = document(p("1. 题", picture("nowhere")), *OPTIONS)
    linked = document(p("1. 题", picture("far")), *OPTIONS, linked={"far": "http://example.org/a.png"})
    explaining = document(p("1. 题"), *OPTIONS, p("解析：如图", picture("red")), media=MEDIA)

    assert messages(read_word(not_shown)) == [
        "有一张图片的格式不能显示，没有导入；请在原文件里另存为 PNG 或 JPEG，或改用文字说明"
    ]
    assert (
        messages(read_word(missing))
        == messages(read_word(linked))
        == ["有一张图片在文件里找不到，没有导入；请在 Word 里重新插入这张图片后再上传"]
    )
    assert messages(read_word(explaining)) == ["答案或解析里有图片，没有导入；请改用文字说明，或把图片移到题干、选项里"]
    assert pictures(explaining) == [()]


def test_a_picture_of_no_question_is_told_by_its_paragraph():
    reading = read_word(document(p("示例", picture("red")), p("一、单选题"), p("1. 题"), *OPTIONS, media=MEDIA))

    assert [problem.message for problem in reading.problems] == [
        "第1段的图片不在可导入的题干或选项里，没有导入；如有需要，请把图片移到题干下面或选项里再上传"
    ]
    assert reading.title == "示例"
