"""迟到作答 on the organizer's desk, and what the candidate's pages say."""

from datetime import timedelta

import pytest

from app.database import milliseconds
from app.operations import attempt_changes, attempts, late, leases
from app.rules.late import Decision
from app.rules.sheet import AnswerSheet
from tests.factories import NOON
from tests.operations.engine import entered, right, save, stored
from tests.pages import CheckedClient
from tests.web.organizer.reading import cells, errors, notices, text, words

OVER = NOON + timedelta(minutes=42)
QUEUE, DECISIONS = "/manage/contests/pufa/late-sheets", "/manage/contests/pufa/late-decisions"


@pytest.fixture
def arrived(app, city, contest):
    """王芳 answered one item in time and all of them twelve minutes late."""
    with app.app_context():
        digest = entered(contest)
        attempt_id = attempts.start(contest, city.wang_fang, now=NOON)
        lease = leases.take_lease(attempt_id, owner=city.wang_fang, digest=digest, now=NOON) or ""
        save(attempt_id, digest, 1, AnswerSheet({1: (0,)}), lease=lease)
        sheet = right(attempt_id)
        late.keep_late(attempt_id, sheet, revision=2, lease=lease, digest=digest, now=OVER)
        attempts.hand_in_overdue(now=OVER)
    return attempt_id


def decide(client, how, reason, *late_ids, seen=OVER):
    form = {"late": list(late_ids or [1]), "decision": how, "reason": reason, "seen": str(milliseconds(seen))}
    return client.submit(DECISIONS, form, page=QUEUE, follow_redirects=True)


def test_an_empty_queue_says_what_comes_here(contest, manage):
    page = text(manage.get(QUEUE))
    assert "没有等着处理的迟到作答" in page
    assert "处理过的" not in page
    assert "迟到作答" not in text(manage.get("/manage/contests/pufa"))


def test_the_contest_leads_to_what_waits(arrived, manage):
    assert "有1份迟到作答等着决定是否计入" in text(manage.get("/manage/contests/pufa"))
    page = text(manage.get(QUEUE))
    for said in ("王芳", "市财政局", "晚了12分00秒", "变为100分"):
        assert said in page


def test_a_decision_without_a_reason_is_asked_for_again(arrived, manage):
    assert "请写明原因：参赛者会看到，也记入操作日志。" in text(decide(manage, "accepted", "  "))
    assert "有1份迟到作答" in text(manage.get("/manage/contests/pufa"))


def test_what_is_accepted_stands_below_with_both_scores(arrived, manage):
    assert "已计入成绩1份，原来的作答和分数留作记录" in text(decide(manage, "accepted", "断网"))
    assert "1份迟到作答已经处理过了" in text(decide(manage, "declined", "没有断网"))
    page = text(manage.get(QUEUE))
    assert "没有等着处理的迟到作答" in page
    assert "变为100分" in page
    assert "迟到作答都处理过了。" in text(manage.get("/manage/contests/pufa"))


def test_another_contests_sheet_is_not_decided_here(app, city, arrived, manage):
    from tests import factories

    with app.app_context():
        factories.contest(city, slug="other")
    form = {"late": "1", "decision": "accepted", "reason": "x", "seen": "0"}
    there = DECISIONS.replace("pufa", "other")
    assert manage.submit(there, form, page=QUEUE).status_code == 404
    assert manage.get("/manage/contests/other/late-sheets/1").status_code == 404
    assert "都处理过了" in text(manage.get(f"{there}?late=1", follow_redirects=True))


@pytest.fixture
def three(app, city, contest, arrived):
    """张伟's late sheet too, and 陈静's, whose attempt is open again."""
    with app.app_context():
        for name, tail, user_id in (("张伟", "2222", city.zhang_wei), ("陈静", "3333", city.chen_jing)):
            made = attempts.start(contest, user_id, now=NOON)
            lease = stored(made).lease
            late.keep_late(made, right(made), revision=1, lease=lease, digest=entered(contest, name, tail), now=OVER)
        attempts.hand_in_overdue(now=OVER)
        attempt_changes.reopen(made, 20, reason="断网", actor=None, now=OVER)


def test_many_are_chosen_weighed_and_decided_for_one_reason(manage, three):
    page = manage.get(f"{DECISIONS}?scope=ticked&late=1&late=2&late=3")
    assert "2份分数提高，1份现在不能计入" in words(page)
    rows = cells(page)
    assert ["张伟", "市国库支付中心", "12分00秒", "5题", "0分", "100分", ""] in rows
    assert ["陈静", "市档案馆", "12分00秒", "5题", "—", "—", "还开着，或者已经作废，不能计入"] in rows
    again = decide(manage, "accepted", "", 1, 2, 3)
    assert errors(again) == ["请写明原因：参赛者会看到，也记入操作日志。"] and "计入2份" in words(again)
    done = notices(decide(manage, "accepted", "全楼断网", 1, 2, 3))
    assert done[:2] == [
        "已计入成绩2份，原来的作答和分数留作记录。本人在成绩回执上看得到。",
        "1份答卷又开放作答了，或者已经作废，现在不能计入，没有处理。",
    ]
    assert [row for row in cells(manage.get(QUEUE)) if "全楼断网" in row and row[0] == "张伟"]


