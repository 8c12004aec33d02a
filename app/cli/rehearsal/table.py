"""What a rehearsal showed, as a table for people and as JSON for programs."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from app.rules.rehearsal_verdict import Machine, Shown, Step, Verdict, Waits, limits

HEAD = ("", "次数", "一半不超过", "95%不超过", "最慢")


def table(shown: Shown, verdict: Verdict) -> str:
    """What was done, how long people waited, what the machine had to do, and the verdict with its limits."""
    lines = [
        f"演练：{shown.people} 人，{shown.minutes:g} 分钟",
        "",
        *_aligned([HEAD, *(_row(step, shown.waits[step]) for step in Step)]),
        "",
        *(_pair(name, value) for name, value in _facts(shown)),
        "",
        f"结论：{verdict.sentence}",
        *(f"　　　{reason}。" for reason in verdict.reasons),
        *(f"　　→ {advice}" for advice in verdict.advice),
        f"标准：{limits()}。",
        "模拟的人员、竞赛、答卷已全部清除；操作日志里留有这次演练的记录。",
    ]
    if shown.errors:
        lines += ["", *(f"　! {error}" for error in shown.errors[:5])]
    return "\n".join(lines)


def as_json(shown: Shown, verdict: Verdict) -> dict[str, Any]:
    """The same as values; times in milliseconds, shares from 0 to 1."""
    machine = shown.machine
    return {
        "people": shown.people,
        "minutes": shown.minutes,
        "outcome": verdict.outcome,
        "sentence": verdict.sentence,
        "reasons": verdict.reasons,
        "advice": verdict.advice,
        "steps": {step: _waits(shown.waits[step]) for step in Step},
        "acknowledged_saves": shown.acknowledged,
        "lost": shown.losses.lost,
        "doubled": shown.losses.doubled,
        "misgraded": shown.losses.misgraded,
        "unfinished": shown.unfinished,
        "busy": shown.busy,
        "unreached": shown.unreached,
        "faults": shown.faults,
        "errors": list(shown.errors),
        "machine": vars(machine),
    }


def _facts(shown: Shown) -> list[tuple[str, str]]:
    found, machine = shown.losses, shown.machine
    kept = f"{shown.acknowledged} 次；丢失 {found.lost} 人，重复答卷 {found.doubled} 人，误判 {found.misgraded} 份"
    busy = f"请稍候（503）{shown.busy} 次，连不上 {shown.unreached} 次，出错 {shown.faults} 次"
    people = "人人走到了成绩页" if not shown.unfinished else f"有 {shown.unfinished} 人没有走到成绩页"
    return [("确认过的保存", kept), ("请求", f"{shown.answers} 次；{busy}"), ("结果", people), *_machine(machine)]


def _machine(machine: Machine) -> list[tuple[str, str]]:
    facts = []
    if machine.busy is not None and machine.busiest is not None:
        parts = f"网站 {_percent(machine.server)}，演练程序自己 {_percent(machine.client)}"
        told = f"{machine.cores} 核；平均 {_percent(machine.busy)}，最忙 {_percent(machine.busiest)}（{parts}）"
        facts.append(("处理器", told))
        memory = f"网站最多用 {_megabytes(machine.server_memory)}；整机已用 {_percent(machine.memory_used)}"
        facts.append(("内存", memory))
    else:
        facts.append(("处理器、内存", "网站不在这台机器上，或由别的用户启动，看不到"))
    if machine.sync is not None:
        facts.append(("磁盘", f"落盘 {machine.sync * 1000:.1f} 毫秒，剩余 {(machine.free or 0) / 1024**3:.1f} GB"))
    facts.append(("演练程序", f"动作迟到不超过 {machine.client_late * 1000:.0f} 毫秒（95%）"))
    return facts


def _row(step: Step, waits: Waits) -> tuple[str, ...]:
    if not waits.count:
        return (step.label, "0", "—", "—", "—")
    return (
        step.label,
        str(waits.count),
        *(f"{seconds * 1000:.0f} 毫秒" for seconds in (waits.half, waits.most, waits.worst)),
    )


def _waits(waits: Waits) -> dict[str, float]:
    told = {"count": waits.count, "p50_ms": waits.half, "p95_ms": waits.most, "worst_ms": waits.worst}
    return {name: value if name == "count" else round(value * 1000, 1) for name, value in told.items()}


def _pair(name: str, value: str) -> str:
    return f"  {_padded(name, 14)}{value}"


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share * 100:.0f}%"


def _megabytes(size: int | None) -> str:
    return "—" if size is None else f"{size / 1024**2:.0f} MB"


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """The first column to the left, figures to the right."""
    widths = [max(_width(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  " + _padded(first, widths[0] + 2) + "  ".join(_right(*pair) for pair in zip(rest, widths[1:], strict=True))
        for first, *rest in rows
    ]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _right(text: str, width: int) -> str:
    return " " * (width - _width(text)) + text


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
