"""The figures of a bench and of the drills as tables for people."""

import math
import os
import platform
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.ledger import DOUBLED, LOST, Fault

GOAL_COLUMNS = ("", "目标", "实测", "")
MET = {True: "达到", False: "未达到"}
NAMES = {"floor": "裸 Flask 下限", "usual": "常见写法的 Flask", "zhisai": "知赛"}
STEP_NAMES = {"entry": "入场", "start": "开考", "save": "保存", "hand_in": "交卷", "result": "成绩"}
DRILL_COLUMNS = ("演练", "次数", "确认过的保存", "丢失", "重复", "500", "503", "其他", "秒")


@dataclass(frozen=True)
class Goal:
    """One promise, and what was measured of it."""

    what: str
    wanted: str
    measured: str
    is_met: bool


@dataclass
class Finding:
    """What one bench measured: `figures` for programs, `lines` for people. `wrong` counts losses and errors."""

    title: str
    figures: dict[str, Any]
    lines: list[str]
    goals: list[Goal] = field(default_factory=list)
    wrong: int = 0


@dataclass
class Outcome:
    """What a drill showed. `faults` is empty when nothing acknowledged was lost or doubled and no 500 came."""

    name: str
    rounds: int = 0
    acknowledged: int = 0
    seconds: float = 0.0
    crashes: int = 0  # answers of 500
    turned_away: int = 0  # answers of 503 with Retry-After: as it should be
    figures: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def add(self, when: str, faults: Iterable[Fault]) -> None:
        """Keep these faults, each with the moment at which it showed."""
        self.faults += [Fault(fault.kind, f"{when}: {fault}") for fault in faults]

    def count(self, kind: str) -> int:
        return sum(fault.kind == kind for fault in self.faults)


def drills(outcomes: Sequence[Outcome]) -> str:
    """One line for each drill, and below them what was wrong."""
    rows = [DRILL_COLUMNS, *(_drill(outcome) for outcome in outcomes)]
    lines = aligned(rows)
    lines += [f"  {outcome.name}：{note}" for outcome in outcomes for note in outcome.notes]
    lines += [f"  ! {outcome.name}: {fault}" for outcome in outcomes for fault in outcome.faults[:20]]
    return "\n".join(lines)


def _drill(outcome: Outcome) -> tuple[str, ...]:
    other = len(outcome.faults) - outcome.count(LOST) - outcome.count(DOUBLED)
    counts = (
        outcome.rounds, outcome.acknowledged, outcome.count(LOST), outcome.count(DOUBLED), outcome.crashes,
        outcome.turned_away, other, round(outcome.seconds),
    )  # fmt: skip
    return (outcome.name, *map(str, counts))


def told(findings: Sequence[Finding]) -> str:
    """Each finding under its title, and at the end the goals, one line each."""
    parts = [f"{finding.title}\n" + "\n".join(finding.lines) for finding in findings]
    goals = [goal for finding in findings for goal in finding.goals]
    rows = [GOAL_COLUMNS, *((goal.what, goal.wanted, goal.measured, MET[goal.is_met]) for goal in goals)]
    machine = f"{os.cpu_count()} 核，Python {platform.python_version()}，测完时负载 {os.getloadavg()[0]:.2f}"
    return "\n\n".join([*parts, "\n".join([f"目标（{machine}）", *aligned(rows)])])


def wrong(seen: Iterable[str], lost: int) -> list[str]:
    """A line for what was lost and for what went wrong, with the first few examples."""
    errors = list(seen)
    return [f"  丢失 {lost}，出错 {len(errors)}", *(f"  ! {error}" for error in errors[:5])]


def percentile(values: list[float], percent: int) -> float | None:
    """The smallest value that so many percent of the values do not exceed."""
    if not values:
        return None
    return round(sorted(values)[math.ceil(len(values) * percent / 100) - 1], 1)


def aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows as lines, their columns under each other."""
    widths = [max(_width(row[at]) for row in rows) for at in range(len(rows[0]))]
    return ["  " + "  ".join(_padded(text, width) for text, width in zip(row, widths, strict=True)) for row in rows]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
