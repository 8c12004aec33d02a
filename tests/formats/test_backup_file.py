"""The file of a backup: what goes in comes out, and whatever has happened to it is noticed."""

import hashlib
import io
import zipfile

import pytest

from app.formats.backup_file import BackupReader, BackupWriter, Manifest, NotABackup, RowsDigest, Value, line

ROWS: list[list[Value]] = [
    [1, "王芳", None, True, b"\x00\xff"],
    [2, '引号"和\n换行', -5, False, None],
    [3, '{"数": 1.50}', 0, None, b""],
]
UPLOAD = b"the bytes of a list"
CHECKSUM = hashlib.sha256(UPLOAD).hexdigest()
SECRET = "s" * 64


@pytest.fixture
def path(tmp_path):
    """A small backup: one table, one upload, a secret."""
    made = tmp_path / "b.zip"
    with made.open("w+b") as file, BackupWriter(file) as writer:
        table = writer.table("users", ["id", "name", "age", "expected", "picture"], ROWS)
        writer.upload(CHECKSUM, UPLOAD)
        writer.secret(SECRET)
        writer.finish(Manifest(1789617600000, "0003", "sqlite", {"users": table}, 1))
    return made


def held(path):
    with BackupReader(path) as backup:
        backup.check()
        return list(backup.rows("users")), list(backup.uploads()), backup.secret(), backup.manifest


def test_what_goes_in_comes_out(path):
    rows, uploads, secret, manifest = held(path)
    assert (rows, uploads, secret) == (ROWS, [(CHECKSUM, UPLOAD)], SECRET)
    assert (manifest.made_at, manifest.schema, manifest.database) == (1789617600000, "0003", "sqlite")
    assert (manifest.tables["users"].rows, manifest.uploads) == (3, 1)


def test_the_order_of_rows_makes_no_difference_and_every_row_does():
    digests = []
    for rows in (ROWS, ROWS[::-1], ROWS[:2], [*ROWS, ROWS[0]]):
        digest = RowsDigest()
        for row in rows:
            digest.add(line(row))
        digests.append(digest.hex())
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def altered(path, name, change):
    """The same backup with one member replaced."""
    copy = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for member in old.namelist():
            content = old.read(member)
            new.writestr(member, change(content) if member == name else content)
    path.write_bytes(copy.getvalue())


def without(path, name):
    copy = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
    path.write_bytes(copy.getvalue())


UPLOADED = f"uploads/{CHECKSUM[:2]}/{CHECKSUM}"
DAMAGED, FOREIGN, NEWER = "备份文件已损坏", "这不是知赛的备份文件", "这份备份由更新的版本生成"
DAMAGES = {
    "cut off": (lambda path: path.write_bytes(path.read_bytes()[:-300]), DAMAGED),
    "a row less": (lambda path: altered(path, "tables/users.jsonl", lambda text: text.split(b"\n", 1)[1]), DAMAGED),
    "a row changed": (lambda path: altered(path, "tables/users.jsonl", lambda text: text.replace(b"1", b"4")), DAMAGED),
    "a table less": (lambda path: without(path, "tables/users.jsonl"), DAMAGED),
    "an upload changed": (lambda path: altered(path, UPLOADED, lambda _: b"other"), DAMAGED),
    "an upload less": (lambda path: without(path, UPLOADED), DAMAGED),
    "a short secret": (lambda path: altered(path, "secret_key", lambda _: b"short"), DAMAGED),
    "no secret": (lambda path: without(path, "secret_key"), DAMAGED),
    "unfinished": (lambda path: without(path, "manifest.json"), FOREIGN),
    "an empty manifest": (lambda path: altered(path, "manifest.json", lambda _: b"{}"), FOREIGN),
    "a list for a manifest": (lambda path: altered(path, "manifest.json", lambda _: b"[]"), FOREIGN),
    "no JSON": (lambda path: altered(path, "manifest.json", lambda _: b"\xff"), FOREIGN),
    "more in the manifest": (
        lambda path: altered(path, "manifest.json", lambda text: text.replace(b"{", b'{"more": 1,', 1)), FOREIGN,
    ),
    "another form": (
        lambda path: altered(path, "manifest.json", lambda text: text.replace(b'backup": 1', b'backup": 2')), NEWER,
    ),
    "another file": (lambda path: path.write_bytes(b"PK\x03\x04 something else"), FOREIGN),
    "an empty file": (lambda path: path.write_bytes(b""), FOREIGN),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_or_foreign_file_is_told(path, damage):
    spoil, told = DAMAGES[damage]
    spoil(path)
    with pytest.raises(NotABackup, match=told):
        held(path)


def test_any_byte_may_go_bad_and_nothing_false_comes_out(path):
    whole, wanted = path.read_bytes(), held(path)
    noticed = 0
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            assert held(path) == wanted  # a byte that means nothing, such as a date
        except NotABackup:
            noticed += 1
    assert noticed > len(whole) / 2
