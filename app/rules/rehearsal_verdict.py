"""What a rehearsal showed, judged: may so many people take part at once, and what to do when not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.rules.rehearsal import Losses

MILLISECOND = 0.001
SAVE_WITHIN, HAND_IN_WITHIN, START_WITHIN = 0.3, 1.0, 3.0  # seconds, of 95 in 100
SLOW_DISK = 0.03  # seconds until a small write is kept
BUSY, CROWDED = 0.85, 0.9  # share of the machine's processors; of its memory
TAKEN = 0.3  # share of the processors that others than the site may use before they are to blame
LATE_CLIENT = 0.1  # seconds by which the made-up people themselves come late
LITTLE_SPACE = 1024**3
FILES_BESIDES = 200  # open in a process besides a connection for each person


class Step(StrEnum):
    """What a person waits for."""

    ENTER = "enter"
    START = "start"
    SAVE = "save"
    HAND_IN = "hand_in"

    @property
    def label(self) -> str:
        return {"enter": "进入", "start": "开考", "save": "保存", "hand_in": "交卷"}[self]


LIMITS = {Step.START: START_WITHIN, Step.SAVE: SAVE_WITHIN, Step.HAND_IN: HAND_IN_WITHIN}


@dataclass(frozen=True)
class Waits:
    """How long a step took, in seconds: of half the times, of 95 in 100, of the slowest."""

    count: int
    half: float
    most: float
    worst: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Waits":
        if not seconds:
            return cls(0, 0.0, 0.0, 0.0)
        ordered = sorted(seconds)
        half, most = (ordered[-(-len(ordered) * part // 100) - 1] for part in (50, 95))
        return cls(len(ordered), half, most, ordered[-1])


@dataclass(frozen=True)
class Machine:
    """What the machine had to do meanwhile; None where it could not be seen. Shares are of all processors together."""

    cores: int
    busy: float | None = None
    busiest: float | None = None
    server: float | None = None
    server_memory: int | None = None
    memory_used: float | None = None
    client: float = 0.0
    client_late: float = 0.0
    sync: float | None = None
    free: int | None = None
    connections: int | None = None  # that the site may hold at once

    @property
    def others(self) -> float:
        """What neither the site nor its made-up people used; the database, too, where it is a program of its own."""
        return max(0.0, (self.busy or 0.0) - (self.server or 0.0) - self.client)

    @property
    def is_busy(self) -> bool:
        return self.busiest is not None and self.busiest > BUSY


@dataclass(frozen=True)
class Shown:
    """Everything that a rehearsal showed. `unfinished` people did not come to their result; `errors` are in words."""

    people: int
    minutes: float
    waits: Mapping[Step, Waits]
    losses: Losses
    machine: Machine
    acknowledged: int = 0
    unfinished: int = 0
    answers: int = 0
    busy: int = 0  # answers of 503: come again in a moment
    unreached: int = 0
    faults: int = 0  # answers that should never come
    errors: Sequence[str] = field(default_factory=tuple)
    is_sqlite: bool = True


class Outcome(StrEnum):
    """May it be held like this; UNCLEAR: it could not be measured."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Verdict:
    """One sentence, why, and what can be done, each in plain Chinese."""

    outcome: Outcome
    sentence: str
    reasons: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()


def verdict(shown: Shown) -> Verdict:
    """Judge by the limits: nothing lost, nobody stuck, and 95 in 100 waits short enough."""
    broken = _broken(shown)
    slow = [_slow(step, shown.waits[step]) for step, limit in LIMITS.items() if shown.waits[step].most > limit]
    if not broken and not slow:
        return Verdict(Outcome.YES, f"可以承担 {shown.people} 人同时参赛。", (), tuple(_watch(shown.machine)))
    if not broken and shown.machine.client_late > LATE_CLIENT:
        late = f"演练程序自己忙不过来，100 次里有 5 次晚了 {_told(shown.machine.client_late)}以上才动手"
        advice = ("减少人数或拉长时间再演练一次，也不要同时运行别的大程序。",)
        return Verdict(Outcome.UNCLEAR, f"没有测准，不能说 {shown.people} 人行还是不行。", (late, *slow), advice)
    sentence = f"不建议 {shown.people} 人同时参赛。"
    return Verdict(Outcome.NO, sentence, (*broken, *slow), tuple(_advice(shown)))


