"""Banks in JSON, in the many shapes in which question systems give them out."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.formats.json_bank import looks_like_json, read_json
from app.formats.problem import Reading

STEM = "一周有（　　）天。"
OPTIONS = ["五", "六", "七"]
WEEK = ("单选", STEM, ("五", "六", "七"), (2,))
ONE = {"题干": STEM, "选项": OPTIONS, "答案": "C"}
GIF = "data:image/gif;base64,R0lGODlhAQABAAAAACw="


def read(value):
    return read_json(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def drafts(value):
    found = [question.draft for question in read(value).questions]
    return [(draft.kind.label, draft.stem, draft.options, draft.key) for draft in found if draft]


def messages(value):
    return [(q.row, p.column, p.level, p.message) for q in read(value).questions for p in q.problems]


@pytest.mark.parametrize("stem", ["题干", "题目", "问题", "试题内容", "content", "question", "stem", "title", "tigan"])
@pytest.mark.parametrize("key", ["答案", "正确答案", "answer", "correct_answer", "rightAnswer", "correct"])
def test_fields_are_known_by_the_names_of_columns(stem, key):
    assert drafts([{stem: STEM, "options": OPTIONS, key: "C"}]) == [WEEK]


def test_codes_of_kinds_count_where_the_keys_bear_them_out():
    bank = [ONE | {"题型": 1}, ONE | {"题干": "二", "题型": 2, "答案": "AB"}, {"题干": "三", "题型": 3, "答案": "对"}]

    assert [draft[0] for draft in drafts(bank)] == ["单选", "多选", "判断"]
    assert "题型代码：1是单选，2是多选，3是判断" in read(bank).recognised


def test_codes_of_kinds_may_begin_with_nought():
    bank = [ONE | {"type": 0}, ONE | {"题干": "二", "type": 1, "答案": "AB"}, {"题干": "三", "type": 2, "答案": "对"}]

    assert [draft[0] for draft in drafts(bank)] == ["单选", "多选", "判断"]


def test_codes_of_kinds_that_contradict_the_keys_are_not_believed():
    bank = [ONE | {"type": 1, "答案": "AB"}, {"题干": "二", "type": 1, "答案": "对"}]

    assert [draft[0] for draft in drafts(bank)] == ["多选", "判断"]
    assert "题型写的是代码（1），与答案对不上，没有采用，题型按答案确定" in read(bank).recognised


def test_codes_of_topics_and_difficulties_are_left_out_and_told():
    bank = {
        "status": 0,
        "message": "成功",
        "data": [
            {
                "id": "65036", "type": "001002", "level": "003001", "content": STEM, "answer": "A,B", "tag": "008001",
                "score": None, "choices": [{"id": "d8", "sort": n, "code": "ABC"[n - 1], "content": text}
                                           for n, text in enumerate(OPTIONS, start=1)],
            }
        ],
    }  # fmt: skip
    reading = read(bank)
    draft = reading.questions[0].draft

    assert (draft.kind.label, draft.key, draft.topic, draft.difficulty, draft.number) == (
        "多选",
        (0, 1),
        "",
        None,
        "65036",
    )
    assert reading.skipped == ("字段“tag”（如008001）、“level”（如003001）里是代码，没有读取",)


def test_lists_are_found_under_any_name_which_may_tell_the_kind():
    bank = {"单选题": [ONE], "判断题": [{"题干": "一周有七天。", "答案": "对"}], "简答题": [{"题干": "为什么？"}]}

    assert [(q.sheet, q.row, q.unit, q.verdict) for q in read(bank).questions] == [
        ("单选题", 1, "题", "ok"),
        ("判断题", 2, "题", "ok"),
        ("简答题", 3, "题", "error"),
    ]
    assert messages(bank) == [(3, "题型", "error", "简答题不能自动阅卷，请改成单选、多选或判断，或从文件中删去")]


def test_an_object_may_stand_for_a_chapter():
    bank = {"data": {"list": [{"name": "宪法", "questions": [ONE, ONE | {"题干": "二"}]}]}}

    assert [q.draft.place for q in read(bank).questions] == ["宪法!第1题", "宪法!第2题"]


def test_questions_may_be_names_with_their_options():
    assert drafts({"一周有几天|五|六|七": "七", "一天有几小时|20|24": "24"})[1][1:] == (
        "一天有几小时",
        ("20", "24"),
        (1,),
    )


def test_a_right_answer_and_wrong_ones_make_a_choice():
    bank = {"results": [{"type": "multiple", "question": "What &quot;is&quot; it?", "correct_answer": "x1",
                         "incorrect_answers": ["x2", "x3"]}]}  # fmt: skip

    assert drafts(bank) == [("单选", 'What "is" it?', ("x1", "x2", "x3"), (0,))]


def test_options_called_answers_are_read_beside_flags():
    one = {"question": "甲", "answers": {"answer_a": "乙", "answer_b": "丙", "answer_c": None},
           "correct_answers": {"answer_a_correct": "false", "answer_b_correct": "true"}}  # fmt: skip

    assert drafts([one]) == [("单选", "甲", ("乙", "丙"), (1,))]


def test_material_shared_by_questions_is_told():
    bank = [{"content": "材料一段", "children": [ONE]}]

    assert messages(bank) == [(1, "题干", "warning", "这题前面有几题共用的材料“材料一段…”，没有并入题干，请补上")]


def test_one_object_a_line_is_read_with_line_numbers():
    line = json.dumps(ONE, ensure_ascii=False)
    reading = read(f"{line}\n\n{line.replace('一周', '两周')}\n{{坏\n{line.replace('一周', '三周')}\n")

    assert [(q.row, q.unit) for q in reading.questions] == [(1, "行"), (3, "行"), (5, "行")]
    assert [(p.row, p.level) for p in reading.problems] == [(4, "warning")]


def test_html_is_taken_out_and_signs_like_it_stay():
    bank = [
        {"题干": "<p>一周有<b>几</b>天？<br/>a &lt; b</p>", "选项": ["<p>五</p>", "x < y", "七&nbsp;天"], "答案": "A"}
    ]

    assert drafts(bank)[0][1:3] == ("一周有几天？\na < b", ("五", "x < y", "七 天"))


def test_line_breaks_without_html_stay():
    assert drafts([ONE | {"题干": "甲\n乙"}])[0][1] == "甲\n乙"


def test_pictures_in_the_text_are_taken_and_others_told():
    bank = [
        ONE
        | {"题干": f"<img src='{GIF}' alt='图'>{STEM}", "选项": [f"五<img src='{GIF}'>", "六", "<img src='a.png'>七"]}
    ]
    reading = read(bank)

    assert [(picture.option, picture.alt) for picture in reading.questions[0].draft.pictures] == [(None, "图"), (0, "")]
    assert len(reading.images) == 1
    assert [p.message for p in reading.questions[0].problems] == [
        "题里有图片，图片不在这个文件里，没有导入；请核对，需要的改用文字说明"
    ]


def test_options_that_are_pictures_only_are_options():
    reading = read(
        [{"题干": "哪个是国旗？", "选项": [f"<img src='{GIF}' alt='红旗'>", f"<img src='{GIF}'>"], "答案": "A"}]
    )
    draft = reading.questions[0].draft

    assert (draft.options, draft.key) == (("红旗", "（图）"), (0,))
    assert [picture.option for picture in draft.pictures] == [0, 1]


def test_a_stem_that_is_a_picture_only_is_a_stem():
    assert drafts([ONE | {"题干": f"<img src='{GIF}'>"}])[0][1] == "（图）"


def test_a_picture_follows_its_option_where_wrong_stands_before_right():
    bank = [{"题干": "一周有七天。", "选项": [f"错误<img src='{GIF}'>", "正确"], "答案": "B"}]
    draft = read(bank).questions[0].draft

    assert (draft.options, draft.key) == (("正确", "错误"), (0,))
    assert [picture.option for picture in draft.pictures] == [1]


def test_of_a_hundred_pictures_in_a_question_forty_are_kept_and_the_rest_told():
    reading = read([ONE | {"题干": STEM + f"<img src='{GIF}'>" * 100}])

    assert len(reading.questions[0].draft.pictures) == 40
    assert [p.message for p in reading.questions[0].problems] == ["一道题的图片超过40张，后面的没有导入，请核对"]


def test_a_picture_in_an_explanation_is_told():
    bank = [ONE | {"解析": f"见图\n第二行<img src='{GIF}'>"}]

    assert messages(bank) == [(1, "解析", "warning", "解析里的图片没有导入；如果需要，请改用文字说明")]


def test_line_breaks_of_an_explanation_without_pictures_stay():
    assert read([ONE | {"解析": "甲\n乙"}]).questions[0].draft.explanation == "甲\n乙"


def test_pictures_on_other_sites_and_broken_ones_are_told_as_elsewhere():
    bank = [ONE | {"题干": f"{STEM}<img src='https://a.cn/b.png'><img src='data:image/png;base64,?'>"}]

    assert [message for *_, message in messages(bank)] == [
        "图片“https://a.cn/b.png”在别的网站上，没有导入；请下载后放进文件，或改用文字说明",
        "有一张图片的内容损坏了，没有导入；请在原文件里重新插入",
    ]


def test_half_characters_in_the_words_of_a_picture_are_dropped():
    reading = read([ONE | {"选项": [f"<img src='{GIF}' alt='红\ud800旗'>", "六", "七"]}])

    assert reading.questions[0].draft.options == ("红旗", "六", "七")
    assert reading.questions[0].draft.pictures[0].alt == "红旗"


def test_controls_and_half_characters_are_dropped():
    assert drafts([ONE | {"题干": "甲\u0000\ud800乙"}])[0][1] == "甲乙"


def test_a_letter_that_does_not_fit_its_place_is_told():
    one = {"问题": "1、哪个城市？", "选项A": "A、北京", "选项B": "B、雅典", "选项C": "C、悉尼", "选项D": "C、印度",
           "提示": "（A，北京）", "答案": "A|B"}  # fmt: skip

    assert drafts({"context": [one]}) == [("多选", "哪个城市？", ("北京", "雅典", "悉尼", "印度"), (0, 1))]
    assert messages([one])[0][3] == "选项D里写的字母是C，已按位置当作选项D，请核对"


def test_a_question_without_a_stem_is_told():
    assert messages([{"id": "1", "A": "甲", "B": "乙", "answer": "B"}]) == [
        (1, "题干", "error", "缺少题干，请补上题目内容")
    ]


def test_fields_that_were_not_used_are_told():
    assert read([ONE | {"inCollection": 1}]).skipped == ("字段“inCollection”没有用到，没有读取",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "JSON里没有找到试题。每题写成一个对象，至少有“题干”“选项”“答案”三项"),
        ('{"status": 0, "data": []}', "JSON里没有找到试题。每题写成一个对象，至少有“题干”“选项”“答案”三项"),
        ("[" * 100_000, "JSON里一层套一层太深，没有读取。请只留下试题的列表"),
        (
            '[{"题干" "甲"}]',
            "第1行第8个字附近不合JSON的写法，读不下去（常见的是少了逗号、引号或括号，或多了逗号）。"
            "请改正，或用原来的软件重新导出",
        ),
        ('{"题干":"甲"}\n' * 20_001, "内容太多，一次最多20000题。请分成几个文件"),
    ],
)
def test_what_is_no_bank_gives_one_clear_message(text, message):
    assert [(p.row, p.level, p.message) for p in read(text).problems] == [(None, "error", message)]
    assert read(text).questions == ()


@pytest.mark.parametrize("text", ['[{"a": 1}]', ' {\n"a": 1}', "[]", "{}", '[["a"]]'])
def test_json_is_known_by_its_beginning(text):
    assert looks_like_json(text)


@pytest.mark.parametrize("text", ["[1] 题干", "[单选题] 题干", "{=甲 ~乙}", "1. 题干", "题干,答案", ""])
def test_other_text_is_not_taken_for_json(text):
    assert not looks_like_json(text)


WORDS = ["", "A", "BC", "甲", "正确", "1", "[1]", "<p>x</p>", "a|b", "\ud800", "003001"]
NAMES = ["题干", "选项", "答案", "A", "B", "option_c", "type", "question", "answers", "isCorrect", "content", "title",
         "answerIndex", "incorrect_answers", "data", "x|y|z", "单选题"]  # fmt: skip
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-2, 9), st.floats(), st.sampled_from(WORDS)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=20,
)


@given(VALUES)
@settings(max_examples=200, deadline=None)
def test_any_value_gives_a_reading_in_which_no_usable_question_is_faulty(value):
    reading = read_json(json.dumps(value))

    assert isinstance(reading, Reading)
    for draft in reading.usable:
        assert draft.stem and draft.key and max(draft.key) < len(draft.options)


@given(st.text(max_size=60), st.integers(0, 60))
@settings(max_examples=100, deadline=None)
def test_any_text_gives_a_reading(noise, place):
    sound = json.dumps([ONE], ensure_ascii=False)

    assert isinstance(read_json(noise), Reading)
    assert isinstance(read_json(sound[:place] + noise + sound[place:]), Reading)


@pytest.mark.parametrize(
    "text",
    ["[" + "{}," * 200_000 + "{}]", '[{"question":"' + "<a " * 100_000 + '","answer":"A"}]', "[" + "9" * 200_000 + "]",
     '[{"question":"x","options":["a","b"],"answer":"' + "1," * 100_000 + '"}]',
     '[{"question":"x","options":"' + "A. x B. y " * 20_000 + '","answer":"A"}]'],
)  # fmt: skip
def test_no_value_takes_long(text):
    started = time.process_time()
    read_json(text)

    assert time.process_time() - started < 4
