"""Reading banks that Moodle exported as XML."""

import base64
import time

import pytest

from app.formats.moodle_xml import looks_like, read_moodle_xml, topic_of
from app.rules.question import Picture, QuestionKind
from tests.formats.pictures import GIF, JPEG, PNG, checksum
from tests.formats.test_xml_tree import BILLION_LAUGHS, EXTERNAL, EXTERNAL_DTD


def quiz(*questions: str) -> str:
    return f"<?xml version='1.0' encoding='UTF-8'?>\n<quiz>{''.join(questions)}</quiz>"


def choice(answers: str, *, single: str = "true", stem: str = "题干", rest: str = "", kind: str = "multichoice") -> str:
    return (
        f"<question type='{kind}'><name><text>名</text></name><questiontext format='html'><text>{stem}</text>"
        f"</questiontext>{rest}<single>{single}</single>{answers}</question>"
    )


def answer(text: str, fraction: str, inside: str = "") -> str:
    return f"<answer fraction='{fraction}' format='html'><text>{text}</text>{inside}</answer>"


def file(name: str, content: bytes) -> str:
    return f"<file name='{name}' path='/' encoding='base64'>{base64.b64encode(content).decode()}</file>"


TWO = answer("甲", "100") + answer("乙", "0")


def one(*questions: str):
    (question,) = read_moodle_xml(quiz(*questions)).questions
    return question


def messages(question):
    return [(problem.column, problem.level, problem.message) for problem in question.problems]


def test_choices_and_judgements_are_read():
    truth = choice(answer("true", "0") + answer("false", "100"), kind="truefalse")
    several = choice(answer("甲", "50") + answer("乙", "-100") + answer("丙", "50"), single="false", stem="多选")
    reading = read_moodle_xml(quiz(choice(TWO), several, truth.replace("题干", "判断")))

    assert [(q.row, q.unit, q.verdict) for q in reading.questions] == [(n, "题", "ok") for n in (1, 2, 3)]
    assert [(d.kind.label, d.options, d.key, d.place) for d in reading.usable] == [
        ("单选", ("甲", "乙"), (0,), "第1题"),
        ("多选", ("甲", "乙", "丙"), (0, 2), "第2题"),
        ("判断", ("正确", "错误"), (1,), "第3题"),
    ]
    assert reading.recognised == ("Moodle XML题库：选择2道、判断1道",)


@pytest.mark.parametrize(("said", "kind"), [("1", "单选"), ("0", "多选"), ("", "单选"), ("False", "多选")])
def test_single_may_be_written_in_several_ways(said, kind):
    assert one(choice(TWO, single=said)).draft.kind.label == kind


def test_the_words_of_a_judgement_tell_which_is_right_not_their_order():
    assert one(choice(answer("False", "0") + answer("True", "100"), kind="truefalse")).draft.key == (0,)
    assert messages(one(choice(answer("true", "0"), kind="truefalse"))) == [
        ("答案", "error", "没有答案，请填写“正确”或“错误”")
    ]


@pytest.mark.parametrize(
    ("shares", "single", "key", "message"),
    [
        (("33", "33.33333", "33.33333"), "false", (0, 1, 2),
         "选项A的得分比例33%不是Moodle用的数，已当作正确项，请核对答案"),
        (("50", "0", "0"), "false", (0,), "各正确项的得分比例合起来是50%，不是100%，请核对答案"),
        (("100", "50", "0"), "true", (0,), "单选题里有只得部分分的选项，已只取得分最高的作答案，请核对"),
        (("100", "x", "0"), "true", (0,), "选项B的得分比例“x”没有看懂，已当作错误项，请核对"),
        (("100", "NaN", "0"), "true", (0,), "选项B的得分比例“NaN”没有看懂，已当作错误项，请核对"),
        (("100", "1e999999999", "0"), "true", (0,), "选项B的得分比例“1e999999999”没有看懂，已当作错误项，请核对"),
        (("0", "0", "-50"), "true", (), "没有答案，请填写选项字母"),
        (("100", "100", "0"), "true", (0, 1), "单选题写了2个答案（AB），请只留一个，或把题型改成多选"),
    ],
)  # fmt: skip
def test_shares_that_say_no_clear_key_are_told(shares, single, key, message):
    question = one(
        choice("".join(answer(text, share) for text, share in zip("甲乙丙", shares, strict=True)), single=single)
    )

    assert question.draft.key == key
    assert messages(question)[0][2] == message


def test_all_or_nothing_questions_have_full_marks_at_each_right_option():
    question = one(choice(answer("甲", "100") + answer("乙", "100"), single="", kind="multichoiceset"))

    assert (question.draft.kind, question.draft.key) == (QuestionKind.MULTIPLE_CHOICE, (0, 1))
    assert messages(question) == []


