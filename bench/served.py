"""A server in processes of its own: started, measured, stopped, killed. Linux only: it reads /proc."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
PATIENCE = 60.0
TICKS = os.sysconf("SC_CLK_TCK")
# What a developer's shell may set and a measurement must not depend on. THREADS stays: it is what one varies.
FOREIGN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "INSTANCE_DIR", "HOST", "PORT", "PUBLIC_URL", "TRUSTED_PROXIES")


class NotServing(RuntimeError):
    """The server did not come up; the message ends with what it printed."""


class Served:
    """One server on a loopback port. `log` takes what it prints."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], port: int, log: Path) -> None:
        own = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        self._command, self._environment = list(command), own | dict(environment)
        self.port, self._log = port, log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Served":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> float:
        """Start it and wait until it answers; returns the seconds that took. Raises NotServing."""
        began = time.monotonic()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,  # an interrupt at the keyboard is for the bench, which then stops it
            )  # fmt: skip
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() - began > PATIENCE:
                self.stop()
                raise NotServing(self._log.read_text(encoding="utf-8", errors="replace")[-2000:])
            time.sleep(0.05)
        return time.monotonic() - began

    def cpu(self) -> float:
        """Seconds of processor time, user and system, that all its processes have used, the ended ones included."""
        return sum(seconds(pid) for pid in self._tree())

    def memory(self) -> int:
        """Resident bytes of all its processes; what they share is counted in each."""
        return sum(resident(pid) for pid in self._tree())

    def worker_memory(self) -> int:
        """Resident bytes of the process that answers, the largest of all."""
        return max((resident(pid) for pid in self._tree()), default=0)

    def processes(self) -> list[int]:
        """The ids of all its processes, the first one first; none when it has ended."""
        return self._tree()

    def kill(self) -> None:
        """End all its processes at once, without a word of warning (kill -9)."""
        for pid in self._tree():  # the first is the parent, which then cannot start a child anew
            end(pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait(PATIENCE)
        self._process = None

    def kill_workers(self) -> list[int]:
        """End those that answer, at once; the parent is left, and starts others. Returns their ids."""
        killed = self._tree()[1:]
        for pid in killed:
            end(pid, signal.SIGKILL)
        return killed

    def wait_for_others(self, killed: list[int]) -> float:
        """Wait until others than these answer; returns the seconds that took. Raises NotServing."""
        began = time.monotonic()
        while not set(self._tree()[1:]) - set(killed) or not self._answers():
            if time.monotonic() - began > PATIENCE:
                raise NotServing(self._log.read_text(encoding="utf-8", errors="replace")[-2000:])
            time.sleep(0.02)
        return time.monotonic() - began

    def stop(self) -> None:
        """Ask it to stop, and insist after ten seconds."""
        if self._process is None:
            return
        tree = self._tree()
        end(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            for pid in tree:
                end(pid, signal.SIGKILL)
            self._process.wait(PATIENCE)
        self._process = None

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _tree(self) -> list[int]:
        if self._process is None or self._process.poll() is not None:
            return []
        return [self._process.pid, *descendants(self._process.pid)]


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def descendants(pid: int) -> list[int]:
    """The ids of all processes that this one has started, and of those that they have."""
    found = _children(pid)
    for child in found:  # grows while it is read
        found += _children(child)
    return found


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, path.read_text().split())
        except OSError:  # a thread that has just ended
            continue
    return found


def seconds(pid: int) -> float:
    """Processor time of a process, and of its children that have ended; 0 when it has ended itself."""
    try:
        line = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    fields = line.rpartition(")")[2].split()  # the name before it may hold anything
    return sum(map(int, fields[11:15])) / TICKS  # utime, stime, and the same of children that have ended


def resident(pid: int) -> int:
    """Bytes of memory that a process occupies; 0 when it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def end(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may have ended already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
