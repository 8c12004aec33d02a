"""The live view, and what an organizer does from it: attempts and whole sittings, each with a reason."""

from datetime import timedelta

import pytest

from app.database import db
from app.models import Attempt, AuditEntry, Sitting
from app.operations import attempts
from tests.factories import NOON
from tests.web.organizer.reading import cells, errors, notices, text, words

MINUTE = timedelta(minutes=1)
CONTEST = "/manage/contests/pufa"
LIVE, ATTEMPT = f"{CONTEST}/live", f"{CONTEST}/attempts/1"


@pytest.fixture
def attempt(app, city, contest):
    """王芳's open attempt."""
    with app.app_context():
        return attempts.start(contest, city.wang_fang, now=NOON)


@pytest.fixture
def handed_in(app, city, attempt):
    with app.app_context():
        attempts.hand_in(attempt, actor=city.wang_fang, now=NOON + 5 * MINUTE)
    return attempt


def stored(app, attempt_id=1):
    with app.app_context():
        return db.session.get_one(Attempt, attempt_id)


def sitting(app):
    with app.app_context():
        return db.session.query(Sitting).one()


def audited(app):
    with app.app_context():
        rows = db.session.query(AuditEntry).order_by(AuditEntry.id)
        return [(row.action, row.actor_id, row.detail.get("reason")) for row in rows][-1]


def asked(manage, page, **fields):
    return manage.submit(page, fields, page=page)


def test_the_view_says_who_stands_where(manage, attempt):
    page = manage.get(LIVE)
    rows = cells(page)
    assert ["王芳138****1111", "市财政局", "作答中", "0", "12:00:00", "9月17日12:30", "答卷"] in rows
    assert ["市财政局", "1", "0", "0", "2"] in rows
    assert "13800001111" not in text(page)


def test_it_is_found_from_the_contest(manage, contest):
    assert f'href="{LIVE}"' in text(manage.get(CONTEST))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("state=answering", ["王芳"]),
        ("search=陈", ["陈静"]),
        ("unit=1&sort=name", ["李明", "王芳", "张伟"]),
        ("state=nonsense&sort=nonsense&unit=x", []),
        ("search=%25", []),
    ],
)
def test_it_is_filtered_and_sorted(manage, attempt, query, names):
    found = [row[0] for row in cells(manage.get(f"{LIVE}?{query}")) if len(row) == 7 and row[0] != "姓名"]
    assert [name.rstrip("0123456789*") for name in found] == names


def test_the_part_is_sent_again_only_when_something_changed(app, manage, attempt, clock):
    first = manage.get(f"{LIVE}/part")
    tag = {"If-None-Match": first.headers["ETag"]}
    clock(NOON + MINUTE)
    unchanged = manage.get(f"{LIVE}/part", headers=tag)
    assert (unchanged.status_code, unchanged.get_data(), unchanged.headers["X-As-Of"]) == (304, b"", "12:01:00")
    with app.app_context():
        attempts.hand_in(attempt, actor=None, now=NOON + MINUTE)
    changed = manage.get(f"{LIVE}/part", headers=tag)
    assert (changed.status_code, changed.headers["ETag"] != first.headers["ETag"]) == (200, True)
    assert "已交卷" in text(changed) and "<html" not in text(changed)


def test_an_attempt_of_another_contest_does_not_exist(manage, contest):
    assert manage.get(f"{CONTEST}/attempts/1").status_code == 404
    assert asked(manage, f"{CONTEST}/attempts/1/extension", minutes="5", reason="x").status_code == 404


def test_more_time_is_given_with_a_reason(app, manage, organizer, attempt):
    answer = asked(manage, f"{ATTEMPT}/extension", minutes="10", reason="电脑死机")
    assert (answer.status_code, answer.location) == (303, ATTEMPT)
    assert stored(app).deadline == NOON + 40 * MINUTE
    assert audited(app) == ("attempt.extend", organizer, "电脑死机")
    assert "加时您的作答时间增加10分钟，9月17日12:40截止。原因：电脑死机" in words(manage.get(ATTEMPT))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"minutes": "10", "reason": " "}, "请写明原因：参赛者会看到，也记入操作日志。"),
        ({"minutes": "0", "reason": "停电"}, "请填1到600之间的分钟数。"),
        ({"minutes": "", "reason": "停电"}, "请填分钟数，例如10。"),
    ],
)
def test_what_is_missing_is_said_and_nothing_filled_in_is_lost(app, manage, attempt, fields, said):
    page = asked(manage, f"{ATTEMPT}/extension", **fields)
    assert errors(page) == [said]
    assert f'value="{fields["reason"].strip() or " "}"' in text(page)
    assert stored(app).deadline == NOON + 30 * MINUTE


def test_an_attempt_handed_in_is_opened_again(app, manage, handed_in, clock):
    clock(NOON + 10 * MINUTE)
    assert asked(manage, f"{ATTEMPT}/reopening", minutes="0", reason="误交").status_code == 303
    assert (stored(app).handed_in_at, stored(app).deadline) == (None, NOON + 35 * MINUTE)
    page = words(manage.get(ATTEMPT))
    assert "正在作答" in page and "前一次阅卷0分，重新打开后不再算" in page


def test_a_refusal_is_said_on_the_page(manage, attempt):
    page = asked(manage, f"{ATTEMPT}/reopening", minutes="5", reason="误交")
    assert (page.status_code, errors(page)) == (409, [])
    assert "这份答卷还没有交，不用重新打开" in text(page)


