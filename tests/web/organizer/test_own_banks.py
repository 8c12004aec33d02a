"""A bank as a whole: compared with itself, looked over, copied, renamed, deleted."""

import re

import pytest

from app.database import db, writing
from app.models import Question
from app.operations.banks import import_bank
from app.queries import banks
from app.rules.question import Draft, QuestionKind
from tests import factories
from tests.factories import NOON
from tests.queries.test_lists import counted
from tests.web.organizer.reading import cells, errors, notices, text, value, words
from tests.web.organizer.small_bank import WEEK


def test_twins_stand_side_by_side_with_what_differs_marked(manage, own):
    page = manage.get(f"{own}/duplicates")
    assert "第1题和第3题题干相同，选项不同" in words(page)
    assert re.findall(r"<mark>(.*?)</mark>", text(page)) == ["五", "六", "三", "九"]


def test_one_of_two_twins_is_kept_with_what_the_other_knew(manage, own, stored):
    there = f"{own}/duplicates"
    answer = manage.submit(there, {"keep": "left", "left": "1-1", "right": "3-1", "page": "1"}, page=there)
    assert (answer.status_code, answer.location) == (303, f"{there}?page=1")
    page = manage.get(answer.location)
    assert notices(page) == ["保留第1题，停用第3题，并从中补上了依据。"]
    assert "没有相近的题" in words(page)
    assert (stored(1).row.revision, stored(1).row.draft.source, stored(3).row.state) == (2, "常识", "retired")


def test_two_twins_that_are_both_wanted_are_not_shown_again(manage, own, stored):
    there = f"{own}/duplicates"
    manage.submit(there, {"keep": "both", "left": "1-1", "right": "3-1"}, page=there)
    assert "相近的题都处理过了有1对是您或同事决定都留着的" in words(manage.get(there))
    assert [stored(number).row.state for number in (1, 3)] == ["approved", "pending"]


def test_a_decision_on_a_question_changed_meanwhile_is_refused(manage, own, stored):
    there = f"{own}/duplicates"
    manage.submit(f"{own}/changes", {"number": "3", "action": "difficulty", "new_difficulty": "5"}, page=own)
    answer = manage.submit(there, {"keep": "left", "left": "1-1", "right": "3-1"}, page=there)
    assert "有人刚改过其中一题，没有处理。请再看一遍。" in notices(manage.get(answer.location))
    assert stored(3).row.state == "pending"


@pytest.mark.parametrize("form", [{}, {"keep": "left", "left": "x", "right": "3-1"}, {"keep": "all"}])
def test_a_decision_that_says_nothing_changes_nothing(manage, own, stored, form):
    assert manage.submit(f"{own}/duplicates", form, page=f"{own}/duplicates").status_code == 303
    assert [stored(number).row.state for number in (1, 3)] == ["approved", "pending"]


def test_a_check_up_counts_kinds_topics_keys_and_remarks(manage, own):
    page = manage.get(f"{own}/health")
    rows = cells(page)
    assert ["没有写难度", "2", "1", "3", ""] in rows
    assert ["历法", "2", "—", "2", ""] in rows
    assert ["B", "1", "50.00%", ""] in rows
    assert ["没有用过", "3", ""] in rows
    assert "第3题与第1题题干相同，请核对是否两题都要" in words(page)


def test_a_check_up_gathers_the_remarks_that_say_the_same(app, manage, own):
    with app.app_context():
        plain = [Draft(QuestionKind.SINGLE_CHOICE, f"第{n}题问什么", ("甲", "乙"), (0,)) for n in range(30)]
        import_bank(plain, bank_id=1, actor=None, now=NOON)
    page = manage.get(f"{own}/health")
    first = "、".join(f"第{n}题" for n in range(4, 14))
    assert f"请只在该填答案的地方留一处“（）”：30题，{first}等" in words(page)
    assert "列出前面的" not in words(page)


def test_a_check_up_shows_the_first_fifty_remarks_that_differ(app, manage, own):
    with app.app_context():
        pairs = [
            Draft(QuestionKind.SINGLE_CHOICE, f"第{n}题问什么（　　）", ("甲", other), (0,))
            for n in range(60)
            for other in ("乙", "丙")
        ]
        import_bank(pairs, bank_id=1, actor=None, now=NOON)
    page = manage.get(f"{own}/health")
    assert re.search(r"共\d+条，列出前面的", words(page))
    assert len(re.findall(r"<li><span>", text(page))) == 50


