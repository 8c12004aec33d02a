"""A backup taken while people answer, and the same figures on another machine, whichever database is there."""

import io
import json
import os
import stat
import threading
import zipfile
from contextlib import contextmanager

import flask_migrate
import pytest
import sqlalchemy as sa

from app import create_app
from app.database import close, db, writing
from app.formats.backup_file import BackupReader, NotABackup
from app.models import Attempt, AuditEntry, Image, Import, RosterEntry, Unit, UnitAlias, User
from app.operations import attempts, backups, sign_ins, uploads
from app.operations.attempts import Saving
from app.operations.backups import NotEmpty, RestoreFailed
from app.operations.reports import unit_report
from app.queries import contests, health, snapshot
from app.reports import tables
from app.rules.sheet import AnswerSheet
from config import Settings
from tests import factories
from tests.conftest import BACKENDS
from tests.factories import NOON

SECRET = "s" * 64
PEOPLE = (("李明", "13800006207"), ("王芳", "13800001111"), ("张伟", "13800002222"))


@pytest.fixture
def city(released):
    return factories.city()


@pytest.fixture
def contest(city):
    """A contest in which 陈静 has handed in, and a unit stands before its parent in the order of numbers."""
    made, _ = factories.contest(city)
    attempts.hand_in(attempts.start(made, city.chen_jing, now=NOON), actor=city.chen_jing, now=NOON)
    factories.counted(made, city.chen_jing, 8000)
    with writing() as session:
        late = Unit(name="市直机关工委", code="GW", order=9)
        session.add(late)
        session.flush()
        session.get_one(Unit, city.bureau).parent_id = late.id
    return made


@contextmanager
def elsewhere(url, folder):
    """Another machine: its own folder, its own database, nothing in it."""
    app = create_app(Settings(database_url=url, secret_key="e" * 64, instance_dir=folder / "elsewhere", testing=True))
    with app.app_context():
        yield folder / "elsewhere"
    close(app)


def taken(folder, name="backup.zip"):
    path = folder / name
    return path, backups.back_up(path, uploads=folder / "uploads", secret=SECRET, actor=None, now=NOON)


def restored(path, instance):
    return backups.restore(path, instance=instance, actor=None, now=NOON)


def report():
    contest = contests.by_slug("pufa")
    assert contest
    return tables.as_json(unit_report(contest, now=NOON))


def digests(path):
    with BackupReader(path) as backup:
        return {n: t.digest for n, t in backup.manifest.tables.items() if n != "audit_entries"}


class Answering(threading.Thread):
    """Somebody who saves again and again, and remembers what was acknowledged."""

    def __init__(self, app, contest, name, phone):
        super().__init__(daemon=True)
        self.app, self.is_over = app, threading.Event()
        self.sent, self.acknowledged = {}, 0
        found = sign_ins.enter(contest, name, phone[-4:], origin="here", now=NOON)
        if isinstance(found, list):
            wanted = db.session.scalar(sa.select(User.id).where(User.phone == phone))
            found = sign_ins.enter(contest, name, phone[-4:], origin="here", now=NOON, user_id=wanted)
        self.digest = sign_ins.digest(found.token)
        user = db.session.scalars(sa.select(User.id).where(User.phone == phone)).one()
        self.attempt = attempts.start(contest, user, now=NOON)
        self.lease = db.session.get_one(Attempt, self.attempt).lease

    def run(self):
        with self.app.app_context():
            while not self.is_over.is_set():
                revision = self.acknowledged + 1
                sheet = self.sent[revision] = AnswerSheet({1 + revision % 5: (revision % 2,)})
                saving = attempts.save_sheet(
                    self.attempt, lease=self.lease, revision=revision, sheet=sheet, digest=self.digest, now=NOON
                )
                assert saving is Saving.SAVED
                self.acknowledged = revision

    def wait_for(self, more):
        wanted = self.acknowledged + more
        while self.acknowledged < wanted and self.is_alive():
            self.is_over.wait(0.001)


