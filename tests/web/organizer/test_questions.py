"""Work on a bank: its questions found and ticked, one of them looked at with its history."""

import re
from dataclasses import replace

import pytest

from app.operations import questions as work
from app.operations.banks import import_bank
from app.queries import questions
from app.rules.question import Draft, QuestionKind
from tests import factories
from tests.factories import NOON
from tests.web.organizer.reading import cells, notices, text, words
from tests.web.organizer.small_bank import WEEK


def numbers(page):
    return re.findall(r'<li class="kept" id="q(\d+)"', text(page))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["1", "2", "3"]),
        ("state=pending", ["3"]),
        ("topic=历法", ["1", "3"]),
        ("topic=-", ["2"]),
        ("difficulty=-&kind=true_false", ["2"]),
        ("search=九", ["3"]),
        ("search=2", ["2"]),
        ("kind=nonsense&state=superseded&difficulty=9&page=x", ["1", "2", "3"]),
    ],
)
def test_questions_are_found_by_their_marks(manage, own, query, found):
    assert numbers(manage.get(f"{own}?{query}")) == found


def test_a_bank_in_pages_keeps_its_filter(app, manage, own):
    with app.app_context():
        import_bank([replace(WEEK, stem=f"第{n}题") for n in range(30)], bank_id=1, actor=None, now=NOON)
    page = manage.get(f"{own}?topic=历法&page=2")
    assert len(numbers(page)) == 12
    assert "找到32题" in words(page)
    assert re.search(r'href="/manage/banks/1\?topic=[^"]*" rel="prev"', text(page))


def test_ticked_questions_are_changed_and_the_same_page_says_how_many(manage, own, stored):
    ticked = {"number": ["1", "2", "3"], "scope": "ticked", "action": "topic", "new_topic": "历法", "topic": "历法"}
    answer = manage.submit(f"{own}/changes", ticked | {"page": "1"}, page=own)
    assert (answer.status_code, answer.location) == (303, f"{own}?topic=%E5%8E%86%E6%B3%95")
    assert notices(manage.get(answer.location)) == ["已给1题设了知识点。2题知识点本来就是这样，没有动。"]
    assert (stored(2).row.draft.topic, stored(2).row.revision, stored(2).by) == ("历法", 2, "周敏")


def test_all_that_the_filter_finds_are_changed_without_a_tick(manage, own, stored):
    form = {"scope": "all", "state": "pending", "action": "approve"}
    manage.submit(f"{own}/changes", form, page=own)
    assert [stored(number).row.state for number in (1, 2, 3)] == ["approved", "approved", "approved"]
    manage.submit(f"{own}/changes", {"scope": "all", "action": "difficulty", "new_difficulty": "4"}, page=own)
    assert [stored(number).row.draft.difficulty for number in (1, 2, 3)] == [4, 4, 4]


def test_questions_are_retired_and_restored(manage, own, stored):
    manage.submit(f"{own}/changes", {"number": ["1", "2"], "action": "retire"}, page=own)
    assert numbers(manage.get(own)) == ["3"]
    assert numbers(manage.get(f"{own}?state=retired")) == ["1", "2"]
    answer = manage.submit(f"{own}/changes", {"scope": "all", "state": "retired", "action": "restore"}, page=own)
    assert notices(manage.get(answer.location)) == ["已恢复2题，又可以被抽到了。"]
    assert stored(1).row.state == "approved"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"action": "retire"}, "没有勾选题。请先勾选，或选“符合条件的全部”。"),
        ({"action": "topic", "number": "1", "new_topic": " "}, "请先填写知识点，再点“设知识点”。"),
        ({"action": "difficulty", "number": "1"}, "请先选难度，再点“设难度”。"),
        ({"action": "restore", "number": "1"}, "1题没有停用，没有动。"),
        ({"action": "retire", "number": ["x", "99"]}, "1题已经停用，没有动。"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_changes(manage, own, form, said):
    answer = manage.submit(f"{own}/changes", form, page=own)
    assert notices(manage.get(answer.location)) == [said]
    assert numbers(manage.get(own)) == ["1", "2", "3"]


def test_a_quiz_that_lacks_questions_now_is_named(city, manage):
    bank = f"/manage/banks/{city.bank}"
    answer = manage.submit(f"{bank}/changes", {"number": ["7", "8", "9"], "action": "retire"}, page=bank)
    assert notices(manage.get(answer.location)) == [
        "已停用3题，以后不再抽到；已经发布的竞赛不受影响。",
        "试卷方案“普法小竞赛”现在组不成卷：题库里可用的多选题只有0道，抽不出1道。",
    ]


def test_a_question_is_shown_with_its_key_its_use_and_its_history(app, city, manage):
    with app.app_context():
        factories.contest(city)
        draft = questions.history(city.bank, 1)[0].row.draft
        work.edit_question(city.bank, 1, replace(draft, difficulty=5), revision=1, actor=None, now=NOON)
    page = manage.get(f"/manage/banks/{city.bank}/questions/1")
    assert "1第1题的题干A1甲B1乙C1丙D1丁答案B解析解析暗记1依据依据暗记1" in words(page)
    assert "状态可用版本第2版，共2版知识点宪法难度5配图没有用过1场已发布的竞赛可以抽到它" in words(page)
    assert cells(page)[1:] == [
        ["第2版", "2026年9月17日12:00", "系统", "难度：2→5"],
        ["第1版", "2026年9月17日12:00", "系统", "放进题库"],
    ]


def test_an_old_revision_can_be_looked_at_but_not_changed(app, manage, own):
    with app.app_context():
        work.edit_question(1, 1, replace(WEEK, stem="一星期有（　　）天。"), revision=1, actor=None, now=NOON)
    page = manage.get(f"{own}/questions/1?revision=1")
    assert notices(page) == ["这一版已经被第2版代替，留着备查。按这一版发布的竞赛，仍按这一版评分。"]
    assert "一周有（）天。" in words(page)
    assert f"{own}/questions/1/edit" not in text(page)


def test_one_question_is_approved_retired_and_restored(manage, own, stored):
    there = f"{own}/questions/3"
    assert "通过审核" in text(manage.get(there))
    for move, state in (("approve", "approved"), ("retire", "retired"), ("restore", "approved")):
        answer = manage.submit(f"{there}/state", {"move": move}, page=there)
        assert (answer.status_code, answer.location) == (303, there)
        assert stored(3).row.state == state


def test_a_doubtful_question_says_what_is_doubtful(app, manage, own):
    with app.app_context():
        one = Draft(QuestionKind.MULTIPLE_CHOICE, "季节有（　　）。", ("春", "周"), (0,))
        work.add_question(1, one, actor=None, now=NOON)
    page = manage.get(f"{own}/questions/4")
    assert notices(page) == ["多选题只有一个答案，请核对；若可以只选一个，请把题型改成不定项。"]


@pytest.mark.parametrize("path", ["questions/99", "questions/99/edit", "questions/0"])
def test_a_question_that_is_not_there_is_not_found(manage, own, path):
    assert manage.get(f"{own}/{path}").status_code == 404
    assert manage.get(f"/manage/banks/99/{path}").status_code == 404