@pytest.mark.parametrize(
    ("kind", "word"),
    [("essay", "问答"), ("shortanswer", "简答"), ("matching", "匹配"), ("numerical", "数值"), ("cloze", "完形填空"),
     ("kprime", "“kprime”"), ("", "“未写题型”")],
)  # fmt: skip
def test_what_no_machine_can_mark_is_told(kind, word):
    question = one(choice(answer("甲", "100"), kind=kind))

    assert (question.draft, question.excerpt) == (None, "题干")
    assert messages(question) == [("题型", "error", f"{word}题不能自动阅卷，请改成单选、多选或判断，或从文件中删去")]


def test_what_is_no_question_is_told_as_left_out():
    reading = read_moodle_xml(
        quiz("<question type='description'/>", "<question type='random'/>", "<other/>", choice(TWO))
    )

    assert [q.row for q in reading.questions] == [1]
    assert reading.skipped == (
        "说明文字没有读取，共1处",
        "随机抽题没有读取，共1处",
        "不认识的内容（不是<question>）没有读取，共1处",
    )


@pytest.mark.parametrize(
    ("category", "topic"),
    [
        ("$course$/top/普法/宪法", "普法/宪法"),
        ("$course$/Iota", "Iota"),
        ("$course$/top/Default for 课程/多选题", "多选题"),
        ("$system$/top/系统默认类别", ""),
        ("$course$/top", ""),
        ("$cat1$/top/甲//乙", "甲/乙"),
        ("普法", "普法"),
        ("", ""),
        ("$course$/top/" + "长" * 90 + "/" + "短" * 20, "短" * 20),
    ],
)
def test_a_category_names_the_topic(category, topic):
    assert topic_of(category) == topic


def test_each_category_holds_for_the_questions_below_it():
    def category(path):
        return f"<question type='category'><category><text>{path}</text></category></question>"

    reading = read_moodle_xml(
        quiz(
            choice(TWO),
            category("$course$/top/甲/乙"),
            choice(TWO, stem="二"),
            category("$course$/top"),
            choice(TWO, stem="三"),
        )
    )

    assert [draft.topic for draft in reading.usable] == ["", "甲/乙", ""]
    assert "类别读作知识点：甲/乙" in reading.recognised


def test_explanation_and_tags_are_read_and_what_is_not_is_told():
    tags = ["难度:较难", "依据：《办法》第三条", "知识点:宪法", "常考"]
    rest = (
        "<generalfeedback format='html'><text>&lt;p&gt;一&lt;/p&gt;二</text></generalfeedback><tags>"
        + "".join(f"<tag><text>{tag}</text></tag>" for tag in tags)
        + "</tags>"
    )
    answers = answer("甲", "100", "<feedback><text>对了</text></feedback>") + answer("乙", "0")
    reading = read_moodle_xml(quiz(choice(answers, rest=rest)))
    draft = reading.usable[0]

    assert (draft.explanation, draft.difficulty, draft.source, draft.topic) == ("一\n二", 4, "《办法》第三条", "宪法")
    assert reading.skipped == ("各选项后的反馈（feedback）没有读取，共1处", "标签没有读取，共1处")


def test_a_hidden_question_is_told():
    rest = "<hidden>1</hidden>"

    assert messages(one(choice(TWO, rest=rest))) == [("题型", "warning", "这道题在Moodle里是隐藏的，请核对是否还要用")]


def test_html_in_cdata_and_plain_text_are_each_read_in_their_way():
    html = choice("<answer fraction='100'><text><![CDATA[<p>a &lt; <b>b</b></p>]]></text></answer>" + answer("乙", "0"),
                  stem="<![CDATA[<p>第一行<br>第二行</p><script>x()</script>]]>")  # fmt: skip
    draft = one(html).draft
    assert (draft.stem, draft.options[0]) == ("第一行\n第二行", "a < b")

    as_written = choice(TWO, stem="x &lt;b&gt; y\n次行")
    assert one(as_written.replace("'html'", "'plain_text'", 1)).draft.stem == "x <b> y\n次行"
    assert one(as_written.replace("'html'", "'moodle_auto_format'", 1)).draft.stem == "x y\n次行"


