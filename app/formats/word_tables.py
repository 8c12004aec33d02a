"""Tables of a Word file: their grid of cells, and the lines of a table that only arranges the text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from app.formats import bank_lines
from app.formats.spreadsheet import MOST_COLUMNS
from app.formats.word_items import Item, Line
from app.formats.word_marks import marked, unmarked
from app.formats.word_xml import child, name, value

_SIGN_ALONE = re.compile(r"[（(\[【]?\s*([A-J\uff21-\uff2a])\s*[)）\]】]?\s*[.．、:：]?")
_OPTION_TITLE = re.compile(r"(?:备?选项|答案选项)\s*([A-J])\s*[:：]?")
_STEM_TITLE = re.compile(r"(?:题\s*干|题\s*目|问\s*题|试\s*题)(?:内容)?\s*[:：]?")
_WRAPPERS = {"w:sdt", "w:sdtContent", "w:customXml", "w:ins", "w:moveTo"}


@dataclass
class Cell:
    """A cell: how many columns it takes, whether it goes on with the cell above, and what stands in it."""

    span: int
    is_continued: bool
    items: list[Item]


def rows(table: Element) -> Iterator[Element]:
    """The rows of a table without those that were deleted."""
    for part in table:
        if name(part) in _WRAPPERS:
            yield from rows(part)
        elif name(part) == "w:tr" and child(child(part, "w:trPr"), "w:del") is None:
            yield part


def cells(row: Element) -> Iterator[tuple[int, bool, Element]]:
    """(span, goes on with the cell above, element) of each cell; what is left out before the first counts as a cell."""
    before = child(child(row, "w:trPr"), "w:gridBefore")
    if before is not None and (left_out := _span(before)):
        yield left_out, False, Element("left-out")
    yield from _cells(row)


def _cells(row: Element) -> Iterator[tuple[int, bool, Element]]:
    for part in row:
        if name(part) in _WRAPPERS:
            yield from _cells(part)
        elif name(part) == "w:tc":
            properties = child(part, "w:tcPr")
            merged = child(properties, "w:vMerge")
            yield _span(child(properties, "w:gridSpan")), merged is not None and value(merged) != "restart", part


def _span(element: Element | None) -> int:
    said = value(element) or "1"
    return min(int(said), MOST_COLUMNS) if re.fullmatch(r"\d{1,4}", said, re.ASCII) else 1


def filled_down(table: list[list[Cell]]) -> list[list[list[Item]]]:
    """Rows of equal width; a cell merged over several rows stands in each of them."""
    grid: list[list[list[Item]]] = []
    for row in table:
        line: list[list[Item]] = []
        for cell in row:
            above = grid[-1][len(line)] if grid and len(line) < len(grid[-1]) else []
            line.append(above if cell.is_continued else cell.items)
            line += [[] for _ in range(cell.span - 1)]
        grid.append(line[:MOST_COLUMNS])
    width = max(map(len, grid), default=0)
    return [line + [[] for _ in range(width - len(line))] for line in grid]


def laid_out(table: list[list[Cell]]) -> list[Item]:
    """The lines of a table without a header of questions, in the order in which one reads them."""
    found = [item for row in table for item in _row([cell.items for cell in row if any(map(_is_filled, cell.items))])]
    return _in_order_of_letters(found)


def _row(filled: list[list[Item]]) -> list[Item]:
    whole = [_only_line(items) for items in filled]
    lines = [line for line in whole if line is not None]
    if len(filled) < 2 or len(lines) < len(filled):
        return [item for items in filled for item in items]  # a frame, or columns of a page
    if len(lines) == 2 and (told := _labelled(lines[0].text.strip(), lines[1])):
        return [told]
    lines = _with_their_letters(lines)
    if any(_place(line) is not None for line in lines):
        return list(lines)
    return [_joined(lines, "\t")]


def _is_filled(item: Item) -> bool:
    return not isinstance(item, Line) or bool(item.text.strip())


def _only_line(items: list[Item]) -> Line | None:
    filled = [item for item in items if _is_filled(item)]
    return filled[0] if len(filled) == 1 and isinstance(filled[0], Line) else None


def _joined(lines: list[Line], between: str) -> Line:
    remarks = [remark for line in lines for remark in line.remarks]
    return Line(between.join(line.text.strip() for line in lines), lines[0].paragraph, remarks)


def _labelled(label: str, line: Line) -> Line | None:
    """A row such as 题干 | …… or 答案 | B, as the line that says the same."""
    if _STEM_TITLE.fullmatch(label):
        return line
    if option := _OPTION_TITLE.fullmatch(label):
        return Line(f"{option[1]}. {line.text.strip()}", line.paragraph, line.remarks)
    title = label.rstrip(":： ")
    if len(title) <= 8 and bank_lines.fields(f"{title}："):
        return Line(f"{title}：{line.text.strip()}", line.paragraph, line.remarks)
    return None


def _with_their_letters(lines: list[Line]) -> list[Line]:
    """Letters that stand in a cell of their own joined to what they belong to."""
    found: list[Line] = []
    waiting: Line | None = None
    for line in lines:
        if waiting is not None:
            found.append(_joined([waiting, line], " "))
            waiting = None
        elif not marked(line.text) and (alone := _SIGN_ALONE.fullmatch(line.text.strip())):
            waiting = Line(f"{alone[1]}.", line.paragraph, line.remarks)
        else:
            found.append(line)
    return found if waiting is None else [*found, waiting]


def _place(line: Line) -> int | None:
    return bank_lines.option_letter(unmarked(line.text).strip(), -1)


def _in_order_of_letters(items: list[Item]) -> list[Item]:
    """Options that are laid out in columns, A C over B D, in the order of their letters."""
    places = [_place(item) if isinstance(item, Line) else None for item in items]
    known = [place for place in places if place is not None]
    if len(known) < len(places) or len(set(known)) < len(known):
        return items
    return [items[index] for index in sorted(range(len(items)), key=lambda index: known[index])]
