"""`python -m bench.rush`: everybody starts within minutes and hands in within the last two, on one machine.

People come evenly over the opening, save now and then, and hand in evenly over the closing; every acknowledged sheet is
then looked up in the database file. What counts is the rate: 5 000 in 5 minutes are 1 000 in one.
"""

import argparse
import contextlib
import heapq
import json
import math
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import cast, installation
from bench.browser import PATIENCE, Browser
from bench.cast import Person
from bench.journeys import WAYS, Zhisai
from bench.printing import Finding, Goal, percentile
from bench.stored import Judge, Responses, Sheet

ITEMS, POOL = 50, 120
SAVES = 5
PEOPLE, OPENING, CLOSING = 5000, 300.0, 120.0  # the full size, in seconds
PAUSE = 5.0  # seconds between the last start and the first hand-in
AT_ONCE = 48
STEPS = ("start", "save while all start", "save", "save while all hand in", "hand in")
LABELS = ("开考", "保存（开考时）", "保存（其间）", "保存（交卷时）", "交卷")


@dataclass
class Seen:
    """Milliseconds by step, and what went wrong."""

    steps: dict[str, list[float]] = field(default_factory=lambda: {step: [] for step in STEPS})
    errors: list[str] = field(default_factory=list)
    lost: int = 0


class Taking:
    """One person's part in it: what is stored for sure, and what comes next."""

    def __init__(self, person: Person, port: int, slug: str, way: str) -> None:
        self.person, self._way = person, way
        self._browser = Browser(port, patience=PATIENCE)
        self.journey = Zhisai(self._browser, slug)
        self.responses: Responses = {}
        self.revision = 0
        self._dice = random.Random(person.login)
        self._started, self._busy = threading.Event(), threading.Lock()

    def start(self) -> None:
        self.journey.enter(self.person, self._way)
        self.journey.start()
        self.revision = self.journey.revision
        self._started.set()

    def may_go_on(self) -> threading.Lock:
        """A person does one thing at a time, the start first. Raises TimeoutError when the start never ended."""
        if not self._started.wait(60):
            raise TimeoutError("has not started")
        return self._busy

    def save(self) -> None:
        item = str(self._dice.randint(1, self.journey.items))
        self.responses = self.responses | {item: [self._dice.randrange(4)]}
        self.revision += 1
        self.journey.save(self.revision, self.responses)

    def hand_in(self) -> None:
        self.revision += 1
        self.journey.hand_in(self.revision, self.responses)
        self._browser.close()


