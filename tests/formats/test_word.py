"""Banks in Word documents: the text as it is seen, whatever it is made of."""

import pytest

from app.formats.word import looks_like, read_word
from tests.formats.word_files import document, p, r, underlined
from tests.formats.workbooks import questions

OPTIONS = (p("A. 甲"), p("B. 乙"), p("答案：B"))
BEGIN, SEPARATE, END = (f'<w:r><w:fldChar w:fldCharType="{turn}"/></w:r>' for turn in ("begin", "separate", "end"))


def stems(*blocks: str) -> list[str]:
    return [question.draft.stem for question in read_word(document(*blocks)).questions if question.draft]


def seen(*runs: str) -> str:
    """A stem made of these runs, as it is read."""
    return stems(p("1. ", *runs), *OPTIONS)[0]


def test_paragraphs_are_lines_and_are_told_by_their_number():
    content = document(
        p("示例题库"),
        p(),
        p("一、单选题"),
        p("1.\t题干（　　）"),
        p(" ", r("\t")),
        *OPTIONS,
        p("2. 没有答案"),
        p("A. 甲"),
        p("B. 乙"),
    )
    reading = read_word(content)
    first, second = reading.questions

    assert (reading.title, reading.problems, reading.skipped) == ("示例题库", (), ())
    assert reading.recognised == ("第3段“一、单选题”：以下按单选题读取",)
    assert (first.row, first.unit, first.verdict, first.draft.place) == (4, "段", "ok", "第4段")
    assert (first.draft.stem, first.draft.options, first.draft.key) == ("题干（　　）", ("甲", "乙"), (1,))
    assert [(problem.row, problem.message) for problem in second.problems] == [(9, "没有答案，请填写选项字母")]


