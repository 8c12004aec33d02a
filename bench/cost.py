"""What one attempt costs the server, beside the bare-Flask floor and the usual Flask application of the same run."""

import argparse
import math
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from bench import cast
from bench.cast import Person
from bench.driver import Seen
from bench.journeys import WAYS
from bench.printing import NAMES, Finding, Goal, aligned, percentile, wrong
from bench.targets import ALL, Target, targets

COLUMNS = ("", "CPU毫秒/份", "份/秒", "开考 p50/p99", "保存 p50/p99", "交卷 p50/p99", "丢失", "出错")
WARMING_UP = 16
QUIET = {"name": 20, "password": 45}  # CPU-ms an attempt on a quiet machine


@dataclass(frozen=True)
class Round:
    """One system, one way of entering, once: processor time of the server, and what the clients saw."""

    system: str
    way: str
    cpu: float
    seen: Seen

    @property
    def cpu_ms(self) -> float:
        """Server processor time of one attempt, in milliseconds."""
        return self.cpu * 1000 / self.seen.finished if self.seen.finished else math.nan

    @property
    def per_second(self) -> float:
        return self.seen.finished / self.seen.seconds


def measure(options: argparse.Namespace) -> Finding:
    """Closed loop, floor, usual and product in turn, so many times; nobody takes part twice."""
    everybody = cast.people(len(options.ways) * (options.pairs * options.people + WARMING_UP))
    people, rounds = iter(everybody), list[Round]()
    with tempfile.TemporaryDirectory(prefix="zhisai-cost-") as folder, targets(Path(folder), everybody) as found:
        for way in options.ways:
            rounds += _rounds(found, way, people, options)
    return _finding(rounds, options)


def _rounds(found: list[Target], way: str, people: Iterator[Person], options: argparse.Namespace) -> Iterator[Round]:
    early = [next(people) for _ in range(WARMING_UP)]
    for target in found:  # pools, templates and connections are made once, and not measured
        one_round(target, way, early, options)
    for _ in tqdm(range(options.pairs), disable=options.json, unit="对", leave=False, desc=WAYS[way]):
        group = [next(people) for _ in range(options.people)]
        yield from (one_round(target, way, group, options) for target in found)


def one_round(target: Target, way: str, people: list[Person], options: argparse.Namespace) -> Round:
    """These people through that system, so many at once."""
    before = target.cpu()
    seen = target.drive(way, people, at_once=options.at_once, saves=options.saves)
    return Round(target.name, way, target.cpu() - before, seen)


def ratio(own: list[Round], other: list[Round]) -> float:
    """The median of what the own rounds cost, each divided by the other's that was measured beside it."""
    return round(statistics.median(mine.cpu_ms / theirs.cpu_ms for mine, theirs in zip(own, other, strict=True)), 2)


def _finding(rounds: list[Round], options: argparse.Namespace) -> Finding:
    title = (
        f"一份答卷耗多少（闭环，同时 {options.at_once} 人，每轮 {options.people} 人，各保存 {options.saves} 次，"
        f"交替 {options.pairs} 对取中位数；毫秒）"
    )
    found = Finding(title, {}, [], wrong=sum(r.seen.lost + len(r.seen.errors) for r in rounds))
    for way in options.ways:
        of = {name: [r for r in rounds if (r.way, r.system) == (way, name)] for name in ALL}
        figures: dict[str, Any] = {name: medians(found) for name, found in of.items()}
        figures |= {"ratio": ratio(of["zhisai"], of["floor"]), "to_usual": ratio(of["zhisai"], of["usual"])}
        found.figures[way] = figures
        found.lines += _lines(way, figures)
        found.goals += _goals(way, figures)
    return found


def medians(rounds: list[Round]) -> dict[str, Any]:
    """Medians over the rounds; latencies over all requests of all rounds."""
    steps = {name: [ms for r in rounds for ms in r.seen.steps[name]] for name in ("start", "save", "hand_in")}
    return {
        "cpu_ms_per_attempt": round(statistics.median(r.cpu_ms for r in rounds), 1),
        "cpu_ms_of_each_round": [round(r.cpu_ms, 1) for r in rounds],
        "attempts_per_second": round(statistics.median(r.per_second for r in rounds), 1),
        **{f"{name}_ms": {"p50": percentile(ms, 50), "p99": percentile(ms, 99)} for name, ms in steps.items()},
        "finished": sum(r.seen.finished for r in rounds),
        "waits": sum(count for r in rounds for count in r.seen.waits.values()),
        "lost": sum(r.seen.lost for r in rounds),
        "errors": [error for r in rounds for error in r.seen.errors],
    }


def _lines(way: str, figures: dict[str, Any]) -> list[str]:
    rows = [COLUMNS, *(_row(NAMES[name], figures[name]) for name in ALL)]
    lost = sum(figures[name]["lost"] for name in ALL)
    return [
        WAYS[way],
        *aligned(rows),
        f"  知赛 ÷ 下限 = {figures['ratio']}，知赛 ÷ 常见写法 = {figures['to_usual']}；"
        f"请稍等 {figures['zhisai']['waits']} 次",
        *wrong((error for name in ALL for error in figures[name]["errors"]), lost),
    ]


def _row(name: str, found: dict[str, Any]) -> tuple[str, ...]:
    times = [f"{found[step]['p50']} / {found[step]['p99']}" for step in ("start_ms", "save_ms", "hand_in_ms")]
    cpu, rate = found["cpu_ms_per_attempt"], found["attempts_per_second"]
    return (name, f"{cpu}", f"{rate}", *times, str(found["lost"]), str(len(found["errors"])))


def _goals(way: str, figures: dict[str, Any]) -> list[Goal]:
    cpu = figures["zhisai"]["cpu_ms_per_attempt"]
    return [
        Goal(f"每份答卷的 CPU ÷ 下限，{WAYS[way]}", "≤ 1.0", str(figures["ratio"]), figures["ratio"] <= 1.0),
        Goal(f"每份答卷的 CPU，{WAYS[way]}", f"≤ {QUIET[way]} 毫秒", f"{cpu} 毫秒", cpu <= QUIET[way]),
    ]
