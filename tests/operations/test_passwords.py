"""Hashing: as strong as promised, alike for all, and never by more requests than have a place."""

from contextlib import ExitStack

import pytest

from app.models import Throttle
from app.operations import passwords, sign_ins
from app.rules.admission import Reason, Refusal
from app.rules.roles import Role
from tests import factories
from tests.factories import NOON, PASSWORD

HERE = "192.0.2.7"


@pytest.fixture(autouse=True)
def as_strong_as_promised(as_in_service, monkeypatch):
    hasher, nobody = as_in_service
    monkeypatch.setattr(passwords, "HASHER", hasher)
    monkeypatch.setattr(passwords, "NOBODY", nobody)
    monkeypatch.setattr(factories, "_HASH", hasher.hash(PASSWORD))


def all_places():
    taken = ExitStack()
    for _ in range(passwords.HASHING):
        taken.enter_context(passwords.place())
    return taken


def test_a_password_is_kept_as_argon2id_of_19_mebibytes_two_rounds_one_lane():
    with passwords.place() as hasher:
        kept = hasher.hashed(PASSWORD)
        assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert (hasher.matches(kept, PASSWORD), hasher.matches(kept, PASSWORD + " ")) == (True, False)


@pytest.mark.parametrize("kept", [None, "", "not a hash"])
def test_nothing_matches_where_no_password_is_kept(kept):
    with passwords.place() as hasher:
        assert hasher.matches(kept, PASSWORD) is False
        assert hasher.matches(kept, "") is False


def test_whoever_finds_no_place_is_asked_to_wait_and_loses_no_try(context):
    factories.account("zhoumin", Role.ORGANIZER)
    with all_places():
        for _ in range(7):
            with pytest.raises(Refusal) as refusal:
                sign_ins.sign_in("zhoumin", PASSWORD, origin=HERE, now=NOON)
            assert (refusal.value.reason, refusal.value.facts) == (Reason.BUSY, {"seconds": 1})
        from app.database import db

        assert db.session.query(Throttle).count() == 0
    assert sign_ins.sign_in("zhoumin", PASSWORD, origin=HERE, now=NOON).user_id == 1


def test_a_place_is_given_back_whatever_happens(context):
    for _ in range(9):
        with pytest.raises(RuntimeError), passwords.place():
            raise RuntimeError
    with all_places():
        pass


def test_web_threads_are_left_for_those_who_answer():
    import run

    assert passwords.HASHING <= run.THREADS // 2


def test_a_known_and_an_unknown_login_cost_one_hash_and_the_same_statements(context, monkeypatch):
    """Times are noise; what is done is not."""
    factories.account("zhoumin", Role.ORGANIZER)
    work_of("whoever", "192.0.2.1", monkeypatch)  # the first failure of a process sweeps
    known, unknown = (work_of("zhoumin", "192.0.2.2", monkeypatch), work_of("zhoumax", "192.0.2.3", monkeypatch))
    assert known == unknown
    assert known[0] == 1


def work_of(login, origin, monkeypatch):
    """Hashes and statements of a wrong try."""
    import sqlalchemy as sa

    from app.database import db

    hashes, statements, compare = list[str](), list[str](), passwords._matches

    def counted(kept, password):
        hashes.append(kept[:30])
        return compare(kept, password)

    monkeypatch.setattr(passwords, "_matches", counted)
    note = lambda _c, _cursor, statement, *_: statements.append(statement)  # noqa: E731
    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        with pytest.raises(Refusal):
            sign_ins.sign_in(login, f"wrong from {origin}", origin=origin, now=NOON)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
        monkeypatch.setattr(passwords, "_matches", compare)
    assert hashes == ["$argon2id$v=19$m=19456,t=2,p=1"]
    return len(hashes), statements