def test_a_document_is_known_by_what_is_inside():
    assert looks_like(document(p("x")))
    assert not looks_like(questions())
    assert not looks_like(b"PK\x03\x04")
    assert not looks_like(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def test_line_breaks_make_lines_and_keep_their_paragraph():
    reading = read_word(
        document(p(), p("1. 题干\nA. 甲\nB. 乙\n答案：B\n答案：A"), p("2. 题干\nA. 甲\tB. 乙\n答案：B"))
    )

    assert [(q.row, q.draft.options, q.draft.key) for q in reading.questions] == [
        (2, ("甲", "乙"), (1,)),
        (3, ("甲", "乙"), (1,)),
    ]
    assert [problem.message for problem in reading.questions[0].problems] == ["第2段又写了一个答案“A”，请只留一个"]
    assert [problem.message for problem in reading.questions[1].problems] == [
        "与第2段重复（第2段、第3段题干和选项都相同），只导入前一题"
    ]


def test_options_on_one_line_may_be_separated_by_tabs():
    (question,) = read_word(document(p("1. 题干"), p("A．甲\tB．乙\t\tC．丙"), p("答案：C"))).questions

    assert (question.draft.options, question.draft.key) == (("甲", "乙", "丙"), (2,))


def test_deleted_text_is_gone_and_inserted_text_is_there():
    deleted = '<w:del w:id="1"><w:r><w:delText>旧</w:delText></w:r></w:del>'
    moved = f'<w:moveFrom w:id="2">{r("走")}</w:moveFrom>'

    assert seen("甲", deleted, moved, f'<w:ins w:id="3">{r("新")}</w:ins>', "乙") == "甲新乙"


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next():
    gone = "<w:rPr><w:del w:id='1'/></w:rPr>"

    assert stems(p("1. 前", properties=gone), p("后"), *OPTIONS) == ["前后"]


def test_wrappers_are_seen_through():
    linked = p("1. 甲", f"<w:hyperlink>{r('链接')}</w:hyperlink>")
    wrapped = f"<w:sdt><w:sdtPr/><w:sdtContent>{linked}</w:sdtContent></w:sdt>"

    assert stems(wrapped, *OPTIONS) == ["甲链接"]


def test_of_a_field_the_result_is_seen_and_not_the_instruction():
    field = f"{BEGIN}<w:r><w:instrText>REF x</w:instrText><w:t>隐</w:t></w:r>{SEPARATE}{r('显')}{END}"

    assert seen("甲", field, f'<w:fldSimple w:instr="X">{r("乙")}</w:fldSimple>') == "甲显乙"


def test_a_field_left_open_ends_with_its_paragraph():
    assert stems(p("前言", BEGIN), p("1. 题干"), *OPTIONS) == ["题干"]


@pytest.mark.parametrize(
    ("sign", "shown"),
    [
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>', "√"),
        ('<w:r><w:sym w:font="Wingdings 2" w:char="F04F"/></w:r>', "×"),
        ('<w:r><w:sym w:font="Symbol" w:char="F0B4"/></w:r>', "×"),
        (r("ü", '<w:rFonts w:ascii="Wingdings"/>'), "√"),
        (r("\uf0fb", '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'), "×"),
        (r("米"), "米"),
        (r("2", '<w:vertAlign w:val="superscript"/>'), "²"),
        (r("[1]", '<w:vertAlign w:val="superscript"/>'), "[1]"),
        ("<w:r><w:t>甲</w:t><w:noBreakHyphen/><w:softHyphen/><w:t>乙</w:t></w:r>", "甲-乙"),
        ("<w:r><w:t>\n  甲\n  乙 </w:t></w:r>", "甲   乙"),
        (f"<w:r><w:ruby><w:rt>{r('yi')}</w:rt><w:rubyBase>{r('乙')}</w:rubyBase></w:ruby></w:r>", "乙"),
        (r("“甲”‘乙’"), "“甲”‘乙’"),
    ],
)  # fmt: skip
def test_signs_are_read_as_they_are_seen(sign, shown):
    assert seen("x", sign, "y") == f"x{shown}y"


def test_a_key_may_be_a_sign_of_a_symbol_font():
    tick = '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'
    field = rf'{BEGIN}<w:r><w:instrText>SYMBOL 251 \f "Wingdings" \s 12</w:instrText></w:r>{END}'
    found = read_word(document(p("判断题"), p("1. 甲。（", tick, "）"), p("2. 乙。（", field, "）"))).usable

    assert [(draft.stem, draft.key) for draft in found] == [("甲。", (0,)), ("乙。", (1,))]


def test_a_sign_that_is_not_known_is_told():
    (question,) = read_word(
        document(p("1. 题", '<w:r><w:sym w:font="Webdings" w:char="F0FC"/></w:r>'), *OPTIONS)
    ).questions

    assert question.draft.stem == "题〓"
    assert [problem.message for problem in question.problems] == ["有一个特殊符号没有看懂，写成了“〓”，请核对并改正"]


@pytest.mark.parametrize(
    ("runs", "stem"),
    [
        (("一周有", underlined("    "), "天"), "一周有（　　）天"),
        (("一周有", underlined("  "), underlined("\t"), underlined("  "), "天"), "一周有（　　）天"),
        (("一周有（", underlined("　　"), "）天"), "一周有（　　）天"),
        (("一周有", underlined(" "), "天"), "一周有 天"),
        (("一周有", underlined("七天")), "一周有七天"),
        (("一周有____天",), "一周有____天"),
    ],
)
def test_an_underlined_blank_is_a_gap(runs, stem):
    assert seen(*runs) == stem


def test_a_key_on_its_line_in_the_stem_is_the_key():
    (draft,) = read_word(document(p("1. 一周有", underlined("  B  "), "天"), p("A. 六"), p("B. 七"))).usable

    assert (draft.stem, draft.key) == ("一周有（　　）天", (1,))


@pytest.mark.parametrize("brackets", ["（）", "()"])
def test_a_key_underlined_inside_brackets_leaves_one_pair(brackets):
    red = '<w:color w:val="FF0000"/><w:u w:val="single"/>'
    first, last = brackets
    stem = p(f"1. 值班电话应{first}", r(" B ", red), f"{last}声内接听")
    (question,) = read_word(document(stem, p("A. 二"), p("B. 三"))).questions

    assert (question.draft.stem, question.draft.key) == ("值班电话应（　　）声内接听", (1,))
    assert question.problems == ()


@pytest.mark.parametrize(
    "mark",
    ['<w:color w:val="FF0000"/>', "<w:b/>", '<w:highlight w:val="yellow"/>', '<w:shd w:val="clear" w:fill="FFFF00"/>'],
)
def test_answers_marked_by_their_looks_are_not_read_and_that_is_told(mark):
    reading = read_word(document(p("1. 一周有（　　）天"), p("A. 六"), p(r("B. 七", mark))))

    assert [question.draft.key for question in reading.questions] == [()]
    assert [problem.message for problem in reading.problems] == [
        "有1题没有答案。文档里有文字用颜色、加粗或底色标出，如果标的是答案：这里不看颜色和粗细，"
        "请在每题选项下面另写一行，如“答案：B”，再上传；题不多时，也可以在预览里逐题勾选"
    ]


def test_looks_are_not_spoken_of_when_every_question_has_its_key():
    stem = p(r("1. 一周有（　　）天", '<w:b/><w:color w:val="auto"/>'))
    assert read_word(document(stem, p("A. 六"), p("B. 七"), p("答案：B"))).problems == ()


def sign(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


def test_an_equation_becomes_a_line_and_is_told():
    fraction = f"<m:f><m:num>{sign('a+b')}</m:num><m:den>{sign('2')}</m:den></m:f>"
    half = f"<m:oMath>{fraction}<m:sSup><m:e>{sign('x')}</m:e><m:sup>{sign('2')}</m:sup></m:sSup></m:oMath>"
    (question,) = read_word(document(p("1. 求", half), *OPTIONS)).questions

    assert question.draft.stem == "求(a+b)/2x²"
    assert [problem.message for problem in question.problems] == ["有公式，已写成一行文字，请核对"]


def test_a_text_box_is_read_once_after_its_paragraph():
    inside = f"<w:txbxContent>{p('A. 甲')}{p('B. 乙')}</w:txbxContent>"
    newer = f"<mc:Choice Requires='wps'><w:drawing><wps:txbx>{inside}</wps:txbx></w:drawing></mc:Choice>"
    older = f"<mc:Fallback><w:pict><v:shape><v:textbox>{inside}</v:textbox></v:shape></w:pict></mc:Fallback>"
    run = f"<w:r><mc:AlternateContent>{newer}{older}</mc:AlternateContent></w:r>"
    (question,) = read_word(document(p("1. 题干", run), p("答案：A"))).questions

    assert (question.draft.options, question.verdict) == (("甲", "乙"), "ok")


def test_what_is_not_read_is_told():
    styles = '<w:style w:type="paragraph" w:styleId="T1"><w:name w:val="TOC 1"/></w:style>'
    note = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    hidden = r("（隐）", "<w:vanish/>")
    shape = "<w:r><w:drawing><a:graphic/></w:drawing></w:r>"
    reading = read_word(
        document(p("一、单选题\t1", style="T1"), p("1. 题", note, hidden, shape), *OPTIONS, styles=styles)
    )

    assert reading.skipped == ("脚注1处，没有读取", "图形（如线条、形状、图表）1处，没有读取", "目录，没有读取")
    assert [problem.message for problem in reading.problems] == [
        "文档里有1处隐藏文字，已一并读取，请核对；不需要的请删去后再上传"
    ]
    assert reading.questions[0].draft.stem == "题（隐）"
