"""Every page with much on it and with the longest names: readable by everybody on a PC and on a phone."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from app.database import db, writing
from app.extensions import utc_now
from app.models import LateSheet, Sitting, Unit, User
from app.operations import applications, attempt_changes, attempts, late, leases, sign_ins, uploads
from app.operations.site import SiteWords, describe_site
from app.queries.contests import by_slug
from app.rules.roles import Role
from app.rules.sheet import AnswerSheet
from app.web.access import COOKIE
from tests import factories
from tests.journeys.steps import obstacles
from tests.journeys.test_pages_empty import PAGES
from tests.journeys.town import build_town

UNIT = "市人民代表大会常务委员会法制工作委员会备案审查与法规清理处办公室"[:30]
PERSON = "阿卜杜热西提·买买提艾力"
TITLE = "二〇二六年度全市各级机关事业单位工作人员学习贯彻宪法和民法典普法网络知识竞赛活动第一场"[:40]
assert (len(UNIT), len(PERSON), len(TITLE)) == (30, 12, 40)
SITE = SiteWords(
    "全市机关学法用法网络知识竞赛", "中共某某市委全面依法治市委员会办公室", "0123-4567890转8086", "工作日8:30—17:30", ""
)
BANK = f"""题库：{TITLE}

一、单项选择题

1. {"这是一道题干很长的题，" * 12}应当选（　　）。
A. {"第一个选项也很长，" * 8}
B. 短
答案：A
解析：{"解析说明为什么。" * 10}

