"""Opening a contest in the browser, watching it, inviting people to it."""

import re
from datetime import timedelta

import pytest

from app.database import writing
from app.models import Unit, User
from app.operations import attempts
from app.operations.applications import apply
from app.web import links
from tests import factories
from tests.factories import NOON

NEW = "/manage/contests/new"
DAY = timedelta(days=1)


def text(response):
    return response.get_data(as_text=True)


def cells(response):
    """Every table row of the page as the words in its cells."""
    rows = re.findall(r"<tr.*?</tr>", text(response), re.S)
    return [[re.sub(r"<[^>]+>|\s+", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)] for row in rows]


def figures(response):
    return re.findall(r'<dt>(.*?)</dt><dd class="figure">(.*?)</dd><dd class="quiet">(.*?)</dd>', text(response))


@pytest.fixture
def manage(organizer, sign_in, client):
    """Somebody who may organize sits before the browser."""
    sign_in()
    return client


def test_without_people_the_list_says_what_to_do_first(manage):
    page = text(manage.get("/manage/contests"))
    assert "还没有竞赛" in page
    assert "去导入单位和人员" in page
    assert "开一场竞赛" not in page


def test_with_people_and_a_quiz_the_list_offers_to_open_one(city, manage):
    page = text(manage.get("/manage/contests"))
    assert "名单和试卷方案都有了" in page
    assert NEW in page


def test_the_list_shows_how_each_contest_stands(app, city, contest, manage):
    with app.app_context():
        factories.counted(contest, city.wang_fang, 9000)
        applied(contest)
    (_, row) = cells(manage.get("/manage/contests"))
    assert row == ["普法网络知识竞赛/c/pufa", "明天截止", "9月17日11:00至9月18日11:00", "5", "1", "20.00%", "1份待办"]


def test_the_page_of_a_contest_shows_four_figures(app, city, contest, manage):
    with app.app_context():
        factories.counted(contest, city.wang_fang, 9000)
        attempts.start(contest, city.chen_jing, now=NOON)
    assert figures(manage.get("/manage/contests/pufa")) == [
        ("参赛率", "20.00%", "实参1人，应参5人"),
        ("还没参赛", "4<small>人</small>", "分布在2个单位"),
        ("正在作答", "1<small>人</small>", "还没有人保存过答案"),
        ("距截止", "23<small>小时</small>", "9月18日 11:00自动收卷"),
    ]


def test_before_the_opening_nobody_is_called_missing(app, city, manage):
    with app.app_context():
        factories.contest(city, opens=NOON + 2 * DAY)
    page = manage.get("/manage/contests/pufa")
    assert figures(page) == [
        ("参赛率", "未开始", "开始以后才有"),
        ("应参", "5<small>人</small>", "分布在2个单位"),
        ("正在作答", "未开始", "开始以后才能作答"),
        ("距开始", "2<small>天</small>", "9月19日 12:00开始"),
    ]
    assert "未参人数" not in text(page)
    assert cells(page)[-1][:2] == ["合计", "5"]


def test_after_the_close_the_figures_name_the_day(app, city, contest, manage, sign_in, clock):
    clock(NOON + 3 * DAY)
    sign_in()
    assert figures(manage.get("/manage/contests/pufa"))[2:] == [
        ("正在作答", "0<small>人</small>", "已交卷0份"),
        ("已截止", "9月18日", "11:00收卷"),
    ]


def test_a_contest_of_one_day_names_the_day_once(app, city, manage):
    with app.app_context():
        factories.contest(city, opens=NOON, closes=NOON + timedelta(hours=2))
    page = manage.get("/manage/contests/pufa")
    assert "9月17日 12:00—14:00" in text(page)
    assert cells(manage.get("/manage/contests"))[1][2] == "9月17日12:00至14:00"
    (bar,) = re.findall(r'<rect class="bar-open" x="([\d.]+)%" y="[\d.]+" width="([\d.]+)%"', text(page))
    assert bar == ("45.83", "8.33")


def test_the_page_lists_who_is_missing_by_unit_as_the_report_does(app, city, contest, manage):
    with app.app_context():
        factories.counted(contest, city.zhang_wei, 9000)
    page = manage.get("/manage/contests/pufa")
    assert [row[:5] for row in cells(page)[1:]] == [
        ["市财政局本级", "2", "0", "2", "0.00%"],
        ["市国库支付中心", "1", "1", "0", "100.00%"],
        ["市财政局合计", "3", "1", "2", "33.33%"],
        ["市档案馆", "2", "0", "2", "0.00%"],
        ["合计", "5", "1", "4", "20.00%"],
    ]
    assert 'aria-label="市财政局合计未参名单"' in text(page)
    assert 'data-name="率"' not in text(page)
    assert 'aria-label="市国库支付中心未参名单"' not in text(page)