def test_all_that_wait_are_weighed_together_and_some_are_ticked(manage, three):
    page = manage.get(QUEUE)
    assert "全部3份" in words(page) and 'name="late" value="2" form="ticked"' in text(page)
    assert "决定3份迟到作答" in words(manage.get(f"{DECISIONS}?scope=all"))
    assert "没有勾选。请先勾选，或选“全部”。" in text(manage.get(f"{DECISIONS}?scope=ticked", follow_redirects=True))


def test_what_came_after_the_look_is_left_and_told(manage, arrived):
    said = notices(decide(manage, "accepted", "断网", seen=NOON))
    assert said[0] == "1份在您看过以后又送来了新的作答，没有处理，请再看一遍。"
    assert "等着处理1份" in words(manage.get(QUEUE))


@pytest.mark.parametrize("fields", [{"decision": "maybe"}, {"seen": ""}, {"seen": "１"}, {"late": ""}, {"late": "99"}])
def test_a_decision_that_no_page_sends_changes_nothing(manage, arrived, fields):
    form = {"late": "1", "decision": "accepted", "reason": "断网", "seen": str(milliseconds(OVER))} | fields
    assert manage.submit(DECISIONS, form, page=QUEUE).status_code in (400, 404)
    assert "等着处理1份" in words(manage.get(QUEUE))


def test_the_live_view_and_the_attempt_lead_to_the_sheet(manage, arrived):
    page = manage.get("/manage/contests/pufa/live")
    assert "1人有迟到作答等着决定是否计入。去处理" in words(page)
    assert f'href="{QUEUE}/1" aria-label="王芳的迟到作答"' in text(page)
    assert ["市财政局", "0", "0", "1", "2", "1"] in cells(page)
    assert [row[0] for row in cells(manage.get("/manage/contests/pufa/live?state=late")) if "答卷" in row] == [
        "王芳138****1111"
    ]
    one = manage.get(f"/manage/contests/pufa/attempts/{arrived}")
    assert "12:42:00送到，等着决定是否计入去处理" in words(one)
    assert "题和已计入的不同" in words(manage.get(f"{QUEUE}/1"))
    decide(manage, "declined", "没有断网")
    assert "决定未计入原因没有断网" in words(manage.get(f"{QUEUE}/1"))
    assert "迟到" not in words(manage.get("/manage/contests/pufa/live"))


@pytest.fixture
def candidate(app, contest, city):
    """王芳's own browser with an open paper, answered in one item."""
    browser = CheckedClient(app)
    browser.submit("/c/pufa", {"name": "王芳", "tail": "1111"}, page="/c/pufa")
    browser.submit("/c/pufa/attempts", page="/c/pufa/rules")
    browser.get("/attempts/1")
    return browser


def send(app, client, revision, responses):
    from app.database import db
    from app.models import Attempt

    with app.app_context():
        lease = db.session.get_one(Attempt, 1).lease
    message = {"lease": lease, "revision": revision, "responses": responses, "marked": []}
    return client.post("/attempts/1/sheet", json=message, headers={"X-CSRFToken": client.token})


def test_a_late_save_answers_that_it_is_late_but_kept(app, candidate, clock):
    clock(OVER)
    answer = send(app, candidate, 1, {"1": [0]})
    assert answer.status_code == 410
    assert (answer.get_json()["state"], answer.get_json()["kept"]) == ("late", True)
    page = text(candidate.get("/attempts/1/result"))
    assert "9月17日 12:42:00才送到，已过截止和宽限" in page
    assert "没有丢；是否计入成绩，由组织者决定" in page


def test_a_late_form_without_scripts_is_kept_too(app, candidate, clock):
    from app.database import db
    from app.models import Attempt

    with app.app_context():
        lease = db.session.get_one(Attempt, 1).lease
    clock(OVER)
    form = {"csrf_token": candidate.token, "lease": lease, "revision": "0", "r-2": "1", "confirmed": "yes"}
    page = text(candidate.post("/attempts/1/submission", data=form, follow_redirects=True))
    assert "这些作答已经收到并留存" in page
    assert "作答0题，已存0题" in page


def test_the_candidate_reads_the_decision(app, organizer, candidate, clock):
    clock(OVER)
    send(app, candidate, 1, {"1": [0]})
    candidate.get("/attempts/1/result")
    with app.app_context():
        late.decide_late([1], Decision.ACCEPT, reason="整栋楼断网", seen_at=OVER, actor=organizer, now=OVER)
    assert "组织者已将其计入成绩，原来0分，原因：整栋楼断网" in text(candidate.get("/attempts/1/result"))