2. 没有答案的题（　　）。
A. 甲
B. 乙
"""
UNITS = f"序号,单位名称,上级单位\n1,{UNIT},\n2,,\n3,市档案馆,{UNIT}\n"
PEOPLE = f"姓名,单位,手机\n{PERSON},{UNIT},13900000001\n李明,没有这个单位,13900000002\n李明,市财政局,13800006207\n"

CANDIDATE_BEFORE = ["/", "/c/long", "/c/long/application"]
CANDIDATE = [
    "/c/long/rules",
    "/c/closed/rules",
    "/attempts/{open}",
    "/attempts/{finished}/result",
    "/attempts/{finished}/review",
    "/records",
]
DESK = [
    "/manage",
    "/manage/banks",
    "/manage/banks/{bank}",
    "/manage/banks/{bank}/questions/1",
    "/manage/banks/{bank}/questions/1/edit",
    "/manage/banks/{bank}/questions/new",
    "/manage/banks/{bank}/duplicates",
    "/manage/banks/{bank}/health",
    "/manage/banks/{bank}/edit",
    "/manage/banks/{bank}/deletion",
    "/manage/banks/{bank}/export?form=xlsx",
    "/manage/banks/upload?bank={bank}",
    "/manage/imports/{bank_import}",
    "/manage/imports/{bank_import}/rows/0",
    "/manage/imports/{table_import}",
    "/manage/imports/{units_import}",
    "/manage/imports/{people_import}",
    "/manage/quizzes",
    "/manage/quizzes/{quiz}",
    "/manage/quizzes/{quiz}/edit",
    "/manage/quizzes/new?bank={bank}",
    "/manage/units",
    "/manage/people",
    "/manage/people/upload",
    "/manage/contests",
    "/manage/contests/new",
    "/manage/contests/long",
    "/manage/contests/closed",
    "/manage/contests/soon",
    "/manage/contests/long/applications",
    "/manage/contests/long/late-sheets",
    "/manage/contests/long/live",
    "/manage/contests/long/live?search=查无此人",
    "/manage/contests/long/attempts/{open}",
    "/manage/contests/long/attempts/{finished}",
    "/manage/contests/long/attempts/{open}/extension",
    "/manage/contests/long/attempts/{finished}/reopening",
    "/manage/contests/long/attempts/{finished}/voiding",
    "/manage/contests/long/postponement",
    "/manage/contests/long/ending",
    "/manage/contests/long/pause",
    "/manage/contests/long/resumption",
    "/manage/contests/long/attempts/{finished}/restoration",
    "/manage/contests/long/late-sheets/{late}",
    "/manage/contests/long/late-decisions?scope=all",
    "/manage/receipts?number=2026-0917-999999",
    "/manage/contests/long/poster",
    "/manage/contests/long/report",
    "/manage/contests/long/report?sort=参赛率",
    "/manage/contests/long/absentees",
    "/manage/reports",
    "/admin",
    "/admin/roles?q=李明",
    "/admin/people/{administrator}/administrator/revocation",
]


@dataclass(frozen=True)
class Filled:
    """A full installation: cookies of one who manages and of one who answers, and ids to open pages with."""

    manage: dict[str, Any]
    answer: dict[str, Any]
    ids: dict[str, int]


@pytest.fixture(scope="module")
def filled(live_app, live_server):
    town = build_town(live_app, live_server.url, review_after_hand_in="keys")
    with live_app.app_context():
        ids = {"quiz": town.city.quiz, "bank": town.city.bank}
        ids["administrator"] = factories.account("sunju", Role.ADMINISTRATOR, name=PERSON)
        person = add_people(town.city, 30)
        describe_site(SITE, actor=ids["administrator"], now=utc_now())
    town.contest("long", title=TITLE)
    town.contest("closed", title=f"{TITLE[:-3]}第二场")
    town.contest("soon", title=f"{TITLE[:-3]}第三场")
    with live_app.app_context():
        ids |= answer_some(person)
        close_and_delay()
        ids |= upload_some(ids["administrator"], live_server.settings.instance_dir / "uploads")
        now = utc_now()
        admin = sign_ins.sign_in("sunju", factories.PASSWORD, origin="127.0.0.1", now=now)
        entered = sign_ins.enter(by_slug("long").id, PERSON, "8888", origin="127.0.0.1", now=now)
    cookie = {"name": COOKIE, "url": live_server.url}
    return Filled({**cookie, "value": admin.token}, {**cookie, "value": entered.token}, ids)


def add_people(city, count):
    """One person of the longest name in a unit of the longest name, and some more units; returns the person's id."""
    with writing() as session:
        parent = Unit(name=UNIT, order=4)
        session.add(parent)
        session.flush()
        child = Unit(name=f"{UNIT[:-3]}信息科", order=5, parent_id=parent.id)
        session.add_all([child, *(Unit(name=f"市第{n}个直属单位", order=5 + n) for n in range(1, count))])
        session.flush()
        person = User(name=PERSON, phone="13700008888", unit_id=parent.id, created_at=utc_now(), sort_key="a")
        session.add_all(
            [person, User(name="甲", phone="13700008889", unit_id=child.id, created_at=utc_now(), sort_key="j")]
        )
        session.flush()
        return person.id


def answer_some(person):
    """One finished and one open paper, and two applications."""
    contest_id, now = by_slug("long").id, utc_now()
    finished = attempts.start(contest_id, person, now=now)
    token = sign_ins.enter(contest_id, PERSON, "8888", origin="127.0.0.1", now=now).token
    lease = leases.take_lease(finished, owner=person, digest=sign_ins.digest(token), now=now) or ""
    sheet = AnswerSheet({1: (0,), 2: (1,), 3: (0, 1)}, frozenset({2}))
    attempts.save_sheet(finished, lease=lease, revision=1, sheet=sheet, digest=sign_ins.digest(token), now=now)
    attempts.hand_in(finished, actor=person, now=now)
    for name, unit in ((PERSON, UNIT), ("甲", "不知道哪个单位")):
        applications.apply(contest_id, name=name, unit=unit, phone="13600000000", note="单位换过" * 20, now=now)
    still_open = attempts.start(contest_id, person, now=now)
    attempt_changes.extend(still_open, 10, reason="电脑死机，" * 40, actor=None, now=now)
    late.keep_late(still_open, sheet, revision=1, lease="0" * 32, digest=sign_ins.digest(token), now=now)
    late_id = db.session.scalars(sa.select(LateSheet.id)).one()
    return {"finished": finished, "open": still_open, "late": late_id}


