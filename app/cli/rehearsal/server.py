"""What the serving process and this machine have to do meanwhile, from /proc. Linux."""

import os
import re
import time
from contextlib import suppress
from pathlib import Path

TICKS, PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
LISTENING = "0A"


def listeners(port: int) -> list[int]:
    """The ids of the processes that answer on this port of this machine, as far as this user may see them."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(port)}
    return [pid for pid in _processes() if sockets and _open_files(pid) & sockets] if sockets else []


def _inodes(port: int) -> list[str]:
    found = []
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    found.append(fields[9])
    return found


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _open_files(pid: int) -> set[str]:
    found = set()
    with suppress(OSError):
        for entry in os.scandir(f"/proc/{pid}/fd"):
            with suppress(OSError):
                found.add(os.readlink(entry.path))
    return found


class Watch:
    """Looked at every second or so; the figures are those of the time since it was made."""

    def __init__(self, port: int) -> None:
        self._pids = listeners(port)
        self.cores = os.cpu_count() or 1
        self._began = self._last = (time.monotonic(), *_machine(), self._seconds())
        self._client = time.process_time()
        self.busiest = 0.0
        self.server_memory: int | None = None

    def look(self) -> None:
        """Note how busy it has been since the last look, and how much memory is used."""
        now = (time.monotonic(), *_machine(), self._seconds())
        if now[2] > self._last[2]:
            self.busiest = max(self.busiest, (now[1] - self._last[1]) / (now[2] - self._last[2]))
        self._last = now
        if self._pids:
            self.server_memory = max(self.server_memory or 0, sum(map(_resident, self._pids)))

    @property
    def serves_here(self) -> bool:
        return bool(self._pids)

    @property
    def connections(self) -> int | None:
        """How many files and connections the serving processes may have open, each."""
        limits = [limit for pid in self._pids if (limit := _open_at_most(pid)) is not None]
        return min(limits, default=None)

    @property
    def busy(self) -> float:
        """The share of all processors that was in use."""
        return (self._last[1] - self._began[1]) / max(1, self._last[2] - self._began[2])

    @property
    def server(self) -> float:
        """The share of all processors that the serving processes used."""
        return (self._last[3] - self._began[3]) / max(0.001, self._passed) / self.cores

    @property
    def client(self) -> float:
        """The share of all processors that the made-up people used."""
        return (time.process_time() - self._client) / max(0.001, self._passed) / self.cores

    @property
    def _passed(self) -> float:
        return self._last[0] - self._began[0]

    def _seconds(self) -> float:
        return sum(map(_used, self._pids))


def memory_used() -> float | None:
    """The share of this machine's memory that is in use."""
    with suppress(OSError, AttributeError):
        told = Path("/proc/meminfo").read_text()
        total, free = (int(re.search(rf"^{name}:\s+(\d+)", told, re.MULTILINE)[1]) for name in _MEMORY)  # type: ignore[index]
        return 1 - free / total
    return None


_MEMORY = ("MemTotal", "MemAvailable")


def _machine() -> tuple[int, int]:
    """Ticks in which a processor worked, and all ticks."""
    fields = list(map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]))
    return sum(fields) - fields[3] - fields[4], sum(fields)


def _used(pid: int) -> float:
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()  # the name may hold anything
        return sum(map(int, fields[11:13])) / TICKS
    return 0.0


def _open_at_most(pid: int) -> int | None:
    with suppress(OSError):
        told = re.search(r"^Max open files\s+(\d+)", Path(f"/proc/{pid}/limits").read_text(), re.MULTILINE)
        return int(told[1]) if told else None
    return None


def _resident(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    return 0