class Timetable:
    """Deeds with the second at which each is due, done by as many hands as there are."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._lock = threading.Lock()

    def add(self, at: float, deed: Callable[[], None]) -> None:
        heapq.heappush(self._due, (at, len(self._due), deed))

    def run(self, hands: int) -> None:
        """Returns when all is done."""
        self._began = time.monotonic()
        threads = [threading.Thread(target=self._work) for _ in range(hands)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._due:
                    return
                at, _, deed = heapq.heappop(self._due)
            time.sleep(max(0.0, self._began + at - time.monotonic()))
            deed()


def rush(people: int, opening: float, closing: float, way: str) -> dict[str, Any]:
    """Let it happen once; returns what was seen."""
    with tempfile.TemporaryDirectory(prefix="zhisai-rush-") as folder:
        made = installation.furnish(Path(folder) / "instance", cast.people(people), items=ITEMS, pool=POOL)
        with made.serve() as server:
            parts = [Taking(person, server.port, made.slug, way) for person in made.people]
            seen, before = Seen(), server.cpu()
            timetable = _timetable(parts, opening, closing, seen)
            timetable.run(AT_ONCE)
            cpu, memory = server.cpu() - before, server.memory()
            _judge(parts, made.database, seen)
    return {
        "people": people, "opening": opening, "closing": closing, "way": way, "lost": seen.lost, "errors": seen.errors,
        "cpu_ms_per_attempt": round(cpu * 1000 / people, 1), "memory_mb": round(memory / 2**20),
        "steps": {
            step: {"count": len(ms), **{f"p{part}": percentile(ms, part) for part in (50, 95, 99)}}
            for step, ms in seen.steps.items()
        },
    }  # fmt: skip


def _timetable(parts: Sequence[Taking], opening: float, closing: float, seen: Seen) -> Timetable:
    timetable, dice, last = Timetable(), random.Random(2026), opening + PAUSE
    for number, part in enumerate(parts):
        began, ends = number * opening / len(parts), last + dice.random() * closing
        timetable.add(began, _timed(seen, part, "start", part.start))
        for _ in range(SAVES):
            at = began + 1 + dice.random() * (ends - began - 2)
            step = STEPS[1] if at < opening else STEPS[2] if at < last else STEPS[3]
            timetable.add(at, _timed(seen, part, step, part.save))
        timetable.add(ends, _timed(seen, part, "hand in", part.hand_in))
    return timetable


def _timed(seen: Seen, part: Taking, step: str, deed: Callable[[], None]) -> Callable[[], None]:
    def timed() -> None:
        try:
            with contextlib.nullcontext() if step == "start" else part.may_go_on():
                began = time.perf_counter()
                deed()
        except Exception as error:  # one person's trouble must not end the others' run
            seen.errors.append(f"{part.person.login}, {step}: {error!r}")
        else:
            seen.steps[step].append((time.perf_counter() - began) * 1000)

    return timed


def _judge(parts: Sequence[Taking], database: Path, seen: Seen) -> None:
    judge = Judge(str(database))
    for part in parts:
        if judge.sheet(part.journey.attempt_id) != Sheet(part.revision, part.responses, True):
            seen.lost += 1


def measure(options: argparse.Namespace) -> Finding:
    """For the whole bench: the full rush, or a tenth of it at the same rate."""
    part = 1.0 if options.full else 0.1
    summary = rush(round(PEOPLE * part), OPENING * part, CLOSING * part, "name")
    lines, steps = _told(summary).splitlines(), summary["steps"]
    save = max(steps[step]["p95"] or math.inf for step in STEPS[1:4] if steps[step]["count"])
    hand_in = steps["hand in"]["p95"] or math.inf
    lost = f"{summary['lost']}，出错 {len(summary['errors'])}"
    goals = [
        Goal("开考与交卷高峰：丢失", "0", lost, not summary["lost"] and not summary["errors"]),
        Goal("开考与交卷高峰：保存 p95", "< 300 毫秒", f"{save} 毫秒", save < 300),
        Goal("开考与交卷高峰：交卷 p95", "< 1 秒", f"{hand_in} 毫秒", hand_in < 1000),
    ]
    return Finding(lines[0], summary, lines[1:], goals, wrong=summary["lost"] + len(summary["errors"]))


def main(arguments: Sequence[str] | None = None) -> int:
    about = "开考高峰和交卷高峰：人人在几分钟里开考、在最后两分钟里交卷，丢失几份，各步多快。"
    parser = argparse.ArgumentParser(prog="python -m bench.rush", description=about)
    parser.add_argument("--people", type=int, default=1000, help="多少人（默认 1000）")
    parser.add_argument("--opening", type=float, default=60, help="在多少秒里开考（默认 60）")
    parser.add_argument("--closing", type=float, default=24, help="在多少秒里交卷（默认 24）")
    parser.add_argument("--way", choices=[*WAYS], default="name", help="name 姓名入场，password 账号密码")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    options = parser.parse_args(arguments)
    if min(options.people, options.opening, options.closing) <= 0:
        parser.error("人数和秒数都应大于 0。")
    summary = rush(options.people, options.opening, options.closing, options.way)
    print(json.dumps(summary, ensure_ascii=False, indent=2) if options.json else _told(summary))
    return 1 if summary["lost"] or summary["errors"] else 0


def _told(summary: dict[str, Any]) -> str:
    lines = [
        f"{summary['people']} 人在 {summary['opening']:g} 秒里开考、在 {summary['closing']:g} 秒里交卷，"
        f"各保存 {SAVES} 次，"
        f"{WAYS[summary['way']]}。{os.cpu_count()} 核，测完时负载 {os.getloadavg()[0]:.2f}；时间单位毫秒。"
    ]
    for step, label in zip(STEPS, LABELS, strict=True):
        found = summary["steps"][step]
        lines.append(f"  {label}：{found['count']} 次，p50 {found['p50']}，p95 {found['p95']}，p99 {found['p99']}")
    lines.append(
        f"  丢失 {summary['lost']}，出错 {len(summary['errors'])}；"
        f"CPU {summary['cpu_ms_per_attempt']} 毫秒/份（开环），内存 {summary['memory_mb']} MB"
    )
    return "\n".join([*lines, *(f"  ! {error}" for error in summary["errors"][:5])])


if __name__ == "__main__":
    sys.exit(main())
