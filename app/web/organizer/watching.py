"""How a contest stands, in the words and pictures of the organizer's pages."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from app.queries.contests import ContestRow, ListedContest
from app.queries.tallies import Progress
from app.rules.prose import day_and_time, local
from app.rules.rates import Figures, Row, percent, share
from app.rules.reminder import reminder
from app.rules.timing import Phase, phase
from app.web.candidate.cards import time_left

DAYS_SHOWN = 31


def state(contest: ContestRow | ListedContest, now: datetime) -> tuple[str, str]:
    """The word of a state tag and its kind."""
    if contest.is_rehearsal:
        return "演练", "urgent"
    if contest.paused_at is not None:
        return "已暂停", "urgent"
    opens_at, closes_at = contest.opens_at, contest.closes_at
    where = phase(opens_at, closes_at, now)
    if where is Phase.BEFORE:
        return "未开始", ""
    if where is Phase.CLOSED:
        return "已截止", ""
    days = (local(closes_at).date() - local(now).date()).days
    return ("今天截止" if days == 0 else "明天截止", "urgent") if days <= 1 else ("进行中", "on")


def figures(contest: ContestRow, progress: Progress, units: tuple[Row, ...], now: datetime) -> list[tuple[str, ...]]:
    """The four large figures, each with its name, unit and definition; `units` are those at the top."""
    where = contest.phase(now)
    absent = max(0, progress.expected - progress.participants)
    missing_in = sum(1 for unit in units if unit.tally.absent)
    if where is Phase.BEFORE:
        return [
            ("参赛率", "未开始", "", "开始以后才有"),
            ("应参", f"{progress.expected:,}", "人", f"分布在{missing_in}个单位"),
            ("正在作答", "未开始", "", "开始以后才能作答"),
            _clock(contest, where, now),
        ]
    saved = f"已交卷{progress.handed_in:,}份" if where is Phase.CLOSED else _last_saved(progress.last_saved_at, now)
    return [
        (
            "参赛率",
            percent(rate(progress.participants, progress.expected)),
            "",
            f"实参{progress.participants:,}人，应参{progress.expected:,}人",
        ),
        ("还没参赛", f"{absent:,}", "人", f"分布在{missing_in}个单位" if absent else "应参的都参加了"),
        ("正在作答", f"{progress.answering:,}", "人", saved),
        _clock(contest, where, now),
    ]


def letter(
    contest: ContestRow,
    *,
    expected: int,
    participants: int,
    address: str,
    organizer: str,
    unit: str | None,
    now: datetime,
) -> tuple[str, ...]:
    """The reminder for one unit, or for all."""
    return reminder(
        title=contest.title,
        phase=contest.phase(now),
        opens_at=contest.opens_at,
        closes_at=contest.closes_at,
        seconds=contest.terms.duration,
        expected=expected,
        participants=participants,
        address=address,
        organizer=organizer,
        unit=unit,
    )


def by_unit(figures: Figures, at_least: int | None) -> tuple[Row, ...]:
    """The lines of the report for units where somebody is expected or took part, then the total of them all.

    With `at_least` only whole top-level units are listed, until there are that many lines.
    """
    busy = {row.unit_id for row in figures.branches if row.tally.expected or row.tally.participants}
    rows = [row for row in figures.rows if row.kind == "unassigned" or (row.unit_id in busy and row.unit_id)]
    if at_least is not None:
        starts = [place for place, row in enumerate(rows) if row.depth == 0 and row.kind != "sum"]
        rows = rows[: next((place for place in starts if place >= at_least), len(rows))]
    return (*rows, *(row for row in figures.rows if row.kind == "total")) if rows else ()


@dataclass(frozen=True)
class DayChart:
    """Bars for the macro `day_bars`: (label, count, whether the day is unfinished); `slots` days fit in the width."""

    days: tuple[tuple[str, int, bool], ...]
    slots: int
    due: str
    is_cut: bool


def day_chart(
    opens_at: datetime, closes_at: datetime, counted: tuple[tuple[date, int], ...], now: datetime
) -> DayChart | None:
    """New participants by day from the opening up to now, the last 31 days at most; None before the opening."""
    if now < opens_at:
        return None
    first, last = local(opens_at).date(), local(closes_at - timedelta(milliseconds=1)).date()
    today = min(local(now).date(), last)
    start = max(first, today - timedelta(days=DAYS_SHOWN - 1))
    end = min(last, start + timedelta(days=DAYS_SHOWN - 1))
    counts = dict(counted)
    running = now < closes_at
    due_shown = running and end == last
    days = [start + timedelta(days=step) for step in range((today - start).days + 1)]
    slots = (end - start).days + 1 if running else len(days)
    bars = tuple(
        (_label(day, day == start, running and day == today), counts.get(day, 0), running and day == today)
        for day in days
    )
    if due_shown and slots > 1 and (slots - len(days)) * 12 < slots:  # the deadline's own label stands there
        bars = (*bars[:-1], ("", *bars[-1][1:]))
    if running and 1 < len(days) < slots * 0.2 + 1:  # so early, 今天 stands where the first day's label would
        bars = (("", *bars[0][1:]), *bars[1:])
    due = f"{local(closes_at).day}日 {local(closes_at):%H:%M}截止" if due_shown else ""
    return DayChart(bars, slots, due, start > first or (running and end < last))


def rate(participants: int, expected: int) -> Fraction | None:
    """The participation rate; none where more took part than were expected, see docs/rates.md."""
    return None if participants > expected else share(participants, expected)


def _clock(contest: ContestRow, where: Phase, now: datetime) -> tuple[str, ...]:
    if where is Phase.CLOSED:
        day, hour = day_and_time(contest.closes_at).split()
        return ("已截止", day, "", f"{hour}收卷")
    moment = contest.opens_at if where is Phase.BEFORE else contest.closes_at
    left = time_left(moment, now)
    if where is Phase.BEFORE:
        return ("距开始", str(left["n"]), str(left["unit"]), f"{day_and_time(moment)}开始")
    return ("距截止", str(left["n"]), str(left["unit"]), f"{day_and_time(moment)}自动收卷")


def _last_saved(saved_at: datetime | None, now: datetime) -> str:
    if saved_at is None:
        return "还没有人保存过答案"
    seconds = max(0, int((now - saved_at).total_seconds()))
    if seconds < 60:
        return f"最近一次保存在{seconds}秒前"
    if seconds < 3600:
        return f"最近一次保存在{seconds // 60}分钟前"
    return f"最近一次保存在{day_and_time(saved_at)}"


def _label(day: date, is_first: bool, is_today: bool) -> str:
    if is_today:
        return "今天"
    return f"{day.month}月{day.day}日" if is_first or day.day == 1 else f"{day.day}日"
