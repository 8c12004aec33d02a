"""flask doctor: every part of this installation, measured and judged, with what to do next."""

import shutil
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli import machine
from app.cli.files import print_json
from app.cli.progress import steps
from app.database import DatabaseError, Unavailable, db
from app.extensions import utc_now
from app.formats.table import read_table
from app.formats.templates import TEMPLATES, write_template
from app.operations.readiness import prove_writable
from app.operations.rehearsals import Rehearsing, only_one
from app.queries import health, rehearsals
from app.queries.health import Record
from app.rules import checkup
from app.rules.checkup import Finding, State
from app.whole_file import unfinished_files
from config import Settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="结果输出为 JSON。")
@with_appcontext
def doctor(as_json: bool) -> None:
    """检查这台机器和这份安装：数据库及其设置、落盘速度、磁盘、时钟、数据表、文件权限、备份。网站可以照常运行。

    请用启动网站的那个用户、同样的设置（DATABASE_URL、INSTANCE_DIR）执行。每一行是好、注意或有问题，并说明怎么办。

    \b
    例：flask doctor
        flask doctor --json
    退出码：0 没有问题（可能有要注意的），1 有问题
    """
    findings = list(_findings(current_app.config["SETTINGS"]))
    state = checkup.worst(findings)
    if as_json:
        print_json({"state": state, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            click.echo(_told(finding))
        counts = {state: sum(finding.state is state for finding in findings) for state in State}
        told = "，".join(f"{state.label} {count}" for state, count in counts.items())
        click.echo(f"\n共 {len(findings)} 项：{told}。")
    raise SystemExit(1 if state is State.WRONG else 0)


def _told(finding: Finding) -> str:
    advice = f"\n　　　　→ {finding.advice}" if finding.advice else ""
    return f"{finding.state.label:　<3}　{finding.subject}：{finding.found}{advice}"


def _findings(settings: Settings) -> Iterator[Finding]:
    began = machine.clocks()
    with steps(3) as bar:
        bar.begin("数据库")
        database = list(_database())
        bar.begin("磁盘和文件夹")
        kept = list(_kept(settings))
        bar.begin("其他")
        rest = [_reading(), _address(settings)]
    yield from database
    yield from kept
    yield _clock(began)
    yield from rest


def _database() -> Iterator[Finding]:
    """From whether it answers to how long a durable write takes; ends at the first thing that makes the rest moot."""
    if missing := _missing_file():
        advice = "启动一次网站（make run）会自动建立；数据在别处就请设 INSTANCE_DIR 或 DATABASE_URL。"
        yield checkup.wrong("数据库", f"{missing} 不存在", advice)
        return
    try:
        library = health.library()
        found = health.schema()
    except Unavailable as error:
        advice = "请核对 DATABASE_URL，并确认数据库已启动、这个用户能读写它的文件夹。"
        yield checkup.wrong("数据库", f"连不上：{str(error.orig).splitlines()[0]}", advice)
        return
    finally:
        db.session.rollback()
    if library.is_sqlite:
        yield checkup.sqlite_library(library.version, library.module, library.is_fixed)
    else:
        yield checkup.postgresql_version(library.version)
    place = "请用没有改过的程序" if library.is_sqlite else "请改 postgresql.conf 或这个库、这个用户的设置"
    yield checkup.settings(library.settings, library.wanted, place)
    yield checkup.schema(found, health.newest_schema())
    if found is None:
        return
    if library.is_sqlite:
        yield checkup.soundness(health.faults())
    yield _writing()


def _missing_file() -> str:
    """The path of an SQLite file that is not there; asking the database would make it."""
    url = db.engine.url
    is_missing = url.get_backend_name() == "sqlite" and not Path(url.database or "").exists()
    return url.database or "" if is_missing else ""


def _writing() -> Finding:
    try:
        taken = machine.measured(prove_writable)
    except DatabaseError as error:
        told = str(error.orig).splitlines()[0]
        return checkup.wrong("写库", f"写不进去：{told}", "看磁盘是否满了、文件夹的主人和权限；PostgreSQL 看是否只读。")
    return checkup.syncing("写库", taken.median, taken.worst)


def _kept(settings: Settings) -> Iterator[Finding]:
    """The folder of this installation: its disk, who reads it, the uploads, the backups."""
    folder = settings.instance_dir
    if not folder.is_dir():
        yield checkup.wrong("数据文件夹", f"{folder} 不存在", "启动一次网站会自动建立；在别处就请设 INSTANCE_DIR。")
        return
    is_sqlite = settings.database_url.startswith("sqlite")
    try:
        taken = machine.syncing(folder)
    except OSError as error:
        yield checkup.wrong("落盘", f"写不进 {folder}：{error.strerror}", "腾出空间，或核对文件夹的主人和权限。")
    else:
        yield checkup.syncing("落盘", taken.median, taken.worst)
    space = shutil.disk_usage(folder)
    yield checkup.disk(space.free, space.total, machine.file_system(folder), is_sqlite)
    yield checkup.privacy(str(folder), *machine.private(folder))
    yield from _remembered(folder / "uploads")


def _remembered(folder: Path) -> Iterator[Finding]:
    past = _past()
    written = [folder.parent, *folder.glob("??"), *(Path(path) for path in sorted(past.backup_folders if past else ()))]
    yield checkup.unfinished([str(path) for place in dict.fromkeys(written) for path in unfinished_files(place)])
    if past:
        missing = [name for name in past.uploads if not (folder / name[:2] / name).is_file()]
        yield checkup.uploads(len(past.uploads), len(missing))
        yield checkup.backup(utc_now(), past.backed_up_at, past.has_people)
        yield from _rehearsed(folder.parent)


def _rehearsed(folder: Path) -> Iterator[Finding]:
    """Nothing, as long as nothing is left of a rehearsal."""
    if found := rehearsals.leftovers():
        try:
            with only_one(folder):
                yield checkup.leftovers(found.people)
        except Rehearsing:
            yield checkup.good("演练", f"正在进行，模拟人员 {found.people} 人")


def _clock(began: float) -> Finding:
    past = _past()
    apart = health.apart(utc_now()) if past else None
    jumped = timedelta(seconds=machine.clocks() - began)
    newest = past.newest if past else None
    return checkup.clock(utc_now(), machine.time_zone(), jumped, newest, machine.is_synchronised(), apart)


def _past() -> Record | None:
    """What the rows tell; None while there are no tables of this version, which has been said."""
    if _missing_file():
        return None
    try:
        return health.past()
    except DatabaseError:
        return None
    finally:
        db.session.rollback()


def _reading() -> Finding:
    """Whether an uploaded workbook is read: the limited child starts, and has what it needs."""
    problems = read_table(write_template(next(iter(TEMPLATES)))).problems
    if not problems:
        return checkup.good("读上传的表格", "受限的子进程能用")
    advice = "看内存是否够（读表格最多用 768 MB）；重新执行 make run（或 install.sh）补齐依赖。"
    return checkup.wrong("读上传的表格", f"读不出自带的模板：{problems[0].message}", advice)


def _address(settings: Settings) -> Finding:
    is_local = urlsplit(settings.public_url).hostname in LOOPBACK
    return checkup.address(settings.public_url, settings.is_secure, is_local, settings.trusted_proxies)
