"""Quizzes: putting one together from a bank, changing it, reading its rules."""

import re

import pytest

from app.queries import contests, quizzes
from tests import factories
from tests.web.organizer.reading import cells, errors, notices, text, value, words

TEXTS = {
    "title", "count_single_choice", "points_single_choice", "count_multiple_choice", "points_multiple_choice",
    "minutes", "attempts_allowed", "pass_mark", "excellence_mark",
}  # fmt: skip


@pytest.fixture
def filled():
    """A form as filled in: 3 of 单选 at 20, 1 of 多选 at 1.5, 30 minutes, twice."""
    return {
        "title": "宪法宣传周竞赛",
        "description": "市直机关参加",
        "count_single_choice": "3",
        "points_single_choice": "20",
        "count_multiple_choice": "1",
        "points_multiple_choice": "1.5",
        "minutes": "30",
        "attempts_allowed": "2",
        "counting": "last",
        "pass_mark": "40",
        "excellence_mark": "60.5",
        "after_hand_in": "score",
        "after_close": "paper",
    }


@pytest.fixture
def new(city):
    """Where a quiz is made from the city's bank."""
    return f"/manage/quizzes/new?bank={city.bank}"


def test_without_banks_a_quiz_has_to_wait(manage):
    assert "方案要从题库里抽题，请先上传题库。" in text(manage.get("/manage/quizzes"))
    assert "先上传一份题，再回来建方案。" in text(manage.get("/manage/quizzes/new"))


def test_the_list_shows_what_each_quiz_asks(city, manage):
    (_, row) = cells(manage.get("/manage/quizzes"))
    assert row == ["普法小竞赛普法小题库", "5", "100", "30分钟", "2", "60", "90", "草稿"]


def test_first_the_bank_is_chosen(city, manage, new):
    page = manage.get("/manage/quizzes/new")
    assert "普法小题库可用12题：单选6，多选3，判断3" in words(page)
    assert new in text(page)


def test_the_form_tells_how_many_questions_the_bank_has(manage, new):
    assert [row[:2] for row in cells(manage.get(new))[1:4]] == [["单选", "6"], ["多选", "3"], ["判断", "3"]]


def test_a_quiz_is_made_as_filled_in(app, filled, manage, new):
    made = manage.submit(new, filled, page=new)
    assert (made.status_code, made.location) == (303, "/manage/quizzes/2")
    with app.app_context():
        terms = quizzes.one(2).terms
    assert [(section.title, section.count, section.points) for section in terms.spec.sections] == [
        ("单项选择题", 3, 2000),
        ("多项选择题", 1, 150),
    ]
    assert (terms.duration, terms.attempts_allowed, str(terms.counting)) == (1800, 2, "last")
    assert (terms.pass_mark, terms.excellence_mark) == (4000, 6050)
    assert (str(terms.review.after_hand_in), str(terms.review.after_close)) == ("score", "paper")


def test_a_quiz_tells_its_rules_in_plain_words(filled, manage, new):
    page = manage.get(manage.submit(new, filled, page=new).location)
    assert "试卷方案已保存，可以用它开竞赛了。" in notices(page)
    assert cells(page)[1:] == [
        ["单项选择题", "6", "3", "20分", "60分"],
        ["多项选择题", "3", "1", "1.5分", "1.5分"],
        ["合计", "", "4", "", "61.5分"],
    ]
    for sentence in ("限时30分钟", "每人可答2次，取最后一次。", "40分合格，60.5分优秀。", "交卷后可看成绩；"):
        assert sentence in words(page)
    assert "/manage/contests/new?quiz=2" in text(page)


