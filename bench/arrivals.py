"""How fast each step is while so many people come every second, whoever is in already; beside the floor."""

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any

from bench import cast
from bench.driver import STEPS, Seen
from bench.journeys import WAYS
from bench.printing import NAMES, STEP_NAMES, Finding, Goal, aligned, percentile, wrong
from bench.targets import Target, targets

SYSTEMS = ("floor", "zhisai")
WARMING_UP = 8
SAVE = {"name": 10, "password": 25}  # milliseconds of the slowest save in a hundred
SECONDS, FULL = 12, 60


def measure(options: argparse.Namespace) -> Finding:
    """Each system, each way of entering, in turn."""
    seconds = FULL if options.full else SECONDS
    count = round(options.rate * seconds)
    everybody = cast.people(len(options.ways) * (WARMING_UP + count))
    title = f"每秒到 {options.rate:g} 人，{seconds} 秒，各保存 {options.saves} 次不停顿（开环，每步 p50 / p99 毫秒）"
    found = Finding(title, {"rate": options.rate, "seconds": seconds}, [])
    with (
        tempfile.TemporaryDirectory(prefix="zhisai-arrivals-") as folder,
        targets(Path(folder), everybody, SYSTEMS) as systems,
    ):
        for number, way in enumerate(options.ways):
            people = everybody[number * (WARMING_UP + count) :][: WARMING_UP + count]
            for target in systems:
                target.drive(way, people[:WARMING_UP])
            _note(found, way, {target.name: _open(target, way, people[WARMING_UP:], options) for target in systems})
    return found


def _open(target: Target, way: str, people: list[cast.Person], options: argparse.Namespace) -> tuple[Seen, float]:
    before = target.cpu()
    seen = target.drive(way, people, rate=options.rate, saves=options.saves)
    return seen, (target.cpu() - before) * 1000 / max(1, seen.finished)


def _note(found: Finding, way: str, seen: dict[str, tuple[Seen, float]]) -> None:
    figures = {name: _figures(*of) for name, of in seen.items()}
    found.figures[way] = figures
    rows = [(WAYS[way], *STEP_NAMES.values(), "CPU毫秒/份", "请稍等")]
    for name, of in figures.items():
        steps = [f"{of[step]['p50']} / {of[step]['p99']}" for step in STEPS]
        rows.append((NAMES[name], *steps, str(of["cpu_ms_per_attempt"]), str(sum(of["waits"].values()))))
    lost, errors = sum(of["lost"] for of in figures.values()), [e for of in figures.values() for e in of["errors"]]
    found.lines += [*aligned(rows), *wrong(errors, lost)]
    found.wrong += lost + len(errors)
    slow = figures["zhisai"]["save"]["p99"]
    load = f"{slow} 毫秒（下限 {figures['floor']['save']['p99']}）"
    found.goals.append(
        Goal(
            f"保存 p99，每秒到 {found.figures['rate']:g} 人，{WAYS[way]}",
            f"≤ {SAVE[way]} 毫秒",
            load,
            bool(slow and slow <= SAVE[way]),
        )
    )


def _figures(seen: Seen, cpu_ms: float) -> dict[str, Any]:
    return {
        **{step: {"p50": percentile(seen.steps[step], 50), "p99": percentile(seen.steps[step], 99)} for step in STEPS},
        "cpu_ms_per_attempt": round(cpu_ms, 1),
        "finished": seen.finished,
        "waits": seen.waits,
        "load": round(os.getloadavg()[0], 2),
        "lost": seen.lost,
        "errors": seen.errors,
    }
