"""The CSV files, read back."""

import csv
import io

from app.reports import csv_file, tables
from tests.reports.example import ABSENTEES, FORMULAS, absentees_named, document, named


def read(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")  # or Excel takes it for GBK
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_table_comes_first_then_an_empty_line_then_what_it_means():
    made = document()
    rows = read(csv_file.write_csv(made))
    end = rows.index([])

    assert rows[0] == list(tables.HEADS)
    assert [tuple(row) for row in rows[1:end]] == list(tables.lines(made, thousands=""))
    assert rows[end + 1 : end + 5] == [
        ["机关公文处理知识竞赛"],
        ["数据截至2026年9月30日 18:01:00"],
        ["名单取自2026年9月9日 09:00:00"],
        ["实时数据，非最终"],
    ]
    assert [row[0] for row in rows[end + 5 :]] == list(made.definitions)


def test_rates_are_printed_and_counts_have_no_comma():
    row = read(csv_file.write_csv(document()))[3]

    assert row[1:8] == ["甲局合计", "14", "1", "13", "11", "2", "84.62%"]


def test_no_cell_of_any_file_begins_like_a_formula():
    files = (
        csv_file.write_csv(named(FORMULAS)),
        csv_file.write_csv(document(contest=FORMULAS[1], organizer=FORMULAS[0])),
        csv_file.absentees_csv(absentees_named(FORMULAS), contest=FORMULAS[0], unit=FORMULAS[2]),
    )
    cells = [cell for file in files for row in read(file) for cell in row]

    assert [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\n"))] == []


def test_the_list_of_absentees_reads_back():
    rows = read(csv_file.absentees_csv(ABSENTEES, contest="知识竞赛", unit="全部单位"))

    assert rows[2] == ["2", "甲局", "王芳", "", "", "已入场未交", "2026年9月9日 09:00:00", ""]
    assert rows[-2] == ["知识竞赛"]
    assert rows[-1][0].startswith("全部单位　未参赛3人")
