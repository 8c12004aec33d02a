"""A file is there whole or not at all, and what a killed writer leaves is swept away."""

import os
import stat
import subprocess
import sys
import threading

import pytest

from app.whole_file import MARK, discard_unfinished, private_folder, unfinished_files, whole_file

KILLED = """
import os, pathlib, signal, sys
from app.whole_file import whole_file
with whole_file(pathlib.Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def killed(tmp_path):
    """A folder in which the writer of backup.zip was killed midway."""
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "backup.zip")], check=False)
    assert done.returncode == -9
    return tmp_path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_when_it_is_whole_and_is_its_owners_alone(tmp_path):
    path = tmp_path / "a"
    with whole_file(path) as file:
        file.write(b"all")
        assert not path.exists()
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"all", 0o600)
    assert names(tmp_path) == ["a"]


def test_the_file_is_on_the_disk_before_its_name_and_its_name_before_anybody_is_told(tmp_path, monkeypatch):
    done, sync, replace = list[object](), os.fsync, os.replace

    def synced(handle):
        done.append(stat.S_IFMT(os.fstat(handle).st_mode))
        sync(handle)

    def named(old, new):
        done.append("name")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", named)
    with whole_file(tmp_path / "a") as file:
        file.write(b"all")
    assert done == [stat.S_IFREG, "name", stat.S_IFDIR]


def test_an_error_leaves_what_was_there_before(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(ValueError, match="midway"), whole_file(path):
        raise ValueError("midway")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_what_a_killed_writer_left_is_told_and_swept_away(killed):
    (left,) = unfinished_files(killed)
    assert left.name.startswith(".backup.zip.") and left.name.endswith(MARK)
    assert left.read_bytes() == b"half"
    assert discard_unfinished(killed) == 1
    assert names(killed) == []


def test_nothing_else_is_swept_away(tmp_path):
    (tmp_path / "somebody").write_bytes(b"")
    for name in (".hidden", "backup.zip", f"without-a-dot{MARK}"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / f".link{MARK}").symlink_to(tmp_path / "somebody")
    (tmp_path / f".folder{MARK}").mkdir()
    before = names(tmp_path)
    with whole_file(tmp_path / "a") as file:
        file.write(b"all")
        assert (unfinished_files(tmp_path), discard_unfinished(tmp_path)) == ([], 0)  # its writer lives
    assert names(tmp_path) == sorted([*before, "a"])
    assert unfinished_files(tmp_path / "nowhere") == []


def test_sweeping_while_others_begin_loses_no_file(tmp_path):
    is_over = threading.Event()

    def sweep():
        while not is_over.is_set():
            discard_unfinished(tmp_path)

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    try:
        for number in range(200):
            with whole_file(tmp_path / f"{number:03}") as file:
                file.write(b"all")
    finally:
        is_over.set()
        sweeper.join()
    assert names(tmp_path) == [f"{number:03}" for number in range(200)]


def test_folders_are_made_for_their_owner_alone_and_kept_for_good(tmp_path, monkeypatch):
    synced, sync = list[str](), os.fsync

    def sync_and_tell(handle):
        synced.append(os.readlink(f"/proc/self/fd/{handle}"))
        sync(handle)

    monkeypatch.setattr(os, "fsync", sync_and_tell)
    private_folder(tmp_path / "a" / "b")
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "a/b")} == {0o700}
    assert sorted(synced) == [str(tmp_path), str(tmp_path / "a")]
    private_folder(tmp_path / "a" / "b")
    assert len(synced) == 2
