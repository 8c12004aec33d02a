"""One file that holds a whole installation: every row, the uploaded files, the secret.

A zip of JSON lines, so that either database can give it and take it, and any machine can open it. Everything in it can
be checked by what it is: rows by a digest that no order of rows changes, uploads by their names, all of it by the
zip's own checksums.
"""

import base64
import contextlib
import hashlib
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

Value = str | int | float | bool | bytes | None
FORMAT = 1
MANIFEST, SECRET = "manifest.json", "secret_key"
LONGEST_MANIFEST = 1024 * 1024
CHECKSUM = re.compile(r"[0-9a-f]{64}")
# what reading a zip with any byte changed may raise: a flag may claim a password, a method that nobody knows
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, struct.error, KeyError, ValueError, EOFError, OSError, RuntimeError, OverflowError,
)  # fmt: skip
FOREIGN = "这不是知赛的备份文件，请核对文件名；备份由 flask backup 生成。"
DAMAGED = "备份文件已损坏（{}），什么也没有写入。请换一份完好的备份，或从原处重新拷贝一次再试。"


class NotABackup(Exception):
    """The file cannot be restored from; the message says why and what to do."""


@dataclass(frozen=True)
class Table:
    """What one table held: its columns in order, how many rows, and the digest of them all."""

    columns: list[str]
    rows: int
    digest: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. `made_at` is in milliseconds since 1970."""

    made_at: int
    schema: str
    database: str
    tables: dict[str, Table]
    uploads: int


class RowsDigest:
    """A digest of rows, the same in whatever order a database gives them."""

    def __init__(self) -> None:
        self._sum, self.count = 0, 0

    def add(self, line: bytes) -> None:
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(line).digest())) % 2**256
        self.count += 1

    def hex(self) -> str:
        return f"{self._sum:064x}"


def line(row: Iterable[Value]) -> bytes:
    """One row as it stands in the file."""
    values = [{"base64": base64.b64encode(v).decode()} if isinstance(v, bytes) else v for v in row]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class BackupWriter:
    """Writes a backup piece by piece, the manifest last: a file without one is unfinished."""

    def __init__(self, file: IO[bytes]) -> None:
        # little effort on squeezing: people are answering meanwhile
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3)

    def __enter__(self) -> "BackupWriter":
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):  # an unfinished one is thrown away, whatever is wrong with its disk
            self._zip.close()

    def table(self, name: str, columns: Sequence[str], rows: Iterable[Iterable[Value]]) -> Table:
        digest = RowsDigest()
        with self._zip.open(_table(name), "w", force_zip64=True) as member:
            for row in rows:
                written = line(row)
                digest.add(written)
                member.write(written)
        return Table(list(columns), digest.count, digest.hex())

    def upload(self, checksum: str, content: bytes) -> None:
        self._zip.writestr(_upload(checksum), content)

    def secret(self, secret: str) -> None:
        self._zip.writestr(SECRET, secret + "\n")

    def finish(self, manifest: Manifest) -> None:
        about = {"zhisai_backup": FORMAT} | asdict(manifest)
        self._zip.writestr(MANIFEST, json.dumps(about, ensure_ascii=False, indent=1))
        self._zip.close()


class BackupReader:
    """An opened backup. Raises NotABackup for whatever is not one, or is not whole any more."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except UNREADABLE:
            raise NotABackup(DAMAGED.format("不完整") if _began_well(path) else FOREIGN) from None
        self.manifest = self._manifest()

    def __enter__(self) -> "BackupReader":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def check(self) -> None:
        """Read everything once; raises NotABackup when anything is not as it was written."""
        try:
            for name, table in self.manifest.tables.items():
                self._check_table(name, table)
            self._check_uploads()
            if len(self.secret()) < 32:
                raise NotABackup(DAMAGED.format("密钥"))
        except UNREADABLE as error:
            raise NotABackup(DAMAGED.format("读不出来")) from error

    def rows(self, name: str) -> Iterator[list[Value]]:
        """The rows of a table, as they were."""
        with self._zip.open(_table(name)) as member:
            for written in member:
                yield [base64.b64decode(v["base64"]) if isinstance(v, dict) else v for v in json.loads(written)]

    def uploads(self) -> Iterator[tuple[str, bytes]]:
        """Checksum and bytes of each uploaded file."""
        for name in self._upload_names():
            yield name.rpartition("/")[2], self._zip.read(name)

    def secret(self) -> str:
        return self._zip.read(SECRET).decode("ascii").strip()

    def _upload_names(self) -> list[str]:
        return [name for name in self._zip.namelist() if name.startswith("uploads/")]

    def _check_table(self, name: str, table: Table) -> None:
        digest = RowsDigest()
        with self._zip.open(_table(name)) as member:
            for written in member:
                digest.add(written)
        if (digest.count, digest.hex()) != (table.rows, table.digest):
            raise NotABackup(DAMAGED.format(name))

    def _check_uploads(self) -> None:
        names = self._upload_names()
        for checksum, content in self.uploads():
            if not CHECKSUM.fullmatch(checksum) or hashlib.sha256(content).hexdigest() != checksum:
                raise NotABackup(DAMAGED.format("上传的原文件"))
        if len(names) != self.manifest.uploads:
            raise NotABackup(DAMAGED.format("上传的原文件不齐"))

    def _manifest(self) -> Manifest:
        try:
            if self._zip.getinfo(MANIFEST).file_size > LONGEST_MANIFEST:
                raise NotABackup(FOREIGN)
            about: dict[str, Any] = json.loads(self._zip.read(MANIFEST))
            version = about.pop("zhisai_backup")
            if version != FORMAT:
                raise NotABackup("这份备份由更新的版本生成，本机的程序读不懂；请先装上同一版或更新的版本，再恢复。")
            about["tables"] = {name: Table(**table) for name, table in about["tables"].items()}
            return Manifest(**about)
        except (TypeError, AttributeError, *UNREADABLE):
            raise NotABackup(FOREIGN) from None


def _began_well(path: Path) -> bool:
    """Whether it looks like the beginning of a backup that was cut off."""
    with path.open("rb") as file:
        beginning = file.read(100)
    return beginning.startswith(b"PK\x03\x04") and b"tables/" in beginning


def _table(name: str) -> str:
    return f"tables/{name}.jsonl"


def _upload(checksum: str) -> str:
    return f"uploads/{checksum[:2]}/{checksum}"
