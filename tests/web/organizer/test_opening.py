"""The form with which a contest is opened: what it offers, keeps and refuses."""

import re

import pytest

from app.database import writing
from app.models import Question, Unit
from app.queries import contests
from tests.web.organizer.reading import text

NEW = "/manage/contests/new"


@pytest.fixture
def filled(city):
    """The form as filled in for the whole city; noon on the 17th in Shanghai is the present."""
    return {
        "quiz": city.quiz,
        "title": "普法网络知识竞赛",
        "opens_at": "2026-09-18T09:00",
        "closes_at": "2026-09-30T18:00",
        "whom": "everybody",
        "scope": "市直机关全体干部职工",
        "slug": "pufa",
    }


def test_the_form_knows_the_quiz_and_the_units(city, manage):
    page = text(manage.get(f"{NEW}?quiz={city.quiz}"))
    assert 'value="普法小竞赛"' in page
    assert "全体人员（5人）" in page
    assert "市财政局（3人）" in page
    assert "市国库支付中心" not in page  # below 市财政局, and taken in with it


def test_a_contest_is_opened_for_the_hours_of_shanghai(app, filled, manage):
    answer = manage.submit(NEW, filled, page=NEW)
    assert (answer.status_code, answer.location) == (303, "/manage/contests/pufa")
    with app.app_context():
        (made,) = contests.all_published()
    assert made.opens_at.isoformat() == "2026-09-18T01:00:00+00:00"
    assert made.closes_at.isoformat() == "2026-09-30T10:00:00+00:00"
    assert made.scope == "市直机关全体干部职工"


def test_a_contest_may_be_for_some_units_with_those_below_them(app, city, filled, manage):
    manage.submit(NEW, filled | {"whom": "units", "units": [city.bureau]}, page=NEW)
    with app.app_context():
        assert [row.expected for row in contests.listed()] == [3]


def test_what_stands_in_the_way_is_said_at_once_and_everything_is_kept(city, filled, manage):
    wrong = filled | {"closes_at": "2026-09-10T18:00", "whom": "units", "units": [city.archive]}
    with_faults = text(manage.submit(NEW, wrong, page=NEW))
    assert "还不能发布，请改好下面这1处：" in with_faults
    assert "截止时间应晚于开始时间。" in with_faults
    assert 'value="2026-09-10T18:00"' in with_faults
    assert re.search(rf'checked[^>]*value="{city.archive}"|value="{city.archive}"[^>]*checked', with_faults)
    assert 'value="pufa"' in with_faults


def test_a_quiz_that_asks_for_more_than_the_bank_has_is_not_opened(app, filled, manage):
    with app.app_context(), writing() as session:
        session.query(Question).filter_by(kind="multiple_choice").update({"state": "retired"})
    assert "题库里可用的多选题只有0道，抽不出1道" in text(manage.submit(NEW, filled, page=NEW))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": " "}, "请写竞赛名称。"),
        ({"opens_at": ""}, "请填开始时间。"),
        ({"opens_at": "明天"}, "请填日期和时间，例如 2026-09-30 18:00。"),
        ({"opens_at": "0001-01-01T00:00"}, "年份不对，请核对。"),
        ({"whom": "units"}, "请勾选参赛单位，或改选“全体人员”。"),
        ({"units": [1]}, "勾选了1个单位，上面选的却是“全体人员”"),
        ({"slug": "普法"}, "只用小写字母、数字和短横线"),
        ({"slug": "new"}, "“new”是系统自己用的网址，请换一个。"),
        ({"quiz": "九"}, "没有这份试卷方案，请重新选择。"),
    ],
)
def test_a_field_says_what_to_mend(filled, manage, change, message):
    answer = manage.submit(NEW, filled | change, page=NEW)
    assert answer.status_code == 200
    assert message in text(answer)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": "pufa"}, "slug"),
        ({"closes_at": "2026-09-18T08:00"}, "closes_at"),
        ({"opens_at": "2026-09-01T08:00", "closes_at": "2026-09-02T08:00"}, "closes_at"),
        ({"quiz": "99"}, "quiz"),
        ({"whom": "units", "units": ["{empty}"]}, "units"),
    ],
)
@pytest.mark.database("sqlite")
def test_what_stands_in_the_way_is_said_at_its_field_too(app, contest, filled, manage, change, field):
    with app.app_context(), writing() as session:
        session.add(unit := Unit(name="市新局", order=9))
        session.flush()
        empty = unit.id
    change = {name: [empty] if value == ["{empty}"] else value for name, value in change.items()}
    page = text(manage.submit(NEW, filled | {"slug": "xin"} | change, page=NEW))
    (summary,) = re.findall(r'<div class="notice red field" role="alert">.*?<li>(.*?)</li></ul></div>', page, re.S)
    assert re.findall(r'<p class="error" id="(.*?)-error">(.*?)</p>', page) == [(field, summary)]


def test_a_taken_address_is_refused(contest, filled, manage):
    assert "网址“pufa”已被别的竞赛用了，请换一个。" in text(manage.submit(NEW, filled, page=NEW))


def test_who_has_no_unit_is_named_apart(city, manage):
    assert "另有1个账号没有单位，不在名单里。" in text(manage.get(NEW))