@pytest.mark.parametrize("target", BACKENDS)
def test_every_answer_acknowledged_before_a_backup_under_load_is_on_the_other_machine(
    released, contest, target, bare_url, tmp_path
):
    people = [Answering(released, contest, *person) for person in PEOPLE]
    for person in people:
        person.start()
        person.wait_for(10)
    acknowledged = [person.acknowledged for person in people]
    path, made = taken(tmp_path)
    for person in people:
        person.wait_for(10)
        person.is_over.set()
    for person in people:
        person.join(30)
    here = report()

    with elsewhere(bare_url(target), tmp_path) as instance:
        restored(path, instance)
        for person, least in zip(people, acknowledged, strict=True):
            attempt = db.session.get_one(Attempt, person.attempt)
            assert least <= attempt.revision <= person.acknowledged
            assert AnswerSheet.from_json(attempt.sheet) == person.sent[attempt.revision]
        assert report() == here
        results = sa.select(RosterEntry.user_id, RosterEntry.result).order_by(RosterEntry.user_id)
        there = db.session.execute(results).all()
        with db.engine.connect() as connection:
            assert snapshot.faults(connection) == []
    assert there == db.session.execute(results).all()
    assert {result for _, result in there} == {None, 8000}
    assert made.manifest.tables["attempts"].rows == 4


@pytest.mark.parametrize("target", BACKENDS)
def test_a_backup_of_what_was_restored_is_the_same_to_the_byte(contest, target, bare_url, tmp_path):
    with writing() as session:  # what databases spell differently, or read alike though it is stored otherwise
        stored = {"kind": "bank", "checksum": "0" * 64, "created_at": NOON}
        session.add(Import(file_name="甲.txt", reading={"数": 1.5}, outcome=None, **stored))
        session.add(Import(file_name="乙.txt", reading={}, outcome=sa.null(), **stored))
        session.add(Image(checksum="a" * 64, media_type="image/png", content=bytes(range(256)), created_at=NOON))
        session.add(UnitAlias(unit_id=1, alias='引号"和\\、换行\n'))
    path, _ = taken(tmp_path)
    with elsewhere(bare_url(target), tmp_path) as instance:
        restored(path, instance)
        again, made = taken(tmp_path, "again.zip")
        assert digests(again) == digests(path)
        assert made.manifest.database == target


@pytest.mark.parametrize("target", BACKENDS)
def test_after_a_restore_new_rows_get_new_numbers(city, target, bare_url, tmp_path):
    path, _ = taken(tmp_path)
    with elsewhere(bare_url(target), tmp_path) as instance:
        restored(path, instance)
        assert factories.account("zhoumin", None) > city.chen_jing


