"""Reports: the table of the units, and who has not taken part yet; on a page and as files."""

from datetime import datetime
from io import BytesIO

from flask import abort, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.extensions import utc_now
from app.operations.reports import unit_report
from app.queries import accounts, contests, tallies
from app.queries.contests import ContestRow
from app.queries.pages import page_of
from app.reports import csv_file
from app.reports.charts import rates_chart
from app.reports.tables import ReportDocument, sorted_by
from app.rules import prose, rates
from app.rules.absence import Absence
from app.rules.rates import Row
from app.rules.roles import Role
from app.web import links
from app.web.access import role_required
from app.web.candidate.entry import contest_or_404
from app.web.organizer import bp, watching

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
PEOPLE_SHOWN = 100
COLUMNS = dict(rates.COLUMNS)


@bp.get("/reports", endpoint="reports")
@role_required(Role.ORGANIZER)
def list_reports() -> ResponseReturnValue:
    """All contests with what can be read of them."""
    now = utc_now()
    rows = [(row, watching.state(row, now), watching.rate(row.participants, row.expected)) for row in contests.listed()]
    return render_template("organizer/reports/list.html", rows=rows)


def _reported_or_404(slug: str) -> ContestRow:
    """That contest; a rehearsal stands in no report."""
    contest = contest_or_404(slug)
    if contest.is_rehearsal:
        abort(404)
    return contest


@bp.get("/contests/<slug>/report")
@role_required(Role.ORGANIZER)
def report(slug: str) -> ResponseReturnValue:
    """各单位参赛情况统计表, in 机构序列 with the tree, or the top-level units sorted by one column."""
    contest = _reported_or_404(slug)
    document = unit_report(contest, now=utc_now())
    sort = request.args.get("sort", "")
    sort = sort if sort in COLUMNS else ""
    descending = request.args.get("order") != "asc"
    rows = _sorted(document, sort, descending) if sort else document.figures.rows
    return render_template(
        "organizer/reports/report.html",
        contest=contest,
        document=document,
        figures=_large(document),
        heads=[_head(slug, name, sort, descending) for name in COLUMNS],
        rows=[(row, rates.cells(row)) for row in rows],
        definitions=sorted_by(document.definitions, sort, descending) if sort else document.definitions,
        sort=sort,
        descending=descending,
        chart=rates_chart(document.figures),
    )


@bp.get("/contests/<slug>/report.xlsx")
@role_required(Role.ORGANIZER)
def report_excel(slug: str) -> ResponseReturnValue:
    """The same as a workbook."""
    from app.reports.excel import write_excel  # slow import

    document = unit_report(_reported_or_404(slug), now=utc_now())
    return _file(write_excel(document), EXCEL, document.title, document.contest, "xlsx", document.as_of)


@bp.get("/contests/<slug>/report.csv")
@role_required(Role.ORGANIZER)
def report_csv(slug: str) -> ResponseReturnValue:
    """The same as plain text that spreadsheets read."""
    document = unit_report(_reported_or_404(slug), now=utc_now())
    return _file(csv_file.write_csv(document), CSV, document.title, document.contest, "csv", document.as_of)


@bp.get("/contests/<slug>/absentees")
@role_required(Role.ORGANIZER)
def absentees(slug: str) -> ResponseReturnValue:
    """Who has not taken part, of one unit and those below it or of all, and what to write to them."""
    contest, now = _reported_or_404(slug), utc_now()
    units = tallies.absent_by_unit(contest.id)
    unit = _unit_or_404(units)
    missing = tallies.absentees(contest.id, unit.unit_id if unit else None, now)
    kind = next((one for one in Absence if one == request.args.get("kind")), None)
    people = [person for person in missing.people if kind in (None, person.kind)]
    tally = unit.tally if unit else sum((row.tally for row in units if row.depth == 0), rates.Tally())
    return render_template(
        "organizer/reports/absentees.html",
        contest=contest,
        units=[row for row in units if row.unit_id is not None],
        unit=unit,
        missing=missing,
        kind=kind,
        counts=[(one, sum(1 for person in missing.people if person.kind is one)) for one in Absence],
        page=page_of(people, request.args.get("page", 1, type=int), PEOPLE_SHOWN),
        tally=tally,
        letter=watching.letter(
            contest,
            expected=tally.expected,
            participants=tally.participants,
            address=links.outside("candidate.entry", slug=slug),
            organizer=accounts.site().organizer,
            unit=unit.name if unit else None,
            now=now,
        ),
    )


