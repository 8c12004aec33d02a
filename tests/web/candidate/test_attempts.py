"""Answering, handing in, the receipt and the review."""

from datetime import timedelta

import pytest

from app.rules.sheet import AnswerSheet
from tests.factories import KEY_CANARY, NOON

MINUTE = timedelta(minutes=1)


def text(response):
    return response.get_data(as_text=True)


@pytest.fixture
def paper(contest, client, enter):
    """王芳 has started; her attempt is /attempts/1."""
    enter()
    client.submit("/c/pufa/attempts", page="/c/pufa/rules")
    client.get("/attempts/1")
    return "/attempts/1"


def lease(app):
    from app.database import db
    from app.models import Attempt

    with app.app_context():
        return db.session.get_one(Attempt, 1).lease


def stored_responses():
    from app.database import db
    from app.models import Attempt

    return db.session.get_one(Attempt, 1).sheet["responses"]


def save(client, app, revision=1, responses=None, **body):
    message = {"lease": lease(app), "revision": revision, "responses": responses or {"1": [0]}, "marked": []} | body
    return client.post("/attempts/1/sheet", json=message, headers={"X-CSRFToken": client.token})


def hand_in(client, **form):
    return client.post("/attempts/1/submission", data={"csrf_token": client.token, "confirmed": "yes", **form})


def all_right(app):
    from tests.operations.engine import right

    with app.app_context():
        return right(1).as_json()["responses"]


def test_a_saved_sheet_is_there_when_the_paper_is_opened_again(app, client, paper):
    response = save(client, app, responses={"1": [2]})
    assert response.get_json()["state"] == "saved"
    page = text(client.get(paper))
    assert 'name="r-1" value="2" checked' in page


def test_a_save_answers_with_the_clock_of_the_server(app, client, paper, clock):
    clock(NOON + 5 * MINUTE)
    answer = save(client, app).get_json()
    assert answer["now_ms"] == answer["saved_at_ms"] == int((NOON + 5 * MINUTE).timestamp() * 1000)


def test_the_older_of_two_pages_is_told_that_it_goes_on_elsewhere(app, client, paper):
    old = lease(app)
    client.get(paper)
    response = save(client, app, lease=old)
    assert (response.status_code, response.get_json()["state"]) == (409, "elsewhere")


def test_a_form_without_its_token_is_refused_and_a_message_without_its_lease(app, client, paper):
    form = {"lease": lease(app), "revision": "1", "r-1": "0"}
    assert client.post("/attempts/1/sheet", data=form).status_code == 400
    assert client.post("/attempts/1/sheet", json=form | {"lease": "0" * 32, "revision": 1}).status_code == 409
    with app.app_context():
        assert stored_responses() == {}


@pytest.mark.parametrize("body", [[], {}, {"lease": 5, "revision": 1}, {"lease": "x", "revision": "1"}, "x"])
def test_a_malformed_save_is_refused_and_changes_nothing(app, client, paper, body):
    response = client.post("/attempts/1/sheet", json=body, headers={"X-CSRFToken": client.token})
    assert (response.status_code, response.get_json()["state"]) == (400, "malformed")


def test_forged_fields_of_a_save_are_ignored(app, client, paper):
    from app.database import db
    from app.models import Attempt

    save(client, app, score=10_000, deadline=0, handed_in_at=1, now_ms=0, user_id=4, answered=5)
    with app.app_context():
        attempt = db.session.get_one(Attempt, 1)
        assert (attempt.score, attempt.handed_in_at, attempt.answered) == (None, None, 1)
        assert attempt.deadline == NOON + 30 * MINUTE


def test_without_javascript_the_form_saves_and_shows_what_was_saved(app, client, paper):
    form = {"csrf_token": client.token, "lease": lease(app), "revision": "0", "r-1": "1", "r-4": ["0", "2"]}
    response = client.post("/attempts/1/sheet", data=form)
    assert (response.status_code, response.location) == (303, "/attempts/1")
    page = text(client.get(paper))
    assert "已保存。可以接着答，也可以关掉以后再来。" in page
    assert 'name="r-4" value="2" checked' in page


