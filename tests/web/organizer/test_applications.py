"""申请参赛: the organizer calls, chooses the unit, and lets somebody in or not."""

import re
from pathlib import Path

import pytest

from app.operations.applications import apply, decline_application
from app.queries import contests, people
from app.web.organizer.applications import clearly_meant
from tests.factories import NOON

QUEUE = "/manage/contests/pufa/applications"


def text(response):
    return response.get_data(as_text=True)


def chosen(response):
    """The unit preselected for each who waits; None where the organizer must choose."""
    found = []
    for options in re.findall(r"<select.*?</select>", text(response), re.S):
        match = re.search(r"<option[^>]* selected>(.*?)</option>", options)
        found.append(match.group(1).strip("　") if match else None)
    return found


@pytest.fixture
def manage(organizer, sign_in, client):
    """Somebody who may organize sits before the browser."""
    sign_in()
    return client


@pytest.fixture
def waiting(app, contest):
    """赵新 asks to be let in."""
    with app.app_context():
        return apply(contest, name="赵新", unit="市财政", phone="13712345678", note="九月调入", now=NOON)


def test_an_empty_queue_says_where_requests_come_from(contest, manage):
    page = text(manage.get(QUEUE))
    assert "没有等着处理的申请" in page
    assert "处理过的" not in page


def test_who_waits_is_shown_with_the_telephone_in_full(waiting, manage):
    page = text(manage.get(QUEUE))
    for words in ("赵新", "13712345678", "市财政", "九月调入", "9月17日 12:00申请"):
        assert words in page


def test_who_is_on_the_roster_asks_for_a_correction(app, city, contest, waiting, manage):
    with app.app_context():
        made = apply(contest, name="王芳", unit="市档案馆", phone="13800001111", now=NOON)
    page = text(manage.get(QUEUE))
    assert re.findall(r"<strong>(.*?)</strong>", page) == ["申请更正：现在在市财政局", "申请参赛"]
    answer = manage.submit(f"{QUEUE}/{made}/approval", {"unit": city.archive}, page=QUEUE, follow_redirects=True)
    assert "已更正，王芳现在在市档案馆。请打电话告诉本人。" in text(answer)


@pytest.mark.database("sqlite")
def test_nobody_is_promised_a_liaison(app, contest, client):
    for address in ("/c/pufa/application", "/sign-in"):
        assert "联络员" not in text(client.get(address))
    folder = Path(app.root_path) / "templates"
    assert [path.name for path in folder.rglob("*.html") if "联络员" in path.read_text(encoding="utf-8")] == []


def test_the_unit_that_was_clearly_meant_is_preselected(app, contest, manage):
    with app.app_context():
        for unit in ("市档案馆", "国库支付中心", "市局"):
            apply(contest, name="赵新", unit=unit, phone=f"1371234567{len(unit)}", now=NOON)
    assert chosen(manage.get(QUEUE)) == [None, "市国库支付中心", "市档案馆"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("市财政局", "市财政局"),
        ("财政局", "市财政局"),
        ("市国库中心", "市国库支付中心"),
        ("市国库支付中心办公室", "市国库支付中心"),
        ("市财政", "市财政局"),
        ("某街道办事处", None),
        ("", None),
    ],
)
@pytest.mark.database("sqlite")
def test_what_somebody_typed_means_one_unit_or_none(app, city, typed, meant):
    with app.app_context():
        tree = people.unit_tree()
        found = clearly_meant(typed, tree)
        assert next((node.name for node in tree if node.id == found), None) == meant


def test_approving_puts_the_person_on_the_roster_at_once(app, city, contest, waiting, manage):
    answer = manage.submit(f"{QUEUE}/{waiting}/approval", {"unit": city.archive}, page=QUEUE, follow_redirects=True)
    assert "已批准，赵新列入市档案馆，现在就可以参赛。" in text(answer)
    assert "<td>已批准</td>" in text(answer)
    assert "137****5678" in text(answer)
    with app.app_context():
        (one,) = contests.candidates(contest, "赵新", "5678")
    assert one.unit == "市档案馆"


@pytest.mark.parametrize("unit", ["", "999", "市档案馆"])
def test_without_a_unit_nobody_is_approved(app, contest, waiting, manage, unit):
    answer = manage.submit(f"{QUEUE}/{waiting}/approval", {"unit": unit}, page=QUEUE, follow_redirects=True)
    assert "还没有给赵新选单位" in text(answer)
    with app.app_context():
        assert [row.state for row in contests.applications(contest)] == ["waiting"]


def test_a_request_that_is_refused_stays_in_the_list(app, contest, waiting, manage):
    answer = manage.submit(f"{QUEUE}/{waiting}/refusal", page=QUEUE, follow_redirects=True)
    assert "没有批准赵新的申请。" in text(answer)
    assert "<td>未批准</td>" in text(answer)
    with app.app_context():
        assert contests.candidates(contest, "赵新", "5678") == []


def test_a_request_decided_by_somebody_else_stays_as_decided(app, city, organizer, waiting, manage):
    with app.app_context():
        decline_application(waiting, actor=organizer, now=NOON)
    answer = manage.submit(f"{QUEUE}/{waiting}/approval", {"unit": city.archive}, page=QUEUE, follow_redirects=True)
    assert "这份申请已经处理过了" in text(answer)
    assert "<td>未批准</td>" in text(answer)


@pytest.mark.parametrize("deed", ["approval", "refusal"])
def test_a_request_of_another_contest_is_not_found(app, waiting, manage, deed):
    assert manage.submit(f"{QUEUE}/{waiting + 1}/{deed}", page=QUEUE).status_code == 404


def test_a_long_queue_is_read_in_pages(app, contest, manage):
    with app.app_context():
        for number in range(23):
            apply(contest, name="赵新", unit="市档案馆", phone=f"137000000{number:02d}", now=NOON)
    assert "第1页，共2页" in text(manage.get(QUEUE))
    assert len(chosen(manage.get(f"{QUEUE}?page=2"))) == 3
