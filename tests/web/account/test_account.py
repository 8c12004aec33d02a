"""Signing in and out, one-time links, the own password."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from app.database import db, writing
from app.models import User
from app.operations import accounts, attempts
from app.rules.password import Policy
from app.rules.roles import Role
from tests import factories
from tests.factories import NOON, PASSWORD


def text(response):
    return response.get_data(as_text=True)


def test_an_organizer_signs_in_and_lands_at_the_desk(organizer, client, sign_in):
    response = sign_in()
    assert (response.status_code, response.location) == (303, "/manage")
    assert client.get("/manage").status_code == 200


def test_a_wrong_password_keeps_the_login_and_says_what_to_do(organizer, client, sign_in):
    response = sign_in(password="wrong wrong")
    assert response.status_code == 403
    assert "账号或密码不对，请核对后重新填写。" in text(response)
    assert 'value="zhoumin"' in text(response)


def test_an_unknown_login_reads_exactly_like_a_wrong_password(organizer, client, sign_in):
    def bare(page, login):
        return re.sub(r'(csrf_token"[^>]*value=)"[^"]*"', r"\1", page).replace(login, "")

    known, unknown = text(sign_in(password="wrong wrong")), text(sign_in("zhoumax", "wrong wrong"))
    assert bare(known, "zhoumin") == bare(unknown, "zhoumax")


def test_a_page_that_needs_a_sign_in_is_opened_after_it(organizer, client, sign_in):
    response = client.get("/manage/banks")
    assert response.location == "/sign-in?next=/manage/banks"
    done = client.submit("/sign-in?next=/manage/banks", {"login": "zhoumin", "password": PASSWORD}, page="/sign-in")
    assert done.location == "/manage/banks"


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil", "manage", "/%09/evil.example", "/%0d/evil.example"]
)
def test_a_sign_in_never_leads_to_another_site(organizer, client, target):
    done = client.submit(f"/sign-in?next={target}", {"login": "zhoumin", "password": PASSWORD}, page="/sign-in")
    assert done.location == "/manage"


def test_a_copied_cookie_is_dead_after_the_sign_out(organizer, client, sign_in):
    sign_in()
    copied = client.get_cookie("zhisai").value
    client.get("/manage")
    client.post("/sign-out", data={"csrf_token": client.token})
    client.set_cookie("zhisai", copied)
    assert client.get("/manage").location.startswith("/sign-in")


def test_the_cookie_of_a_sign_in_is_kept_from_scripts_and_other_sites(organizer, client, sign_in):
    header = next(h for h in sign_in().headers.getlist("Set-Cookie") if h.startswith("zhisai="))
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Secure" not in header


def test_the_first_administrator_sets_name_login_and_password(app, client):
    with app.app_context():
        token = accounts.make_setup_link(now=NOON)
    page = f"/activation/{token}"
    wrong = client.submit(page, {"name": "", "login": "sunju", "password": PASSWORD, "again": PASSWORD}, page=page)
    assert "请填姓名。" in text(wrong)
    assert 'value="sunju"' in text(wrong)
    done = client.submit(page, {"name": "孙局", "login": "sunju", "password": PASSWORD, "again": PASSWORD}, page=page)
    assert done.location == "/admin"
    assert client.get(page).status_code == 410


def test_two_different_passwords_are_told(app, client):
    with app.app_context():
        _, token = accounts.make_account("吴强", "wuqiang", Role.ORGANIZER, actor=None, now=NOON)
    page = f"/activation/{token}"
    response = client.submit(page, {"login": "wuqiang", "password": PASSWORD, "again": PASSWORD + "x"}, page=page)
    assert "两次填的密码不一样，请重新填写。" in text(response)


def test_after_a_restart_the_first_link_leads_to_the_newest(client):
    assert "请打开启动窗口里最新显示的那个" in text(client.get("/activation/invented"))


def test_a_used_or_invented_link_says_what_to_do(administrator, client):
    response = client.get("/activation/invented")
    assert response.status_code == 410
    assert "这个链接已经用过或过期，请向管理员再要一个。" in text(response)


def test_the_own_password_is_changed_with_the_old_one(organizer, client, sign_in):
    sign_in()
    new = "another good sentence"
    wrong = client.submit("/password", {"current": "no", "password": new, "again": new}, page="/password")
    assert "现在的密码不对，请重新填写。" in text(wrong)
    done = client.submit("/password", {"current": PASSWORD, "password": new, "again": new}, page="/password")
    assert done.status_code == 303
    assert sign_in(password=new).status_code == 303


def test_behind_tls_the_cookie_is_secure(settings, organizer):
    from dataclasses import replace

    from app import create_app
    from tests.pages import CheckedClient

    app = create_app(replace(settings, public_url="https://jingsai.example.gov.cn"))
    app.config["CLOCK"] = lambda: NOON
    client = CheckedClient(app, app.response_class)
    client.get("/sign-in", base_url="https://localhost")
    data = {"login": "zhoumin", "password": PASSWORD, "csrf_token": client.token}
    response = client.post("/sign-in", data=data, base_url="https://localhost")
    assert "Secure" in next(h for h in response.headers.getlist("Set-Cookie") if h.startswith("zhisai="))


@pytest.fixture
def no_place():
    """All places at the hashers are taken."""
    from contextlib import ExitStack

    from app.operations import passwords

    with ExitStack() as taken:
        for _ in range(passwords.HASHING):
            taken.enter_context(passwords.place())
        yield


SCRIPT = {"X-Waits": "yes"}
WAIT = "现在登录的人很多，请等几秒再点一次。密码没有留在页面上，请再填一次。"


def test_when_all_hashers_are_busy_the_form_stays_and_the_password_does_not(organizer, client, no_place, sign_in):
    response = sign_in()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "1")
    page = text(response)
    assert WAIT in page
    assert 'value="zhoumin"' in page
    assert PASSWORD not in page


def test_a_script_that_waits_gets_no_page_it_has_already(organizer, client, no_place):
    form = {"login": "zhoumin", "password": PASSWORD}
    response = client.submit("/sign-in", form, page="/sign-in", headers=SCRIPT)
    assert (response.status_code, response.headers["Retry-After"], response.data) == (503, "1", b"")


def test_a_script_is_told_where_a_redirect_leads(organizer, client):
    form = {"login": "zhoumin", "password": PASSWORD}
    response = client.submit("/sign-in?next=/manage/banks", form, page="/sign-in", headers=SCRIPT)
    assert (response.status_code, response.headers["X-Location"]) == (204, "/manage/banks")
    assert "Location" not in response.headers
    assert client.get("/manage/banks").status_code == 200


def test_a_one_time_link_is_still_good_after_waiting(app, client, no_place):
    with app.app_context():
        _, token = accounts.make_account("吴强", "wuqiang", Role.ORGANIZER, actor=None, now=NOON)
    page = f"/activation/{token}"
    response = client.submit(page, {"login": "wuqiang", "password": PASSWORD, "again": PASSWORD}, page=page)
    assert response.status_code == 503
    assert WAIT in text(response)
    assert client.get(page).status_code == 200


def test_changing_the_password_waits_like_signing_in(organizer, client, sign_in):
    from contextlib import ExitStack

    from app.operations import passwords

    sign_in()
    form = {"current": PASSWORD, "password": "another good sentence", "again": "another good sentence"}
    with ExitStack() as taken:
        for _ in range(passwords.HASHING):
            taken.enter_context(passwords.place())
        response = client.submit("/password", form, page="/password")
    assert response.status_code == 503
    assert WAIT in text(response)
    assert client.submit("/password", form, page="/password").status_code == 303


def test_whoever_comes_back_after_half_an_hour_is_told_why_to_sign_in_again(organizer, client, sign_in, clock):
    from datetime import timedelta

    sign_in()
    clock(NOON + timedelta(minutes=31))
    response = client.get("/manage/banks")
    assert response.location == "/sign-in?next=/manage/banks"
    assert "您的登录已经结束：很久没有操作" in text(client.get(response.location))
    assert "您的登录已经结束" not in text(client.get("/sign-in"))


def test_pages_that_are_used_keep_the_sign_in_and_are_noted_once_a_minute(app, organizer, client, sign_in, clock):
    from datetime import timedelta

    from app.database import db
    from app.models import SignIn

    sign_in()
    for minutes, seen in ((0.5, 0), (1, 1), (1.5, 1), (29, 29), (58, 58), (87, 87)):
        clock(NOON + timedelta(minutes=minutes))
        assert client.get("/manage").status_code == 200
        with app.app_context():
            assert db.session.query(SignIn).one().seen_at == NOON + timedelta(minutes=seen)


def test_a_full_disk_does_not_stop_pages_that_can_be_read(app, organizer, client, sign_in, clock):
    from datetime import timedelta

    import sqlalchemy as sa

    from app.database import Unavailable, db

    def full(_connection, _cursor, statement, *_):
        if statement.startswith("UPDATE sign_ins"):
            raise Unavailable(statement, None, OSError("disk full"))

    sign_in()
    clock(NOON + timedelta(minutes=5))
    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", full)
    assert [client.get("/manage").status_code for _ in range(3)] == [200, 200, 200]
    with app.app_context():
        sa.event.remove(db.engine, "before_cursor_execute", full)


QUARTER = Policy(days=90)
LATER = NOON + timedelta(days=90)
NEW = "another good sentence"


@pytest.fixture
def rotating(app, organizer, clock):
    """A house that asks for another password after 90 days; the organizer's is that old."""
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], password_policy=QUARTER)
    with app.app_context():
        accounts.set_password(organizer, PASSWORD, now=NOON, policy=Policy(remembered=0))
    clock(LATER)