def test_without_javascript_an_outdated_page_cannot_overwrite(app, client, paper):
    old = lease(app)
    client.get(paper)
    save(client, app, responses={"1": [3]})
    client.post("/attempts/1/sheet", data={"csrf_token": client.token, "lease": old, "revision": "0", "r-1": "1"})
    page = text(client.get(paper))
    assert 'name="r-1" value="3" checked' in page
    assert "已在别处打开" in page


def test_without_javascript_handing_in_asks_first_and_keeps_the_answers(app, client, paper):
    form = {"csrf_token": client.token, "lease": lease(app), "revision": "0", "r-1": "1"}
    page = text(client.post("/attempts/1/submission", data=form))
    assert "现在交卷吗？" in page
    assert "还有4题未答" in page
    assert hand_in(client).location == "/attempts/1/result"
    assert "作答1题" in text(client.get("/attempts/1/result"))


def test_everything_right_is_excellent_with_a_receipt(app, client, paper, clock):
    save(client, app, responses=all_right(app))
    clock(NOON + 19 * MINUTE + timedelta(seconds=8))
    hand_in(client)
    page = text(client.get("/attempts/1/result"))
    for part in ("100", "优秀", "19分08秒", "5题全部作答", "2026-0917-000001", "本人交卷", "退出，换人作答"):
        assert part in page
    assert "再答一次（还可答1次）" in page


def test_handing_in_twice_gives_one_result(app, client, paper):
    save(client, app, responses=all_right(app))
    first, second = hand_in(client), hand_in(client)
    assert first.location == second.location == "/attempts/1/result"


def test_after_the_hand_in_the_paper_leads_to_the_result(client, paper):
    hand_in(client)
    assert client.get(paper).location == "/attempts/1/result"


def test_after_the_hand_in_a_save_says_so_and_where_to_look(app, client, paper):
    hand_in(client)
    answer = save(client, app).get_json()
    assert (answer["state"], answer["result_url"]) == ("handed_in", "/attempts/1/result")


def test_whoever_comes_back_after_the_deadline_finds_the_result(app, client, paper, clock):
    save(client, app, responses=all_right(app))
    clock(NOON + 32 * MINUTE)
    assert client.get(paper).location == "/attempts/1/result"
    page = text(client.get("/attempts/1/result"))
    assert "到时自动交卷，用时30分00秒" in page


def test_the_form_of_the_last_minute_counts_within_the_grace(app, client, paper, clock):
    clock(NOON + 30 * MINUTE + timedelta(seconds=59))
    hand_in(
        client, lease=lease(app), revision="0", **{f"r-{n}": [str(p) for p in c] for n, c in all_right(app).items()}
    )
    assert "5题全部作答" in text(client.get("/attempts/1/result"))


def test_keys_are_seen_only_after_the_last_sitting(app, client, paper, clock, enter):
    save(client, app, responses=all_right(app))
    hand_in(client)
    page = text(client.get("/attempts/1/result"))
    assert "最后一场结束后" in page
    assert client.get("/attempts/1/review").location == "/attempts/1/result"
    clock(NOON + timedelta(days=1))
    enter()
    review = text(client.get("/attempts/1/review"))
    assert KEY_CANARY in review
    assert "正确答案" in review


def test_no_page_before_that_carries_a_key(app, client, paper):
    pages = [client.get(paper)]
    save(client, app, responses=all_right(app))
    hand_in(client)
    pages += [
        client.get(path) for path in ("/attempts/1/result", "/records", "/c/pufa/rules", "/", "/attempts/1/review")
    ]
    assert [KEY_CANARY in text(page) for page in pages] == [False] * 6
    assert ["依据暗记" in text(page) for page in pages] == [False] * 6