def test_pictures_belong_to_the_stem_or_their_option():
    stem = (
        '<![CDATA[看图<img src="@@PLUGINFILE@@/%E5%9B%BE%201.png" alt="地图">]]></text>'
        + file("图 1.png", PNG)
        + "<text>"
    )
    shown = '<![CDATA[<img src="@@PLUGINFILE@@/b.jpg" alt="国旗"/>]]>'
    inline = f'<![CDATA[<img src="data:image/gif;base64,{base64.b64encode(GIF).decode()}">]]>'
    reading = read_moodle_xml(quiz(choice(answer(shown, "100", file("b.jpg", JPEG)) + answer(inline, "0"), stem=stem)))
    (question,) = reading.questions

    assert messages(question) == []
    assert (question.draft.stem, question.draft.options) == ("看图", ("国旗", "（图）"))
    assert question.draft.pictures == (
        Picture(checksum(PNG), None, "地图"),
        Picture(checksum(JPEG), 0, "国旗"),
        Picture(checksum(GIF), 1, ""),
    )
    assert reading.images == {checksum(content): content for content in (PNG, JPEG, GIF)}


@pytest.mark.parametrize(
    ("stem", "message"),
    [
        ("题<img src='@@PLUGINFILE@@/a.png'>",
         "图片“@@PLUGINFILE@@/a.png”没有随文件带来，没有导入；请从Moodle重新导出，或改用文字说明"),
        ("题<img src='https://x.invalid/a.png'>",
         "图片“https://x.invalid/a.png”在别的网站上，没有导入；请下载后放进文件，或改用文字说明"),
        ("题<img src='data:image/png;base64,@'>", "有一张图片的内容损坏了，没有导入；请在原文件里重新插入"),
        ("题<img src='file:///etc/passwd'>",
         "图片“file:///etc/passwd”在别的网站上，没有导入；请下载后放进文件，或改用文字说明"),
    ],
)  # fmt: skip
def test_a_picture_that_is_not_there_is_told(stem, message):
    question = one(choice(TWO, stem=f"<![CDATA[{stem}]]>"))

    assert messages(question) == [("图片", "warning", message)]
    assert question.draft.stem == "题"


def test_files_that_are_broken_or_not_shown_are_told():
    stem = "<![CDATA[题<img src='@@PLUGINFILE@@/a.png'>]]></text><file name='a.png' encoding='base64'>!</file>"
    question = one(choice(TWO, stem=stem + file("听力.mp3", b"ID3") + "<text>"))

    assert [text for _, _, text in messages(question)] == [
        "图片“a.png”的内容损坏了，没有导入；请从Moodle重新导出",
        "附件“听力.mp3”没有显示在题里，没有导入",
    ]


def test_a_picture_in_an_explanation_is_told():
    rest = "<generalfeedback format='html'><text><![CDATA[看<img src='x.png'>]]></text></generalfeedback>"

    assert messages(one(choice(TWO, rest=rest))) == [
        ("解析", "warning", "解析里的图片没有导入；如果需要，请改用文字说明")
    ]


def test_pictures_follow_a_judgement_whose_options_change_places():
    wrong = answer("错误<![CDATA[<img src='@@PLUGINFILE@@/a.png'>]]>", "100", file("a.png", PNG))
    draft = one(choice(wrong + answer("正确", "0"))).draft

    assert (draft.kind.label, draft.key) == ("判断", (1,))
    assert [picture.option for picture in draft.pictures] == [1]


@pytest.mark.parametrize("content", [BILLION_LAUGHS, EXTERNAL, EXTERNAL_DTD])
def test_no_dtd_is_ever_read(content):
    reading = read_moodle_xml(content.replace("<a", "<quiz").replace("/a>", "/quiz>"))

    assert reading.questions == ()
    assert reading.problems[0].message.startswith("文件里有DTD声明")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<quiz><question>", "第1行附近的XML写法有误（文件可能不完整）。请从原系统重新导出，或改正后再上传"),
        ("<a/>", "这不是Moodle导出的题库（没有<quiz>）。请在Moodle的题库里导出“Moodle XML格式”后再上传"),
    ],
)
def test_a_file_that_is_none_gives_one_clear_message(content, message):
    assert [problem.message for problem in read_moodle_xml(content.encode()).problems] == [message]


def test_one_large_picture_shown_a_thousand_times_is_read_once():
    large = PNG + b"x" * 1_500_000
    stem = "<![CDATA[" + "<img src='@@PLUGINFILE@@/a.png'>" * 1000 + "]]></text>" + file("a.png", large) + "<text>"

    started = time.process_time()
    question = one(choice(TWO, stem=stem))

    assert time.process_time() - started < 2
    assert len(question.draft.pictures) == 40
    assert [text for _, _, text in messages(question)] == ["一道题的图片超过40张，后面的没有导入，请核对"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (quiz(), True),
        ("<!DOCTYPE quiz><quiz>", True),
        ("<!-- 导出 --><quiz>", True),
        ("1. <quiz>", False),
        ("<html>", False),
    ],
)
def test_a_quiz_is_known_by_its_beginning(text, expected):
    assert looks_like(text) is expected