def test_an_empty_bank_says_so_on_every_page(app, manage, own):
    with app.app_context(), writing():
        db.session.query(Question).delete()
    assert "题库里还没有题" in words(manage.get(own))
    assert "没有相近的题" in words(manage.get(f"{own}/duplicates"))
    assert "没有题可以检查" in words(manage.get(f"{own}/health"))


def test_a_shipped_bank_is_looked_at_and_copied_but_not_changed(app, manage, shipped):
    page = manage.get(shipped)
    assert "这个题库随系统提供，升级时会更新，所以只能看、只能用。" in notices(page)[0]
    for path in (shipped, f"{shipped}/questions/1", f"{shipped}/duplicates", f"{shipped}/health"):
        page = text(manage.get(path))
        assert not re.search(r'/(edit|changes|deletion|state|questions/new)"|name="(number|keep)"', page), path
    for path in ("edit", "deletion", "questions/new", "questions/1/edit"):
        answer = manage.get(f"{shipped}/{path}")
        assert (answer.status_code, notices(manage.get(answer.location))[0][:11]) == (
            303,
            "这个题库随系统提供，升"[:11],
        )
    answer = manage.submit(f"{shipped}/changes", {"number": "1", "action": "retire"}, page=shipped)
    assert "随系统提供" in notices(manage.get(answer.location))[0]


def test_a_copy_is_ones_own(app, manage, shipped):
    answer = manage.submit(f"{shipped}/copies", page=shipped)
    assert (answer.status_code, answer.location) == (303, "/manage/banks/2")
    page = manage.get(answer.location)
    assert notices(page) == ["已复制2题。这一份是您自己的，可以改；“小题库”不变。"]
    assert "小题库（副本）" in words(page)
    assert "/manage/banks/2/questions/1/edit" in text(page)


def test_a_bank_gets_another_name_and_a_note(manage, own):
    edit = f"{own}/edit"
    assert value(manage.get(edit), "title") == "小题库"
    answer = manage.submit(edit, {"title": "历法题库", "note": "2026年编。"}, page=edit)
    assert answer.status_code == 303
    page = manage.get(answer.location)
    assert notices(page) == ["题库的名称和说明已保存。"]
    assert "历法题库2026年编。" in words(page)


def test_a_name_that_is_taken_is_refused_and_what_was_typed_kept(app, manage, own):
    with app.app_context():
        import_bank([WEEK], title="另一个", actor=None, now=NOON)
    page = manage.submit(f"{own}/edit", {"title": "另一个", "note": "写了很久。"}, page=f"{own}/edit")
    assert errors(page) == ["已有同名的题库，请换一个名称。"]
    assert "写了很久。" in text(page)


def test_a_bank_is_deleted_after_a_page_that_says_what_goes(app, manage, own):
    deletion = f"{own}/deletion"
    assert "可用2题待审1题旧版这些题的修改记录" in words(manage.get(deletion))
    with app.app_context():
        assert banks.one(1) is not None
    answer = manage.submit(deletion, page=deletion)
    assert (answer.status_code, answer.location) == (303, "/manage/banks")
    assert notices(manage.get("/manage/banks")) == ["题库“小题库”和其中的3题已删除。"]
    assert manage.get(own).status_code == 404


def test_a_bank_in_use_says_who_uses_it(city, manage):
    deletion = f"/manage/banks/{city.bank}/deletion"
    said = "试卷方案“普法小竞赛”还在用这个题库。请先给方案换题库。"
    assert notices(manage.get(deletion)) == [said]
    answer = manage.submit(deletion, page=deletion)
    assert notices(manage.get(answer.location)) == [said, said]
    assert "现在不能删除。" in words(manage.get(f"/manage/banks/{city.bank}/edit"))


@pytest.mark.parametrize("path", ["", "/duplicates", "/health", "/questions/1", "/questions/1/edit"])
def test_a_page_costs_as_many_queries_with_many_questions_as_with_few(app, city, manage, path):
    def cost():
        db.session.remove()  # each request begins with nothing in its memory
        with counted() as statements:
            manage.get(f"/manage/banks/{city.bank}{path}")
        return len(statements)

    with app.app_context():
        factories.contest(city)
        manage.get(f"/manage/banks/{city.bank}{path}")  # what a process remembers
        few = cost()
        more = [Draft(QuestionKind.SINGLE_CHOICE, f"这是第{n}道几乎相同的题", ("甲", "乙"), (0,)) for n in range(15)]
        import_bank(more, bank_id=city.bank, actor=None, now=NOON)
        assert cost() == few
