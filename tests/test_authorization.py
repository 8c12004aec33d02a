"""Who may open what: a row for every route of the URL map, tried by everybody. A new route without a row fails.

Nobody's reach depends on a unit yet: organizers work on the whole site, and a candidate's on nothing but the own
attempts. So “other” is tried by a colleague of the owner's unit and by somebody of another unit alike.
"""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.database import db
from app.rules.roles import Role
from tests import factories
from tests.factories import NOON, PASSWORD

OPEN = "open"  # everybody
OWN = "own"  # the signed-in person's own things; somebody else's do not exist
SIGNED_IN = "signed in"  # whoever is signed in
ACCOUNT = "account"  # signed in with a password, not by name for one contest
ORGANIZER, ADMINISTRATOR = "organizer", "administrator"
GUARDED = {OWN, SIGNED_IN, ACCOUNT, ORGANIZER, ADMINISTRATOR}

ROWS = {
    OPEN: """
        static health.alive health.ready account.sign_in account.sign_out account.activation
        candidate.home candidate.entry candidate.rules candidate.start candidate.application candidate.application_made
    """,  # rules and start lead whoever has not entered to the entry
    OWN: "candidate.paper candidate.save candidate.news candidate.submit candidate.result candidate.review",
    SIGNED_IN: "candidate.records images.image",
    ACCOUNT: "account.password",
    ORGANIZER: """
        organizer.home organizer.template_file
        organizer.banks organizer.bank organizer.bank_upload organizer.bank_edit organizer.bank_copy
        organizer.bank_deletion organizer.bank_changes organizer.bank_export organizer.bank_export_file
        organizer.health organizer.duplicates organizer.duplicates_decision
        organizer.question organizer.question_new organizer.question_edit organizer.question_state
        organizer.import_preview organizer.import_choice organizer.import_columns organizer.import_row
        organizer.import_confirmation organizer.import_discard organizer.import_undo
        organizer.quizzes organizer.quiz organizer.quiz_new organizer.quiz_edit
        organizer.units organizer.units_upload organizer.people organizer.people_upload
        organizer.contests organizer.contest organizer.contest_new organizer.contest_qr organizer.contest_roster
        organizer.poster organizer.applications organizer.approve organizer.decline
        organizer.late_sheets organizer.late_sheet organizer.late_decisions organizer.decide_late_sheets
        organizer.live organizer.live_part organizer.receipt
        organizer.postponement organizer.ending organizer.pause organizer.resumption
        organizer.attempt organizer.attempt_extension organizer.attempt_reopening organizer.attempt_voiding
        organizer.attempt_restoration
        organizer.reports organizer.report organizer.report_csv organizer.report_excel
        organizer.absentees organizer.absentees_csv organizer.absentees_excel
    """,
    ADMINISTRATOR: """
        admin.settings admin.roles admin.grant admin.make_account admin.make_link admin.revocation
    """,
}
MATRIX = {endpoint: level for level, names in ROWS.items() for endpoint in names.split()}
FILLED = {
    "slug": "pufa", "filename": "css/base.css", "token": "x", "name": "题库模板.xlsx", "form": "text",
    "role": "organizer", "checksum": "0" * 64, "user_id": "6",
}  # fmt: skip
# What the small city has none of: the guard stands before the search, so it is tried all the same.
LACKING = re.compile(
    r"organizer\.(import_|approve|decline|late_sheet$|decide_late)|admin\.(grant|make_link|revocation)|images\.image"
)
# Whoever has an account and stands on no roster is told so: an admission, not a right.
ADMITTING = ("candidate.entry", "candidate.rules", "candidate.start")


