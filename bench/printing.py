"""The figures of a bench and of the drills as tables for people."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.journeys import WAYS
from bench.ledger import DOUBLED, LOST, Fault

COLUMNS = ("", "CPU毫秒/份", "份/秒", "开考 p50/p99", "保存 p50/p99", "交卷 p50/p99", "丢失", "出错")
NAMES = {"floor": "裸 Flask 下限", "usual": "常见写法的 Flask", "zhisai": "知赛"}
DRILL_COLUMNS = ("演练", "次数", "确认过的保存", "丢失", "重复", "500", "503", "其他", "秒")


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
    lines = _aligned(rows)
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


def table(summary: dict[str, Any]) -> str:
    """The whole table, with what was done above it. Times in milliseconds."""
    machine = summary["machine"]
    lines = [
        f"真实 HTTP，同时 {summary['at_once']} 人（闭环），每轮 {summary['people']} 人；"
        f"每人登录、开 {summary['items']} 题的卷、保存 {summary['saves']} 次、交卷、看成绩。",
        f"交替测 {summary['pairs']} 对，取中位数。{machine['cores']} 核，Python {machine['python']}，"
        f"测完时负载 {machine['load']}；时间单位毫秒。",
    ]
    for way, found in summary["ways"].items():
        rows = [COLUMNS, *(_row(NAMES[name], found[name]) for name in NAMES)]
        lines += [
            "",
            WAYS[way],
            *_aligned(rows),
            f"  知赛 ÷ 下限 = {found['ratio']}，知赛 ÷ 常见写法 = {found['to_usual']}",
        ]
        lines += [f"  ! {error}" for name in NAMES for error in found[name]["errors"][:5]]
    memory = "，".join(f"{NAMES[name]} {size} MB" for name, size in summary["memory_mb"].items())
    return "\n".join([*lines, "", f"测完时内存（各进程相加，共用的页重复计）：{memory}"])


def _row(name: str, found: dict[str, Any]) -> tuple[str, ...]:
    times = [f"{found[step]['p50']} / {found[step]['p99']}" for step in ("start_ms", "save_ms", "hand_in_ms")]
    cpu, rate = found["cpu_ms_per_attempt"], found["attempts_per_second"]
    return (name, f"{cpu}", f"{rate}", *times, str(found["lost"]), str(len(found["errors"])))


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(_width(row[at]) for row in rows) for at in range(len(rows[0]))]
    return ["  " + "  ".join(_padded(text, width) for text, width in zip(row, widths, strict=True)) for row in rows]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
