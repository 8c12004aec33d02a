"""Reading QTI items: 2.x and 3.0, choices and what is none."""

import time

import pytest

from app.formats.qti import looks_like, read_qti
from tests.formats.test_xml_tree import BILLION_LAUGHS, EXTERNAL, EXTERNAL_DTD

CHOICES = "<simpleChoice identifier='A'>甲</simpleChoice><simpleChoice identifier='B'>乙</simpleChoice>"


def declared(*right: str, cardinality: str = "single", name: str = "R", rest: str = "") -> str:
    values = "".join(f"<value>{one}</value>" for one in right)
    correct = f"<correctResponse>{values}</correctResponse>" if right else ""
    return (
        f"<responseDeclaration identifier='{name}' cardinality='{cardinality}' baseType='identifier'>{correct}{rest}"
        "</responseDeclaration>"
    )


def interaction(choices: str = CHOICES, *, prompt: str = "", most: str = "1", name: str = "R") -> str:
    asked = f"<prompt>{prompt}</prompt>" if prompt else ""
    return f"<choiceInteraction responseIdentifier='{name}' maxChoices='{most}'>{asked}{choices}</choiceInteraction>"


def item(
    declarations: str, body: str, rest: str = "", address: str = "http://www.imsglobal.org/xsd/imsqti_v2p1"
) -> str:
    return (
        f"<?xml version='1.0'?><assessmentItem xmlns='{address}' identifier='q' title='标题'>{declarations}"
        f"<itemBody>{body}</itemBody>{rest}</assessmentItem>"
    )


def one(content: str):
    (question,) = read_qti(content).questions
    return question


def summary(question):
    draft = question.draft
    return (draft.kind.label, draft.stem, draft.options, draft.key)


def messages(question):
    return [(problem.column, problem.level, problem.message) for problem in question.problems]


@pytest.mark.parametrize("address", ["http://www.imsglobal.org/xsd/imsqti_v2p0", "urn:x", ""])
def test_a_choice_is_read_whatever_its_namespace(address):
    content = item(declared("B"), f"<p>先读。</p>{interaction(prompt='题干')}<p>再选。</p>", address=address)
    question = one(content)

    assert summary(question) == ("单选", "先读。\n题干\n再选。", ("甲", "乙"), (1,))
    assert (question.row, question.unit, question.sheet, messages(question)) == (1, "题", None, [])


def test_names_may_carry_a_prefix():
    content = item(declared("A"), interaction(prompt="题干")).replace("xmlns=", "xmlns:q=")
    for name in ("assessmentItem", "itemBody", "choiceInteraction", "prompt", "simpleChoice"):
        content = content.replace(f"<{name}", f"<q:{name}").replace(f"</{name}", f"</q:{name}")

    assert summary(one(content)) == ("单选", "题干", ("甲", "乙"), (0,))


def test_version_3_is_read_like_version_2():
    content = """<qti-assessment-item xmlns='http://www.imsglobal.org/xsd/imsqtiasi_v3p0' identifier='q'>
      <qti-response-declaration base-type='identifier' cardinality='multiple' identifier='R'>
        <qti-correct-response><qti-value>A</qti-value><qti-value> C </qti-value></qti-correct-response>
      </qti-response-declaration>
      <qti-item-body><p>题干</p>
        <qti-choice-interaction max-choices='0' response-identifier='R'>
          <qti-simple-choice identifier='A'>甲</qti-simple-choice>
          <qti-simple-choice identifier='B'>乙</qti-simple-choice>
          <qti-simple-choice identifier='C'>丙</qti-simple-choice>
        </qti-choice-interaction>
      </qti-item-body>
      <qti-modal-feedback identifier='f' outcome-identifier='F' show-hide='show'>
        <qti-content-body><p>解析</p></qti-content-body></qti-modal-feedback>
    </qti-assessment-item>"""
    question = one(content)

    assert summary(question) == ("多选", "题干", ("甲", "乙", "丙"), (0, 2))
    assert (question.draft.explanation, messages(question)) == ("解析", [])


@pytest.mark.parametrize(("right", "wrong"), [("正确", "错误"), ("True", "False"), ("对", "错")])
def test_right_and_wrong_make_a_judgement(right, wrong):
    choices = f"<simpleChoice identifier='x'>{wrong}</simpleChoice><simpleChoice identifier='y'>{right}</simpleChoice>"

    assert summary(one(item(declared("y"), interaction(choices, prompt="题干")))) == (
        "判断", "题干", ("正确", "错误"), (0,))  # fmt: skip


