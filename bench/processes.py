"""PostgreSQL with one, two and four app processes on it, the load spread over them; beside a floor of two."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from tqdm import tqdm

from bench import cast, installation, pooled
from bench.cast import PASSWORD, Person
from bench.cost import WARMING_UP, Round, medians, ratio
from bench.databases import Postgresql, database
from bench.printing import NAMES, Finding, Goal, aligned, wrong
from bench.served import Served, free_port
from bench.targets import ITEMS, POOL, Target

COUNTS = (1, 2, 4)
OF_FLOOR = 2  # processes
AT_ONCE = 16
AT_MOST = 1.3


@dataclass
class Side:
    """So many processes of one system; whoever comes next is taken from `people`, since nobody takes part twice."""

    target: Target
    people: Iterator[Person]


def measure(options: argparse.Namespace) -> Finding:
    """Closed loop, in turn; the database's processor time counts."""
    everybody = cast.people(sum(COUNTS) * WARMING_UP + len(COUNTS) * options.pairs * options.people)
    with tempfile.TemporaryDirectory(prefix="zhisai-processes-") as folder, ExitStack() as stack:
        where = stack.enter_context(database("postgresql"))
        assert isinstance(where, Postgresql)
        sides = [_floor(Path(folder), where, everybody, stack), *_product(Path(folder), where, everybody, stack)]
        for side in sides:
            _round(side, WARMING_UP * len(side.target.servers), where, options)  # each process prepares for itself
        rounds: list[list[Round]] = [[] for _ in sides]
        for _ in tqdm(range(options.pairs), disable=options.json, unit="对", leave=False):
            for side, seen in zip(sides, rounds, strict=True):
                seen.append(_round(side, options.people, where, options))
    return _finding(rounds, options)


def _floor(folder: Path, where: Postgresql, people: list[Person], stack: ExitStack) -> Side:
    url = where.other("floor")
    pooled.furnish(url, people, cast.questions(POOL), PASSWORD)
    servers = []
    for number in range(OF_FLOOR):
        port = free_port()
        command = [sys.executable, "-m", "bench.pooled", url, str(port)]
        servers.append(stack.enter_context(Served(command, {}, port, folder / f"floor{number}.log")))
    return Side(Target("floor", tuple(servers), "", url), iter(people))


def _product(folder: Path, where: Postgresql, people: list[Person], stack: ExitStack) -> list[Side]:
    """The same installation behind one port, two, and four. All processes run all the time; those not asked idle."""
    made = installation.furnish(folder / "instance", people, items=ITEMS, pool=POOL, database_url=where.url)
    servers = tuple(stack.enter_context(made.serve()) for _ in range(max(COUNTS)))
    coming = iter(people)
    return [Side(Target("zhisai", servers[:count], made.slug, where.url), coming) for count in COUNTS]


def _round(side: Side, count: int, where: Postgresql, options: argparse.Namespace) -> Round:
    before = side.target.cpu() + where.cpu()
    seen = side.target.drive("name", list(islice(side.people, count)), at_once=AT_ONCE, saves=options.saves)
    return Round(side.target.name, "name", side.target.cpu() + where.cpu() - before, seen)


def _finding(rounds: list[list[Round]], options: argparse.Namespace) -> Finding:
    title = (
        f"PostgreSQL，几个程序进程（闭环，同时 {AT_ONCE} 人，每轮 {options.people} 人，"
        f"交替 {options.pairs} 对取中位数；姓名入场，CPU 含数据库，毫秒）"
    )
    rows: list[tuple[str, ...]] = [("", "CPU毫秒/份", "÷ 下限", "份/秒", "保存 p50/p99")]
    names = [f"{NAMES['floor']}，{OF_FLOOR} 个进程", *(f"{NAMES['zhisai']}，{count} 个进程" for count in COUNTS)]
    figures: dict[str, Any] = {}
    errors, lost = list[str](), 0
    for key, name, of in zip(("floor", *map(str, COUNTS)), names, rounds, strict=True):
        found = figures[key] = medians(of) | {"ratio": ratio(of, rounds[0])}
        save = f"{found['save_ms']['p50']} / {found['save_ms']['p99']}"
        cpu, rate = found["cpu_ms_per_attempt"], found["attempts_per_second"]
        rows.append((name, f"{cpu}", f"{found['ratio']}", f"{rate}", save))
        errors, lost = errors + found["errors"], lost + found["lost"]
    worst = max(figures[str(count)]["ratio"] for count in COUNTS)
    rates = [figures[str(count)]["attempts_per_second"] for count in COUNTS]
    goals = [
        Goal("PostgreSQL：每份答卷的 CPU ÷ 下限", f"≤ {AT_MOST}", str(worst), worst <= AT_MOST),
        Goal("PostgreSQL：1、2、4 个进程，份/秒", "加进程就加", "、".join(map(str, rates)), rates[0] < rates[1]),
    ]
    return Finding(title, figures, [*aligned(rows), *wrong(errors, lost)], goals, wrong=lost + len(errors))
