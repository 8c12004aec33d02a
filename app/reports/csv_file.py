"""Tables as CSV that Excel and WPS open with Chinese intact, and with no formula in it."""

import csv
import io
from collections.abc import Iterable, Sequence

from app.reports.absences import HEADS as ABSENT_HEADS
from app.reports.absences import absent_lines, heading
from app.reports.tables import HEADS, ReportDocument, lines
from app.rules.absence import Absentees
from app.rules.csv_guard import guarded


def write_csv(document: ReportDocument) -> bytes:
    """The report's table, an empty line, then as of when it is and its definitions."""
    below = [document.contest, document.as_of_words, document.roster_words, document.state, *document.definitions]
    return _written([HEADS, *lines(document, thousands=""), (), *((text,) for text in below if text)])


def absentees_csv(absentees: Absentees, *, contest: str, unit: str) -> bytes:
    """The list of those who have not taken part; `unit` names whom it covers."""
    below = [contest, heading(absentees, unit=unit)]
    return _written([ABSENT_HEADS, *absent_lines(absentees), (), *((text,) for text in below)])


def _written(rows: Iterable[Sequence[str]]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    for row in rows:
        writer.writerow([guarded(text) for text in row])
    return file.getvalue().encode("utf-8-sig")