def mapping(**worth: str) -> str:
    entries = "".join(f"<mapEntry mapKey='{key}' mappedValue='{value}'/>" for key, value in worth.items())
    return f"<mapping defaultValue='-1'>{entries}</mapping>"


@pytest.mark.parametrize(
    ("cardinality", "rest", "key", "told"),
    [
        ("multiple", mapping(A="1", B="0.5", C="-1"), (0, 1), []),
        ("single", mapping(A="0.5", B="1"), (1,), ["单选题里有几个选项都得分，已只取得分最高的作答案，请核对"]),
        ("single", mapping(A="x", B="1"), (1,), []),
        ("single", mapping(A="0"), (), ["试题文件里没有写正确答案（correctResponse），请补上答案"]),
    ],
)
def test_a_mapping_stands_in_for_a_missing_key(cardinality, rest, key, told):
    question = one(item(declared(cardinality=cardinality, rest=rest), interaction(prompt="题干", most="0")))

    assert question.draft.key == key
    assert [text for _, _, text in messages(question)] == told


def test_a_correct_response_goes_before_a_mapping():
    declaration = declared("A", cardinality="multiple", rest=mapping(A="1", B="1"))

    assert one(item(declaration, interaction(prompt="题干", most="0"))).draft.key == (0,)


def test_a_key_that_names_no_option_is_told():
    question = one(item(declared("Z"), interaction(prompt="题干")))

    assert messages(question) == [("答案", "error", "答案写的标识“Z”不在选项里，请改正后重新导出")]


def test_a_choice_without_declaration_is_told():
    question = one(item("", interaction(prompt="题干")))

    assert messages(question) == [("答案", "error", "试题文件里没有写正确答案（correctResponse），请补上答案")]


def test_several_choices_that_share_a_text_become_a_question_each():
    body = "<p>材料</p>" + interaction(prompt="一", name="R") + interaction(prompt="二", name="S")
    reading = read_qti(item(declared("A") + declared("B", name="S"), body))

    assert [(q.row, summary(q)) for q in reading.questions] == [
        (1, ("单选", "材料\n一", ("甲", "乙"), (0,))),
        (2, ("单选", "材料\n二", ("甲", "乙"), (1,))),
    ]
    assert messages(reading.questions[0]) == [
        ("题干", "warning", "这个试题文件里有2道小题，已各作一题读取，请核对题干")
    ]


def test_several_choices_with_their_text_before_them_keep_it():
    body = f"<p>一</p>{interaction()}<div><p>二</p>{interaction(name='S')}</div>"
    reading = read_qti(item(declared("A") + declared("B", name="S"), body))

    assert [question.draft.stem for question in reading.questions] == ["一", "二"]


def test_very_many_choices_that_share_a_very_long_text_take_no_time():
    body = f"<p>{'长' * 3_000_000}</p>" + "".join(interaction(prompt=str(n)) for n in range(3_000))

    started = time.process_time()
    reading = read_qti(item(declared("A"), body))

    assert time.process_time() - started < 5
    assert [question.verdict for question in reading.questions] == ["error", *["warning"] * 99, "error"]
    assert messages(reading.questions[1])[1][2] == "几道小题共用的材料太长，只放进了第一道，请核对"
    assert messages(reading.questions[100])[0][2].startswith("超过100道小题以后的选择题不能自动阅卷")


@pytest.mark.parametrize(
    ("name", "word"),
    [("textEntryInteraction", "填空"), ("matchInteraction", "匹配"), ("orderInteraction", "排序"),
     ("hotspotInteraction", "点选图片"), ("inlineChoiceInteraction", "下拉选词"), ("extendedTextInteraction", "问答"),
     ("newInteraction", "“newinteraction”")],
)  # fmt: skip
def test_what_no_machine_can_mark_is_told(name, word):
    question = one(item(declared("A"), f"<p>题干<{name} responseIdentifier='R'/></p>"))

    assert (question.draft, question.excerpt) == (None, "题干")
    assert messages(question) == [("题型", "error", f"{word}题不能自动阅卷，请改成单选、多选或判断，或从文件中删去")]