@bp.get("/contests/<slug>/absentees.xlsx")
@role_required(Role.ORGANIZER)
def absentees_excel(slug: str) -> ResponseReturnValue:
    """The list as a workbook, telephones masked."""
    from app.reports.excel import write_absentees_excel  # slow import

    contest, now = _reported_or_404(slug), utc_now()
    unit = _unit_or_404(tallies.absent_by_unit(contest.id))
    missing = tallies.absentees(contest.id, unit.unit_id if unit else None, now)
    whom = unit.name if unit else "全部单位"
    organizer = accounts.site().organizer
    content = write_absentees_excel(missing, contest=contest.title, unit=whom, organizer=organizer)
    return _file(content, EXCEL, "未参赛人员名单", f"{contest.title}_{whom}", "xlsx", now)


@bp.get("/contests/<slug>/absentees.csv")
@role_required(Role.ORGANIZER)
def absentees_csv(slug: str) -> ResponseReturnValue:
    """The list as plain text that spreadsheets read, telephones masked."""
    contest, now = _reported_or_404(slug), utc_now()
    unit = _unit_or_404(tallies.absent_by_unit(contest.id))
    missing = tallies.absentees(contest.id, unit.unit_id if unit else None, now)
    whom = unit.name if unit else "全部单位"
    content = csv_file.absentees_csv(missing, contest=contest.title, unit=whom)
    return _file(content, CSV, "未参赛人员名单", f"{contest.title}_{whom}", "csv", now)


def _large(document: ReportDocument) -> list[tuple[str, str, str, str]]:
    """The four large figures above the table."""
    figures, total = document.figures, document.figures.total
    return [
        (
            "参赛率",
            rates.percent(total.participation_rate),
            "",
            f"实参{total.participants:,}人，应参{total.expected:,}人",
        ),
        (
            "优秀率",
            rates.percent(total.excellence_rate),
            "",
            f"优秀{total.excellent:,}人，实参{total.participants:,}人",
        ),
        (
            "单位参赛率",
            rates.percent(figures.unit_participation_rate),
            "",
            f"{figures.units_taking_part}个单位参赛，共{figures.units_expected}个",
        ),
        ("平均分", rates.mean(total), "", f"满分{rates.points(document.full_score)}，{document.counting}"),
    ]


def _sorted(document: ReportDocument, name: str, descending: bool) -> list[Row]:
    """Top-level units by that column, those without a value last; then the lines that stand below the units."""
    read, tops = COLUMNS[name], document.figures.tops
    valued = [(value, row) for row in tops if (value := read(row)) is not None]
    valued.sort(key=lambda pair: pair[0], reverse=descending)  # stable: equal ones stay in 机构序列
    without = [row for row in tops if read(row) is None]
    below = [row for row in document.figures.rows if row.kind in ("unassigned", "total", "outside", "all")]
    return [row for _, row in valued] + without + below


def _head(slug: str, name: str, sort: str, descending: bool) -> tuple[str, str, str]:
    """A column's name, what sorts the page by it, and how it is sorted now."""
    is_sorted = name == sort
    order = "asc" if is_sorted and descending else "desc"
    now = ("descending" if descending else "ascending") if is_sorted else ""
    return name, url_for(".report", slug=slug, sort=name, order=order), now


def _unit_or_404(units: tuple[Row, ...]) -> Row | None:
    """The unit that the address names, which must be one of this contest's; None when it names none."""
    wanted = request.args.get("unit", type=int)
    if wanted is None:
        return None
    found = next((row for row in units if row.unit_id == wanted), None)
    return found or abort(404)


def _file(content: bytes, kind: str, title: str, subject: str, ending: str, now: datetime) -> ResponseReturnValue:
    name = f"{title}_{links.file_name(subject)}_{prose.local(now):%Y%m%d}.{ending}"
    return send_file(BytesIO(content), mimetype=kind, as_attachment=True, download_name=name)
