"""`python -m bench`: what one attempt costs the server, beside a bare-Flask floor measured in the same run."""

import argparse
import json
import math
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from bench import cast, floor, installation
from bench.cast import PASSWORD, Person
from bench.driver import Seen, drive, plan
from bench.journeys import WAYS
from bench.printing import table
from bench.served import Served, free_port

ITEMS = floor.ITEMS
POOL = 120
WARMING_UP = 16


@dataclass(frozen=True)
class Target:
    """A system under measurement. Only the product has a `slug`."""

    name: str
    server: Served
    slug: str
    database: Path


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


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="zhisai-bench-") as folder, _targets(Path(folder), options) as targets:
        rounds = _measure(targets, options)
        memory = {target.name: target.server.memory() for target in targets}
    summary = _summary(rounds, options, memory)
    print(json.dumps(summary, ensure_ascii=False, indent=2) if options.json else table(summary))
    return 1 if any(r.seen.lost or r.seen.errors for r in rounds) else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    about = "一份答卷耗服务器多少 CPU，与裸 Flask 下限并排测量。"
    parser = argparse.ArgumentParser(prog="python -m bench", description=about)
    parser.add_argument("--people", type=int, default=40, help="每轮多少人（默认 40）")
    parser.add_argument("--at-once", type=int, default=8, help="同时多少人（默认 8）")
    parser.add_argument("--pairs", type=int, default=3, help="下限与知赛交替测几对，取中位数（默认 3）")
    parser.add_argument("--saves", type=int, default=50, help="每人保存几次（默认 50）")
    parser.add_argument("--way", choices=[*WAYS, "both"], default="both", help="name 姓名入场，password 账号密码")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    options = parser.parse_args(arguments)
    if min(options.people, options.at_once, options.pairs, options.saves) < 1:
        parser.error("人数、对数、次数都至少为 1。")
    options.ways = list(WAYS) if options.way == "both" else [options.way]
    return options


@contextmanager
def _targets(folder: Path, options: argparse.Namespace) -> Iterator[list[Target]]:
    """Floor, the usual and the product, each with its database and a server that answers."""
    people = cast.people(_needed(options))
    made = installation.furnish(folder / "instance", people, items=ITEMS, pool=POOL)
    with ExitStack() as stack:
        targets = []
        for name in ("floor", "usual"):
            database, port = folder / f"{name}.db", free_port()
            floor.furnish(database, people, cast.questions(POOL), PASSWORD)
            command = [sys.executable, "-m", f"bench.{name}", str(database), str(port)]
            server = stack.enter_context(Served(command, {}, port, folder / f"{name}.log"))
            targets.append(Target(name, server, "", database))
        targets.append(Target("zhisai", stack.enter_context(made.serve()), made.slug, made.database))
        yield targets


def _needed(options: argparse.Namespace) -> int:
    """Nobody takes part twice: an attempt of somebody new costs the same in every round."""
    ways: list[str] = options.ways
    pairs: int = options.pairs
    people: int = options.people
    return len(ways) * (pairs * people + WARMING_UP)


def _measure(targets: list[Target], options: argparse.Namespace) -> list[Round]:
    people, rounds = iter(cast.people(_needed(options))), []
    with tqdm(total=len(options.ways) * options.pairs * 3, disable=options.json, unit="轮", leave=False) as bar:
        for way in options.ways:
            early = [next(people) for _ in range(WARMING_UP)]
            for target in targets:  # pools, templates and connections are made once, and not measured
                _round(target, way, early, options)
            for _ in range(options.pairs):
                group = [next(people) for _ in range(options.people)]
                for target in targets:
                    rounds.append(_round(target, way, group, options))
                    bar.update()
    return rounds


def _round(target: Target, way: str, people: list[Person], options: argparse.Namespace) -> Round:
    planned = plan(
        target.server.port, target.name, target.slug, way, options.at_once, options.saves, target.database, people
    )
    before = target.server.cpu()
    seen = drive(planned)
    return Round(target.name, way, target.server.cpu() - before, seen)


def _summary(rounds: list[Round], options: argparse.Namespace, memory: dict[str, int]) -> dict[str, Any]:
    ways: dict[str, Any] = {}
    for way in options.ways:
        of = {name: [r for r in rounds if (r.way, r.system) == (way, name)] for name in ("floor", "usual", "zhisai")}
        ways[way] = {name: _medians(found) for name, found in of.items()}
        ways[way] |= {"ratio": _ratio(of["zhisai"], of["floor"]), "to_usual": _ratio(of["zhisai"], of["usual"])}
    return {
        "mode": "closed loop",
        "people": options.people,
        "at_once": options.at_once,
        "pairs": options.pairs,
        "items": ITEMS,
        "saves": options.saves,
        "machine": {
            "cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 2),
        },
        "measured_at": time.strftime("%Y-%m-%d %H:%M:%S"),
        "memory_mb": {name: round(size / 2**20) for name, size in memory.items()},
        "ways": ways,
    }  # fmt: skip


def _ratio(own: list[Round], other: list[Round]) -> float:
    return round(statistics.median(mine.cpu_ms / theirs.cpu_ms for mine, theirs in zip(own, other, strict=True)), 2)


def _medians(rounds: list[Round]) -> dict[str, Any]:
    """Medians over the rounds; latencies over all requests of all rounds."""
    steps = {name: [ms for r in rounds for ms in getattr(r.seen, name)] for name in ("start", "save", "hand_in")}
    return {
        "cpu_ms_per_attempt": round(statistics.median(r.cpu_ms for r in rounds), 1),
        "cpu_ms_of_each_round": [round(r.cpu_ms, 1) for r in rounds],
        "attempts_per_second": round(statistics.median(r.per_second for r in rounds), 1),
        **{f"{name}_ms": {"p50": percentile(ms, 50), "p99": percentile(ms, 99)} for name, ms in steps.items()},
        "finished": sum(r.seen.finished for r in rounds),
        "lost": sum(r.seen.lost for r in rounds),
        "errors": [error for r in rounds for error in r.seen.errors],
    }


def percentile(values: list[float], percent: int) -> float | None:
    """The smallest value that so many percent of the values do not exceed."""
    if not values:
        return None
    return round(sorted(values)[math.ceil(len(values) * percent / 100) - 1], 1)


if __name__ == "__main__":
    sys.exit(main())
