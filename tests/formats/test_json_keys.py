"""Options and keys of a JSON bank, in whatever shape they come."""

import json

import pytest

from app.formats.json_bank import read_json

STEM = "一周有（　　）天。"
OPTIONS = ["五", "六", "七"]
WEEK = ("单选", STEM, ("五", "六", "七"), (2,))


def read(value):
    return read_json(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def drafts(value):
    found = [question.draft for question in read(value).questions]
    return [(draft.kind.label, draft.stem, draft.options, draft.key) for draft in found if draft]


def messages(value):
    return [(q.row, p.column, p.level, p.message) for q in read(value).questions for p in q.problems]


@pytest.mark.parametrize(
    "options",
    [
        OPTIONS,
        ["A. 五", "B. 六", "C. 七"],
        [{"content": "五"}, {"content": "六"}, {"content": "七"}],
        [{"label": "A", "value": "五"}, {"label": "B", "value": "六"}, {"label": "C", "value": "七"}],
        [{"code": "C", "text": "七"}, {"code": "A", "text": "五"}, {"code": "B", "text": "六"}],
        [["A", "五"], ["B", "六"], ["C", "七"]],
        {"A": "五", "B": "六", "C": "七"},
        {"C": "七", "A": "五", "B": "六", "D": None},
        "五|六|七",
        "五\n六\n七",
        "五；六；七",
        "A. 五 B. 六 C. 七",
        '["五", "六", "七"]',
    ],
)
def test_options_come_in_many_shapes(options):
    assert drafts([{"question": STEM, "choices": options, "answer": "C"}]) == [WEEK]


@pytest.mark.parametrize("name", ["{}", "选项{}", "option{}", "option_{}", "选项 {}"])
def test_options_may_be_fields(name):
    fields = {name.format(letter): text for letter, text in zip("ABC", OPTIONS, strict=True)}

    assert drafts([{"question": STEM, **fields, "answer": "C"}]) == [WEEK]


@pytest.mark.parametrize(
    "key", ["C", "c", "七", ["C"], ["七"], [False, False, True], {"A": False, "C": "true"}, 3, "3"]
)
def test_keys_come_in_many_shapes(key):
    assert [draft[3] for draft in drafts([{"question": STEM, "options": OPTIONS, "answer": key}])] == [(2,)]


@pytest.mark.parametrize("key", ["AC", "A,C", "A|C", ["A", "C"], ["五", "七"], [0, 2], "0,2", '["A","C"]'])
def test_several_keys_make_a_multiple_choice(key):
    assert [(draft[0], draft[3]) for draft in drafts([{"question": STEM, "options": OPTIONS, "answer": key}])] == [
        ("多选", (0, 2))
    ]


def test_figures_count_from_nought_where_one_question_shows_it():
    bank = [{"question": f"{STEM}{n}", "options": OPTIONS, "answer": n} for n in range(3)]

    assert [draft[3] for draft in drafts(bank)] == [(0,), (1,), (2,)]
    assert "答案里的数字从0数起：0是A，1是B" in read(bank).recognised


def test_an_index_counts_from_nought():
    assert [draft[3] for draft in drafts([{"question": STEM, "options": OPTIONS, "answerIndex": 2}])] == [(2,)]


def test_a_figure_that_may_be_either_is_told():
    message = "答案写的是序号2，已从1数起读作B，请核对；最好改写成选项字母"

    assert messages([{"question": STEM, "options": OPTIONS, "answer": 2}]) == [(1, "答案", "warning", message)]


def test_a_figure_that_is_an_options_text_or_identifier_means_that_option():
    texts = {"question": STEM, "options": ["3", "2", "1"], "answer": 3}
    names = {"question": STEM + "甲", "options": [{"id": 7, "content": "五"}, {"id": 1, "content": "六"}], "answer": 1}

    assert [draft[3] for draft in drafts([texts, names])] == [(0,), (1,)]


@pytest.mark.parametrize("name", ["isCorrect", "is_right", "correct", "是否正确"])
def test_options_may_be_marked_as_right(name):
    options = [{"text": text, name: text != "六"} for text in OPTIONS]

    assert drafts([{"question": STEM, "options": options}]) == [("多选", STEM, ("五", "六", "七"), (0, 2))]


@pytest.mark.parametrize(("key", "place"), [(True, 0), (False, 1), ("对", 0), ("×", 1), ("正确", 0)])
def test_statements_are_judged(key, place):
    assert drafts([{"题干": "一周有七天。", "题型": "判断题", "答案": key}]) == [
        ("判断", "一周有七天。", ("正确", "错误"), (place,))
    ]
