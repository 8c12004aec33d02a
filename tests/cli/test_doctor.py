"""flask doctor on a real installation: what is right, and what has been spoilt."""

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import create_app
from app.cli import machine
from app.database import close, db, writing
from app.operations import backups, rehearsals, uploads
from app.operations.rehearsal_clearing import clear
from app.operations.rehearsals import only_one
from app.rules.rehearsal import extras
from app.whole_file import MARK
from config import Settings
from tests import factories
from tests.factories import NOON
from tests.operations.sheets import UNITS


@pytest.fixture
def doctor(released, runner, settings, monkeypatch):
    """The findings by subject, and the exit code; the machine's own disk and clock are taken as good."""
    settings.instance_dir.chmod(0o700)
    for path in settings.instance_dir.iterdir():
        path.chmod(0o600)
    monkeypatch.setattr(machine, "is_synchronised", lambda: True)
    monkeypatch.setattr(machine, "file_system", lambda _: "ext4")
    monkeypatch.setattr(machine, "measured", lambda work: work() or machine.Duration(0.001, 0.002))

    def run():
        result = runner.invoke(args=["doctor", "--json"])
        assert isinstance(result.exception, SystemExit | None), result.exception
        value = json.loads(result.stdout)
        return {finding["subject"]: finding for finding in value["findings"]}, result.exit_code, value["state"]

    return run


def states(found):
    return {subject: finding["state"] for subject, finding in found.items() if finding["state"] != "good"}


def settings_of(backend):
    """PostgreSQL of the tests forgets on purpose, and doctor must say so."""
    return {} if backend == "sqlite" else {"数据库设置": "wrong"}


def test_a_sound_installation_is_good_in_every_part(doctor, backend):
    found, code, _ = doctor()
    assert states(found) == settings_of(backend)
    assert code == (backend == "postgresql")
    expected = {"数据库", "数据库设置", "数据表", "写库", "落盘", "磁盘", "数据文件夹", "上传的原文件", "备份", "时钟"}
    assert set(found) == expected | {"没写完的文件", "读上传的表格", "网址"} | (
        {"完整性"} if backend == "sqlite" else set()
    )
    assert found["数据库"]["found"].startswith({"sqlite": "SQLite 3.", "postgresql": "PostgreSQL 1"}[backend])


def test_what_a_rehearsal_left_is_named_with_what_to_do_and_a_running_one_is_left_alone(doctor, settings, backend):
    made = factories.city()
    rehearsals.set_up(made.quiz, extras(2, "seed"), timedelta(minutes=1), actor=None, now=NOON)
    with only_one(settings.instance_dir):
        assert doctor()[0]["演练"]["found"] == "正在进行，模拟人员 2 人"
    left = doctor()[0]["演练"]
    assert (left["state"], left["found"]) == ("watch", "上次演练中断，留下模拟人员 2 人")
    assert "flask rehearse --clean" in left["advice"]
    clear(actor=None, now=NOON)
    assert "演练" not in doctor()[0]


@pytest.mark.database("postgresql")
def test_a_postgresql_that_forgets_is_told_which_settings(doctor):
    found, code, state = doctor()
    assert (code, state) == (1, "wrong")
    assert "fsync=on，synchronous_commit=on，full_page_writes=on" in found["数据库设置"]["advice"]


def test_tables_of_another_version_are_wrong(doctor):
    with writing() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    found, code, _ = doctor()
    assert (found["数据表"]["state"], code) == ("wrong", 1)


def test_a_database_that_takes_no_writes_is_wrong(doctor, backend, monkeypatch):
    def refused():
        raise sa.exc.OperationalError("PRAGMA", {}, Exception("database or disk is full"))

    monkeypatch.setattr(sys.modules["app.cli.doctor"], "prove_writable", refused)  # the name is the command's
    found, code, _ = doctor()
    assert (found["写库"]["state"], code) == ("wrong", 1)
    assert found["写库"]["found"] == "写不进去：database or disk is full"


@pytest.mark.database("sqlite")
def test_a_row_that_points_nowhere_is_found(doctor, released):
    city = factories.city()
    db.session.rollback()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")  # the switch works outside a transaction only
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql(f"DELETE FROM units WHERE id = {city.centre}")
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        connection.exec_driver_sql("BEGIN")
    found, code, _ = doctor()
    assert (found["完整性"]["state"], found["完整性"]["found"], code) == ("wrong", "users → units", 1)