def test_numbers_may_be_typed_in_full_width(app, filled, manage, new):
    manage.submit(new, filled | {"points_single_choice": "２０", "minutes": " ３０ "}, page=new)
    with app.app_context():
        assert quizzes.one(2).terms.full_score == 6150


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": " "}, "请填名称。"),
        ({"points_single_choice": "2.555"}, "请填数字，最多两位小数，例如 2 或 1.5。"),
        ({"points_single_choice": "-2"}, "请填数字，最多两位小数，例如 2 或 1.5。"),
        ({"count_single_choice": "三"}, "请填0到500的整数。"),
        ({"minutes": ""}, "请填分钟数。"),
        ({"minutes": "0"}, "请填1到600的整数。"),
        ({"attempts_allowed": "两次"}, "请填0到100的整数。"),
        ({"excellence_mark": ""}, "请填优秀线。"),
    ],
)
@pytest.mark.database("sqlite")
def test_a_field_that_is_wrong_is_told_and_the_rest_is_kept(app, filled, manage, new, wrong, said):
    page = manage.submit(new, filled | wrong, page=new)
    assert errors(page) == [said]
    assert "市直机关参加</textarea>" in text(page)
    kept = {name: value(page, name) for name in filled if name in TEXTS}
    assert kept == {name: typed for name, typed in (filled | wrong).items() if name in TEXTS}
    with app.app_context():
        assert len(quizzes.listed()) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"count_single_choice": "7"}, "题库里可用的单选题只有6道，抽不出7道。"),
        ({"points_multiple_choice": ""}, "请填每题几分，要大于0。"),
        ({"excellence_mark": "62"}, "优秀线应不低于合格线，且不超过满分61.5分。"),
        ({"pass_mark": "61"}, "优秀线应不低于合格线，且不超过满分61.5分。"),
        ({"title": "普法小竞赛"}, "已有同名的试卷方案，请换一个名称。"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(app, filled, manage, new, wrong, said):
    page = manage.submit(new, filled | wrong, page=new)
    assert errors(page) == [said]
    assert notices(page) == ["还没有保存：有1处要改，见标红的地方。"]
    assert value(page, "excellence_mark") == (filled | wrong)["excellence_mark"]
    with app.app_context():
        assert len(quizzes.listed()) == 1


@pytest.mark.database("sqlite")
def test_everything_that_is_wrong_is_told_in_one_round(filled, manage, new):
    wrong = {"title": "", "count_multiple_choice": "31", "pass_mark": "61", "excellence_mark": "60"}
    page = manage.submit(new, filled | wrong, page=new)
    assert errors(page) == ["请填名称。", "题库里可用的多选题只有3道，抽不出31道。", "优秀线应不低于合格线。"]
    for name in ("title", "count_multiple_choice", "excellence_mark"):
        assert re.search(rf'<input[^>]*aria-invalid="true"[^>]* name="{name}"', text(page)), name


@pytest.mark.database("sqlite")
def test_a_quiz_without_a_question_is_told_above_the_form(filled, manage, new):
    page = manage.submit(new, filled | {"count_single_choice": "", "count_multiple_choice": ""}, page=new)
    assert notices(page)[0].startswith("试卷里还没有题：至少给一种题型填上题数。")


def test_the_form_of_a_quiz_shows_what_it_has(city, manage):
    page = manage.get(f"/manage/quizzes/{city.quiz}/edit")
    assert {name: value(page, name) for name in sorted(TEXTS)} == {
        "attempts_allowed": "2",
        "count_multiple_choice": "1",
        "count_single_choice": "3",
        "excellence_mark": "90",
        "minutes": "30",
        "pass_mark": "60",
        "points_multiple_choice": "30",
        "points_single_choice": "20",
        "title": "普法小竞赛",
    }


def named(page, label):
    """The name of the field that says of itself, for example, 宪法：单选题."""
    (name,) = re.findall(rf'<input[^>]*aria-label="{label}"[^>]*name="([^"]+)"', text(page))
    return name


def test_a_paper_is_spread_over_topics_and_difficulties_as_filled_in(app, filled, manage, new):
    form = manage.get(new)
    spread = {named(form, "宪法：单选题"): "2", named(form, "民法典：单选题"): "1", named(form, "难度2：单选题"): "3"}
    made = manage.submit(new, filled | spread, page=new)
    with app.app_context():
        first, second = quizzes.one(2).terms.spec.sections
    assert (first.topics, first.difficulties) == ((("宪法", 2), ("民法典", 1)), ((2, 3),))
    assert not second.is_spread
    page = manage.get(made.location)
    assert cells(page)[4:] == [
        ["知识点、难度", "单选", "多选", "合计"],
        ["宪法", "2", "", "2"],
        ["民法典", "1", "", "1"],
        ["难度2", "3", "", "3"],
    ]
    again = manage.get("/manage/quizzes/2/edit")
    assert {name: value(again, name) for name in spread} == spread


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"宪法：单选题": "2"}, "单选题按知识点分配了2道，应是3道，或者全部空着。"),
        ({"难度5：单选题": "3"}, "题库里难度“5”的单选题只有0道，抽不出3道。"),
        ({"宪法：判断题": "1"}, "按知识点或难度分配了题数，请也填抽几题。"),
        ({"宪法：单选题": "两"}, "请填0到500的整数。"),
    ],
)
def test_a_spread_that_cannot_be_is_told_and_kept(filled, manage, new, counts, said):
    form = manage.get(new)
    spread = {named(form, label): count for label, count in counts.items()}
    page = manage.submit(new, filled | spread, page=new)
    assert said in errors(page)
    assert {name: value(page, name) for name in spread} == spread
    assert '<details class="more" open>' in text(page)


def test_a_changed_quiz_leaves_published_contests_alone(app, city, contest, filled, manage):
    edit = f"/manage/quizzes/{city.quiz}/edit"
    assert "已经发布的竞赛保留发布时的规则，不受影响。" in text(manage.get(edit))
    manage.submit(edit, filled | {"title": "普法小竞赛"}, page=edit)
    with app.app_context():
        assert quizzes.one(city.quiz).terms.full_score == 6150
        assert contests.by_id(contest).terms.full_score == 10000


def test_a_quiz_that_the_bank_can_no_longer_fill_says_so(app, manage):
    with app.app_context():
        city = factories.city(
            sections=[{"title": "判断题", "kind": "true_false", "count": 9, "points": 1000}], pass_mark=6000
        )
    page = manage.get(f"/manage/quizzes/{city.quiz}")
    assert "题库里可用的判断题只有3道，抽不出9道。请往题库里加题，或改小题数。" in notices(page)


@pytest.mark.parametrize(
    "address",
    ["/manage/quizzes/999", "/manage/quizzes/999/edit", "/manage/quizzes/new?bank=999", "/manage/quizzes/new?bank=x"],
)
@pytest.mark.database("sqlite")
def test_what_is_not_there_is_not_found(manage, address):
    assert manage.get(address).status_code == 404
