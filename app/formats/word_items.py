"""What a Word file is made of once its text is read: lines, and tables of questions."""

from dataclasses import dataclass, field

from app.formats.table import Sheet


@dataclass
class Line:
    """One line of text, with marks where pictures stand, and the number of its paragraph."""

    text: str
    paragraph: int
    remarks: list[str] = field(default_factory=list)


@dataclass
class QuestionTable:
    """A table of questions; `pictures` (row, column, picture) and `remarks` (row, words) count from 0."""

    title: str
    paragraph: int
    rows: list[tuple[str, ...]] = field(default_factory=list)
    pictures: list[tuple[int, int, int]] = field(default_factory=list)
    remarks: list[tuple[int, str]] = field(default_factory=list)

    @property
    def sheet(self) -> Sheet:
        """The table as the reader of tables takes it."""
        return Sheet(self.title, tuple(self.rows))


Item = Line | QuestionTable
