"""flask backup and flask restore, as an administrator types them."""

import json
import stat

import pytest
import sqlalchemy as sa

from app import create_app
from app.database import close
from app.operations import backups
from config import Settings
from tests import factories
from tests.factories import NOON


@pytest.fixture
def city(released):
    released.config["CLOCK"] = lambda: NOON
    return factories.contest(factories.city())


@pytest.fixture
def run(runner):
    """Run a command; gives its exit code, what it printed, and what it complained of."""

    def go(*words):
        result = runner.invoke(args=[str(word) for word in words])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

    return go


@pytest.fixture
def run_elsewhere(bare_url, backend, tmp_path):
    """Run a command on another machine."""
    settings = Settings(
        database_url=bare_url(backend), secret_key="e" * 64, instance_dir=tmp_path / "elsewhere", testing=True
    )
    app = create_app(settings)

    def go(*words):
        with app.app_context():  # commands take the context that is open
            result = app.test_cli_runner().invoke(args=[str(word) for word in words])
        return result.exit_code, result.stdout, result.stderr

    yield go
    close(app)


def test_a_backup_tells_its_size_its_schema_and_what_is_in_it(city, run, tmp_path):
    code, told, _ = run("backup", tmp_path / "b.zip")
    assert code == 0
    assert told.startswith(f"已备份到 {tmp_path / 'b.zip'}（")
    assert " KB，用时" in told
    assert "表结构 0" in told
    assert "单位 3，人员 5，题库 1，试题 12，竞赛 1，答卷 0" in told
    assert stat.S_IMODE((tmp_path / "b.zip").stat().st_mode) == 0o600


def test_the_same_as_json(city, run, tmp_path, backend):
    code, told, _ = run("backup", tmp_path / "b.zip", "--json")
    value = json.loads(told)
    assert code == 0
    assert (value["database"], value["rows"]["users"], value["uploads"]) == (backend, 5, 0)
    assert value["made_at"] == "2026-09-17T04:00:00+00:00"
    assert value["bytes"] == (tmp_path / "b.zip").stat().st_size


def test_a_file_that_is_there_is_not_overwritten_unless_asked(city, run, tmp_path):
    (tmp_path / "b.zip").write_text("precious")
    code, _, complaint = run("backup", tmp_path / "b.zip")
    assert (code, (tmp_path / "b.zip").read_text()) == (1, "precious")
    assert "没有覆盖" in complaint and "--force" in complaint
    assert run("backup", tmp_path / "b.zip", "--force")[0] == 0
    assert (tmp_path / "b.zip").stat().st_size > 1000


def test_in_a_folder_a_backup_is_named_after_its_time_and_only_the_newest_stay(city, run, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in (1, 2, 3):
        (folder / f"zhisai-2026090{day}-030000.zip").touch()
    (folder / "竞赛前.zip").touch()
    (folder / "zhisai-重要.zip").touch()
    code, told, _ = run("backup", folder, "--keep", 2)
    assert code == 0 and "删去较旧的备份 2 份" in told
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["zhisai-20260903-030000.zip", "zhisai-20260917-120000.zip", "zhisai-重要.zip", "竞赛前.zip"]


def test_keeping_the_newest_needs_a_folder(city, run, tmp_path):
    assert run("backup", tmp_path / "b.zip", "--keep", 2)[0] == 2


def test_where_nothing_can_be_written_a_sentence_says_so(city, run, tmp_path):
    code, _, complaint = run("backup", tmp_path / "no" / "b.zip")
    assert code == 1
    assert complaint.startswith(f"写不进 {tmp_path / 'no' / 'b.zip'}：")


def test_without_tables_there_is_nothing_to_back_up(run_elsewhere, tmp_path):
    code, _, complaint = run_elsewhere("backup", tmp_path / "b.zip")
    assert (code, complaint) == (3, "数据库里还没有表，没有可备份的内容。请核对 DATABASE_URL 和 INSTANCE_DIR。\n")
    assert [path.name for path in tmp_path.iterdir() if "b.zip" in path.name] == []


def test_it_is_restored_on_another_machine_once(city, run, run_elsewhere, tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    run("backup", tmp_path / "b.zip")
    code, told, complaint = run_elsewhere("restore", tmp_path / "b.zip")
    assert (code, complaint) == (0, "")
    assert told.startswith("已恢复 2026-09-17 12:00:00 的备份，逐行比对一致。")
    assert "人员 5" in told
    code, _, complaint = run_elsewhere("restore", tmp_path / "b.zip")
    assert code == 1
    assert complaint.startswith("这里已有数据（单位 3，人员 5，")
    assert ("改名（mv " in complaint) or ("新建一个空库" in complaint)


def test_what_the_database_refuses_is_told_in_a_sentence(city, run, run_elsewhere, tmp_path, monkeypatch):
    def refuse(*_):
        raise sa.exc.DataError("INSERT", {}, Exception("value too long for type character varying(60)"))

    run("backup", tmp_path / "b.zip")
    with monkeypatch.context() as patched:
        patched.setattr(backups, "_insert", refuse)
        code, _, complaint = run_elsewhere("restore", tmp_path / "b.zip")
    assert code == 3
    assert complaint.startswith("恢复没有完成，数据没有留下：value too long for type character varying(60)。")
    assert run_elsewhere("restore", tmp_path / "b.zip")[0] == 0


def test_another_file_is_told_by_name(run_elsewhere, tmp_path):
    (tmp_path / "other.zip").write_text("名单")
    code, _, complaint = run_elsewhere("restore", tmp_path / "other.zip")
    assert code == 1
    assert complaint == (f"{tmp_path / 'other.zip'}：这不是知赛的备份文件，请核对文件名；备份由 flask backup 生成。\n")


def test_a_secret_of_the_machines_own_is_pointed_out(city, run, run_elsewhere, tmp_path, monkeypatch):
    run("backup", tmp_path / "b.zip")
    monkeypatch.setenv("SECRET_KEY", "x" * 40)
    assert "SECRET_KEY" in run_elsewhere("restore", tmp_path / "b.zip")[2]
