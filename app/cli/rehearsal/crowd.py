"""Very many made-up people at once, in one thread, and a look at the machine every second."""

import asyncio
import resource
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from app.cli.rehearsal.browser import Browser, Shelf, Site, Unreached
from app.cli.rehearsal.candidate import Candidate, Notes
from app.cli.rehearsal.server import Watch
from app.rules.rehearsal import Account, Extra, Pace
from app.rules.rehearsal_verdict import FILES_BESIDES

PATIENCE = 60.0  # seconds after the end, for those who had to wait
BEAT, LOOK = 0.05, 1.0
Tell = Callable[[float, Notes], None]


@dataclass(frozen=True)
class Seen:
    """What came of it: what everybody was promised, what all saw, and by how much they came late themselves."""

    accounts: list[Account]
    notes: Notes
    late: float
    seconds: float


def may_connect(people: int) -> bool:
    """Whether this process may hold a connection for each; the limit is raised as far as that needs nobody's leave."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = people + FILES_BESIDES
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return True
    if hard != resource.RLIM_INFINITY and hard < wanted:
        return False
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return True


async def status_of(site: Site, path: str) -> int | None:
    """What the site answers there; None when it cannot be reached."""
    browser = Browser(site, Shelf())
    try:
        return (await browser.get(path)).status
    except Unreached:
        return None
    finally:
        browser.close()


async def gather(
    site: Site, slug: str, extras: Sequence[Extra], paces: Sequence[Pace], seconds: float, watch: Watch, tell: Tell
) -> Seen:
    """Let all of them take part, each at their pace; `tell` hears every second how it goes.

    Whoever is not done a minute after the end is left behind.
    """
    notes, shelf, began = Notes(), Shelf(), time.monotonic()
    candidates = [Candidate(extra, Browser(site, shelf), slug, notes) for extra in extras]
    parts = [
        asyncio.create_task(candidate.take_part(pace, began)) for candidate, pace in zip(candidates, paces, strict=True)
    ]
    beats: list[float] = []
    besides = [asyncio.create_task(_beat(beats)), asyncio.create_task(_look(watch, notes, began, tell))]
    try:
        await asyncio.wait(parts, timeout=seconds + PATIENCE)
        watch.look()
    finally:
        for task in (*parts, *besides):
            task.cancel()
        await asyncio.gather(*parts, *besides, return_exceptions=True)
    for part in parts:
        with suppress(asyncio.CancelledError):
            part.result()  # an error of ours is an error
    late = sorted(beats)[-(-len(beats) * 95 // 100) - 1] if beats else 0.0
    return Seen([candidate.account for candidate in candidates], notes, late, time.monotonic() - began)


async def _beat(beats: list[float]) -> None:
    """How late anything here comes that is due."""
    while True:
        due = time.monotonic() + BEAT
        await asyncio.sleep(BEAT)
        beats.append(time.monotonic() - due)


async def _look(watch: Watch, notes: Notes, began: float, tell: Tell) -> None:
    while True:
        watch.look()
        tell(time.monotonic() - began, notes)
        await asyncio.sleep(LOOK)
