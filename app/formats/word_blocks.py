"""The paragraphs and tables of a Word file in their order, as lines of text and as sheets of questions."""

import re
from xml.etree.ElementTree import Element

from app.formats import bank_lines, word_tables
from app.formats.bank_table import question_header
from app.formats.spreadsheet import MOST_ROWS
from app.formats.word_items import Item, Line, QuestionTable
from app.formats.word_marks import Sightings, marked, unmarked
from app.formats.word_numbering import Numbering
from app.formats.word_package import WordPackage, style_names
from app.formats.word_pictures import SEEN_ONLY
from app.formats.word_runs import Runs
from app.formats.word_xml import TooMuch, child, name, value

_CONTENTS = re.compile(r"toc (?:heading|\d)")
_LETTER_LABEL = re.compile(r"[（(]?[A-Ja-j\uff21-\uff2a][.．、)）:：]*")
# longer blanks say no more, and make every search in the line slow
_LONG_GAP, _GAP = re.compile(r"[^\S\n]{20,}"), " " * 20
_PASSED_OVER = {"w:sectPr", "w:sdtPr", "w:sdtEndPr", "w:tblPr", "w:tblGrid", "w:trPr", "w:tcPr", "w:del", "w:moveFrom"}


class Blocks:
    """Reads block after block, keeping the counters that run through the whole document."""

    def __init__(self, package: WordPackage) -> None:
        styles = package.tree("styles")
        self.sightings = Sightings()
        self.runs = Runs(self.sightings)
        self._numbering = Numbering(package.tree("numbering"), styles)
        self._style_names = style_names(styles)
        self._carried = ""
        self._tables = 0
        self._heading = ""
        self._open: QuestionTable | None = None

    def items(self, block: Element) -> list[Item]:
        """The lines and tables of a block: a paragraph, a table, or what wraps some of them."""
        sort = name(block)
        if sort == "w:p":
            return self._paragraph(block)
        if sort == "w:tbl":
            return self._table(block)
        if sort == "w:altChunk":
            self.runs.counted["嵌入的其他文档"] += 1
        if sort in _PASSED_OVER:
            return []
        return [item for part in block for item in self.items(part)]

    # --- paragraphs

    def _paragraph(self, paragraph: Element) -> list[Item]:
        self.sightings.paragraph += 1
        number = self.sightings.paragraph
        properties = child(paragraph, "w:pPr")
        if _CONTENTS.match(self._style_names.get(value(child(properties, "w:pStyle")) or "", "")):
            self.runs.counted["目录"] += 1
            return []
        written = self.runs.read(paragraph)
        if _joins_next(properties):
            self._carried += written.text
            return [item for part in written.boxes for item in self.items(part)]
        label = self._numbering.label(properties)
        first, *others = _LONG_GAP.sub(_GAP, self._carried + written.text).split("\n")
        self._carried = ""
        # Word shows the number of an empty paragraph, but only a letter says that something is missing there
        if first.strip() or others or _LETTER_LABEL.fullmatch(label.strip()):
            first = label + first
        lines: list[Item] = [Line(first, number, written.remarks), *(Line(text, number) for text in others)]
        self._look_at(lines)
        return lines + [item for part in written.boxes for item in self.items(part)]

    def _look_at(self, lines: list[Item]) -> None:
        """Keep the heading in force, and close a table of questions that other words follow."""
        for line in lines:
            if isinstance(line, Line) and line.text.strip():
                self._open = None
                found = bank_lines.heading(line.text.strip()[:200])
                if found and found.names_kind:
                    label = found.kind.label if found.kind else found.not_offered
                    self._heading = f"{label}题" if label else ""

    # --- tables

    def _table(self, table: Element) -> list[Item]:
        self._tables += 1
        number, first, continued = self._tables, self.sightings.paragraph + 1, self._open
        rows = [
            [word_tables.Cell(span, is_continued, self._cell(cell)) for span, is_continued, cell in cells]
            for cells in map(word_tables.cells, word_tables.rows(table))
        ]
        grid = word_tables.filled_down(rows)
        found = QuestionTable(f"表{number}" + (f"（{self._heading}）" if self._heading else ""), first)
        self._fill(found, grid)
        if question_header(found.sheet):
            self._open = found
            return [found]
        if continued and found.rows and len(found.rows[0]) == len(continued.rows[0]) > 2:
            self._open = continued
            self._fill(continued, grid)
            return []
        self._open = None
        return word_tables.laid_out(rows)

    def _cell(self, cell: Element) -> list[Item]:
        """What stands in a cell; headings of the text around do not end there."""
        heading = self._heading
        items = [item for part in cell for item in self.items(part)]
        self._heading = heading
        return items

    def _fill(self, table: QuestionTable, grid: list[list[list[Item]]]) -> None:
        for cells in grid:
            index = len(table.rows)
            if index > MOST_ROWS:
                raise TooMuch
            values = []
            for column, items in enumerate(cells):
                lines = [item for item in items if isinstance(item, Line)]
                text = "\n".join(line.text for line in lines).strip()
                pictures = marked(text)
                table.pictures += [(index, column, picture) for picture in pictures]
                table.remarks += [(index, remark) for line in lines for remark in line.remarks]
                values.append(unmarked(text) or (SEEN_ONLY if pictures else ""))
            table.rows.append(tuple(values))


def _joins_next(properties: Element | None) -> bool:
    """Whether the end of the paragraph was deleted or moved away, so that its text goes on in the next one."""
    end = child(properties, "w:rPr")
    return child(end, "w:del") is not None or child(end, "w:moveFrom") is not None
