"""迟到作答 on the organizer's desk, and what the candidate's pages say."""

from datetime import timedelta

import pytest

from app.operations import accounts, attempts, late, leases
from app.rules.sheet import AnswerSheet
from tests.factories import NOON
from tests.operations.test_attempts import right, save
from tests.pages import CheckedClient

OVER = NOON + timedelta(minutes=42)
QUEUE = "/manage/contests/pufa/late-sheets"


def text(response):
    return response.get_data(as_text=True)


@pytest.fixture
def manage(organizer, sign_in, client):
    """Somebody who may organize sits before the browser."""
    sign_in()
    return client


@pytest.fixture
def arrived(app, city, contest):
    """王芳 answered one item in time and all of them twelve minutes late."""
    with app.app_context():
        digest = accounts.digest(accounts.enter(contest, "王芳", "1111", origin="here", now=NOON).token)
        attempt_id = attempts.start(contest, city.wang_fang, now=NOON)
        lease = leases.take_lease(attempt_id, owner=city.wang_fang, digest=digest, now=NOON) or ""
        save(attempt_id, digest, 1, AnswerSheet({1: (0,)}), lease)
        sheet = right(attempt_id)
        late.keep_late(attempt_id, sheet, revision=2, lease=lease, digest=digest, now=OVER)
        attempts.hand_in_overdue(now=OVER)
    return attempt_id


def decide(client, how, reason, late_id=1):
    path = f"{QUEUE}/{late_id}/{how}"
    return text(client.submit(path, {"reason": reason}, page=QUEUE, follow_redirects=True))


def test_an_empty_queue_says_what_comes_here(contest, manage):
    page = text(manage.get(QUEUE))
    assert "没有等着处理的迟到作答" in page
    assert "处理过的" not in page
    assert "迟到作答" not in text(manage.get("/manage/contests/pufa"))


def test_the_contest_leads_to_what_waits(arrived, manage):
    assert "有1份迟到作答等着决定是否计入" in text(manage.get("/manage/contests/pufa"))
    page = text(manage.get(QUEUE))
    for words in ("王芳", "市财政局", "晚了12分00秒", "变为100分"):
        assert words in page


def test_a_decision_without_a_reason_is_asked_for_again(arrived, manage):
    assert "请写明理由，参赛者会看到。" in decide(manage, "acceptance", "  ")
    assert "有1份迟到作答" in text(manage.get("/manage/contests/pufa"))


def test_what_is_accepted_stands_below_with_both_scores(arrived, manage):
    assert "已计入成绩，原来的作答和分数留作记录" in decide(manage, "acceptance", "断网")
    assert "这份迟到作答已经处理过了" in decide(manage, "refusal", "没有断网")
    page = text(manage.get(QUEUE))
    assert "没有等着处理的迟到作答" in page
    assert "变为100分" in page
    assert "迟到作答都处理过了。" in text(manage.get("/manage/contests/pufa"))


def test_another_contests_sheet_is_not_decided_here(app, city, arrived, manage):
    from tests import factories

    with app.app_context():
        factories.contest(city, slug="other")
    answer = manage.submit(f"/manage/contests/other/late-sheets/{arrived}/acceptance", {"reason": "x"}, page=QUEUE)
    assert answer.status_code == 404


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
        late.accept_late(1, reason="整栋楼断网", actor=organizer, now=OVER)
    assert "组织者已将其计入成绩，原来0分，理由：整栋楼断网" in text(candidate.get("/attempts/1/result"))