def test_a_secret_that_others_may_read_is_wrong(doctor, settings):
    (settings.instance_dir / "secret_key").write_text("s" * 64)
    (settings.instance_dir / "secret_key").chmod(0o644)
    found, code, _ = doctor()
    assert (found["数据文件夹"]["state"], code) == ("wrong", 1)
    assert found["数据文件夹"]["found"] == "别的用户也能读：secret_key"


def test_an_upload_that_is_gone_and_a_backup_never_made_are_to_be_watched(doctor, settings, backend):
    factories.city()
    folder = settings.instance_dir / "uploads"
    uploads.preview_units(UNITS, "单位.csv", folder=folder, actor=None, now=NOON)
    assert states(doctor()[0]) == {"备份": "watch"} | settings_of(backend)
    next(path for path in folder.glob("*/*")).unlink()
    assert states(doctor()[0]) == {"备份": "watch", "上传的原文件": "watch"} | settings_of(backend)


def test_a_backup_just_made_is_good(doctor, settings, released, tmp_path):
    factories.city()
    released.config["CLOCK"] = lambda: NOON
    backups.back_up(tmp_path / "b.zip", uploads=tmp_path / "uploads", secret="s" * 64, actor=None, now=NOON)
    assert doctor()[0]["备份"]["state"] == "good"


def test_what_a_killed_backup_left_is_told_until_the_next_one(doctor, settings, backend, tmp_path):
    factories.city()
    folder = tmp_path / "backups"
    folder.mkdir()
    back_up = {"uploads": settings.instance_dir / "uploads", "secret": "s" * 64, "actor": None, "now": NOON}
    backups.back_up(folder / "first.zip", **back_up)
    (left := folder / f".second.zip.x{MARK}").write_bytes(b"half")
    finding = doctor()[0]["没写完的文件"]
    assert (finding["state"], str(left) in finding["found"]) == ("watch", True)
    backups.back_up(folder / "third.zip", **back_up)
    assert doctor()[0]["没写完的文件"]["state"] == "good"


def test_a_clock_behind_the_newest_entry_is_wrong(doctor, released, tmp_path):
    released.config["CLOCK"] = lambda: NOON
    backups.back_up(tmp_path / "b.zip", uploads=tmp_path, secret="s" * 64, actor=None, now=NOON.replace(hour=9))
    found, code, _ = doctor()
    assert (found["时钟"]["state"], code) == ("wrong", 1)
    assert "比库里最新的记录还早 5 小时" in found["时钟"]["found"]


def test_people_read_words_and_what_to_do_next(doctor, runner, settings):
    settings.instance_dir.chmod(0o755)
    told = runner.invoke(args=["doctor"]).stdout
    assert "有问题　数据文件夹：别的用户也能读：" in told
    assert f"\n　　　　→ 执行 chmod -R go-rwx {settings.instance_dir}\n" in told
    assert "好　　　磁盘：" in told
    assert told.splitlines()[-1].startswith("共 1")


@pytest.mark.parametrize("url", ["sqlite:///{}/none/zhisai.db", "postgresql+psycopg://nobody@127.0.0.1:1/none"])
def test_without_a_database_the_rest_is_still_told_and_nothing_is_made(url, tmp_path):
    settings = Settings(database_url=url.format(tmp_path), secret_key="k" * 64, instance_dir=tmp_path / "none")
    app = create_app(settings)
    result = app.test_cli_runner().invoke(args=["doctor", "--json"])
    found = {finding["subject"]: finding for finding in json.loads(result.stdout)["findings"]}
    assert result.exit_code == 1
    assert (found["数据库"]["state"], found["数据文件夹"]["state"]) == ("wrong", "wrong")
    assert "时钟" in found and "网址" in found
    assert list(tmp_path.iterdir()) == []
    close(app)


def test_this_machine_is_really_measured(tmp_path):
    taken = machine.syncing(tmp_path)
    assert 0 < taken.median <= taken.worst
    assert machine.is_synchronised() in (True, False, None)
    assert machine.file_system(Path("/proc/self")) == "proc"
    assert machine.file_system(tmp_path) not in ("", "proc")


def test_files_that_others_may_read_are_found(tmp_path):
    tmp_path.chmod(0o700)
    (tmp_path / "uploads").mkdir(mode=0o700)
    (tmp_path / "uploads" / "ab").mkdir(mode=0o755)
    assert machine.private(tmp_path) == (["ab"], [])
