"""From the link to the first item, as a cadre without JavaScript."""

from datetime import timedelta

import pytest

from app.database import db, writing
from app.models import Throttle
from app.operations import throttles, tries
from app.web import access
from tests import factories
from tests.factories import NOON
from tests.pages import CheckedClient


def text(response):
    return response.get_data(as_text=True)


def test_name_and_four_digits_lead_to_the_unit_and_the_rules(contest, client, enter):
    response = enter()
    assert (response.status_code, response.location) == (303, "/c/pufa/rules")
    page = text(client.get("/c/pufa/rules"))
    assert "王芳" in page
    assert "市财政局" in page
    assert "138****1111" in page
    assert "13800001111" not in page
    assert "限时30分钟" in page
    assert "是我，开始答题" in page


def test_blanks_in_a_name_do_not_matter(contest, enter):
    assert enter(name=" 王　芳 ").status_code == 303


def test_whoever_has_entered_goes_straight_to_the_rules(contest, client, enter):
    enter()
    assert client.get("/c/pufa").location == "/c/pufa/rules"


def test_a_stranger_is_told_so_with_three_ways_on(app, contest, client, enter):
    from app.operations.site import SiteWords, describe_site

    with app.app_context():
        describe_site(SiteWords("网络知识竞赛", "市直机关工委", "0000-80123456", "工作日", ""), actor=1, now=NOON)
    response = enter(name="赵敏", tail="4444")
    assert response.status_code == 403
    page = text(response)
    assert "参赛名单里没有找到您" in page
    assert "按“赵敏、手机后四位4444”没有查到" in page
    assert "申请参赛" in page
    assert "0000-80123456" in page


def test_a_wrong_form_keeps_what_was_filled_in(contest, enter):
    page = text(enter(name="王芳", tail="12"))
    assert "请填四个数字。" in page
    assert 'value="王芳"' in page
    assert 'value="12"' in page


def test_namesakes_choose_their_unit(contest, client, enter):
    page = text(enter(name="李明", tail="6207"))
    assert "市财政局" in page
    assert "市档案馆" in page
    assert enter(name="李明", tail="6207", candidate="4").location == "/c/pufa/rules"
    assert "市档案馆" in text(client.get("/c/pufa/rules"))


def test_starting_opens_the_paper(contest, client, enter):
    enter()
    response = client.submit("/c/pufa/attempts", page="/c/pufa/rules")
    assert (response.status_code, response.location) == (303, "/attempts/1")
    page = text(client.get("/attempts/1"))
    assert page.count('class="item"') == 5
    assert "单项选择题" in page


def test_before_the_opening_the_button_says_so(app, city, client, enter):
    with app.app_context():
        factories.contest(city, opens=NOON + timedelta(hours=1))
    enter()
    page = text(client.get("/c/pufa/rules"))
    assert "尚未开始" in page
    assert client.post("/c/pufa/attempts", data={"csrf_token": client.token}).status_code == 409


def test_starting_late_is_confirmed_first(app, city, client, enter):
    with app.app_context():
        factories.contest(city, opens=NOON - timedelta(hours=1), closes=NOON + timedelta(minutes=6))
    enter()
    assert "距截止6分钟，本次只有6分钟" in text(client.get("/c/pufa/rules"))
    refused = client.post("/c/pufa/attempts", data={"csrf_token": client.token})
    assert refused.status_code == 409
    assert "距截止6分钟，本次只有6分钟" in text(refused)
    accepted = client.post("/c/pufa/attempts", data={"csrf_token": client.token, "accept_short": "yes"})
    assert accepted.location == "/attempts/1"


def test_after_the_closing_nobody_starts(contest, client, enter, clock):
    enter()
    clock(NOON + timedelta(days=1))
    enter()
    page = text(client.get("/c/pufa/rules"))
    assert "截止，不能再开始作答" in page


def test_an_account_on_the_roster_may_answer_and_one_that_is_not_is_told_so(app, contest, organizer, client, sign_in):
    sign_in()
    response = client.get("/c/pufa/rules")
    assert response.status_code == 403
    assert "周敏不在这场竞赛的名单里" in text(response)


def test_a_sign_in_for_one_contest_opens_no_other(app, city, contest, client, enter):
    with app.app_context():
        factories.contest(city, slug="other", title="另一场")
    enter()
    assert client.get("/c/other/rules").location == "/c/other"


