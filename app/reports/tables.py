"""各单位参赛情况统计表: everything that the page, the Excel file and the CSV file of one report print alike."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.rules import prose, rates
from app.rules.rates import Figures, Row
from app.rules.terms import ContestTerms

TITLE = "各单位参赛情况统计表"
HEADS = ("序号", "单位", *(name for name, _ in rates.COLUMNS), "备注")
IN_ORDER = "单位次序依机构序列，不作排名。"
SIGNERS = ("填表人", "审核人", "单位负责人（盖章）", "日期")


@dataclass(frozen=True)
class ReportDocument:
    """A report of one contest as of one instant. Marks and the full score are hundredths.

    `is_final` says that every sitting has closed and nobody is answering any more; a key correction or an excuse may
    still change the figures.
    """

    contest: str
    organizer: str
    as_of: datetime
    roster_taken_at: datetime | None
    is_final: bool
    full_score: int
    pass_mark: int
    excellence_mark: int
    counting: str
    definitions: tuple[str, ...]
    figures: Figures
    title: str = TITLE

    @property
    def state(self) -> str:
        """What these figures are, in words. A report that is not frozen is never final."""
        return "实时数据，非最终；答题已全部结束，尚未定稿" if self.is_final else "实时数据，非最终"

    @property
    def as_of_words(self) -> str:
        """数据截至2026年9月30日 18:01:00"""
        return f"数据截至{prose.full_moment(self.as_of)}"

    @property
    def roster_words(self) -> str:
        """名单取自9月9日 9:00; empty before it is taken."""
        return f"名单取自{prose.full_moment(self.roster_taken_at)}" if self.roster_taken_at else ""


def document(
    *,
    contest: str,
    organizer: str,
    as_of: datetime,
    roster_taken_at: datetime | None,
    is_final: bool,
    terms: ContestTerms,
    figures: Figures,
) -> ReportDocument:
    """The report of a contest with these terms, with the definitions that its own figures call for."""
    return ReportDocument(
        contest=contest,
        organizer=organizer,
        as_of=as_of,
        roster_taken_at=roster_taken_at,
        is_final=is_final,
        full_score=terms.full_score,
        pass_mark=terms.pass_mark,
        excellence_mark=terms.excellence_mark,
        counting=prose.attempts(terms),
        definitions=definitions(terms, figures),
        figures=figures,
    )


def definitions(terms: ContestTerms, figures: Figures) -> tuple[str, ...]:
    """The numbered sentences under the table: how each of its figures was counted."""
    sentences = [
        "应参＝在册−免试。免试的人交了有效答卷，仍算应参。" + _declared(figures),
        "实参指至少有一份有效答卷的人，同一人只计一次；人次指全部有效答卷。"
        "有效答卷须在正式场次内交卷（含到时自动交卷），至少答1题，且未被作废；一题未答的是交白卷，不算。",
        "参赛率＝实参÷应参。应参为0的没有参赛率，记“—”。" + _overfull(figures),
        f"成绩：{prose.attempts(terms)}；满分{rates.points(terms.full_score)}分。平均分是实参各人成绩的平均。",
        f"优秀率＝优秀人数÷实参，{rates.points(terms.excellence_mark)}分及以上为优秀。"
        f"合格率、满分率同此，{rates.points(terms.pass_mark)}分及以上为合格，合格含优秀。无人参赛的记“—”。",
        "合计由人数相加后再除，不取各比率的平均。“本级”指单位自己的人员。" + _apart(figures),
        _unit_participation(figures),
        "比率和平均分保留两位小数，四舍五入；只有恰为全部时才写100.00%。",
        IN_ORDER,
    ]
    return tuple(f"{number}. {sentence}" for number, sentence in enumerate(sentences, start=1))


def sorted_by(sentences: tuple[str, ...], name: str, descending: bool) -> tuple[str, ...]:
    """The definitions of a table that is sorted by that column: the one of its order says so."""
    order = f"本页按{name}{'由高到低' if descending else '由低到高'}排列，相同的依机构序列。"
    return tuple(sentence.replace(IN_ORDER, order) for sentence in sentences)


def _declared(figures: Figures) -> str:
    own = [row.tally for row in figures.rows if row.kind in ("unit", "own")]
    if all(tally.expected == tally.enrolled - tally.excused for tally in own):
        return ""
    return "单位另报了应参人数的，以所报人数为应参。"


def _overfull(figures: Figures) -> str:
    if not any(row.tally.is_overfull for row in figures.rows if row.has_expected):
        return ""
    return "实参多于应参的也记“—”，备注“应参人数待核”；上级单位合计仍按人数相加，核实前只供参考。"


def _apart(figures: Figures) -> str:
    kinds = {row.kind for row in figures.rows}
    sentences = []
    if "unassigned" in kinds:
        sentences.append("未分配指在名单上、还没有归入单位的人，计入合计。")
    if "outside" in kinds:
        sentences.append("编外指不在名单上而参赛的人，不计入合计。")
    return "".join(sentences)


def _unit_participation(figures: Figures) -> str:
    start = "单位参赛率＝有人参赛的单位÷应参不为0的单位，只数最上一级，下级并入上级："
    rate = figures.unit_participation_rate
    if rate is None:
        return start + "没有应参不为0的单位，记“—”。"
    return start + f"{figures.units_taking_part}÷{figures.units_expected}＝{rates.percent(rate)}。"


def lines(document: ReportDocument, thousands: str = ",") -> tuple[tuple[str, ...], ...]:
    """All lines of the table as they are printed, a text for each of HEADS."""
    return tuple(
        ("" if row.number is None else str(row.number), row.name, *rates.cells(row, thousands), row.remark)
        for row in document.figures.rows
    )


def as_json(document: ReportDocument) -> dict[str, Any]:
    """The report for a program: counts as integers, a rate as its part, whole and printed percentage, or None."""
    figures = document.figures
    rate = figures.unit_participation_rate
    return {
        "title": document.title,
        "contest": document.contest,
        "organizer": document.organizer,
        "as_of": prose.local(document.as_of).isoformat(),
        "roster_taken_at": prose.local(document.roster_taken_at).isoformat() if document.roster_taken_at else None,
        "state": document.state,
        "is_final": document.is_final,
        "definitions": list(document.definitions),
        "columns": list(HEADS),
        "rows": [_row(row) for row in figures.rows],
        "total": _counts(Row("total", "合计", 0, figures.total)),
        "unit_participation": None if rate is None else _rate(figures.units_taking_part, figures.units_expected),
    }


def _row(row: Row) -> dict[str, Any]:
    place = {"kind": row.kind, "depth": row.depth, "序号": row.number, "单位": row.name}
    return place | _counts(row) | {"备注": row.remark}


def _counts(row: Row) -> dict[str, Any]:
    counted: dict[str, Any] = {}
    for name, read in rates.COLUMNS:
        value = read(row)
        if value is None or isinstance(value, int):
            counted[name] = value
        elif name in rates.RATES:
            counted[name] = _rate(*rates.parts(name, row.tally))
        else:
            counted[name] = rates.rounded(value)
    return counted


def _rate(part: int, whole: int) -> dict[str, int | str]:
    return {"part": part, "whole": whole, "percent": rates.percent(rates.share(part, whole)).removesuffix("%")}