def routes(app):
    """(endpoint, method, path) for every rule of the URL map, with parts that exist in the small city."""
    found = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: FILLED.get(part.group(1), "1"), rule.rule)
        found += [(rule.endpoint, method, path) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return found


def enter(client, name, tail, **more):
    client.submit("/c/pufa", {"name": name, "tail": tail, **more}, page="/c/pufa")


def sign_in(client, login):
    client.submit("/sign-in", {"login": login, "password": PASSWORD}, page="/sign-in")


def come(client, who):
    """Be that person, with the token of a form at hand."""
    client.delete_cookie("zhisai")
    WAYS_IN[who](client)
    client.get("/sign-in")


WAYS_IN = {
    "a stranger": lambda client: None,
    "a colleague by name": lambda client: enter(client, "李明", "6207", candidate="1"),
    "somebody of another unit by name": lambda client: enter(client, "陈静", "3333"),
    "an account without a role": lambda client: sign_in(client, "nobody"),
    "an organizer": lambda client: sign_in(client, "zhoumin"),
    "an administrator": lambda client: sign_in(client, "sunju"),
}
# Levels that each may open. The way in by name opens none of the roles that the same person holds.
MAY = {
    "a stranger": {OPEN},
    "a colleague by name": {OPEN, SIGNED_IN},
    "somebody of another unit by name": {OPEN, SIGNED_IN},
    "an account without a role": {OPEN, SIGNED_IN, ACCOUNT},
    "an organizer": {OPEN, SIGNED_IN, ACCOUNT, ORGANIZER},
    "an administrator": {OPEN, SIGNED_IN, ACCOUNT, ORGANIZER, ADMINISTRATOR},
}


@pytest.fixture
def place(app):
    """A city with an open contest in which 王芳 has an attempt, and accounts; 陈静 is an administrator as well."""
    from app.operations import accounts, attempts

    app.config["CLOCK"] = lambda: NOON
    with app.app_context():
        city = factories.city()
        contest, _ = factories.contest(city)
        attempts.start(contest, city.wang_fang, now=NOON)
        factories.account("zhoumin", Role.ORGANIZER)
        factories.account("sunju", Role.ADMINISTRATOR)
        factories.account("nobody", None)
        accounts.grant(city.chen_jing, Role.ADMINISTRATOR, actor=None, now=NOON)
    return city


def test_every_route_has_one_row(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    named = [endpoint for names in ROWS.values() for endpoint in names.split()]
    assert sorted(named) == sorted(endpoints)


def test_only_reading_and_posting_exist(app):
    """Each other method would need its own look at forgery and rights."""
    assert {method for _, method, _ in routes(app)} == {"GET", "POST"}


@pytest.mark.parametrize("who", WAYS_IN)
def test_everybody_opens_what_is_theirs_and_nothing_else(app, client, place, who):
    come(client, who)
    wrong, before = dict[tuple[str, ...], tuple[int, str]](), contents(app)
    for endpoint, method, path in routes(app):
        if endpoint == "account.sign_out":  # open to all, and would end the round
            continue
        data = {"csrf_token": client.token} if method == "POST" else None
        answer = client.open(path, method=method, data=data)
        told = (answer.status_code, (answer.location or "").partition("?")[0])
        if not fits(who, endpoint, method, told):
            wrong[endpoint, method] = told
        if method == "POST":
            before, old = contents(app), before
            if MATRIX[endpoint] not in MAY[who] and before != old:
                wrong[endpoint, method, "changed something"] = told
    assert wrong == {}


def fits(who, endpoint, method, told):
    """Whether this is the answer that the matrix wants."""
    status, location = told
    level = MATRIX[endpoint]
    if level in MAY[who]:
        if endpoint != "account.sign_in" and location == "/sign-in":
            return False
        lacks = (status == 404 and LACKING.match(endpoint)) or (status == 403 and endpoint in ADMITTING)
        is_unready = endpoint == "health.ready" and status == 503  # these tables came without a migration
        return status in (200, 303, 400, 409, 410) or bool(lacks) or is_unready
    if level == OWN and who != "a stranger":
        return status == 404
    if who in ("an account without a role", "an organizer") or (level == ACCOUNT and who != "a stranger"):
        return status == 403
    if endpoint == "candidate.save":
        return told == (303, "/sign-in")  # a form that was posted: it is told where to go
    if endpoint == "candidate.news":
        return status == 404  # a script asks: the way to the sign-in would be no answer
    return status == 401 if method == "POST" else told == (303, "/sign-in")


def contents(app):
    """Every row of every table but those that only say who came by."""
    with app.app_context():
        tables = [table for table in db.metadata.sorted_tables if table.name not in ("sign_ins", "throttles")]
        rows = {
            table.name: [tuple(map(str, row)) for row in db.session.execute(sa.select(table))]
            for table in tables
            if table.name != "audit_entries"
        }
        db.session.remove()
        return rows


def test_the_owner_opens_the_own_attempt(app, client, place):
    enter(client, "王芳", "1111")
    assert client.get("/attempts/1").status_code == 200


def test_nobody_saves_into_somebody_elses_attempt_even_with_its_lease(app, client, place):
    from app.models import Attempt

    with app.app_context():
        lease = db.session.get_one(Attempt, 1).lease
    packet = {"lease": lease, "revision": 1, "responses": {"1": [0]}, "marked": []}
    for who in ("a stranger", "a colleague by name", "an organizer", "an administrator"):
        come(client, who)
        answer = client.post("/attempts/1/sheet", json=packet, headers={"X-CSRFToken": client.token})
        assert (answer.status_code, answer.json["state"]) == (401, "signed_out"), who
    with app.app_context():
        assert db.session.get_one(Attempt, 1).revision == 0


def test_a_sign_in_for_another_contest_does_not_reach_the_own_attempt_here(app, client, place):
    with app.app_context():
        factories.contest(place, slug="other", title="另一场")
    client.submit("/c/other", {"name": "王芳", "tail": "1111"}, page="/c/other")
    assert client.get("/attempts/1").status_code == 404


@pytest.mark.parametrize("end", ["sign out", "password", "disabled", "idle"])
def test_a_copied_cookie_is_dead_on_every_route_once_its_sign_in_has_ended(app, client, place, end):
    from app.operations import accounts
    from app.queries import accounts as questions

    sign_in(client, "zhoumin")
    copied = client.get_cookie("zhisai").value
    client.get("/manage")
    if end == "sign out":
        client.post("/sign-out", data={"csrf_token": client.token})
    with app.app_context():
        user_id = questions.by_login("zhoumin").id
        if end == "password":
            accounts.set_password(user_id, "another good sentence", now=NOON)
        elif end == "disabled":
            accounts.disable(user_id, actor=None, now=NOON)
        else:
            app.config["CLOCK"] = lambda: NOON + timedelta(minutes=31)
    client.set_cookie("zhisai", copied)
    client.get("/sign-in")
    alive = {}
    for endpoint, method, path in routes(app):
        if MATRIX[endpoint] in GUARDED:
            data = {"csrf_token": client.token} if method == "POST" else None
            answer = client.open(path, method=method, data=data)
            told = (answer.status_code, (answer.location or "").partition("?")[0])
            if not fits("a stranger", endpoint, method, told):
                alive[endpoint, method] = told
    assert alive == {}


FORGED: list[dict[str, dict[str, str]]] = [
    {"data": {}}, {"data": {"csrf_token": "x" * 91}}, {"json": {"lease": "0" * 32}},
]  # fmt: skip


@pytest.mark.parametrize("who", ["a stranger", "an administrator"])
def test_every_unsafe_route_without_the_token_of_a_form_is_refused(app, client, place, who):
    come(client, who)
    before, open_to_forgery = contents(app), []
    for endpoint, method, path in routes(app):
        if method != "GET":
            for sent in FORGED:
                if client.open(path, method=method, **sent).status_code != 400:
                    open_to_forgery.append((endpoint, method, str(sent)))
    assert open_to_forgery == []
    assert contents(app) == before