def close_and_delay():
    """One contest is over, one has not begun."""
    now = utc_now()
    for slug, opens, closes in (("closed", -2, -1), ("soon", 1, 2)):
        contest_id = by_slug(slug).id
        with writing():
            sitting = db.session.query(Sitting).filter_by(contest_id=contest_id).one()
            sitting.opens_at, sitting.closes_at = now + timedelta(days=opens), now + timedelta(days=closes)


def upload_some(actor, folder):
    """Files that wait for a confirmation, most with good and faulty rows, one a table that nobody understands."""
    more = {"folder": folder, "actor": actor, "now": utc_now()}
    name = f"{TITLE}.csv"
    return {
        "bank_import": uploads.preview_bank(BANK.encode(), f"{TITLE}.txt", title="", bank_id=None, **more),
        "table_import": uploads.preview_bank(UNITS.encode(), name, title="没有认出列的题库", bank_id=None, **more),
        "units_import": uploads.preview_units(UNITS.encode(), name, **more),
        "people_import": uploads.preview_people(PEOPLE.encode(), name, mode="replace", **more),
    }


def test_every_page_of_a_candidate_can_be_read_by_everybody(desktop, filled, barriers):
    assert look_at(desktop, CANDIDATE_BEFORE, filled, barriers) == []
    desktop.context.add_cookies([filled.answer])
    assert look_at(desktop, CANDIDATE, filled, barriers) == []


def test_every_page_of_the_desk_can_be_read_by_everybody(desktop, filled, barriers):
    desktop.context.add_cookies([filled.manage])
    assert look_at(desktop, DESK, filled, barriers) == []


def look_at(page, paths, filled, barriers):
    """What is wrong with these pages; empty is good."""
    found = []
    for path in paths:
        answer = page.goto(path.format(**filled.ids))
        assert answer.status == 200, path
        expect(page.get_by_role("main")).to_be_visible()
        found += obstacles(page, barriers)
    return found


def test_the_drawer_and_the_question_before_the_hand_in_can_be_read_by_everybody(phone, filled, barriers):
    phone.context.add_cookies([filled.answer])
    phone.goto(f"/attempts/{filled.ids['open']}")
    phone.locator("[data-drawer]").tap()
    phone.locator(".desk").get_by_role("button", name="交卷").tap()
    expect(phone.get_by_role("dialog", name="现在交卷吗？")).to_be_visible()
    assert barriers(phone) == []


def test_every_page_of_the_site_is_looked_at(live_app):
    """A new page joins one of the lists above; those that only a POST shows are told here."""
    seen = {path.split("?")[0] for path in (*CANDIDATE_BEFORE, *CANDIDATE, *DESK, *PAGES)}
    adapter = live_app.url_map.bind("127.0.0.1")
    looked_at = {adapter.match(fill(path))[0] for path in seen if path != "/nowhere"}
    pages = {rule.endpoint for rule in live_app.url_map.iter_rules() if "GET" in rule.methods}
    files = {"static", "health.alive", "health.ready", "organizer.contest_qr", "organizer.template_file"}
    files |= {"images.image", "organizer.bank_export_file", "candidate.news", "organizer.live_part"}
    files |= {f"organizer.{name}_{kind}" for name in ("report", "absentees") for kind in ("excel", "csv")}
    elsewhere = {
        "account.activation",
        "candidate.application_made",
        "organizer.import_undo",
    }  # seen by the journeys that lead there
    assert pages - files - elsewhere == looked_at


def fill(path):
    """A path with any number in its places."""
    return re.sub(r"\{\w+\}", "1", path)
