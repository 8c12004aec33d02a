"""What a draft must be before it may enter a bank, and when two drafts are the same question."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.paper import PaperSpec, Section
from app.rules.question import (
    Draft,
    QuestionKind,
    comparable,
    faults,
    fingerprint,
    half_width,
    key_texts,
    stem_fingerprint,
    tidy,
)

SINGLE = Draft(QuestionKind.SINGLE_CHOICE, "一周有（　　）天。", ("五", "六", "七", "八"), (2,))
MULTIPLE = replace(SINGLE, kind=QuestionKind.MULTIPLE_CHOICE, key=(0, 2))
JUDGED = Draft(QuestionKind.TRUE_FALSE, "一周有七天。", ("正确", "错误"), (0,))


@pytest.mark.parametrize("draft", [SINGLE, MULTIPLE, JUDGED, replace(MULTIPLE, kind=QuestionKind.ANY_NUMBER, key=(1,))])
def test_a_sound_draft_has_no_faults(draft):
    assert faults(draft) == ()


@pytest.mark.parametrize(
    ("draft", "found"),
    [
        (replace(SINGLE, stem=" "), ("题干", "error", "缺少题干，请补上题目内容")),
        (replace(SINGLE, options=()), ("选项", "error", "没有选项，单选题至少要有2个，请补上选项")),
        (
            replace(SINGLE, options=("五",), key=(0,)),
            ("选项", "error", "只有1个选项，单选题至少要有2个，请补上选项"),
        ),
        (
            replace(SINGLE, options=("五", "", "七")),
            ("选项", "error", "选项B是空的，请补上内容，或删去它并核对答案字母"),
        ),
        (
            replace(SINGLE, options=("五", "六", "七", " 五。")),
            ("选项", "error", "选项A和选项D内容相同，请改正其中一个"),
        ),
        (replace(SINGLE, key=()), ("答案", "error", "没有答案，请填写选项字母")),
        (replace(JUDGED, key=()), ("答案", "error", "没有答案，请填写“正确”或“错误”")),
        (
            replace(SINGLE, key=(4,)),
            ("答案", "error", "答案写成了E，但只有4个选项，请改答案或补选项"),
        ),
        (
            replace(SINGLE, key=(0, 2)),
            ("答案", "error", "单选题写了2个答案（AC），请只留一个，或把题型改成多选"),
        ),
        (
            replace(MULTIPLE, key=(0,)),
            ("答案", "warning", "多选题只有一个答案，请核对；若可以只选一个，请把题型改成不定项"),
        ),
        (replace(JUDGED, key=(0, 1)), ("答案", "error", "判断题写了两个答案，请只留“正确”或“错误”")),
        (
            replace(JUDGED, options=("对", "错")),
            ("选项", "error", "判断题的选项只能是“正确”和“错误”，请改正，或把题型改成单选"),
        ),
        (
            replace(SINGLE, kind=QuestionKind.FILL_IN),
            ("题型", "error", "填空题不能自动阅卷，请改成单选、多选或判断，或从文件中删去"),
        ),
        (replace(SINGLE, difficulty=9), ("难度", "warning", "难度应是1到5的整数，请核对")),
        (
            replace(SINGLE, stem="<p>一周有几天？</p>"),
            ("题干", "warning", "题干里有网页标签，会原样显示成文字；请删去标签，图片请改用文字说明"),
        ),
    ],
)
def test_a_faulty_draft_is_told_what_to_do(draft, found):
    assert faults(draft) == (found,)


def test_a_key_that_names_an_empty_option_is_told_with_the_option():
    draft = replace(SINGLE, options=("五", "", "七"), key=(1,))

    assert [fault.message for fault in faults(draft)] == [
        "选项B是空的，请补上内容，或删去它并核对答案字母",
        "答案B指向的选项是空的，请补上选项或改答案",
    ]


@pytest.mark.parametrize(
    "other",
    [
        replace(SINGLE, stem="一周有( )天"),
        replace(SINGLE, stem="\u3000一周有（　　　　）天．"),
        replace(SINGLE, options=("八", "七", "六", "五"), key=(1,)),
        replace(SINGLE, key=(0,), explanation="说明不算在内"),
    ],
)
def test_blanks_width_punctuation_and_order_do_not_make_another_question(other):
    assert fingerprint(other) == fingerprint(SINGLE)


@pytest.mark.parametrize(
    "other",
    [replace(SINGLE, stem="一月有（　　）天。"), replace(SINGLE, options=("五", "六", "七", "九")), JUDGED],
)
def test_another_stem_or_other_options_make_another_question(other):
    assert fingerprint(other) != fingerprint(SINGLE)


def test_the_same_stem_with_other_options_is_seen():
    other = replace(SINGLE, options=("甲", "乙"))

    assert stem_fingerprint(other.stem) == stem_fingerprint(SINGLE.stem)


def test_figures_and_signs_do_count():
    assert len({comparable(text) for text in ("3.5%", "35%", "3-5", "-5", "3/5")}) == 5


def test_options_of_punctuation_only_are_told_apart():
    brackets = Draft(QuestionKind.SINGLE_CHOICE, "书名用（　　）。", ("《》", "“”", "（）"), (0,))

    assert faults(brackets) == ()


def test_what_the_key_says_does_not_depend_on_the_order():
    turned = replace(SINGLE, options=("八", "七", "六", "五"), key=(1,))

    assert key_texts(turned) == key_texts(SINGLE) == {"七"}


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        ("\u00a02020年\u200b活动（  ）\u3000", "2020年活动（  ）"),
        ("甲\t乙\r\n 丙 ", "甲 乙\n丙"),
        ("空        格", "空        格"),
        ("\ufeff", ""),
    ],
)
def test_tidying_takes_invisible_and_outer_blanks_only(written, tidied):
    assert tidy(written) == tidied


def test_codes_are_read_in_half_width():
    assert half_width(" ＡＢ－０１ 2\u00a0") == "AB-012"


@given(st.text())
def test_tidying_twice_is_tidying_once(text):
    assert tidy(tidy(text)) == tidy(text)


@given(st.builds(Draft, st.sampled_from(QuestionKind), st.text(), st.tuples(st.text(), st.text()), st.just((1,))))
def test_any_draft_has_an_answer_to_what_is_wrong_with_it(draft):
    assert {fault.level for fault in faults(draft)} <= {"error", "warning"}
    assert fingerprint(draft) == fingerprint(replace(draft, options=draft.options[::-1]))


def test_every_kind_has_a_chinese_name():
    assert [kind.label for kind in QuestionKind] == ["单选", "多选", "不定项", "判断", "填空"]


def test_the_full_score_is_exact_to_the_hundredth():
    spec = PaperSpec(
        (
            Section("单选题", QuestionKind.SINGLE_CHOICE, 3, 250),
            Section("判断题", QuestionKind.TRUE_FALSE, 10, 33),
        )
    )

    assert (spec.full_score, spec.question_count) == (1080, 13)
