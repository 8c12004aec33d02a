"""How much memory the serving process occupies after each thing that it does for the first time."""

import argparse
import tempfile
from pathlib import Path

from bench import cast
from bench.printing import Finding, Goal, aligned
from bench.targets import furnished, product

PEOPLE = 40
BEFORE, AFTER = 90, 130  # MB


def measure(options: argparse.Namespace) -> Finding:
    """Name first, then passwords, so that two are hashed at once; a password's hash takes 19 MiB while it is made."""
    count = PEOPLE * 5 if options.full else PEOPLE
    people = cast.people(2 * count)
    steps: list[tuple[str, str, int]] = []
    with tempfile.TemporaryDirectory(prefix="zhisai-memory-") as folder:
        target = product(furnished(Path(folder), people))
        with target.servers[0] as server:
            steps.append(("started", "启动以后", server.worker_memory()))
            seen = [target.drive("name", people[:count], saves=options.saves)]
            steps.append(("by_name", f"姓名入场，{count} 份答卷以后", server.worker_memory()))
            seen.append(target.drive("password", people[count:], saves=options.saves))
            steps.append(("by_password", f"账号密码登录，又 {count} 份以后", server.worker_memory()))
    megabytes = {name: round(size / 2**20) for name, _, size in steps}
    rows = [("", "MB"), *((words, str(megabytes[name])) for name, words, _ in steps)]
    goals = [
        Goal("内存，算密码以前", f"< {BEFORE} MB", f"{megabytes['by_name']} MB", megabytes["by_name"] < BEFORE),
        Goal(
            "内存，同时算过两个密码",
            f"< {AFTER} MB",
            f"{megabytes['by_password']} MB",
            megabytes["by_password"] < AFTER,
        ),
    ]
    bad = sum(each.lost + len(each.errors) for each in seen)
    return Finding("答题的进程占多少内存（常驻）", dict(megabytes), aligned(rows), goals, wrong=bad)
