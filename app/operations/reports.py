"""Reports of a contest, as of now."""

from datetime import datetime

from app.queries import accounts, tallies
from app.queries.contests import ContestRow
from app.reports import tables
from app.reports.tables import ReportDocument
from app.rules.timing import Phase


def unit_report(contest: ContestRow, *, now: datetime) -> ReportDocument:
    """各单位参赛情况统计表 from the records of this instant; page, Excel, CSV and JSON are written from it."""
    is_over = contest.phase(now) is Phase.CLOSED and not tallies.progress(contest.id).answering
    return tables.document(
        contest=contest.title,
        organizer=accounts.site().organizer,
        as_of=now,
        roster_taken_at=contest.roster_taken_at,
        is_final=is_over,
        terms=contest.terms,
        figures=tallies.figures(contest.id),
    )
