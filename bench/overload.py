"""Three times as many people as the machine can take: whom it turns away, and how soon everybody's answers are kept."""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from bench import cast
from bench.driver import STEPS, Seen
from bench.journeys import WAYS
from bench.printing import STEP_NAMES, Finding, Goal, aligned, percentile, wrong
from bench.targets import Target, furnished, product

WARMING_UP, CAPACITY = 16, 80  # people
TIMES, SECONDS, FULL = 3, 15, 25
WITHIN = 60  # seconds after the last arrival
AT_ONCE = 24  # in a closed loop: enough to keep every thread busy


def measure(options: argparse.Namespace) -> Finding:
    """By name only: a login with a password waits for the hashing, and has a line of its own (`bench.logins`)."""
    seconds = FULL if options.full else SECONDS
    people = cast.people(WARMING_UP + CAPACITY + options.most)
    with tempfile.TemporaryDirectory(prefix="zhisai-overload-") as folder:
        target = product(furnished(Path(folder), people))
        with target.servers[0]:
            target.drive("name", people[:WARMING_UP], saves=options.saves)
            capacity = _capacity(target, people[WARMING_UP:][:CAPACITY], options)
            rate = capacity * TIMES
            crowd = people[WARMING_UP + CAPACITY :][: round(rate * seconds)]
            seen = target.drive("name", crowd, rate=rate, saves=options.saves, patience=seconds + WITHIN)
            memory = target.servers[0].memory()
    return _finding(capacity, seconds, len(crowd), seen, memory, options)


def _capacity(target: Target, people: list[cast.Person], options: argparse.Namespace) -> float:
    """Attempts a second, in a closed loop."""
    seen = target.drive("name", people, at_once=AT_ONCE, saves=options.saves)
    return seen.finished / seen.seconds


def _finding(
    capacity: float, seconds: float, count: int, seen: Seen, memory: int, options: argparse.Namespace
) -> Finding:
    title = (
        f"过载：一直压满时每秒 {capacity:.1f} 份，现在每秒到 {capacity * TIMES:.1f} 人，{seconds} 秒共 {count} 人，"
        f"各保存 {options.saves} 次，{WAYS['name']}（开环，毫秒）"
    )
    steps = {step: {f"p{part}": percentile(seen.steps[step], part) for part in (50, 95, 99)} for step in STEPS}
    figures: dict[str, Any] = {
        "capacity": round(capacity, 1), "arrivals": count, "finished": seen.finished, "steps": steps,
        "waits": seen.waits,
        "settled": round(seen.settled, 1), "memory_mb": round(memory / 2**20), "lost": seen.lost, "errors": seen.errors,
    }  # fmt: skip
    rows: list[tuple[str, ...]] = [("", "p50", "p95", "p99", "请稍等（次）")]
    rows += [(STEP_NAMES[s], *map(str, steps[s].values()), str(seen.waits.get(s, 0))) for s in STEPS]
    lines = [
        *aligned(rows),
        f"  最后一人到达后 {seen.settled:.1f} 秒，人人都已保存；交卷 {seen.finished}，内存 {figures['memory_mb']} MB",
        *wrong(seen.errors, seen.lost),
    ]
    is_met = not seen.lost and not seen.errors and seen.settled <= WITHIN and bool(seen.waits)
    told = f"{seen.settled:.1f} 秒，丢失 {seen.lost}，请稍等 {sum(seen.waits.values())} 次"
    goal = Goal(f"到的人是能接待的 {TIMES} 倍：人人已保存", f"最后一人到达后 ≤ {WITHIN} 秒，丢失 0", told, is_met)
    return Finding(title, figures, lines, [goal], wrong=seen.lost + len(seen.errors))