def test_leaving_for_the_next_person_ends_the_sign_in(contest, client, enter):
    enter()
    client.get("/c/pufa/rules")
    response = client.post("/sign-out", data={"csrf_token": client.token, "next": "/c/pufa"})
    assert response.location == "/c/pufa"
    assert client.get("/c/pufa/rules").location == "/c/pufa"
    assert 'name="tail"' in text(client.get("/c/pufa"))


def test_leaving_never_leads_to_another_site(contest, client, enter):
    for target in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        enter()
        client.get("/c/pufa/rules")
        response = client.post("/sign-out", data={"csrf_token": client.token, "next": target})
        assert response.location == "/"


def test_an_unknown_address_is_a_page_that_helps(client):
    response = client.get("/c/nothing")
    assert response.status_code == 404
    assert "没有找到这一页" in text(response)


def test_asking_to_take_part_reaches_the_queue(app, contest, client):
    response = client.submit(
        "/c/pufa/application",
        {"name": "赵敏", "unit": "市财政局", "phone": "13800004444"},
        page="/c/pufa/application",
    )
    assert response.location == "/c/pufa/application/made"
    assert "申请已收到" in text(client.get("/c/pufa/application/made"))
    from app.queries import contests

    with app.app_context():
        (request,) = contests.applications(contest)
        assert (request.name, request.unit, request.phone, request.state) == (
            "赵敏",
            "市财政局",
            "13800004444",
            "waiting",
        )


def test_a_request_with_a_wrong_telephone_keeps_its_fields(contest, client):
    page = text(
        client.submit(
            "/c/pufa/application", {"name": "赵敏", "unit": "市财政局", "phone": "123"}, page="/c/pufa/application"
        )
    )
    assert "请填11位手机号。" in page
    assert 'value="市财政局"' in page


def test_in_a_crowd_of_failures_the_form_stays_and_says_to_wait(app, contest, client, enter):
    with app.app_context(), writing():
        sign = tries.address("127.0.0.1", "entry", tries.NAMES_OF_AN_ADDRESS)
        soon = NOON + throttles.TURN
        db.session.add(Throttle(digest=sign.digest, failures=sign.allowed, since=NOON, paused_until=soon))
    response = enter(name="陈静", tail="3333")
    assert (response.status_code, response.headers["Retry-After"]) == (429, "2")
    assert "请等几秒再点一次。填的内容都还在。" in text(response)
    assert 'value="陈静"' in text(response)
    assert 'value="3333"' in text(response)


def test_another_browser_behind_the_same_address_is_not_paused(app, contest, client, enter):
    for _ in range(5):
        assert enter(tail="0000").status_code == 403
    page = text(enter())
    assert "请稍等再试" in page
    assert "试的次数太多了，请5分钟后再试" in page
    assert "只有这台设备要等，换一台电脑或手机现在就能进；没有扣掉答题次数。" in page
    assert "button primary" not in page  # whoever only mistyped is not led to 申请参赛
    other = CheckedClient(app, app.response_class)
    answer = other.submit("/c/pufa", {"name": "王芳", "tail": "1111"}, page="/c/pufa")
    assert answer.location == "/c/pufa/rules"


def test_whoever_drops_or_forges_the_mark_is_slowed_and_told_the_ways_on(contest, client, enter):
    for number in range(21):
        client.set_cookie("zhisai_device", f"forged{number}")
        assert "多半是手机换过号" in text(enter(tail="0000"))
    client.delete_cookie("zhisai_device")
    page = text(enter())
    assert "这个名字在这个网络里填错太多次了。请30分钟后再试，或换用手机流量打开，或打咨询电话。" in page


def test_the_browser_in_which_somebody_entered_before_is_not_slowed_by_others(app, contest, client, enter):
    enter()
    client.get("/c/pufa/rules")
    client.post("/sign-out", data={"csrf_token": client.token, "next": "/c/pufa"})
    attacker = CheckedClient(app, app.response_class)
    for _ in range(21):
        attacker.delete_cookie("zhisai_device")
        attacker.submit("/c/pufa", {"name": "王芳", "tail": "0000"}, page="/c/pufa")
    assert enter().location == "/c/pufa/rules"


def test_the_mark_says_nothing_of_a_person_and_is_left_once(contest, client, enter):
    first = client.get("/c/pufa").headers.getlist("Set-Cookie")
    assert any(header.startswith("zhisai_device=") and "HttpOnly" in header for header in first)
    assert "zhisai_device" not in str(client.get("/c/pufa").headers)
    enter()
    assert "王芳" not in client.get_cookie("zhisai_device").decoded_value


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "?"),
    ],
)
def test_an_office_on_ipv6_is_one_network(app, address, origin):
    with app.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
        assert access.origin() == origin
