"""flask backup and flask restore: the whole installation in one file, and back again."""

import os
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli.files import FILE, print_json, stop, uploads_folder
from app.database import DatabaseError, moment
from app.extensions import utc_now
from app.formats.backup_file import Manifest, NotABackup
from app.operations import backups
from app.operations.backups import Made, NotEmpty, NothingToBackUp, RestoreFailed
from app.rules.prose import SHANGHAI

NAMED = f"zhisai-{'[0-9]' * 8}-{'[0-9]' * 6}.zip"
LABELS = {
    "units": "单位",
    "users": "人员",
    "question_banks": "题库",
    "questions": "试题",
    "contests": "竞赛",
    "attempts": "答卷",
    "audit_entries": "操作日志",
}
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="文件已经存在时覆盖它。")
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    help="FILE 是文件夹时，只留最新的几份，更旧的删掉（只删名字是 zhisai-日期-时刻.zip 的）。",
)
@click.option("--json", "as_json", is_flag=True, help="结果输出为 JSON。")
@with_appcontext
def backup(file: Path, force: bool, keep: int | None, as_json: bool) -> None:
    """把数据库、上传的原文件和密钥备份成一个文件 FILE。网站照常运行，正在答题的人不受影响。

    FILE 是文件夹时，在里面新建 zhisai-日期-时刻.zip。备份里有人员资料和密钥，只有本用户能读，请存到别的机器上。

    \b
    例：flask backup /srv/backup/竞赛前.zip
        flask backup /srv/backup --keep 14
    退出码：0 已备份，1 写不进去或文件已存在，2 用法不对，3 数据库连不上
    """
    now = utc_now()
    if keep and not file.is_dir():
        raise click.UsageError("--keep 只用于文件夹，请把 FILE 写成一个已有的文件夹。")
    path = file / f"zhisai-{now.astimezone(SHANGHAI):%Y%m%d-%H%M%S}.zip" if file.is_dir() else file
    if path.exists() and not force:
        stop(1, f"{path} 已经存在，没有覆盖。请换个名字；确实要覆盖就加 --force。")
    began = time.monotonic()
    try:
        made = _backed_up(path, now)
        discarded = backups.discard_older(file, NAMED, keep) if keep else []
    except OSError as error:
        stop(1, f"写不进 {path}：{error.strerror}。请换个位置，或腾出空间后再试；没有留下半份文件。")
    if as_json:
        print_json(_described(made.manifest) | {"file": str(path), "bytes": made.size, "discarded": len(discarded)})
    else:
        click.echo(f"已备份到 {path}（{_size(made.size)}，用时 {time.monotonic() - began:.1f} 秒）")
        click.echo(_told(made.manifest))
        if discarded:
            click.echo(f"删去较旧的备份 {len(discarded)} 份。")
    _remark(made)


@click.command("restore")
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="结果输出为 JSON。")
@with_appcontext
def restore(file: Path, as_json: bool) -> None:
    """在空的机器（空的数据库）上恢复备份 FILE。备份来自哪种数据库都可以，由 DATABASE_URL 决定恢复到哪里。

    先核对整个文件，再写入，写完逐行比对；数据表随后升级到本版。已有数据时不动它，并说明怎么办。

    \b
    例：flask restore /srv/backup/竞赛前.zip
        DATABASE_URL=postgresql://用户:密码@主机/库名 flask restore 竞赛前.zip
    退出码：0 已恢复，1 文件不对或损坏、已有数据，2 用法不对，3 数据库连不上
    """
    settings = current_app.config["SETTINGS"]
    try:
        manifest = backups.restore(file, instance=settings.instance_dir, actor=None, now=utc_now())
    except NotABackup as error:
        stop(1, f"{file}：{error}")
    except NotEmpty as error:
        _stop_not_empty(error.rows)
    except RestoreFailed as error:
        stop(
            1, f"写入以后比对不上（{error}），已全部撤回。请换一份备份再试，并执行 flask doctor 看这台机器是否有问题。"
        )
    except DatabaseError as error:
        told = str(error.orig).splitlines()[0]
        stop(3, f"恢复没有完成，数据没有留下：{told}。请核对 DATABASE_URL 和磁盘空间，再执行一次。")
    except OSError as error:
        stop(1, f"恢复没有完成：{error.strerror}。请腾出空间或核对文件夹的权限，再执行一次。")
    if as_json:
        print_json(_described(manifest))
    else:
        made_at = moment(manifest.made_at).astimezone(SHANGHAI)
        click.echo(f"已恢复 {made_at:%Y-%m-%d %H:%M:%S} 的备份，逐行比对一致。")
        click.echo(_told(manifest))
        click.echo("接着启动网站即可；开始前可执行 flask doctor。")
    if os.environ.get("SECRET_KEY"):
        click.echo("注意：本机另设了 SECRET_KEY，备份里的密钥不会用上；已打开的表单可能要重新填。", err=True)


def _backed_up(path: Path, now: datetime) -> Made:
    try:
        secret = current_app.config["SETTINGS"].secret_key
        return backups.back_up(path, uploads=uploads_folder(), secret=secret, actor=None, now=now)
    except NothingToBackUp:
        stop(3, "数据库里还没有表，没有可备份的内容。请核对 DATABASE_URL 和 INSTANCE_DIR。")


def _remark(made: Made) -> None:
    if made.spoilt:
        click.echo(f"注意：有 {made.spoilt} 个上传的原文件已经损坏，没有收进备份；题库和名单不受影响。", err=True)
    if not made.is_recorded:
        click.echo(
            "注意：备份完好，但没有能记入操作日志：数据库写不进去，或者还没有升级。请执行 flask doctor 看原因。",
            err=True,
        )


def _stop_not_empty(rows: Mapping[str, int]) -> NoReturn:
    settings = current_app.config["SETTINGS"]
    counts = "，".join(f"{label} {rows[name]}" for name, label in LABELS.items() if name in rows) or "其他记录"
    if settings.database_url.startswith("sqlite"):
        where = settings.instance_dir
        advice = f"先停掉网站，把数据文件夹改名（mv {where} {where}.旧），再执行一次；旧数据因此还在。"
    else:
        advice = "请新建一个空库，把 DATABASE_URL 改成它，再执行一次；旧库因此还在。"
    stop(1, f"这里已有数据（{counts}），没有动它。", f"要用备份取代它：{advice}")


def _described(manifest: Manifest) -> dict[str, object]:
    return {
        "made_at": moment(manifest.made_at).isoformat(),
        "schema": manifest.schema,
        "database": manifest.database,
        "uploads": manifest.uploads,
        "rows": {name: table.rows for name, table in manifest.tables.items()},
    }


def _told(manifest: Manifest) -> str:
    counts = [f"{label} {manifest.tables[name].rows}" for name, label in LABELS.items() if name in manifest.tables]
    rest = [f"上传的原文件 {manifest.uploads}", f"共 {sum(table.rows for table in manifest.tables.values())} 行"]
    return f"{DATABASES[manifest.database]}，表结构 {manifest.schema}；" + "，".join(counts + rest)


def _size(count: int) -> str:
    return f"{count / 1024:.0f} KB" if count < 1024 * 1024 else f"{count / 1024 / 1024:.1f} MB"
