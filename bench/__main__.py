"""`python -m bench`: every goal of speed, measured beside a floor of the same run, and a table of them at the end."""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict

from bench import arrivals, cost, growth, memory, overload, processes, rush
from bench.journeys import WAYS
from bench.printing import Finding, told

BENCHES: dict[str, Callable[[argparse.Namespace], Finding]] = {
    "cost": cost.measure,
    "arrivals": arrivals.measure,
    "rush": rush.measure,
    "growth": growth.measure,
    "overload": overload.measure,
    "processes": processes.measure,
    "memory": memory.measure,
}


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    findings = {name: BENCHES[name](options) for name in options.only}
    if options.json:
        print(json.dumps(_summary(findings), ensure_ascii=False, indent=2))
    else:
        print(told(list(findings.values())))
    return 1 if any(finding.wrong for finding in findings.values()) else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    about = "速度的各项目标，与同一次运行里的下限并排测量。"
    parser = argparse.ArgumentParser(prog="python -m bench", description=about)
    parser.add_argument("--only", action="append", choices=list(BENCHES), help="只做这一项；可以写几次")
    parser.add_argument("--way", choices=[*WAYS, "both"], default="both", help="name 姓名入场，password 账号密码")
    parser.add_argument("--people", type=int, default=40, help="cost 每轮多少人（默认 40）")
    parser.add_argument("--at-once", type=int, default=8, help="闭环里同时多少人（默认 8）")
    parser.add_argument("--pairs", type=int, default=3, help="交替测几对，取中位数（默认 3）")
    parser.add_argument("--saves", type=int, default=50, help="每人保存几次（默认 50）")
    parser.add_argument("--rate", type=float, default=8, help="arrivals 每秒到几人（默认 8）")
    parser.add_argument("--most", type=int, default=3000, help="overload 至多多少人（默认 3000）")
    parser.add_argument("--full", action="store_true", help="目标里写的足量，整套约半小时")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    options = parser.parse_args(arguments)
    if min(options.people, options.at_once, options.pairs, options.saves) < 1:
        parser.error("人数、对数、次数都至少为 1。")
    options.ways = list(WAYS) if options.way == "both" else [options.way]
    options.only = options.only or list(BENCHES)
    return options


def _summary(findings: dict[str, Finding]) -> dict[str, object]:
    return {
        "machine": {
            "cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 2),
        },
        "measured_at": time.strftime("%Y-%m-%d %H:%M:%S"),
        **{name: finding.figures | {"goals": [asdict(goal) for goal in finding.goals]}
           for name, finding in findings.items()},
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
