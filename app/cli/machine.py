"""What this machine says of itself: its disk, its clock, who owns what. Linux."""

import ctypes
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TIMES = 20
BLOCK = b"\0" * 4096
TIME_ERROR, OUT_OF_STEP = 5, 16_000_000  # of adjtimex(2): not synchronised; microseconds of possible error


@dataclass(frozen=True)
class Duration:
    """Seconds that a piece of work took, done many times."""

    median: float
    worst: float


def measured(work: Callable[[], object]) -> Duration:
    """Do it many times, one after the other."""
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return Duration(statistics.median(taken), max(taken))


def syncing(folder: Path) -> Duration:
    """How long this disk takes to keep 4 KB for good. Raises OSError when it takes nothing."""
    with tempfile.TemporaryFile(dir=folder) as file:

        def write() -> None:
            file.write(BLOCK)
            file.flush()
            os.fsync(file.fileno())

        return measured(write)


def file_system(folder: Path) -> str:
    """The kind of file system that holds the folder, such as ext4 or nfs4; empty when nobody can tell."""
    best, kind = -1, ""
    try:
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    for line in mounts:
        before, _, after = line.partition(" - ")
        place = before.split()[4].encode().decode("unicode_escape")  # a space in it is written \040
        if folder.is_relative_to(place) and len(place) >= best:
            best, kind = len(place), after.split()[0]
    return kind


def is_synchronised() -> bool | None:
    """Whether the kernel's clock follows a time server; None when it cannot be asked. Needs no privilege."""
    answer = ctypes.create_string_buffer(512)  # struct timex: all zero asks and sets nothing
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(answer)
    except (OSError, AttributeError):
        return None
    if state < 0:
        return None
    word = ctypes.sizeof(ctypes.c_long)
    possible_error = int.from_bytes(answer.raw[3 * word : 4 * word], "little")  # after modes, offset, freq
    return bool(state != TIME_ERROR and possible_error < OUT_OF_STEP)


def time_zone() -> str:
    """The machine's own zone, such as CST+0800: timers go by it, the pages do not."""
    return time.strftime("%Z%z")


def private(folder: Path) -> tuple[list[str], list[str]]:
    """What others may read in the folder, and what belongs to somebody else than the folder does."""
    owner, loose, foreign = folder.stat().st_uid, [], []
    for path in [folder, *folder.iterdir(), *(folder / "uploads").glob("*")]:
        status = path.lstat()
        name = path.name if path != folder else str(path)
        if status.st_mode & 0o077 and not path.is_symlink() and path.name != ".gitkeep":
            loose.append(name)
        if status.st_uid != owner:
            foreign.append(name)
    return loose, foreign


def clocks() -> float:
    """Wall minus monotonic, in seconds: stays the same as long as nobody sets the clock."""
    return time.time() - time.monotonic()