def test_uploads_and_the_secret_come_back_and_are_the_owners_alone(city, bare_url, tmp_path, backend):
    checksum = uploads.keep(b"the bytes of a list", tmp_path / "uploads")
    spoilt = uploads.keep(b"what a bad disk has changed", tmp_path / "uploads")
    (tmp_path / "uploads" / spoilt[:2] / spoilt).write_bytes(b"other bytes")
    path, made = taken(tmp_path)
    assert (made.manifest.uploads, made.spoilt) == (1, 1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with elsewhere(bare_url(backend), tmp_path) as instance:
        restored(path, instance)
    assert (instance / "uploads" / checksum[:2] / checksum).read_bytes() == b"the bytes of a list"
    assert (instance / "secret_key").read_text() == SECRET + "\n"
    kept = [path for path in instance.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert {stat.S_IMODE(p.stat().st_mode) for p in (instance, *instance.rglob("*")) if p.is_dir()} == {0o700}


def test_nothing_is_restored_over_what_is_there(contest, tmp_path):
    path, _ = taken(tmp_path)
    before = digests(path)
    with pytest.raises(NotEmpty) as refused:
        restored(path, tmp_path)
    assert refused.value.rows["users"] == 5
    assert not (tmp_path / "secret_key").exists()
    assert digests(taken(tmp_path, "after.zip")[0]) == before


def test_tables_that_a_first_start_made_are_no_hindrance_while_they_are_empty(city, bare_url, tmp_path, backend):
    path, _ = taken(tmp_path)
    with elsewhere(bare_url(backend), tmp_path) as instance:
        flask_migrate.upgrade()
        restored(path, instance)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 5
        assert health.schema() == health.newest_schema()


def test_a_backup_of_an_older_schema_is_brought_up_to_date(released, bare_url, tmp_path, backend):
    """What a former release left: its tables, and a row that its columns held."""
    old = {"id": 7, "name": "市财政局", "order_number": 1}
    with elsewhere(bare_url(backend), tmp_path):
        flask_migrate.upgrade(revision="0001")
        with writing() as session:
            session.execute(
                sa.text("INSERT INTO units (id, name, order_number) VALUES (:id, :name, :order_number)"), old
            )
        path, made = taken(tmp_path)
        assert made.manifest.schema == "0001"
        assert not made.is_recorded or db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == 1
    with elsewhere(bare_url(backend).replace("zhisai.db", "new.db"), tmp_path) as instance:
        restored(path, instance)
        assert health.schema() == health.newest_schema()
        assert db.session.get_one(Unit, 7).name == "市财政局"


def test_somebody_elses_tables_are_neither_kept_nor_touched(city, bare_url, tmp_path, backend):
    make, drop = "CREATE TABLE elsewhere (id INTEGER)", "DROP TABLE elsewhere"
    with db.engine.begin() as connection:
        connection.exec_driver_sql(make)
    path, made = taken(tmp_path)
    with db.engine.begin() as connection:
        connection.exec_driver_sql(drop)
    assert "elsewhere" not in made.manifest.tables
    with elsewhere(bare_url(backend), tmp_path) as instance:
        with db.engine.begin() as connection:
            connection.exec_driver_sql(make)
        restored(path, instance)
        assert sa.inspect(db.engine).has_table("elsewhere")
        assert snapshot.filled()["users"] == 5


def renumbered(path):
    """The same backup, made by a version that is to come."""
    copy = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for member in old.namelist():
            content = old.read(member)
            if member == "manifest.json":
                content = json.dumps(json.loads(content) | {"schema": "9999"}).encode()
            new.writestr(member, content)
    path.write_bytes(copy.getvalue())


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (renumbered, "这份备份来自更新的版本（表结构 9999），"),
        (lambda path: path.write_bytes(path.read_bytes()[:-3000]), "备份文件已损坏"),
    ],
)
def test_a_file_that_cannot_be_restored_from_is_told_and_writes_nothing(city, spoil, told, bare_url, tmp_path, backend):
    path, _ = taken(tmp_path)
    spoil(path)
    with elsewhere(bare_url(backend), tmp_path) as instance:
        with pytest.raises(NotABackup, match=told):
            restored(path, instance)
        assert sa.inspect(db.engine).get_table_names() == []
    assert not (tmp_path / "elsewhere" / "secret_key").exists()


def test_what_does_not_compare_after_writing_is_taken_back(city, bare_url, tmp_path, backend, monkeypatch):
    path, _ = taken(tmp_path)
    with elsewhere(bare_url(backend), tmp_path) as instance:
        monkeypatch.setattr(backups, "_digest", lambda *_: "something else")
        with pytest.raises(RestoreFailed):
            restored(path, instance)
        assert snapshot.filled() == {}
        monkeypatch.undo()
        restored(path, instance)
        assert snapshot.filled()["users"] == 5


@pytest.mark.database("sqlite")
def test_a_full_disk_leaves_no_half_backup_and_the_old_one(city, tmp_path, monkeypatch):
    path, _ = taken(tmp_path)
    before = path.read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        taken(tmp_path)
    assert path.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == ["backup.zip"]


def test_a_backup_is_in_the_audit(city, tmp_path):
    _, made = taken(tmp_path)
    assert made.is_recorded
    assert db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id.desc())).first() == "backup.make"


def test_every_type_of_column_is_one_that_a_backup_keeps_exactly():
    kept = (sa.Integer, sa.BigInteger, sa.String, sa.Boolean, sa.JSON, sa.LargeBinary)
    types = {
        getattr(column.type, "impl", column.type) for table in db.metadata.tables.values() for column in table.columns
    }
    assert {str(kind) for kind in types if not isinstance(kind, kept)} == set()
