"""What the tests of rehearsals share: made-up people, one of them taking part, and all that the tables hold."""

from datetime import timedelta

from app.database import db
from app.models import Attempt
from app.operations import attempts, sign_ins
from app.operations.throttles import claim_try
from app.queries.snapshot import snapshot
from app.rules.rehearsal import ORIGIN, Account, extras
from app.rules.sheet import AnswerSheet
from tests import factories
from tests.factories import NOON

LENGTH = timedelta(minutes=5)
PEOPLE = extras(60, "seed")  # more than go at once


def everything():
    """All rows of all tables, as they are stored."""
    db.session.rollback()
    with snapshot() as now:
        return {table.name: [tuple(row) for row in now.rows(table)] for table in now.tables}


def real_contest(city):
    """A real contest in which somebody has answered, and which somebody else is answering."""
    contest_id, _ = factories.contest(city)
    done = attempts.start(contest_id, city.wang_fang, now=NOON)
    attempts.hand_in(done, actor=city.wang_fang, now=NOON)
    attempts.start(contest_id, city.zhang_wei, now=NOON)
    sign_ins.enter(contest_id, "陈静", "3333", origin="10.0.0.7", now=NOON)
    claim_try("somebody's mistake", NOON)
    return contest_id


def take_part(made, extra, *, hands_in=True):
    """Somebody made up enters, saves, and hands in."""
    signed_in = sign_ins.enter(made.contest_id, extra.name, extra.tail, origin=ORIGIN, now=NOON)
    attempt_id = attempts.start(made.contest_id, extra.user_id, now=NOON)
    db.session.rollback()
    lease = db.session.get_one(Attempt, attempt_id).lease
    sheet = AnswerSheet({1: (0,)})
    digest = sign_ins.digest(signed_in.token)
    attempts.save_sheet(attempt_id, lease=lease, revision=1, sheet=sheet, digest=digest, now=NOON)
    if hands_in:
        attempts.hand_in(attempt_id, actor=extra.user_id, now=NOON)
    return Account(extra.user_id, {1: {"1": [0]}}, attempt_id, acknowledged=1, saves=1, has_handed_in=hands_in)
