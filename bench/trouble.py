"""A database that cannot be written to, in the middle of a contest: full disk, or locked by another process.

Saves are answered with 503 and Retry-After and come again; reading goes on; with room again all heals by itself.
"""

import os
import random
import resource
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path

import sqlalchemy as sa

from bench import cast, stored
from bench.browser import Browser
from bench.databases import NAMES, database
from bench.installation import Installation, furnish
from bench.kills import ITEMS, PATIENCE, POOL, Candidate, Site
from bench.ledger import LOST, WRONG, Fault, faults
from bench.printing import Outcome
from bench.served import Served

PEOPLE_A_ROUND = 30
LOAD = 30  # acknowledged saves before the trouble, and after it
DISK_MB = 48
LONGEST = 30.0


class Trouble(StrEnum):
    """What keeps the server from writing."""

    FULL = "磁盘满"
    LOCKED = "数据库被别的进程锁住"


class Reader(threading.Thread):
    """Somebody who only looks: the contest's page, again and again."""

    def __init__(self, site: Site) -> None:
        super().__init__(name="reader", daemon=True)
        self._site, self.read, self.slowest = site, 0, 0.0
        self.faults: list[Fault] = []

    def run(self) -> None:
        browser = Browser(self._site.port)
        while not self._site.is_over.is_set() and not self.faults:
            began = time.monotonic()
            try:
                browser.get(f"/c/{self._site.slug}")
            except Exception as error:  # whatever it is: the page did not come
                self.faults.append(Fault(WRONG, f"reading did not go on: {error!r}"))
            self.read, self.slowest = self.read + 1, max(self.slowest, time.monotonic() - began)
            time.sleep(0.05)
        browser.close()


def drill(trouble: Trouble, backend: str, folder: Path, rounds: int, *, seed: str, at_once: int = 8) -> Outcome:
    """So many times trouble under load, each until everybody has been turned away, and then none again."""
    outcome = Outcome(f"{trouble}（{NAMES[backend]}）")
    with database(backend) as where, _disk(trouble, folder, outcome) as room:
        people = cast.people(PEOPLE_A_ROUND * (rounds + 1))
        made = furnish(room, people, items=ITEMS, pool=POOL, database_url=where.url)
        with made.serve() as server:
            site = Site(made, server, seed)
            candidates = [Candidate(site, number) for number in range(at_once)]
            reader = Reader(site)
            for thread in (*candidates, reader):
                thread.start()
            dice = random.Random(seed)
            for number in range(1, rounds + 1):
                _wait_for_load(site, dice.randint(1, LOAD))
                _strike(trouble, made, server, candidates, reader, outcome)
                outcome.rounds = number
                if not _wait_for_load(site, LOAD):
                    outcome.faults.append(Fault(WRONG, f"round {number}: it did not heal by itself"))
                if outcome.faults:
                    break
            site.is_over.set()
            for thread in (*candidates, reader):
                thread.join(PATIENCE)
            _settle(made, site, candidates, reader, outcome)
    return outcome


def _strike(
    trouble: Trouble, made: Installation, server: Served, candidates: list[Candidate], reader: Reader, outcome: Outcome
) -> None:
    """Trouble, until everybody has been turned away once more, and somebody has read meanwhile."""
    before, read = [candidate.turned_away for candidate in candidates], reader.read
    with _full(made.folder, server) if trouble is Trouble.FULL else _locked(made.url):
        seen = _wait(
            lambda: (
                reader.read > read + 5
                and all(c.turned_away > was or not c.is_alive() for c, was in zip(candidates, before, strict=True))
            )
        )
    if not seen:
        outcome.faults.append(Fault(WRONG, "not everybody was turned away, or nobody could read"))


def _settle(made: Installation, site: Site, candidates: list[Candidate], reader: Reader, outcome: Outcome) -> None:
    begun = [account for account in site.accounts if account.attempt_id]
    outcome.acknowledged = site.saves
    outcome.turned_away = sum(candidate.turned_away for candidate in candidates)
    outcome.crashes = sum(candidate.crashes for candidate in candidates)
    outcome.faults += [*reader.faults, *(fault for candidate in candidates for fault in candidate.faults)]
    outcome.faults += [Fault(LOST, f"{a.person.login}: never handed in") for a in begun if not a.is_handed_in]
    with stored.connected(made.url) as connection:
        outcome.add("at the end", faults(connection, [account for account in site.accounts if account.has_entered]))
    outcome.figures |= {"read": reader.read}
    outcome.notes.append(f"其间读页面 {reader.read} 次，全部应答，最慢 {reader.slowest:.1f} 秒")


def _wait_for_load(site: Site, saves: int) -> bool:
    wanted = site.saves + saves
    return _wait(lambda: site.saves >= wanted)


def _wait(is_so: Callable[[], bool]) -> bool:
    latest = time.monotonic() + LONGEST
    while not is_so():
        if time.monotonic() > latest:
            return False
        time.sleep(0.01)
    return True


@contextmanager
def _locked(url: str) -> Iterator[None]:
    """Another process, which is this one, holds the lock for writing."""
    made = sa.make_url(url)
    if made.get_backend_name() == "sqlite":
        with closing(stored.sqlite().connect(made.database, isolation_level=None, timeout=30)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
        return
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE attempts, sign_ins, roster_entries IN EXCLUSIVE MODE")
        yield
    engine.dispose()


@contextmanager
def _disk(trouble: Trouble, folder: Path, outcome: Outcome) -> Iterator[Path]:
    """A small disk of its own where one may be mounted; else the folder as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    if trouble is not Trouble.FULL:
        yield folder
        return
    size = f"size={DISK_MB}m,mode=700"
    command = ["mount", "-t", "tmpfs", "-o", size, "zhisai-drill", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        outcome.notes.append("本机不许挂载小盘，改用进程的文件大小上限")
        yield folder
        return
    try:
        yield folder / "instance"
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def _full(folder: Path, server: Served) -> Iterator[None]:
    """Not a byte is left, or, on a disk that is not ours to fill, no file may grow."""
    if not folder.parent.is_mount():
        yield from _without_growth(server)
        return
    filler = folder.parent / "filler"
    try:
        with filler.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                while _written(file.fileno(), size):
                    pass
        yield
    finally:
        filler.unlink()


def _written(handle: int, size: int) -> bool:
    try:
        return os.write(handle, bytes(size)) == size
    except OSError:
        return False


def _without_growth(server: Served) -> Iterator[None]:
    unlimited = resource.RLIM_INFINITY
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in server.processes()}
    for pid in before:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, unlimited))
    try:
        yield
    finally:
        for pid, limit in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)
