"""Files that are there whole or not at all, and for good once they are there, whatever is cut off meanwhile."""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

# Ends the name of a file that is being written: what carries it is ours, and nobody else's.
MARK = ".zhisai-part"


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file, its owner's alone, that appears under its name when all of it is on the disk. Raises OSError."""
    handle, unfinished = _begun(path)
    with os.fdopen(handle, "w+b") as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            os.replace(unfinished, path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(unfinished)
            raise
    sync_folder(path.parent)


def private_folder(path: Path) -> None:
    """Make a folder, and those above it, that only its owner opens. It outlasts a power cut."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in missing:
        folder.chmod(0o700)  # those above are made as the umask has it
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Keep for good which names the folder holds."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unfinished_files(folder: Path) -> list[Path]:
    """What was being written in the folder when its writer was killed. What somebody is writing now is not among it."""
    return [path for path in _marked(folder) if _is_left(path, discard=False)]


def discard_unfinished(folder: Path) -> int:
    """Delete just that; returns how many files went."""
    return sum(_is_left(path, discard=True) for path in _marked(folder))


def _begun(path: Path) -> tuple[int, str]:
    """The writer holds a lock on its file, which ends with its life, so that nothing has to guess by age."""
    while True:
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=MARK)  # made 0600
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return handle, unfinished
        os.close(handle)  # swept away between its making and its lock


def _marked(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.glob(f".*{MARK}") if path.is_file())
    except OSError:
        return []


def _is_left(path: Path, *, discard: bool) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:  # somebody else's, gone meanwhile, or no file at all
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if discard:
            path.unlink()
        return True
    except OSError:  # its writer lives, or the folder takes no deletions
        return False
    finally:
        os.close(handle)
