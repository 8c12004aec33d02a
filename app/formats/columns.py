"""Which column means what: the header of a table found by its words, wherever in the first rows it stands."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.rules.question import tidy

SEARCHED_ROWS = 10

_REMARK = re.compile(r"[(\[【{][^)\]】}]*[)\]】}]")
_DROPPED = re.compile(r"[\s*:：、,.。_\-]+")


@dataclass(frozen=True)
class Header:
    """A header row: `row` is its index from 0, `columns` maps a meaning to the column's index."""

    row: int
    columns: dict[str, int]
    titles: dict[str, str]

    def told(self, sheet: str | None) -> str:
        """One sentence for the preview: how each column was understood."""
        if not any(self.titles.values()):
            pairs = "，".join(column_letter(index) for index in self.columns.values())
            return f"{f'工作表“{sheet}”' if sheet else '表格'}没有表头，各列是您指定的：{pairs}列"
        where = f"工作表“{sheet}”第{self.row + 1}行" if sheet else f"第{self.row + 1}行"
        pairs = "，".join(f"{column_letter(self.columns[name])}列“{title}”" for name, title in self.titles.items())
        return f"{where}是表头：{pairs}"


def bare(title: str) -> str:
    """A column title without width, case, blanks, remarks in brackets and punctuation."""
    plain = unicodedata.normalize("NFKC", tidy(title)).casefold()
    return _DROPPED.sub("", _REMARK.sub("", plain))


def column_letter(index: int) -> str:
    """The column as spreadsheets name it: 0 is A, 26 is AA."""
    return (column_letter(index // 26 - 1) if index >= 26 else "") + chr(ord("A") + index % 26)


def meanings(row: tuple[str, ...], meaning_of: Callable[[str], str | None]) -> dict[str, int]:
    """What the cells of a row mean as titles; the first column of each meaning wins."""
    found: dict[str, int] = {}
    for index, cell in enumerate(row):
        if cell and len(cell) <= 40 and (meaning := meaning_of(bare(cell))):
            found.setdefault(meaning, index)
    return found


def find_header(
    rows: tuple[tuple[str, ...], ...],
    meaning_of: Callable[[str], str | None],
    suffices: Callable[[Mapping[str, int]], bool],
) -> Header | None:
    """The row among the first ten that names the most columns, if any names enough of them."""
    best: Header | None = None
    for index, row in enumerate(rows[:SEARCHED_ROWS]):
        columns = meanings(row, meaning_of)
        if suffices(columns) and (best is None or len(columns) > len(best.columns)):
            best = Header(index, columns, {name: tidy(row[column]) for name, column in columns.items()})
    return best


def cell(row: tuple[str, ...], index: int | None) -> str:
    """The tidied text of a cell, empty when the row has no such column."""
    return tidy(row[index]) if index is not None and index < len(row) else ""
