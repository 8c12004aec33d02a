"""The figures of a report: counted once, added up the tree, divided once. Definitions: docs/rates.md."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import lru_cache


@dataclass(frozen=True)
class Tally:
    """Counts of people, but `attempts` (人次) and `score_sum` (hundredths over participants' results).

    `expected` is enrolled minus excused, or the declared head-count where a unit is counted by one.
    """

    enrolled: int = 0
    excused: int = 0
    expected: int = 0
    participants: int = 0
    excellent: int = 0
    passed: int = 0
    full: int = 0
    attempts: int = 0
    score_sum: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Tally)))

    @property
    def absent(self) -> int | None:
        """未参; None where more took part than were expected."""
        return None if self.is_overfull else self.expected - self.participants

    @property
    def is_overfull(self) -> bool:
        """More participants than expected: the head-count must be checked, and no rate is given."""
        return self.participants > self.expected

    @property
    def participation_rate(self) -> Fraction | None:
        return None if self.is_overfull else share(self.participants, self.expected)

    @property
    def excellence_rate(self) -> Fraction | None:
        return share(self.excellent, self.participants)

    @property
    def pass_rate(self) -> Fraction | None:
        return share(self.passed, self.participants)

    @property
    def full_rate(self) -> Fraction | None:
        return share(self.full, self.participants)

    @property
    def mean_score(self) -> Fraction | None:
        """In points, over the participants' results."""
        return share(self.score_sum, self.participants * 100)


@dataclass(frozen=True)
class UnitTally:
    """A unit of the roster with the tally of its own staff."""

    unit_id: int
    parent_id: int | None
    name: str
    order: int
    own: Tally


@dataclass(frozen=True)
class Row:
    """One line of the report. `kind`: unit, own (本级), sum, unassigned, total, outside, all.

    `depth` is how far the line is indented; `number` the 序号 of a top-level unit; `remark` what must be said of it.
    """

    kind: str
    name: str
    depth: int
    tally: Tally
    number: int | None = None
    unit_id: int | None = None
    remark: str = ""

    @property
    def has_expected(self) -> bool:
        """False for 编外 and 含编外: nobody was expected there, so there is no head-count and no participation rate."""
        return self.kind not in ("outside", "all")


@dataclass(frozen=True)
class Figures:
    """All figures of one contest: the lines in 机构序列, the totals, and unit participation.

    `rows` are the lines of the report; `branches` are all units, a parent before its children, each with all below it
    added; `tops` those of them at the top level.
    """

    rows: tuple[Row, ...]
    tops: tuple[Row, ...]
    total: Tally
    units_expected: int
    units_taking_part: int
    branches: tuple[Row, ...] = ()

    @property
    def unit_participation_rate(self) -> Fraction | None:
        return share(self.units_taking_part, self.units_expected)


def share(part: int, whole: int) -> Fraction | None:
    """A rate, exact; with nobody to count there is none."""
    return Fraction(part, whole) if whole else None


def figures(units: Iterable[UnitTally], unassigned: Tally, outside: Tally) -> Figures:
    """Roll the tallies up the tree of units. `unassigned` belongs to the total, `outside` (编外) does not.

    Raises ValueError for units that are above one another in a circle: their people would be in no total.
    """
    tree = _Tree(sorted(units, key=lambda unit: (unit.order, unit.unit_id)))
    rows: list[Row] = []
    branches: list[Row] = []
    for number, top in enumerate(tree.children(None), start=1):
        rows += tree.lines(top, 0, number)
        branches += tree.branches(top, 0, number)
    if len(branches) != tree.size:
        raise ValueError("units in a circle")
    tops = [branch for branch in branches if branch.depth == 0]
    total = sum((top.tally for top in tops), unassigned)
    if unassigned != Tally():
        rows.append(_row("unassigned", "未分配", 0, unassigned, remark="待归入单位"))
    rows.append(_row("total", "合计（不含编外）" if outside != Tally() else "合计", 0, total))
    if outside != Tally():
        rows.append(Row("outside", "编外", 0, outside, remark="不入合计"))
        rows.append(Row("all", "含编外", 0, total + outside))
    counted = [top for top in tops if top.tally.expected > 0]
    taking_part = sum(1 for top in counted if top.tally.participants >= 1)
    return Figures(tuple(rows), tuple(tops), total, len(counted), taking_part, tuple(branches))


class _Tree:
    def __init__(self, units: Sequence[UnitTally]) -> None:
        known = {unit.unit_id for unit in units}
        self.size = len(units)
        self._children: dict[int | None, list[UnitTally]] = {}
        for unit in units:
            parent = unit.parent_id if unit.parent_id in known else None
            self._children.setdefault(parent, []).append(unit)

    def children(self, unit_id: int | None) -> list[UnitTally]:
        return self._children.get(unit_id, [])

    def sum(self, unit: UnitTally) -> Tally:
        return sum((self.sum(child) for child in self.children(unit.unit_id)), unit.own)

    def lines(self, unit: UnitTally, depth: int, number: int | None = None) -> list[Row]:
        below = self.children(unit.unit_id)
        if not below:
            return [_row("unit", unit.name, depth, unit.own, number, unit.unit_id)]
        rows = [_row("own", f"{unit.name}本级", depth, unit.own, number, unit.unit_id)]
        for child in below:
            rows += self.lines(child, depth + 1)
        rows.append(_row("sum", f"{unit.name}合计", depth, self.sum(unit), None, unit.unit_id))
        return rows

    def branches(self, unit: UnitTally, depth: int, number: int | None = None) -> list[Row]:
        rows = [_row("unit", unit.name, depth, self.sum(unit), number, unit.unit_id)]
        for child in self.children(unit.unit_id):
            rows += self.branches(child, depth + 1)
        return rows


def _row(
    kind: str,
    name: str,
    depth: int,
    tally: Tally,
    number: int | None = None,
    unit_id: int | None = None,
    remark: str = "",
) -> Row:
    if tally.is_overfull:
        remark = "应参人数待核"
    elif not remark and kind in ("unit", "own", "sum"):
        remark = "尚无人员" if not tally.expected else "" if tally.participants else "无人参赛"
    return Row(kind, name, depth, tally, number, unit_id, remark)


def rounded(value: Fraction, places: int = 2) -> str:
    """A number with that many decimals, half-up."""
    scaled = value * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    text = str(whole).rjust(places + 1, "0")
    return f"{text[:-places]}.{text[-places:]}" if places else text


def percent(rate: Fraction | None, none: str = "—") -> str:
    """A rate with two decimals, half-up; 100.00% only where it is exact, `none` where there is no rate."""
    if rate is None:
        return none
    text = rounded(rate * 100)
    return ("99.99" if text == "100.00" and rate < 1 else text) + "%"


@lru_cache(maxsize=4096)
def points(hundredths: int) -> str:
    """A score as people write it: 96, 95.5, 95.25."""
    return rounded(Fraction(hundredths, 100)).rstrip("0").rstrip(".")


def mean(tally: Tally, none: str = "—") -> str:
    """The mean score with two decimals."""
    value = tally.mean_score
    return none if value is None else rounded(value)


def _of_expected(read: Callable[[Tally], int | Fraction | None]) -> Callable[[Row], int | Fraction | None]:
    return lambda row: read(row.tally) if row.has_expected else None


# 序号 and 单位 stand before these, 备注 after: the columns of the report in their order, with how each is read from a
# row. How None is printed: see `cells`.
COLUMNS: tuple[tuple[str, Callable[[Row], int | Fraction | None]], ...] = (
    ("在册", _of_expected(lambda tally: tally.enrolled)),
    ("免试", _of_expected(lambda tally: tally.excused)),
    ("应参", _of_expected(lambda tally: tally.expected)),
    ("实参", lambda row: row.tally.participants),
    ("未参", _of_expected(lambda tally: tally.absent)),
    ("参赛率", _of_expected(lambda tally: tally.participation_rate)),
    ("平均分", lambda row: row.tally.mean_score),
    ("优秀人数", lambda row: row.tally.excellent),
    ("优秀率", lambda row: row.tally.excellence_rate),
    ("合格率", lambda row: row.tally.pass_rate),
    ("满分率", lambda row: row.tally.full_rate),
    ("人次", lambda row: row.tally.attempts),
)
RATES = frozenset({"参赛率", "优秀率", "合格率", "满分率"})
HEADCOUNTS = frozenset({"在册", "免试", "应参", "未参"})


def parts(name: str, tally: Tally) -> tuple[int, int]:
    """What is divided by what in the rate of that name."""
    return {
        "参赛率": (tally.participants, tally.expected),
        "优秀率": (tally.excellent, tally.participants),
        "合格率": (tally.passed, tally.participants),
        "满分率": (tally.full, tally.participants),
    }[name]


def cells(row: Row, thousands: str = ",") -> tuple[str, ...]:
    """A line of the report as it is printed, a text for each of COLUMNS.

    What there is not is “—”; in 含编外, where nobody was expected, a head-count is left empty.
    """
    return tuple(_cell(row, name, read(row), thousands) for name, read in COLUMNS)


def _cell(row: Row, name: str, value: int | Fraction | None, thousands: str) -> str:
    if value is None:
        return "" if row.kind == "all" and name in HEADCOUNTS else "—"
    if name in RATES:
        return percent(Fraction(value))
    return f"{value:,}".replace(",", thousands) if isinstance(value, int) else rounded(value)
