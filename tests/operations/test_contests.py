"""Opening a contest freezes its rules, its items and its roster."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.database import db, writing
from app.models import Contest, ItemPool, RosterEntry, RosterUnit, Terms, User
from app.operations import applications, contests, rosters
from app.operations.contests import Opening
from app.queries import contests as questions
from app.rules.invalid import Invalid
from tests import factories
from tests.factories import NOON

HOUR = timedelta(hours=1)


@pytest.fixture
def city(context):
    return factories.city()


def opening(city, **change):
    return replace(Opening(city.quiz, "普法网络知识竞赛", NOON - HOUR, NOON + HOUR), **change)


def roster(contest_id):
    select = (
        sa.select(User.name, User.phone, RosterUnit.name)
        .join(RosterEntry, RosterEntry.user_id == User.id)
        .outerjoin(RosterUnit, RosterUnit.id == RosterEntry.roster_unit_id)
        .where(RosterEntry.contest_id == contest_id)
        .order_by(User.id)
    )
    return [(name, (phone or "")[-4:], unit) for name, phone, unit in db.session.execute(select)]


def test_everybody_with_a_unit_is_expected_under_the_unit_of_that_day(city):
    contest_id, _ = factories.contest(city)
    assert roster(contest_id) == [
        ("李明", "6207", "市财政局"),
        ("王芳", "1111", "市财政局"),
        ("张伟", "2222", "市国库支付中心"),
        ("李明", "6207", "市档案馆"),
        ("陈静", "3333", "市档案馆"),
    ]


def test_an_account_without_a_unit_is_not_expected_to_take_part(city):
    factories.account("organizer", None)
    assert len(roster(factories.contest(city)[0])) == 5


def test_a_contest_for_some_units_takes_in_those_below_them(city):
    contest_id, _ = factories.contest(city, unit_ids=(city.bureau,))
    assert [unit for _, _, unit in roster(contest_id)] == ["市财政局", "市财政局", "市国库支付中心"]


def test_the_frozen_tree_stays_when_people_move_and_units_are_renamed(city):
    contest_id, _ = factories.contest(city)
    before = roster(contest_id)
    with writing():
        db.session.execute(sa.update(User).where(User.id == city.li_ming).values(unit_id=city.archive))
    assert roster(contest_id) == before


def test_people_who_have_left_are_not_expected(city):
    with writing():
        db.session.execute(sa.update(User).where(User.id == city.wang_fang).values(left_at=NOON))
    assert len(roster(factories.contest(city)[0])) == 4


def test_terms_and_items_are_frozen_with_a_checksum(city):
    contest_id, _ = factories.contest(city)
    pool = db.session.scalars(sa.select(ItemPool).where(ItemPool.contest_id == contest_id)).one()
    terms = db.session.scalars(sa.select(Terms).where(Terms.contest_id == contest_id)).one()
    assert (len(pool.items), pool.version, len(pool.checksum)) == (12, 1, 64)
    assert (terms.version, terms.rules["excellence_mark"]) == (1, 9000)


def test_the_slug_comes_from_the_title_and_is_never_given_twice(city):
    slugs = [contests.open_contest(opening(city), actor=None, now=NOON) for _ in range(3)]
    assert slugs == ["2026-pfwlzsjs", "2026-pfwlzsjs-2", "2026-pfwlzsjs-3"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"closes_at": NOON - HOUR}, "截止时间应晚于开始时间。"),
        ({"opens_at": NOON - 3 * HOUR, "closes_at": NOON - 2 * HOUR}, "截止时间已经过去，请改晚一些。"),
        ({"title": "  "}, "请写竞赛名称。"),
        ({"unit_ids": ()}, "名单里还没有人：请先导入单位和人员，或换一个参赛范围。"),
        ({"quiz_id": 99}, "没有这份试卷方案，请重新选择。"),
    ],
)
def test_what_stands_in_the_way_is_said_and_nothing_is_written(city, change, message):
    with pytest.raises(Invalid) as refused:
        contests.open_contest(opening(city, **change), actor=None, now=NOON)
    assert refused.value.messages == (message,)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Contest)) == 0


def test_a_draw_larger_than_the_bank_says_how_many_are_missing(context):
    sections = [{"title": "单项选择题", "kind": "single_choice", "count": 40, "points": 250}]
    city = factories.city(sections=sections)
    with pytest.raises(Invalid, match="题库里可用的单选题只有6道，抽不出40道"):
        factories.contest(city)


def test_a_slug_that_is_taken_is_refused(city):
    factories.contest(city)
    with pytest.raises(Invalid, match="网址“pufa”已被别的竞赛用了"):
        factories.contest(city)


def test_before_the_opening_the_roster_takes_in_those_who_joined(city):
    contest_id, _ = factories.contest(city, opens=NOON + HOUR)
    with writing():
        db.session.add(User(name="赵敏", phone="13800004444", unit_id=city.centre, created_at=NOON))
    assert rosters.refresh_roster(contest_id, actor=None, now=NOON) == 1
    assert rosters.refresh_roster(contest_id, actor=None, now=NOON) == 0
    with pytest.raises(Invalid, match="名单以开始时为准"):
        rosters.refresh_roster(contest_id, actor=None, now=NOON + HOUR)


def test_an_applicant_is_put_on_the_roster_once(city):
    actor = factories.account("organizer", None)
    contest_id, _ = factories.contest(city)
    number = applications.apply(contest_id, name="赵敏", unit="财政局", phone="13800004444", now=NOON)
    assert applications.apply(contest_id, name="赵敏", unit="财政局", phone="13800004444", now=NOON) == number
    assert applications.approve_application(number, unit_id=city.bureau, actor=actor, now=NOON) is True
    assert applications.approve_application(number, unit_id=city.archive, actor=actor, now=NOON) is False
    assert applications.decline_application(number, actor=actor, now=NOON) is False
    assert roster(contest_id)[-1] == ("赵敏", "4444", "市财政局")


def test_somebody_under_the_wrong_unit_is_moved_by_an_approved_request(city):
    actor = factories.account("organizer", None)
    contest_id, _ = factories.contest(city)
    number = applications.apply(contest_id, name="陈静", unit="市财政局", phone="13800003333", now=NOON)
    applications.approve_application(number, unit_id=city.bureau, actor=actor, now=NOON)
    assert ("陈静", "3333", "市财政局") in roster(contest_id)
    assert len(roster(contest_id)) == 5


def test_the_list_counts_expected_participants_and_requests(city):
    contest_id, slug = factories.contest(city)
    applications.apply(contest_id, name="赵敏", unit="财政局", phone="13800004444", now=NOON)
    (row,) = questions.listed()
    assert (row.slug, row.expected, row.participants, row.waiting) == (slug, 5, 0, 1)