def test_two_banks_that_differ_only_in_the_key_give_the_same_paper(app, city, client):
    import sqlalchemy as sa

    from app.database import writing
    from app.models import Question
    from app.operations import attempts
    from tests import factories
    from tests.operations.test_attempts import shown

    with app.app_context():
        first, _ = factories.contest(city, slug="first")
        with writing() as session:
            session.execute(
                sa.update(Question).where(Question.kind == "single_choice").values(key=[3], explanation="x")
            )
        second, _ = factories.contest(city, slug="second")
        papers = []
        for contest_id in (first, second):
            attempt_id = attempts.start(contest_id, city.wang_fang, now=NOON, seed="same")
            papers.append(shown(attempt_id, city.wang_fang))
        assert papers[0] == papers[1]


def test_another_persons_attempt_does_not_exist(app, client, paper, enter):
    client.post("/sign-out", data={"csrf_token": client.token})
    enter("陈静", "3333")
    for path in ("/attempts/1", "/attempts/1/result", "/attempts/1/review"):
        assert client.get(path).status_code == 404
    assert hand_in(client).status_code == 404
    assert save(client, app).status_code == 401


def test_my_records_list_what_i_did(app, client, paper):
    save(client, app, responses=all_right(app))
    assert "继续作答" in text(client.get("/records"))
    hand_in(client)
    page = text(client.get("/records"))
    assert "普法网络知识竞赛" in page
    assert "计入成绩" in page


def test_a_sheet_survives_json_and_form_alike():
    assert AnswerSheet.from_json({"responses": {"4": [2, 0]}}) == AnswerSheet({4: (0, 2)})


def test_keys_wait_until_nobody_can_save_any_more(app, city, contest, client, paper, clock, enter):
    from app.operations import attempts

    with app.app_context():
        just_before = NOON + timedelta(hours=22, minutes=59, seconds=30)
        late = attempts.start(contest, city.chen_jing, now=just_before, accept_short=True)
    hand_in(client)
    closes = NOON - timedelta(hours=1) + timedelta(days=1)
    for moment in (closes, closes + MINUTE, closes + 2 * MINUTE):
        clock(moment)
        enter()
        assert client.get("/attempts/1/review").location == "/attempts/1/result", moment
    with app.app_context():
        attempts.close_if_overdue(late, now=closes + 2 * MINUTE)
    assert KEY_CANARY in text(client.get("/attempts/1/review"))


def test_a_malformed_form_is_refused_and_what_is_stored_stays(app, client, paper):
    save(client, app, responses={"1": [2]})
    for bad in ({"marked": "777"}, {"r-1": "9" * 5000}, {"r-1": "x"}, {"revision": "9" * 10}):
        form = {"csrf_token": client.token, "lease": lease(app), "revision": "1", **bad}
        assert client.post("/attempts/1/sheet", data=form).status_code == 400
    assert 'name="r-1" value="2" checked' in text(client.get(paper))


def test_more_marks_than_a_paper_holds_are_refused(app, client, paper):
    response = save(client, app, marked=[1] * 501)
    assert (response.status_code, response.get_json()["state"]) == (400, "malformed")


def test_a_paper_that_hands_itself_in_at_the_deadline_is_not_called_the_persons_own(app, client, paper, clock):
    clock(NOON + 30 * MINUTE + timedelta(seconds=2))
    hand_in(client, lease=lease(app), revision="0", **{"r-1": "1"})
    assert "到时自动交卷" in text(client.get("/attempts/1/result"))


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_an_id_that_no_row_can_have_is_not_found(app, client, paper, number):
    assert client.get(f"/attempts/{number}").status_code == 404
    message = {"lease": "0" * 32, "revision": 1, "responses": {}}
    headers = {"X-CSRFToken": client.token}
    assert client.post(f"/attempts/{number}/sheet", json=message, headers=headers).status_code == 404
