"""The report of docs/rates.md, as the tests of its page, Excel and CSV begin with it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.reports import tables
from app.reports.tables import ReportDocument
from app.rules import rates
from app.rules.absence import Absence, Absent, Absentees
from app.rules.paper import PaperSpec, Section
from app.rules.question import QuestionKind
from app.rules.rates import Tally, UnitTally
from app.rules.terms import ContestTerms, Counting

AS_OF = datetime(2026, 9, 30, 10, 1, tzinfo=UTC)  # 18:01 in Shanghai
TAKEN_AT = datetime(2026, 9, 9, 1, 0, tzinfo=UTC)
TERMS = ContestTerms(
    spec=PaperSpec((Section("单选题", QuestionKind.SINGLE_CHOICE, 50, 200),)),
    duration=1800,
    attempts_allowed=3,
    counting=Counting.BEST,
    pass_mark=6000,
    excellence_mark=9000,
)
UNITS = (
    UnitTally(1, None, "甲局", 1, Tally(10, 0, 10, 8, 6, 8, 0, 12, 74_000)),
    UnitTally(2, 1, "甲局所属一中心", 2, Tally(4, 1, 3, 3, 3, 3, 1, 3, 28_500)),
    UnitTally(3, None, "乙局", 3, Tally()),
    UnitTally(4, None, "丙局", 4, Tally(enrolled=6, expected=6)),
)
OUTSIDE = Tally(participants=2, excellent=1, passed=2, attempts=2, score_sum=17_000)
FORMULAS = (
    '=HYPERLINK("http://example.invalid","点我")',
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "＝1+1",
    "http://example.invalid/",
    "mailto:a@example.invalid",
    "{=1+1}",
)


def document(units=UNITS, unassigned=Tally(), outside=OUTSIDE, **changes: Any) -> ReportDocument:  # noqa: B008  # frozen
    made = tables.document(
        contest="机关公文处理知识竞赛",
        organizer="市直机关工作委员会",
        as_of=AS_OF,
        roster_taken_at=TAKEN_AT,
        is_final=False,
        terms=TERMS,
        figures=rates.figures(units, unassigned, outside),
    )
    return replace(made, **changes)


def named(names: tuple[str, ...]) -> ReportDocument:
    """A report of units with these names."""
    units = [UnitTally(place, None, name, place, Tally(2, 0, 2, 1)) for place, name in enumerate(names)]
    return document(units, outside=Tally())


ABSENTEES = Absentees(
    AS_OF,
    (
        Absent(1, "李明", "甲局", "138****6207", "0007", Absence.NOT_STARTED),
        Absent(2, "王芳", "甲局", "", "", Absence.NOT_HANDED_IN, TAKEN_AT),
        Absent(3, "张伟", "", "138****2222", "", Absence.BLANK, TAKEN_AT, AS_OF),
    ),
)


def absentees_named(names: tuple[str, ...]) -> Absentees:
    """A list of people with these names, units and staff numbers."""
    return Absentees(AS_OF, tuple(Absent(1, name, name, "", name, Absence.NOT_STARTED) for name in names))