def test_voiding_asks_whether_the_chance_is_given_back(app, manage, handed_in):
    page = asked(manage, f"{ATTEMPT}/voiding", reason="他人代答")
    assert errors(page) == ["请选择这次机会退不退还。"]
    assert 'value="yes" checked' not in text(page) and 'value="no" checked' not in text(page)
    asked(manage, f"{ATTEMPT}/voiding", reason="他人代答", give_back="yes")
    assert (stored(app).voided_at, stored(app).given_back) == (NOON, True)
    asked(manage, f"{ATTEMPT}/restoration", reason="查清了")
    assert (stored(app).voided_at, stored(app).given_back) == (None, False)


def test_support_finds_an_attempt_by_its_receipt_and_sees_that_it_is_as_it_was(app, manage, handed_in):
    number = stored(app).receipt
    found = manage.get(f"/manage/receipts?number=%20{number}")
    assert (found.status_code, found.location) == (303, ATTEMPT)
    assert "一致按现在存的答案重算，和回执上的相同" in words(manage.get(ATTEMPT))


def test_a_receipt_is_found_after_voiding_and_restoring_and_after_a_reopening(app, manage, handed_in, clock):
    number = stored(app).receipt
    for change, fields in (("voiding", {"give_back": "yes"}), ("restoration", {}), ("reopening", {"minutes": "5"})):
        asked(manage, f"{ATTEMPT}/{change}", reason="核实", **fields)
        assert manage.get(f"/manage/receipts?number={number}").location.startswith(ATTEMPT), change
    assert "前一次交卷的回执" in text(manage.get(manage.get(f"/manage/receipts?number={number}").location))


def test_a_changed_sheet_is_told(app, manage, handed_in):
    with app.app_context():
        db.session.get_one(Attempt, 1).sheet = {"responses": {"1": [0]}, "marked": []}
        db.session.commit()
    assert "不一致按现在存的答案重算得" in words(manage.get(ATTEMPT))


def test_an_unknown_receipt_says_what_to_do(manage, contest):
    assert "没有这个编号请逐段再核对一遍" in words(manage.get("/manage/receipts?number=2026-0917-000009"))


def test_a_postponement_is_shown_before_it_is_done(app, manage, attempt):
    page = asked(manage, f"{CONTEST}/postponement", closes_at="2026-09-18T18:00", reason="系统升级")
    assert page.status_code == 200
    assert "没交的答卷1份" in words(page)
    assert "竞赛延期到9月18日18:00截止，被原截止时间缩短的答卷相应延长。原因：系统升级" in notices(page)
    assert sitting(app).closes_at == NOON + timedelta(hours=23)
    fields = {"closes_at": "2026-09-18T18:00", "reason": "系统升级", "confirmed": "yes"}
    answer = asked(manage, f"{CONTEST}/postponement", **fields)
    assert (answer.status_code, answer.location) == (303, LIVE)
    assert sitting(app).closes_at == NOON + timedelta(days=1, hours=6)
    assert "已延期，涉及1份没交的答卷；答题页一分钟内显示通知。" in text(manage.get(LIVE))


def test_ended_now_needs_no_moment(app, manage, attempt, organizer):
    asked(manage, f"{CONTEST}/ending", closes_at="", reason="提前完成", confirmed="yes")
    assert (sitting(app).closes_at, stored(app).deadline) == (NOON, NOON)
    assert audited(app) == ("sitting.end_early", organizer, "提前完成")


def test_paused_and_resumed(app, manage, attempt, clock):
    asked(manage, f"{CONTEST}/pause", reason="停电", confirmed="yes")
    assert sitting(app).paused_at == NOON
    page = text(manage.get(LIVE))
    assert "已暂停" in page and f"{CONTEST}/resumption" in page and f"{CONTEST}/pause" not in page
    assert "已暂停" in text(manage.get("/manage/contests"))
    clock(NOON + 20 * MINUTE)
    page = asked(manage, f"{CONTEST}/resumption", reason="来电")
    assert "竞赛恢复，请接着作答；暂停的20分00秒已经补回。原因：来电" in notices(page)
    asked(manage, f"{CONTEST}/resumption", reason="来电", confirmed="yes")
    assert (sitting(app).paused_at, stored(app).deadline) == (None, NOON + 50 * MINUTE)


@pytest.mark.parametrize("way", ["postponement", "ending", "pause", "resumption"])
def test_without_a_reason_nothing_is_done_to_a_contest(app, manage, attempt, way):
    page = asked(manage, f"{CONTEST}/{way}", closes_at="2026-09-18T18:00", confirmed="yes")
    assert errors(page) == ["请写明原因：参赛者会看到，也记入操作日志。"]
    assert (sitting(app).closes_at, sitting(app).paused_at) == (NOON + timedelta(hours=23), None)


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("postponement", "延期后的截止时间要晚于现在的截止时间"),
        ("ending", "提前结束的时间要在现在之后"),
        ("resumption", "竞赛没有暂停，不用恢复。"),
    ],
)
def test_what_cannot_be_is_said_with_what_to_do(manage, attempt, way, said):
    moment = {"postponement": "2026-09-17T13:00", "ending": "2026-09-30T13:00"}.get(way, "")
    page = asked(manage, f"{CONTEST}/{way}", closes_at=moment, reason="停电", confirmed="yes")
    assert page.status_code == 409 and said in text(page)


def test_whoever_looks_at_an_overdue_attempt_closes_it(app, manage, attempt, clock, sign_in):
    clock(NOON + 32 * MINUTE)
    sign_in()  # half an hour without a word ended the first one
    assert "到时自动交卷" in text(manage.get(ATTEMPT))
    assert stored(app).handed_in_at == NOON + 30 * MINUTE
