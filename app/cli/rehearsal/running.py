"""One rehearsal from the first made-up person to the last trace of it; cleared away however it ends."""

import asyncio
import secrets
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType

import click

from app.cli import machine
from app.cli.rehearsal import crowd, server
from app.cli.rehearsal.browser import Site
from app.cli.rehearsal.crowd import Seen
from app.cli.rehearsal.progress import Line
from app.cli.rehearsal.server import Watch
from app.database import db
from app.extensions import utc_now
from app.operations import rehearsals
from app.operations.readiness import prove_writable
from app.operations.rehearsal_clearing import clear
from app.operations.rehearsals import Rehearsal
from app.queries.quizzes import QuizRow
from app.queries.rehearsals import stored
from app.rules import rehearsal as rules
from app.rules.invalid import Invalid
from app.rules.rehearsal_verdict import Machine, Shown, Waits, verdict
from config import Settings

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(RuntimeError):
    """Somebody ended the rehearsal, or the terminal went away; what it had made is cleared away."""


class NotThisSite(RuntimeError):
    """The site at this address works on other data; what was made is cleared away."""


def status_of(site: Site) -> int | None:
    """What the site's first page answers; None when it cannot be reached."""
    return asyncio.run(crowd.status_of(site, "/"))


def cleared() -> int:
    """Clear away what any rehearsal has made, to the end even when somebody asks to stop; how many people went."""
    with _endings(_say_clearing):
        return clear(actor=None, now=utc_now())


def rehearsed(people: int, minutes: float, site: Site, quiz: QuizRow, settings: Settings) -> Shown:
    """Rehearse, put the verdict into the audit, clear all away. Raises Interrupted, NotThisSite, Invalid."""
    if not crowd.may_connect(people):
        raise Invalid(f"这里最多能打开的连接不够 {people} 人用。请先执行 ulimit -n {people + 1000}，或减少人数。")
    try:
        with _endings(_interrupt):
            return _rehearsed(people, minutes, site, quiz, settings)
    except KeyboardInterrupt:
        raise Interrupted from None
    finally:
        db.session.remove()  # whatever it was about to ask
        cleared()


def _rehearsed(people: int, minutes: float, site: Site, quiz: QuizRow, settings: Settings) -> Shown:
    sync = machine.measured(prove_writable).median
    seconds, seed = minutes * 60, secrets.token_hex(16)
    extras = rules.extras(people, seed)
    click.echo(f"正在准备 {people} 名模拟人员，试卷方案：{quiz.title}", err=True)
    made = rehearsals.set_up(quiz.id, extras, timedelta(seconds=seconds), actor=None, now=utc_now())
    if asyncio.run(crowd.status_of(site, f"/c/{made.slug}")) == 404:
        raise NotThisSite
    paces = rules.paces(people, seconds, quiz.terms.duration, seed)
    watch = Watch(settings.port)
    with Line(people, seconds) as line:
        seen = asyncio.run(crowd.gather(site, made.slug, extras, paces, seconds, watch, line.tell))
    shown = _shown(people, minutes, seen, made, _machine(watch, seen, settings, sync))
    judged, found = verdict(shown), shown.losses
    figures = {"people": people, "lost": found.lost, "doubled": found.doubled, "misgraded": found.misgraded}
    rehearsals.conclude(made.contest_id, judged.outcome, actor=None, now=utc_now(), **figures)
    return shown


def _shown(people: int, minutes: float, seen: Seen, made: Rehearsal, measured: Machine) -> Shown:
    notes = seen.notes
    return Shown(
        people=people,
        minutes=minutes,
        waits={step: Waits.of(seconds) for step, seconds in notes.waits.items()},
        losses=rules.losses(seen.accounts, stored(made.contest_id)),
        machine=measured,
        acknowledged=notes.saves,
        unfinished=people - notes.finished,
        answers=notes.answers,
        busy=notes.busy,
        unreached=notes.unreached,
        faults=notes.faults,
        errors=tuple(notes.errors),
        is_sqlite=db.engine.dialect.name == "sqlite",
    )


def _machine(watch: Watch, seen: Seen, settings: Settings, sync: float) -> Machine:
    free = shutil.disk_usage(settings.instance_dir).free
    found = Machine(watch.cores, client=watch.client, client_late=seen.late, sync=sync, free=free)
    if not watch.serves_here:
        return found
    return Machine(
        watch.cores, watch.busy, watch.busiest, watch.server, watch.server_memory, server.memory_used(),
        found.client, found.client_late, sync, free, watch.connections,
    )  # fmt: skip


@contextmanager
def _endings(handler: object) -> Iterator[None]:
    """Let this hear what would end the process."""
    before = {number: signal.signal(number, handler) for number in ENDINGS}  # type: ignore[arg-type]  # a function
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say_clearing(_number: int, _frame: FrameType | None) -> None:
    click.echo("正在清除演练的内容，几秒钟就好。", err=True)
