"""What a careful editor says of a bank."""

from dataclasses import replace

import pytest

from app.rules.lint import Remark, lint
from app.rules.question import TRUE_FALSE_OPTIONS, Draft, QuestionKind

SINGLE, MULTIPLE, JUDGED = QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE, QuestionKind.TRUE_FALSE
CITED = "《中华人民共和国宪法》（2018年修正）第三十五条"
GOOD = Draft(
    SINGLE,
    "依照宪法，公民依法享有的自由是（　　）。",
    ("言论自由", "免税自由", "免役自由", "免责自由"),
    (0,),
    explanation="言论自由由宪法直接规定。",
    source=CITED,
    topic="宪法",
    difficulty=2,
    place="第3行",
    number="1",
)
JUDGEMENT = replace(GOOD, kind=JUDGED, stem="公民有言论的自由。", options=TRUE_FALSE_OPTIONS)


def said(*drafts):
    return [(remark.subject, remark.message) for remark in lint(drafts)]


def test_a_good_question_has_no_remark():
    assert lint([GOOD, JUDGEMENT]) == ()


def test_a_remark_names_the_question_and_its_place():
    assert lint([replace(GOOD, difficulty=None)]) == (Remark("难度", "没有写难度，请填1到5的整数", "1", "第3行"),)


@pytest.mark.parametrize(
    ("draft", "subject", "message"),
    [
        (replace(GOOD, key=(7,)), "答案", "答案写成了H，但只有4个选项，请改答案或补选项"),
        (replace(GOOD, explanation=""), "解析", "没有写解析，请补上"),
        (replace(GOOD, topic=""), "知识点", "没有写知识点，请补上"),
        (replace(GOOD, source=""), "依据", "没有写依据，请补上"),
        (
            replace(GOOD, source="宪法第35条"),
            "依据",
            "“宪法第35条”的写法不便核对，请写成《文件全称》（某年修订）第几条",
        ),
        (
            replace(GOOD, stem="（　　）依法享有（　　）。"),
            "题干",
            "题干里有2处空，请只在该填答案的地方留一处“（　　）”",
        ),
        (replace(GOOD, stem="公民的自由是什么。"), "题干", "题干里有0处空，请只在该填答案的地方留一处“（　　）”"),
        (replace(JUDGEMENT, stem="公民有言论的自由（　　）。"), "题干", "判断题是一句完整的陈述，请去掉括号"),
        (replace(GOOD, explanation="宪法规定了。所以对。"), "解析", "解析请写成一句话，以句号结束"),
        (
            replace(GOOD, options=("言论自由", "免税自由", "免役自由", "以上都对")),
            "选项",
            "“以上都”依赖选项的次序，抽题时选项会打乱，请换一种说法",
        ),
        (
            replace(GOOD, explanation="B项没有根据。"),
            "选项",
            "“B项”依赖选项的次序，抽题时选项会打乱，请换一种说法",
        ),
        (replace(GOOD, stem="依照宪法,公民的自由是（　　）。"), "标点", "汉字旁边用了半角标点，请改成全角"),
        (
            replace(GOOD, stem="下列说法不正确的是（　　）。", options=("甲", "乙不可以", "丙", "丁")),
            "题干",
            "题干问“不”的，选项里又有否定，成了双重否定，请换一种问法",
        ),
        (replace(JUDGEMENT, stem="公民不能不服从法律。"), "题干", "“不能不”是双重否定，请直说"),
    ],
)
def test_each_thing_is_told(draft, subject, message):
    assert said(draft) == [(subject, message)]


def test_twins_are_told_at_the_later_one():
    twin = replace(GOOD, number="2", options=tuple(reversed(GOOD.options)), key=(3,))
    other = replace(GOOD, number="3", options=("结社自由", "减税自由", "减役自由", "减责自由"))
    near = replace(GOOD, number="4", stem="依照宪法规定，公民依法享有的自由是（　　）。")
    assert [(r.number, r.message) for r in lint([GOOD, twin, other, near]) if r.subject == "重复"] == [
        ("2", "与第1题题干和选项都相同，请删去一题"),
        ("3", "与第1题题干相同，请核对是否两题都要"),
        ("4", "与第1题相近（70%），请核对是否两题都要"),
        ("4", "与第2题相近（70%），请核对是否两题都要"),
    ]


def test_a_stem_that_says_the_key_of_another_question_is_told():
    asked = replace(GOOD, options=("六十日以内提出申请", "甲", "乙", "丙"))
    teller = replace(JUDGEMENT, number="2", stem="当事人应当在六十日以内提出申请，逾期不再受理。")
    assert said(asked, teller) == [("泄题", "题干说出了第1题的答案，请改一题")]
    elsewhere = replace(teller, source=CITED.replace("三十五", "三十六"))
    assert said(asked, elsewhere) == []


def _bank(count, **change):
    """So many different single choices, their keys spread evenly and no longer than the rest."""
    return [
        replace(GOOD, number=str(n), stem=f"{chr(0x4E00 + n * 7) * 6}（　　）。", key=(n % 4,), **change)
        for n in range(count)
    ]


def test_a_small_bank_is_not_weighed():
    assert lint(_bank(39)) == ()


def test_a_bank_of_one_kind_is_told_what_it_lacks():
    assert said(*_bank(40)) == [
        ("均衡", "单选题有40道，占100%，宜在45%到65%之间"),
        ("均衡", "多选题有0道，占0%，宜在15%到35%之间"),
        ("均衡", "判断题有0道，占0%，宜在10%到30%之间"),
    ]


def _weighed(drafts):
    return [message for subject, message in said(*drafts) if subject == "均衡" and "题库" not in message][3:]


def test_keys_that_stand_in_one_place_are_told():
    drafts = [replace(draft, key=(0,)) for draft in _bank(40)]
    assert _weighed(drafts) == [
        "答案是A的单选题有40道，占100%，宜在20%到30%之间",
        "答案是B的单选题有0道，占0%，宜在20%到30%之间",
        "答案是C的单选题有0道，占0%，宜在20%到30%之间",
        "答案是D的单选题有0道，占0%，宜在20%到30%之间",
    ]


def test_keys_told_by_their_length_and_options_of_figures_only_are_told():
    drafts = [
        replace(draft, options=tuple("三十个工作日" if place == draft.key[0] else f"{place}日" for place in range(4)))
        for draft in _bank(40)
    ]
    assert _weighed(drafts) == [
        "答案是最长选项的单选题有40道，占100%，宜不超过30%",
        "选项全是数字、期限的选择题有40道，占100%，宜不超过10%",
    ]


def test_statements_that_are_all_true_and_choices_that_are_all_double_are_told():
    judged = [replace(JUDGEMENT, number=d.number, stem=d.stem[:6]) for d in _bank(20)]
    several = [replace(d, kind=MULTIPLE, key=(0, 1)) for d in _bank(20)]
    assert [message for _, message in said(*judged) if "判断" in message] == [
        "答案是正确的判断题有20道，占100%，宜在45%到55%之间"
    ]
    assert [message for _, message in said(*several)] == [
        "有2个答案的多选题有20道，占100%，宜在10%到60%之间",
        "有3个答案的多选题有0道，占0%，宜在10%到60%之间",
        "有4个答案的多选题有0道，占0%，宜在10%到60%之间",
    ]
