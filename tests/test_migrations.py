"""The numbered migrations make the very tables that the code describes, on both databases."""

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from app.database import db
from config import ROOT


@pytest.fixture
def empty(context):
    """The database without any table."""
    with db.engine.begin() as connection:
        db.metadata.drop_all(connection)
    yield context
    db.session.remove()  # its read would hold the tables
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
        db.metadata.create_all(connection)


def test_an_empty_database_is_brought_up_to_date(empty):
    flask_migrate.upgrade(directory=str(ROOT / "migrations"))
    assert set(sa.inspect(db.engine).get_table_names()) == {*db.metadata.tables, "alembic_version"}
    with db.engine.connect() as connection:
        compared = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(compared, db.metadata) == []


def test_upgrading_twice_changes_nothing(empty):
    flask_migrate.upgrade(directory=str(ROOT / "migrations"))
    flask_migrate.upgrade(directory=str(ROOT / "migrations"))
    assert db.session.scalar(sa.text("SELECT version_num FROM alembic_version")) == "0007"


def test_migrations_are_numbered_in_a_row():
    numbers = sorted(path.name[:4] for path in (ROOT / "migrations" / "versions").glob("*.py"))
    assert numbers == [f"{n:04d}" for n in range(1, len(numbers) + 1)]


def test_a_migration_imports_nothing_of_the_application():
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "app." not in text