def change(client, page, new=NEW):
    return client.submit(page, {"current": PASSWORD, "password": new, "again": new}, page=page)


def test_an_old_password_leads_to_the_change_and_then_to_where_one_wanted_to_go(rotating, client):
    form = {"login": "zhoumin", "password": PASSWORD}
    done = client.submit("/sign-in?next=/manage/banks?number=2", form, page="/sign-in")
    assert done.location == "/password?next=/manage/banks?number%3D2"
    assert "这个密码已经用满90天，按规定要换一个。" in text(client.get(done.location))
    same = change(client, done.location, PASSWORD)
    assert "新密码和现在的一样，请换一个。" in text(same)
    assert "这个密码已经用满90天" in text(same)
    assert change(client, done.location).location == "/manage/banks?number=2"
    assert client.get("/manage/banks?number=2").status_code == 200
    assert "用满" not in text(client.get("/password"))


def test_whoever_goes_around_the_change_is_led_back_and_loses_nothing_that_is_sent(rotating, client, sign_in):
    sign_in()
    for page in ("/manage/banks", "/manage"):
        assert client.get(page).location == f"/password?next={page}"
    assert client.get("/manage/banks", headers={"Sec-Fetch-Mode": "cors"}).status_code == 200
    client.get("/password")
    answer = client.post("/manage/quizzes/new", data={"csrf_token": client.token})
    assert not (answer.location or "").startswith("/password")
    assert client.get("/").status_code == 200  # and the contests stay open to everybody


def test_after_the_change_nobody_is_sent_to_another_site(rotating, client, sign_in):
    sign_in()
    assert change(client, "/password?next=//evil.example").location == "/manage"


def test_an_old_password_keeps_nobody_from_his_open_paper(app, rotating, client, city):
    with app.app_context():
        accounts.set_password(city.wang_fang, PASSWORD, now=NOON)
        with writing():
            db.session.get_one(User, city.wang_fang).login = "wangfang"
        contest, _ = factories.contest(city, now=LATER)
        attempt = attempts.start(contest, city.wang_fang, now=LATER)
    form = {"login": "wangfang", "password": PASSWORD}
    done = client.submit(f"/sign-in?next=/attempts/{attempt}", form, page="/sign-in")
    assert done.location == f"/attempts/{attempt}"
    assert client.get(done.location).status_code == 200


def test_the_rules_of_the_house_stand_under_the_field(app, organizer, client, sign_in):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], password_policy=Policy(shortest=8, classes=3))
    sign_in()
    assert "至少8位，大写字母、小写字母、数字、符号里至少有3种" in text(client.get("/password"))
    assert "密码里要有大写字母、小写字母、数字、符号中的至少3种" in text(
        change(client, "/password", "mill by the river")
    )
