"""Keeping a whole installation in one file, and bringing it back on an empty machine."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import flask_migrate
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from app.database import db, milliseconds, writing
from app.formats.backup_file import CHECKSUM, BackupReader, BackupWriter, Manifest, NotABackup, RowsDigest, line
from app.operations.audit import record
from app.operations.uploads import keep
from app.queries import health, snapshot
from app.queries.snapshot import VERSION_TABLE
from app.whole_file import discard_unfinished, private_folder, whole_file

AT_ONCE = 500


class NothingToBackUp(Exception):
    """The database holds no tables of ours."""


class NotEmpty(Exception):
    """There is something here already that a restore would overwrite; `rows` says what, by table."""

    def __init__(self, rows: dict[str, int]) -> None:
        super().__init__("not empty")
        self.rows = rows


class RestoreFailed(Exception):
    """What was written is not what the backup holds; nothing of it was kept."""


@dataclass(frozen=True)
class Made:
    """A backup that lies on the disk. `spoilt` are uploads whose bytes are not what their names say."""

    manifest: Manifest
    size: int
    spoilt: int
    is_recorded: bool


def back_up(path: Path, *, uploads: Path, secret: str, actor: int | None, now: datetime) -> Made:
    """Write everything, as it stands at one instant, into one new file that is there whole or not at all.

    Nobody who is answering waits for it. What earlier ones left unfinished in that folder is deleted. Raises
    NothingToBackUp, and OSError when the file cannot be written.
    """
    for folder in (path.parent, *uploads.glob("??")):  # what was being written when somebody was killed
        discard_unfinished(folder)
    with whole_file(path) as file, BackupWriter(file) as writer:
        with snapshot.snapshot() as taken:
            if taken.schema is None:
                raise NothingToBackUp
            ours = _ours(taken.schema, taken.tables)
            tables = {table.name: writer.table(table.name, snapshot.names(table), taken.rows(table)) for table in ours}
            database = taken.connection.dialect.name
        # after the rows: the bytes of an upload are on the disk before a row names them
        kept, spoilt = _copy_uploads(uploads, writer)
        writer.secret(secret)
        manifest = Manifest(milliseconds(now), taken.schema, database, tables, kept)
        writer.finish(manifest)
    return Made(manifest, path.stat().st_size, spoilt, _is_recorded(manifest, path.parent.resolve(), actor, now))


def restore(path: Path, *, instance: Path, actor: int | None, now: datetime) -> Manifest:
    """Bring a backup back: rows, uploads and secret, then the tables to the newest schema.

    The whole file is checked before the first byte is written, and every row is compared after it is; a restore that
    breaks off leaves the database empty. Raises NotABackup, NotEmpty, RestoreFailed.
    """
    with BackupReader(path) as backup:
        _refuse_unknown_schema(backup.manifest.schema)
        backup.check()
        if there := snapshot.filled():
            raise NotEmpty(there)
        private_folder(instance)
        discard_unfinished(instance)  # of a restore that was cut off
        for _, content in backup.uploads():
            keep(content, instance / "uploads")
        _keep_secret(instance / "secret_key", backup.secret())
        _empty_tables(backup.manifest.schema)
        _load(backup)
        flask_migrate.upgrade()
        about = {"made_at": backup.manifest.made_at, "schema": backup.manifest.schema}
        with writing():
            record(actor, "backup.restore", "site:1", now, **about)
        return backup.manifest


def discard_older(folder: Path, pattern: str, keep_newest: int) -> list[Path]:
    """Delete all but the newest backups of a folder; names sort by time. Returns what was deleted."""
    older = sorted(folder.glob(pattern))[:-keep_newest]
    for path in older:
        path.unlink()
    return older


def _ours(schema: str, tables: Sequence[sa.Table]) -> Sequence[sa.Table]:
    """The tables of this application. Only of its own schema does a version know which they are."""
    if schema != health.newest_schema():
        return tables
    return [table for table in tables if table.name in db.metadata.tables]


def _copy_uploads(folder: Path, writer: BackupWriter) -> tuple[int, int]:
    kept = spoilt = 0
    for path in sorted(folder.glob("??/*")):
        if not CHECKSUM.fullmatch(path.name):
            continue  # an upload that is being written
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != path.name:
            spoilt += 1
            continue
        writer.upload(path.name, content)
        kept += 1
    return kept, spoilt


def _is_recorded(manifest: Manifest, folder: Path, actor: int | None, now: datetime) -> bool:
    """A backup is worth most when the database takes no more writes: then it stands without its entry."""
    try:
        with writing():
            record(actor, "backup.make", "site:1", now, schema=manifest.schema, folder=str(folder))
    except SQLAlchemyError:
        return False
    return True


def _refuse_unknown_schema(schema: str) -> None:
    if schema > health.newest_schema():
        raise NotABackup(
            f"这份备份来自更新的版本（表结构 {schema}），本机的程序只到 {health.newest_schema()}；"
            "请先装上同一版或更新的版本，再恢复。"
        )
    if schema not in health.schemas():
        raise NotABackup(f"备份里的表结构是 {schema}，本机的程序不认识；请用生成它的那个版本恢复。")


def _keep_secret(path: Path, secret: str) -> None:
    with whole_file(path) as file:
        file.write(f"{secret}\n".encode("ascii"))


def _empty_tables(schema: str) -> None:
    """The tables of that schema, empty. What is there holds no row, so that it can go."""
    db.session.remove()  # an open read would hold the tables
    with writing() as session:
        connection = session.connection()
        found = {table.name: table for table in snapshot.described(connection)}
        ours = [table for name, table in found.items() if name in db.metadata.tables or name == VERSION_TABLE]
        for table in reversed(ours):
            table.drop(connection)
    flask_migrate.upgrade(revision=schema)


def _load(backup: BackupReader) -> None:
    with writing() as session:
        connection = session.connection()
        held = backup.manifest.tables
        tables = {table.name: table for table in snapshot.described(connection) if table.name in held}
        if {name: snapshot.names(t) for name, t in tables.items()} != {name: t.columns for name, t in held.items()}:
            raise NotABackup("备份里的数据表与它注明的表结构不符；请用生成它的那个版本恢复。")
        for name, table in tables.items():
            _insert(connection, table, partial(backup.rows, name))
            _continue_numbering(connection, table)
        wrong = [name for name, table in tables.items() if _digest(connection, table) != held[name].digest]
        wrong += snapshot.faults(connection)
        if wrong:
            raise RestoreFailed("、".join(wrong[:10]))


def _insert(connection: sa.Connection, table: sa.Table, rows: Callable[[], Iterator[list[Any]]]) -> None:
    """Write the rows as they were. What refers to a row of its own table is set when all of them are there."""
    columns = snapshot.names(table)
    raw = sa.table(table.name, *(sa.column(name, _raw(table.columns[name].type)) for name in columns))
    own = {key.parent.name for key in table.foreign_keys if key.column.table is table}
    named = (dict(zip(columns, row, strict=True)) for row in rows())
    for batch in _batches(row | dict.fromkeys(own) for row in named):
        connection.execute(sa.insert(raw), batch)
    for name in own:
        (key,) = table.primary_key.columns.keys()
        update = sa.update(raw).values({name: sa.bindparam("to")}).where(raw.c[key] == sa.bindparam("row"))
        named = (dict(zip(columns, row, strict=True)) for row in rows())
        for batch in _batches({"to": row[name], "row": row[key]} for row in named if row[name] is not None):
            connection.execute(update, batch)


def _raw(stored: sa.types.TypeEngine[Any]) -> sa.types.TypeEngine[Any]:
    # JSON goes in as the text that came out; without a type it is sent as it is
    return sa.types.NullType() if isinstance(stored, sa.JSON) else stored


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _digest(connection: sa.Connection, table: sa.Table) -> str:
    digest = RowsDigest()
    for row in snapshot.rows(connection, table):
        digest.add(line(row))
    return digest.hex()


def _continue_numbering(connection: sa.Connection, table: sa.Table) -> None:
    """The next row gets the next number. SQLite looks at the rows; PostgreSQL's counters are told."""
    if connection.dialect.name == "sqlite":
        return
    name = connection.dialect.identifier_preparer.quote(table.name)
    for column in table.primary_key:
        counter = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(name, column.name)))
        highest = connection.scalar(sa.select(sa.func.max(column))) if counter else None
        if highest:
            connection.execute(sa.select(sa.func.setval(counter, highest)))
