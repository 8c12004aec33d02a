"""What an open page hears: its time, a pause, the organizer's words; and that asking is a sign of life."""

from datetime import timedelta

import pytest

from app.database import db, milliseconds
from app.models import Attempt
from app.operations import attempt_changes, attempts, sittings
from app.queries import contests
from tests.factories import NOON

MINUTE = timedelta(minutes=1)
NEWS = "/attempts/1/news"


def text(response):
    return response.get_data(as_text=True)


@pytest.fixture
def paper(contest, client, enter):
    """王芳 has started; her attempt is /attempts/1."""
    enter()
    client.submit("/c/pufa/attempts", page="/c/pufa/rules")
    client.get("/attempts/1")
    return "/attempts/1"


@pytest.fixture
def sitting(app, contest):
    with app.app_context():
        return contests.by_id(contest).sitting_id


def seen_at(app):
    with app.app_context():
        return db.session.get_one(Attempt, 1).seen_at


def test_without_news_the_page_hears_its_time(client, paper):
    assert client.get(NEWS).get_json() == {
        "now_ms": milliseconds(NOON),
        "deadline_ms": milliseconds(NOON + 30 * MINUTE),
        "held_ms": None,
        "is_open": True,
        "notices": [],
    }


def test_an_extension_is_told_with_its_reason(app, client, paper):
    with app.app_context():
        attempt_changes.extend(1, 10, reason="电脑死机", actor=None, now=NOON + MINUTE)
    heard = client.get(NEWS).get_json()
    assert heard["deadline_ms"] == milliseconds(NOON + 40 * MINUTE)
    assert heard["notices"] == [
        {"id": 1, "at": "12:01", "words": "您的作答时间增加10分钟，9月17日 12:40截止。", "reason": "电脑死机"}
    ]
    page = text(client.get(paper))
    assert "您的作答时间增加10分钟" in page and "原因：电脑死机（12:01）" in page


def test_somebody_elses_extension_is_not_told(app, client, paper, city, contest):
    with app.app_context():
        other = attempts.start(contest, city.li_ming, now=NOON)
        attempt_changes.extend(other, 10, reason="电脑死机", actor=None, now=NOON)
    assert client.get(NEWS).get_json()["notices"] == []
    assert client.get(f"/attempts/{other}/news").status_code == 404


def test_a_pause_that_was_over_before_the_start_is_not_told(app, client, enter, sitting):
    with app.app_context():
        sittings.pause(sitting, reason="停电", actor=None, now=NOON - 2 * MINUTE)
        sittings.resume(sitting, reason="来电", actor=None, now=NOON - MINUTE)
    enter()
    client.submit("/c/pufa/attempts", page="/c/pufa/rules")
    assert client.get(NEWS).get_json()["notices"] == []


def test_while_paused_the_paper_shows_no_question_and_says_why(app, client, paper, sitting, clock):
    with app.app_context():
        sittings.pause(sitting, reason="全市停电", actor=None, now=NOON + 10 * MINUTE)
    clock(NOON + 50 * MINUTE)
    page = text(client.get(paper))
    assert "竞赛暂停中" in page and "原因：全市停电" in page and "已停，还剩20分00秒" in page
    assert "的题干" not in page
    assert client.get(NEWS).get_json()["held_ms"] == milliseconds(NOON + 10 * MINUTE)


def test_resumed_the_paper_is_there_again_with_its_time(app, client, paper, sitting, clock):
    with app.app_context():
        sittings.pause(sitting, reason="停电", actor=None, now=NOON + 10 * MINUTE)
        sittings.resume(sitting, reason="来电了", actor=None, now=NOON + 50 * MINUTE)
    clock(NOON + 51 * MINUTE)
    page = text(client.get(paper))
    assert "的题干" in page and "竞赛恢复，请接着作答；暂停的40分00秒已经补回。" in page
    assert client.get(NEWS).get_json()["deadline_ms"] == milliseconds(NOON + 70 * MINUTE)


def test_the_form_without_script_is_stored_during_a_pause(app, client, paper, sitting):
    with app.app_context():
        lease = db.session.get_one(Attempt, 1).lease
        sittings.pause(sitting, reason="停电", actor=None, now=NOON)
    form = {"csrf_token": client.token, "lease": lease, "revision": "0", "r-1": "1"}
    client.post("/attempts/1/sheet", data=form)
    with app.app_context():
        assert db.session.get_one(Attempt, 1).sheet["responses"] == {"1": [1]}


def test_whoever_has_not_started_reads_that_it_is_paused(app, client, enter, sitting):
    with app.app_context():
        sittings.pause(sitting, reason="停电", actor=None, now=NOON)
    enter()
    assert "竞赛暂停中，现在不能开始。" in text(client.get("/c/pufa/rules"))
    answer = client.submit("/c/pufa/attempts", page="/c/pufa/rules")
    assert answer.status_code == 409 and "恢复以后再来" in text(answer)


@pytest.mark.parametrize(("after", "noted"), [(54, False), (55, True)])
def test_asking_is_noted_at_most_once_a_minute(app, client, paper, clock, after, noted):
    clock(NOON + timedelta(seconds=after))
    client.get(NEWS)
    assert (seen_at(app) is not None) is noted
    clock(NOON + timedelta(seconds=after + 54))
    client.get(NEWS)
    assert seen_at(app) == (NOON + timedelta(seconds=after) if noted else NOON + timedelta(seconds=after + 54))


def test_after_the_hand_in_asking_is_no_sign_of_life(app, client, paper, clock):
    client.post("/attempts/1/submission", data={"csrf_token": client.token, "confirmed": "yes"})
    clock(NOON + 5 * MINUTE)
    assert client.get(NEWS).get_json()["is_open"] is False
    assert seen_at(app) is None


def test_news_is_for_the_signed_in_owner_alone(client, paper):
    client.post("/sign-out", data={"csrf_token": client.token})
    assert client.get(NEWS).status_code == 404


def test_a_voided_attempt_says_so_on_the_receipt_and_in_the_records(app, client, paper):
    client.post("/attempts/1/submission", data={"csrf_token": client.token, "confirmed": "yes"})
    with app.app_context():
        attempt_changes.void(1, give_back=True, reason="他人代答", actor=None, now=NOON)
    page = text(client.get("/attempts/1/result"))
    assert "这份答卷已作废，不计成绩；答题机会已退还，可以再答一次。" in page and "原因：他人代答" in page
    assert "再答一次（还可答2次）" in page
    assert "已作废" in text(client.get("/records"))


def test_my_records_show_the_receipt_until_the_retention_date(app, client, paper, clock):
    client.post("/attempts/1/submission", data={"csrf_token": client.token, "confirmed": "yes"})
    with app.app_context():
        attempt = db.session.get_one(Attempt, 1)
        number, fingerprint = attempt.receipt or "", attempt.fingerprint or ""
    page = text(client.get("/records"))
    grouped = " ".join(fingerprint[start : start + 4] for start in range(0, 32, 4))
    assert number in page and grouped in page and "作答0／5题" in page
    closing = NOON - timedelta(hours=1) + timedelta(days=1)
    for moment, shown in ((closing + timedelta(days=365) - MINUTE, True), (closing + timedelta(days=365), False)):
        clock(moment)
        client.submit("/c/pufa", {"name": "王芳", "tail": "1111"}, page="/c/pufa")
        page = text(client.get("/records"))
        assert (number in page, "回执已过保存期" in page) == (shown, not shown)
        receipt = text(client.get("/attempts/1/result"))
        assert (number in receipt, grouped in receipt, "已过保存期" in receipt) == (shown, shown, not shown)
