"""Banks in GIFT, Moodle's text form, as its documentation and its users write them."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.formats.bank_losses import is_same
from app.formats.gift import looks_like_gift, read_gift
from app.formats.gift_writer import lost_in_gift, write_gift
from app.formats.problem import Reading
from app.rules.question import Draft, Picture, QuestionKind
from tests.formats.drafts import drafts as banks

JUDGED = ("正确", "错误")


def drafts(text: str):
    found = [question.draft for question in read_gift(text).questions]
    return [(draft.kind.label, draft.stem, draft.options, draft.key) for draft in found if draft]


def messages(text: str):
    return [(q.row, p.level, p.message) for q in read_gift(text).questions for p in q.problems]


def test_one_right_answer_among_wrong_ones_is_a_single_choice():
    assert drafts("一周有几天？{~五 ~六 =七}") == [("单选", "一周有几天？", ("五", "六", "七"), (2,))]


def test_answers_in_the_middle_of_a_sentence_leave_a_gap_there():
    assert drafts("一周有 {~五 =七} 天。") == [("单选", "一周有（　　）天。", ("五", "七"), (1,))]


@pytest.mark.parametrize(
    ("answer", "key"),
    [("T", 0), ("TRUE", 0), ("true", 0), ("正确", 0), ("F", 1), ("FALSE", 1), ("F#因为#对了", 1), (" 错 ", 1)],
)
def test_statements_are_judged_in_many_ways(answer, key):
    assert drafts(f"一周有七天。{{{answer}}}") == [("判断", "一周有七天。", JUDGED, (key,))]


def test_positive_weights_are_right_and_negative_ones_wrong():
    text = "哪些是周末？{\n~%-50%星期一\n~%50%星期六\n~%50%星期日\n}"

    assert drafts(text) == [("多选", "哪些是周末？", ("星期一", "星期六", "星期日"), (1, 2))]
    assert messages(text) == []


def test_a_wrong_answer_that_earns_part_of_the_points_is_told():
    assert drafts("甲？{~%50%半对 =全对 ~错}") == [("单选", "甲？", ("半对", "全对", "错"), (1,))]
    assert messages("甲？{~%50%半对 =全对 ~错}") == [
        (1, "warning", "选项A在原题里得部分分，这里按错误选项读取，请核对")
    ]


def test_several_right_answers_of_which_any_one_counts_are_told():
    assert drafts("甲？{=乙 =丙 ~丁}") == [("多选", "甲？", ("乙", "丙", "丁"), (0, 1))]
    assert messages("甲？{=乙 =丙 ~丁}") == [
        (1, "warning", "原题有几个=，选中其中任何一个都算对；已按多选题读取，请核对题型和答案")
    ]


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        ("=甲 =乙", "填空"),
        ("=%100%甲 =%50%乙#差一点", "填空"),
        ("=中国 -> 北京 =法国 -> 巴黎", "匹配"),
        ("#3.14:0.01", "数值"),
        ("#\n=1949:0\n=%50%1949:2", "数值"),
        ("", "问答"),
    ],
)
def test_a_kind_that_no_machine_marks_is_told(answers, word):
    assert messages(f"甲乙丙？{{{answers}}}") == [
        (1, "error", f"{word}题不能自动阅卷，请改成单选、多选或判断，或从文件中删去")
    ]


def test_escaped_signs_are_text_and_a_written_line_break_is_one():
    text = r"::甲\:乙::\{1\} \= 2 \~ \#3\n第二行 C\:\\ {=\=1 ~\~2 ~\#3}"

    assert drafts(text) == [("单选", "{1} = 2 ~ #3\n第二行 C:\\", ("=1", "~2", "#3"), (0,))]


def test_general_feedback_is_the_explanation_and_feedback_on_options_follows():
    question = read_gift("甲？{=乙#对 ~丙#不对####因为。\\n还因为。}").questions[0]

    assert question.draft.explanation == "因为。\n还因为。\nA：对\nB：不对"


def test_categories_are_topics_and_comments_are_dropped():
    text = "// 说明 {=无关}\n$CATEGORY: $course$/top/普法/宪法\n\n甲？{T}\n\n$CATEGORY: 民法//商法\n\n乙？{F}"

    assert [question.draft.topic for question in read_gift(text).questions] == ["宪法", "民法/商法"]


def test_the_number_comes_from_the_title():
    assert [q.draft.number for q in read_gift("::Q8::甲{T}\n\n::标题::乙{T}\n\n3. 丙{T}").questions] == ["8", "", "3"]


def test_texts_are_read_by_the_format_they_name():
    text = (
        "[html]<p>甲&nbsp;<b>乙</b></p>{=丙<br>丁 ~[plain]<b>戊</b>}\n\n[markdown]**甲**乙{T}\n\n[plain]a &lt; <p>{T}"
        "\n\na < b <br/>c{T}"
    )

    assert [(draft[1], draft[2]) for draft in drafts(text)] == [
        ("甲 乙", ("丙\n丁", "<b>戊</b>")),
        ("甲乙", JUDGED),
        ("a &lt; <p>", JUDGED),
        ("a < b\nc", JUDGED),
    ]


def test_lines_wrapped_between_latin_words_are_one_and_broken_between_han_are_two():
    assert [draft[1] for draft in drafts("originally\ncame{T}\n\n甲\n乙{T}")] == ["originally came", "甲\n乙"]


def test_blank_lines_may_stand_between_answers_and_none_between_questions():
    text = "甲？{\n=乙\n\n~丙\n}\n::二::丁{T}\n戊{F}"

    assert [(draft[1], draft[3]) for draft in drafts(text)] == [("甲？", (0,)), ("丁", (0,)), ("戊", (1,))]


def test_rows_are_lines_also_below_comments():
    assert [q.row for q in read_gift("// 一\n\n甲{T}\n\n// 四\n乙\n{F}\n").questions] == [3, 6]


def test_a_picture_that_is_not_in_the_file_is_told():
    assert messages('[html]<img src="@@PLUGINFILE@@/a.png">看图。{T}') == [
        (1, "warning", "题里有图片，图片不在这个文件里，没有导入；请核对，需要的改用文字说明")
    ]


@pytest.mark.parametrize("text", ["甲{=乙 ~丙", "甲}=乙", "甲 {=乙 ~丙} 丁 {=戊 ~己}"])
def test_braces_that_do_not_match_are_told(text):
    assert messages(text)[0] == (
        1,
        "error",
        "花括号没有成对，或一道题里有两处，请改正；题目文字里的花括号要写成\\{和\\}",
    )


def test_a_brace_left_open_does_not_swallow_the_next_question():
    assert [q.verdict for q in read_gift("甲{=乙 ~丙\n\n丁{T}\n\n戊{F}").questions] == ["error", "ok", "ok"]


def test_words_before_the_first_answer_are_told():
    assert messages("甲{乙 =丙 ~丁}") == [(1, "error", "花括号里的“乙”前面没有=或~，请补上，或删去")]


def test_text_without_answers_is_told_as_left_out():
    assert read_gift("只是说明\n\n甲{T}").skipped == ("第1行“只是说明”没有花括号里的答案，当作说明，没有读取",)


@pytest.mark.parametrize(
    "text", ["甲{=乙 ~丙}", "甲{T}", "甲{#3}", "::Q8:: How are you? {}", "// x\n甲{\n~%50%乙\n~丙}"]
)
def test_gift_is_known_by_its_braces(text):
    assert looks_like_gift(text)


@pytest.mark.parametrize(
    "text",
    [
        "1. 甲\nA. 乙\nB. 丙\n答案：A\n",
        "1. 集合{=1}是什么\nA. 乙\nB. 丙\n答案：A\n2. 丁\nA. 乙\nB. 丙\n答案：A\n",
        "int main() { return 0; }",
        '[{"题干": "甲"}]',
        "\\frac{1}{2} 等于多少",
        "甲\nA. 乙\nB. 丙\nANSWER: A\n",
        "",
    ],
)
def test_other_text_is_not_taken_for_gift(text):
    assert not looks_like_gift(text)


def test_the_export_says_what_moodle_understands():
    draft = Draft(
        QuestionKind.MULTIPLE_CHOICE, "甲=乙？", ("丙", "丁", "戊"), (0, 2), "因为", "《办法》[2020]", "宪法/总纲", 3
    )

    assert write_gift("题库", [draft]).decode() == (
        "// 题库：题库\n\n$CATEGORY: 宪法//总纲\n\n// [tag:依据:《办法》[2020\\]]\n// [tag:难度:3]\n"
        "::第1题::[plain]甲\\=乙？ {\n~%50%丙\n~%-100%丁\n~%50%戊\n####因为\n}\n"
    )


@given(banks())
@settings(max_examples=80, deadline=None)
def test_what_is_written_reads_back_equal(bank):
    text = write_gift("题库", bank).decode()
    read = [question.draft for question in read_gift(text).questions]

    assert looks_like_gift(text)
    assert lost_in_gift(bank) == ()
    assert [is_same(*pair) for pair in zip(bank, read, strict=True)] == [True] * len(bank)


def test_pictures_are_told_as_lost():
    draft = Draft(QuestionKind.TRUE_FALSE, "看图。", JUDGED, (0,), pictures=(Picture("0" * 64),))

    assert lost_in_gift([draft]) == ("第1题有图片，GIFT不带图片",)


PARTS = ["::", "{", "}", "=", "~", "#", "####", "%50%", "%-5%", "\\", "\\{", "->", "T", "FALSE", "甲", "x", "\n",
         "\n\n", " ", "//", "$CATEGORY: ", "[html]", "<b>", "[tag:", "]", "/", "1. ", "&lt;"]  # fmt: skip


@given(st.lists(st.sampled_from(PARTS), max_size=40).map("".join))
@settings(max_examples=200, deadline=None)
def test_any_text_gives_a_reading_in_which_no_usable_question_is_faulty(text):
    looks_like_gift(text)
    reading = read_gift(text)

    assert isinstance(reading, Reading)
    for draft in reading.usable:
        assert draft.stem and draft.key and max(draft.key) < len(draft.options)


@pytest.mark.parametrize(
    "part",
    ["{", "}", "{~a", "::", "~%", "\\", "// [tag:", "$CATEGORY: a/", "[html]", "{T ", "x{\n\n", "\n",
     " \n", "::::\n", "　"],
)  # fmt: skip
def test_no_text_takes_long(part):
    started = time.process_time()
    looks_like_gift(part * 50_000)
    looks_like_gift("x{=a ~b}\n" + part * 40_000)  # found by fuzzing: half a minute over forty thousand line ends
    read_gift(part * 50_000)

    assert time.process_time() - started < 3
