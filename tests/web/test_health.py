"""What a proxy or a watcher of the machine is told, and what it is not."""

import flask_migrate
import pytest
import sqlalchemy as sa

from app.database import db, writing
from app.queries import health
from app.web.health import LASTS

READ_ONLY = {"sqlite": "PRAGMA query_only = ON", "postgresql": "SET default_transaction_read_only = on"}


@pytest.fixture
def stopped(monkeypatch):
    """A clock for the probe that stands still until it is moved."""
    clock = {"at": 1000.0}
    monkeypatch.setattr("app.web.health.time.monotonic", lambda: clock["at"])
    return clock


def ready(client):
    response = client.get("/readyz")
    return response.status_code, response.json, response.headers.get("Retry-After")


def unavailable(reason):
    return 503, {"status": "unavailable", "reason": reason}, "5"


def written(version):
    with writing() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def test_it_is_alive_whatever_its_database_does(app, client):
    response = client.get("/healthz")
    assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_it_is_ready_when_an_answer_would_be_kept(released, client):
    assert ready(client) == (200, {"status": "ok"}, None)


def test_it_is_not_ready_on_tables_that_no_migration_made(app, client):
    assert ready(client) == unavailable("schema_missing")


@pytest.mark.parametrize(("version", "reason"), [("0001", "schema_older"), ("9999", "schema_newer")])
def test_it_is_not_ready_on_the_tables_of_another_version(released, client, version, reason):
    written(version)
    assert ready(client) == unavailable(reason)


def test_it_is_not_ready_when_the_database_takes_no_writes(released, client, backend, stopped):
    def refuse(connection, _record):
        cursor = connection.cursor()
        cursor.execute(READ_ONLY[backend])
        cursor.close()
        if backend == "postgresql":
            connection.commit()

    db.session.remove()
    db.engine.dispose()
    sa.event.listen(db.engine, "connect", refuse)
    try:
        assert ready(client) == unavailable("database_not_writable")
    finally:
        sa.event.remove(db.engine, "connect", refuse)
        db.engine.dispose()
    stopped["at"] += LASTS
    assert ready(client) == (200, {"status": "ok"}, None)


def test_it_is_not_ready_when_the_database_is_gone(released, client, monkeypatch):
    def gone():
        raise sa.exc.OperationalError("SELECT secret", {}, Exception("password=hunter2 host=10.0.0.8"))

    monkeypatch.setattr(health, "schema", gone)
    assert ready(client) == unavailable("database_unreachable")


def test_many_who_ask_cost_one_write(released, client, stopped, monkeypatch):
    writes = []
    monkeypatch.setattr("app.operations.readiness.prove_writable", lambda: writes.append("one"))
    for _ in range(5):
        assert ready(client)[0] == 200
    assert len(writes) == 1
    stopped["at"] += LASTS
    assert ready(client)[0] == 200
    assert len(writes) == 2


def test_every_proof_is_a_write_that_reaches_the_database(released, client, stopped, backend):
    """SQLite leaves out a write that changes nothing: the counter of its header must move."""
    if backend == "sqlite":
        before = db.session.execute(sa.text("PRAGMA user_version")).scalar()
        db.session.rollback()
        client.get("/readyz")
        assert db.session.execute(sa.text("PRAGMA user_version")).scalar() != before
    else:
        select = sa.text("SELECT xmin::text FROM alembic_version")
        before = db.session.execute(select).scalar()
        db.session.rollback()
        client.get("/readyz")
        assert db.session.execute(select).scalar() != before


def test_the_newest_schema_is_the_one_that_migrations_lead_to(released):
    assert health.schema() == health.newest_schema()
    flask_migrate.upgrade()
    assert health.schema() == health.schemas()[-1]