def test_many_units_are_cut_and_one_link_shows_them_all(app, city, manage):
    with app.app_context():
        with writing() as session:
            for number in range(30):
                session.add(unit := Unit(name=f"市第{number}局", order=100 + number))
                session.flush()
                session.add(User(name="某某", unit_id=unit.id, created_at=NOON))
        factories.contest(city)
    first, whole = manage.get("/manage/contests/pufa"), manage.get("/manage/contests/pufa?units=all")
    assert (len(cells(first)), len(cells(whole))) == (17, 36)
    assert (cells(first)[-1][:2], cells(whole)[-1][:2]) == (["合计，全部33个单位", "35"], ["合计", "35"])
    assert "看全部33个单位" in text(first)
    assert "看全部" not in text(whole)


def test_the_reminder_can_be_sent_as_it_stands(contest, manage):
    page = text(manage.get("/manage/contests/pufa"))
    assert "普法网络知识竞赛将于9月18日 11:00截止。全部单位应参5人，已参0人，还有5人未参赛，名单附后。" in page
    assert "网址：http://127.0.0.1:8000/c/pufa。" in page


def test_each_day_is_drawn_from_the_opening_up_to_today(app, city, manage, sign_in, clock):
    with app.app_context():
        factories.contest(city, opens=NOON - 2 * DAY, closes=NOON + 5 * DAY)
    page = text(manage.get("/manage/contests/pufa"))
    assert "每日新增参赛人数：9月15日0，16日0，今天0" in page
    assert "22日 12:00截止" in page
    clock(NOON + 6 * DAY)
    sign_in()
    after = text(manage.get("/manage/contests/pufa"))
    assert "19日0，20日0，21日0，22日0" in after
    assert "今天尚未过完" not in after


def test_before_the_opening_the_roster_can_be_refreshed(app, city, manage):
    with app.app_context():
        factories.contest(city, opens=NOON + DAY)
        with writing() as session:
            session.add(User(name="赵新", phone="13700000000", unit_id=city.archive, created_at=NOON))
    before = text(manage.get("/manage/contests/pufa"))
    assert "未开始" in before
    assert "每日新增参赛人数" not in before
    after = manage.submit("/manage/contests/pufa/roster", page="/manage/contests/pufa", follow_redirects=True)
    assert "名单已更新，新加入1人。" in text(after)
    assert figures(after)[1][1] == "6<small>人</small>"


def test_after_the_opening_the_roster_stands(contest, manage):
    page = manage.get("/manage/contests/pufa")
    assert "更新名单" not in text(page)
    answer = manage.submit("/manage/contests/pufa/roster", page="/manage/contests", follow_redirects=True)
    assert "竞赛已经开始，名单以开始时为准" in text(answer)


def test_a_waiting_application_is_announced(app, contest, manage):
    assert "参赛申请等着处理" not in text(manage.get("/manage/contests/pufa"))
    with app.app_context():
        applied(contest)
    assert "有1份参赛申请等着处理。" in text(manage.get("/manage/contests/pufa"))


def test_the_poster_says_in_words_what_the_code_holds(app, contest, manage):
    page = text(manage.get("/manage/contests/pufa/poster"))
    sheet = page[page.index("<article") :]
    assert "http://127.0.0.1:8000/c/pufa" in sheet
    assert "9月17日 11:00—9月18日 11:00" in sheet
    assert "填姓名和手机号后四位，不用注册。" in sheet
    assert 'aria-label="参赛二维码"' in sheet


def test_the_code_is_a_picture_to_take_away(contest, manage):
    answer = manage.get("/manage/contests/pufa/qr.svg")
    assert answer.mimetype == "image/svg+xml"
    assert answer.data.startswith(b"<?xml")
    assert "filename*=UTF-8''%E5%8F%82%E8%B5%9B" in answer.headers["Content-Disposition"]


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1:8000", "只有本机能打开"),
        ("http://localhost", "只有本机能打开"),
        ("http://[::1]:8000", "只有本机能打开"),
        ("http://0.0.0.0:8000", "只有本机能打开"),
        ("http://192.168.1.5:8000", "内部网络的地址"),
        ("http://10.3.2.1", "内部网络的地址"),
        ("http://jingsai", "内部网络的地址"),
        ("https://jingsai.example.gov.cn", None),
        ("http://8.8.8.8:8000", None),
    ],
)
def test_a_link_that_not_everybody_can_open_is_warned_of(address, said):
    warning = links.reach_warning(address)
    assert (warning is None) if said is None else (said in (warning or ""))


def test_the_warning_stands_beside_the_link(contest, manage):
    assert "请在启动时设置 PUBLIC_URL" in text(manage.get("/manage/contests/pufa"))


@pytest.mark.parametrize("path", ["", "/poster", "/qr.svg", "/applications", "/report", "/absentees"])
def test_a_contest_that_does_not_exist_is_not_found(manage, path):
    assert manage.get(f"/manage/contests/nothing{path}").status_code == 404


@pytest.mark.parametrize("path", ["", "/new", "/pufa", "/pufa/poster"])
def test_who_may_not_organize_is_not_let_in(app, contest, client, sign_in, path):
    assert client.get(f"/manage/contests{path}").status_code == 303
    with app.app_context():
        factories.account("nobody", None)
    sign_in("nobody")
    assert client.get(f"/manage/contests{path}").status_code == 403


def applied(contest_id):
    return apply(contest_id, name="赵新", unit="市档案局", phone="13712345678", now=NOON)