def limits() -> str:
    """The limits, as people read them."""
    told = "，".join(f"{step.label} {_told(limit)}" for step, limit in LIMITS.items())
    return f"丢失、重复、误判都是 0，人人交上卷；100 次里 95 次不超过：{told}"


def _broken(shown: Shown) -> list[str]:
    found = shown.losses
    counts = (
        (found.lost, "有 {} 人已确认保存的答案没有存住"),
        (found.doubled, "有 {} 人得到了不止一份答卷"),
        (found.misgraded, "有 {} 份答卷没有正好阅卷一次"),
        (shown.faults, "服务器出错 {} 次"),
        (shown.unfinished, "有 {} 人没能走到成绩页"),
    )
    return [words.format(count) for count, words in counts if count]


def _slow(step: Step, waits: Waits) -> str:
    return f"{step.label}太慢：100 次里有 5 次超过 {_told(waits.most)}，最慢 {_told(waits.worst)}"


def _advice(shown: Shown) -> list[str]:
    machine, advice = shown.machine, []
    if shown.losses:
        advice.append("先不要开考。执行 flask doctor，把查出的问题解决后再演练；备份好数据，并把这张表发给技术支持。")
    elif shown.faults:
        advice.append("查看网站的日志（journalctl -u zhisai），执行 flask doctor，解决后再演练。")
    if machine.connections is not None and machine.connections < shown.people + FILES_BESIDES:
        wanted = shown.people + FILES_BESIDES
        limit = f"网站最多只能同时打开 {machine.connections} 个连接，{shown.people} 人要 {wanted} 个以上"
        advice.append(f"{limit}：用 deploy/zhisai.service 启动，或先执行 ulimit -n {wanted} 再启动网站。")
    if machine.free is not None and machine.free < LITTLE_SPACE:
        advice.append("磁盘快满了，请先腾出空间。")
    if machine.sync is not None and machine.sync > SLOW_DISK:
        advice.append("磁盘落盘太慢：数据换到固态硬盘，竞赛时不要在这块盘上做别的大量读写。")
    if machine.memory_used is not None and machine.memory_used > CROWDED:
        advice.append("内存快用完了：停掉这台机器上别的程序，或加内存。")
    if machine.is_busy:
        advice += _of_processors(machine, shown.is_sqlite)
    if not shown.losses:
        fewer = max(1, shown.people // 2)
        advice.append(f"让各单位分时段参赛，减少同时在线的人；先用 --people {fewer} 再演练一次，看多少人合适。")
    return advice


def _of_processors(machine: Machine, is_sqlite: bool) -> list[str]:
    if machine.others > TAKEN:
        known = "" if is_sqlite else "（数据库也算在内）"
        return [f"别的程序{known}占了处理器的 {machine.others * 100:.0f}%：竞赛时停掉它们，停掉以后再演练一次。"]
    more = "；核数多的机器上改用 PostgreSQL 才用得上（docs/operation.md “搬到 PostgreSQL”）" if is_sqlite else ""
    return [f"处理器不够：换更快、核数更多的机器{more}。"]


def _watch(machine: Machine) -> list[str]:
    """What is worth a look although all went well."""
    found = []
    if machine.is_busy and machine.others > TAKEN:
        found.append(f"别的程序占了处理器的 {machine.others * 100:.0f}%，竞赛时请停掉；停掉以后还会更快。")
    elif machine.is_busy:
        found.append("最忙时处理器已接近用满，人数不要再多；竞赛时不要在这台机器上做别的事。")
    if machine.free is not None and machine.free < LITTLE_SPACE:
        found.append("磁盘快满了，开考前请腾出空间。")
    return found


def _told(seconds: float) -> str:
    return f"{seconds:.1f} 秒" if seconds >= 1 else f"{seconds * 1000:.0f} 毫秒"
