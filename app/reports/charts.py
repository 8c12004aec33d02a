"""The chart of a report as plain values; `components/report_chart.html` draws them."""

from dataclasses import dataclass
from fractions import Fraction

from app.rules import rates
from app.rules.rates import Figures, Row

# In the chart's own units, of which the whole is WIDTH wide.
WIDTH, LEFT, SPAN, TOP, BOTTOM = 1288, 290, 770, 30, 34
LINE, BAR, NAME_LINE = 34, 18, 19
CHARACTERS = 17  # of a name, on one line


@dataclass(frozen=True)
class Bar:
    """One unit: its name on as many lines as it needs, the bar, the value and the counts behind it."""

    lines: tuple[tuple[str, str], ...]
    y: str
    width: str
    base: str
    value: str
    counts: str


@dataclass(frozen=True)
class Chart:
    """Bars from high to low. Positions are decimal texts; `ticks` are position and word; `total_at` is the red line."""

    title: str
    note: str
    bars: tuple[Bar, ...]
    height: int
    ticks: tuple[tuple[str, str], ...]
    total_at: str | None
    total_words: str

    @property
    def floor(self) -> int:
        """Where the lines end that come down from the top."""
        return self.height - BOTTOM + 10


def rates_chart(figures: Figures, name: str = "参赛率") -> Chart:
    """The units of the top level by 参赛率 or 优秀率, from high to low; those without a rate are not in it."""
    rated = [(rate, row) for row in figures.tops if (rate := _rate(name, row)) is not None]
    rated.sort(key=lambda pair: -pair[0])  # stable: equal rates stay in 机构序列
    bars: list[Bar] = []
    y = TOP + 10
    for rate, row in rated:
        lines = _wrapped(row.name)
        height = LINE + (len(lines) - 1) * NAME_LINE
        bars.append(_bar(name, rate, row, lines, y, height))
        y += height
    total = _rate(name, Row("total", "合计", 0, figures.total))
    return Chart(
        title=f"各单位{name}，由高到低",
        note=_note(name, figures),
        bars=tuple(bars),
        height=y + BOTTOM,
        ticks=tuple((_text(_x(Fraction(step, 4))), f"{step * 25}%") for step in range(5)),
        total_at=None if total is None else _text(_x(total)),
        total_words=f"合计{rates.percent(total)}",
    )


def _rate(name: str, row: Row) -> Fraction | None:
    return row.tally.participation_rate if name == "参赛率" else row.tally.excellence_rate


def _note(name: str, figures: Figures) -> str:
    if name != "参赛率":
        return "无人参赛的不列"
    overfull = any(row.tally.is_overfull for row in figures.tops)
    return "应参为0、应参人数待核的不列" if overfull else "应参为0的不列"


def _bar(name: str, rate: Fraction, row: Row, lines: list[str], y: int, height: int) -> Bar:
    part, whole = rates.parts(name, row.tally)
    middle = Fraction(y) + Fraction(height - LINE + BAR, 2)
    first = middle + 6 - Fraction((len(lines) - 1) * NAME_LINE, 2)
    return Bar(
        lines=tuple((text, _text(first + place * NAME_LINE)) for place, text in enumerate(lines)),
        y=_text(middle - Fraction(BAR, 2)),
        width=_text(rate * SPAN),
        base=_text(middle + 6),
        value=rates.percent(rate),
        counts=f"{part:,}／{whole:,}人",
    )


def _wrapped(name: str) -> list[str]:
    """The name on lines of about equal length: nothing of it is left out."""
    count = -(-len(name) // CHARACTERS) or 1
    size = -(-len(name) // count)
    return [name[start : start + size] for start in range(0, len(name), size or 1)] or [""]


def _x(rate: Fraction) -> Fraction:
    return LEFT + SPAN * rate


def _text(value: Fraction) -> str:
    return rates.rounded(value, 1)