def test_beside_a_choice_the_others_are_told_too():
    reading = read_qti(item(declared("A"), interaction(prompt="题干") + "<p>填<textEntryInteraction/></p>"))

    assert [question.verdict for question in reading.questions] == ["ok", "error"]


def test_an_item_that_asks_nothing_is_told():
    assert messages(one(item("", "<p>说明</p>")))[0][2].startswith("没有选项的题不能自动阅卷")
    assert one("<assessmentItem title='标题'/>").excerpt == "标题"


def test_feedback_explains_and_what_is_for_others_is_left_out():
    choices = CHOICES.replace("甲<", "甲<feedbackInline>好</feedbackInline><")
    body = (
        "<rubricBlock view='scorer'><p>评分</p></rubricBlock><rubricBlock view='candidate'><p>须知</p></rubricBlock>"
        f"{interaction(choices, prompt='题干')}<feedbackBlock identifier='s'><p>解答</p></feedbackBlock>"
        "<endAttemptInteraction title='提示'/>"
    )
    rest = "<modalFeedback identifier='a'>对</modalFeedback><modalFeedback identifier='b'>对</modalFeedback>"
    reading = read_qti(item(declared("A"), body, rest))
    draft = reading.usable[0]

    assert (draft.stem, draft.options[0], draft.explanation) == ("须知\n题干", "甲", "对\n解答")
    assert reading.skipped == (
        "各选项后的反馈（feedbackInline）没有读取，共1处",
        "题干里给阅卷人看的说明和作答后才显示的文字没有读取，共1处",
    )


@pytest.mark.parametrize(
    "body", ["<p><printedVariable identifier='x'/></p>" + interaction(prompt="题干"), interaction(prompt="<b>题</b>干")]
)
def test_an_item_with_random_values_is_refused(body):
    template = "<templateDeclaration identifier='x'/>" if "printed" not in body else ""
    question = one(item(declared("A") + template, body))

    assert messages(question) == [("题干", "error", "题里有随机变量，每次显示的内容不同，不能导入。请改成固定的内容")]


def test_material_in_another_file_is_told():
    content = item("<assessmentStimulusRef href='s.xml' identifier='s'/>" + declared("A"), interaction(prompt="题干"))

    assert messages(one(content)) == [
        ("题干", "warning", "题目引用了另一个文件里的共用材料，没有读取，请把材料补进题干")
    ]


def test_a_picture_that_did_not_come_with_the_item_is_told():
    question = one(item(declared("A"), interaction(prompt="题干<img src='a.png' alt='图'/>")))

    assert messages(question) == [
        ("图片", "warning", "图片“a.png”不在这个文件里，没有导入；请上传带图片的整个QTI压缩包")
    ]


@pytest.mark.parametrize("content", [BILLION_LAUGHS, EXTERNAL, EXTERNAL_DTD])
def test_no_dtd_is_ever_read(content):
    reading = read_qti(content.replace("<a", "<assessmentItem").replace("/a>", "/assessmentItem>").encode())

    assert reading.questions == () and reading.problems[0].message.startswith("文件里有DTD声明")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<manifest/>", "这只是QTI题库包的目录（imsmanifest.xml），里面没有试题。请上传整个压缩包（.zip）"),
        (
            "<questestinterop/>",
            "这是QTI 1.2的题库，不能读取。请从原系统导出成QTI 2.1以上的格式，或整理到模板表格里再上传",
        ),
        ("<a/>", "这不是QTI试题（没有assessmentItem）。请从原系统重新导出QTI 2.x或3.0的题库包"),
        ("<a", "第1行附近的XML写法有误（文件可能不完整）。请从原系统重新导出，或改正后再上传"),
    ],
)
def test_a_file_that_is_no_item_gives_one_clear_message(content, message):
    assert [problem.message for problem in read_qti(content).problems] == [message]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (item("", ""), True),
        (item("", "").encode("utf-16"), True),
        (b"\xef\xbb\xbf<qti-assessment-item>", True),
        ("<!DOCTYPE x><x:assessmentTest >", True),
        ("<manifest>", True),
        ("<quiz>", False),
        ("1. <manifest>", False),
        (b"PK\x03\x04", False),
        ("", False),
    ],
)
def test_an_item_is_known_by_its_beginning(content, expected):
    assert looks_like(content) is expected
