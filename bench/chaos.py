"""`python -m bench.chaos`: every fault that the site must survive, one drill each, and a table in the end.

The exit code is 1 when anything acknowledged was lost, anything happened twice, or an answer was a 500.
"""

import argparse
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import crowd, kills, power, trouble
from bench.databases import BACKENDS
from bench.kills import Kill
from bench.ledger import LOST, WRONG, Fault
from bench.printing import Outcome, drills
from bench.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_PROOF = 40  # so many cuts lose something when a commit is not synced


@dataclass(frozen=True)
class Drill:
    """A drill by its name on the command line; `rounds` is how often in full, `run` takes a folder and rounds."""

    name: str
    rounds: int
    run: Callable[[Path, int, str], Outcome]


def _all() -> list[Drill]:
    made = []
    for backend in BACKENDS:
        for name, kill, rounds in (
            ("kill-all", Kill.EVERYTHING, 30),
            ("kill-workers", Kill.WORKERS, 600),
            ("hand-in", Kill.HAND_IN, 60),
        ):
            made.append(Drill(f"{name}-{backend}", rounds, _killing(kill, backend)))
        made.append(Drill(f"locked-{backend}", 20, _troubling(Trouble.LOCKED, backend)))
        made.append(Drill(f"crowd-{backend}", 20, _crowding(backend)))
    return [
        *made,
        Drill("disk-full", 40, _troubling(Trouble.FULL, "sqlite")),
        Drill("power", 1500, lambda folder, rounds, seed: power.drill(folder, rounds, seed=seed)),
        Drill("power-proof", 200, _without_sync),
        Drill("messages", 4000, _messages),
    ]


def _killing(kill: Kill, backend: str) -> Callable[[Path, int, str], Outcome]:
    return lambda folder, rounds, seed: kills.drill(kill, backend, folder, rounds, seed=seed)


def _troubling(kind: Trouble, backend: str) -> Callable[[Path, int, str], Outcome]:
    return lambda folder, rounds, seed: trouble.drill(kind, backend, folder, rounds, seed=seed)


def _crowding(backend: str) -> Callable[[Path, int, str], Outcome]:
    return lambda folder, rounds, seed: crowd.drill(backend, folder, rounds, seed=seed)


def _without_sync(folder: Path, rounds: int, seed: str) -> Outcome:
    """The proof that the power cuts would show a loss: with synchronous=NORMAL there must be one."""
    lost = power.drill(folder, max(rounds, SHORTEST_PROOF), seed=seed, synchronous="NORMAL")
    outcome = Outcome("断电的反证（synchronous=NORMAL 必须丢）", lost.rounds, lost.acknowledged)
    outcome.notes.append(f"如期丢失 {lost.count(LOST)} 处")
    if not lost.count(LOST):
        outcome.faults.append(Fault(WRONG, "nothing was lost without a sync: the drill does not see losses"))
    return outcome


def _messages(_folder: Path, rounds: int, seed: str) -> Outcome:
    """The property tests of the page's messages and of the clock, with so many examples each."""
    environment = os.environ | {"HYPOTHESIS_PROFILE": "long", "EXAMPLES": str(rounds)}
    command = ["pytest", "-q", "tests/operations/test_messages.py", "tests/test_jobs.py"]
    done = subprocess.run(
        [sys.executable, "-m", *command, f"--hypothesis-seed={int(seed.encode().hex(), 16) % 2**32}"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    outcome = Outcome("消息丢失、重复、乱序；时钟跳变", rounds)
    if done.returncode:
        outcome.faults.append(Fault(LOST, (done.stdout + done.stderr)[-3000:]))
    passed = re.search(r"(\d+) passed", done.stdout)
    outcome.notes.append(f"性质测试 {passed[1] if passed else 0} 项通过")
    return outcome


def main(arguments: Sequence[str] | None = None) -> int:
    known = _all()
    parser = argparse.ArgumentParser(
        prog="python -m bench.chaos",
        description="故意制造各种故障，清点有没有丢失、重复和500。",
        epilog="演练：" + "、".join(f"{drill.name}（{drill.rounds}）" for drill in known),
    )
    parser.add_argument("--percent", type=float, default=100, help="每种演练的次数，占足量的百分之几（默认 100）")
    parser.add_argument("--only", default="", help="只做名称里有这几个字母的，例如 power 或 sqlite")
    parser.add_argument("--seed", default="", help="随机数种子，重演同一串时刻；不给则每次不同")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    options = parser.parse_args(arguments)
    chosen = [drill for drill in known if options.only in drill.name]
    if not 0 < options.percent <= 1000 or not chosen:
        parser.error("百分比在 0 到 1000 之间，名称见下。" + (parser.epilog or ""))
    seed = options.seed or secrets.token_hex(4)
    outcomes = [_run(drill, max(1, round(drill.rounds * options.percent / 100)), seed) for drill in chosen]
    if options.json:
        print(json.dumps({"seed": seed, "drills": [asdict(o) for o in outcomes]}, ensure_ascii=False, indent=2))
    else:
        print(f"种子 {seed}\n{drills(outcomes)}")
    return 1 if any(outcome.faults or outcome.crashes for outcome in outcomes) else 0


def _run(drill: Drill, rounds: int, seed: str) -> Outcome:
    began = time.monotonic()
    print(f"{drill.name} × {rounds} …", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="zhisai-chaos-") as folder:
        try:
            outcome = drill.run(Path(folder) / "instance", rounds, seed)
        except Exception as error:  # one drill that breaks must not cost the others their table
            outcome = Outcome(drill.name, faults=[Fault(WRONG, f"the drill broke: {error!r}")])
    outcome.seconds = round(time.monotonic() - began, 1)
    return outcome


if __name__ == "__main__":
    sys.exit(main())
