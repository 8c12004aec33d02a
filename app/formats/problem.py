"""What reading a file gives: questions with a verdict for each row, and the problems of the file as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from app.rules.question import Draft, Fingerprints, Level

_MOST_TOLD = 30
Verdict = Literal["ok", "warning", "error"]


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file, told in Chinese with what to do next.

    The message begins without the row, which the page prints; `row` is None when the whole file is meant.
    """

    row: int | None
    column: str | None
    level: Level
    message: str
    sheet: str | None = None


@dataclass(frozen=True)
class ReadQuestion:
    """One question as found in a file; `draft` is None when it is too broken to be shown.

    `row` counts from 1 in `unit`s: lines (行), paragraphs (段), or questions (题) where the file has neither. `marks`
    are the draft's fingerprints, where they have been computed already.
    """

    row: int
    sheet: str | None
    draft: Draft | None
    excerpt: str
    problems: tuple[Problem, ...] = ()
    unit: str = "行"
    marks: Fingerprints | None = None

    @property
    def verdict(self) -> Verdict:
        """Whether the question may enter a bank: ok, with a warning, or not."""
        return worst(self.problems)


@dataclass(frozen=True)
class Reading:
    """A bank as read. `recognised` tells how columns and headings were understood, `skipped` what was not read.

    `images` are the bytes of the pictures that the drafts name, by checksum. `columns` are the sheets of a table: name,
    row of the header from 0, titles, a row below it, and the column of each meaning.
    """

    title: str = ""
    note: str = ""
    questions: tuple[ReadQuestion, ...] = ()
    problems: tuple[Problem, ...] = ()
    recognised: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    images: dict[str, bytes] = field(default_factory=dict)
    columns: tuple[dict[str, Any], ...] = ()

    @property
    def usable(self) -> tuple[Draft, ...]:
        """The drafts that may enter a bank, those with warnings included, in the file's order."""
        return tuple(read.draft for read in self.questions if read.draft is not None and read.verdict != "error")


class FewProblems:
    """Warnings of a file as a whole: nobody reads more than thirty of a kind."""

    def __init__(self) -> None:
        self._kept: list[Problem] = []
        self._untold = 0

    def warn(self, message: str) -> None:
        """Keep a warning, or count it when there are enough."""
        if len(self._kept) < _MOST_TOLD:
            self._kept.append(Problem(None, None, "warning", message))
        else:
            self._untold += 1

    def told(self) -> tuple[Problem, ...]:
        """The warnings kept, and how many more there were."""
        if not self._untold:
            return tuple(self._kept)
        message = f"另有{self._untold}处没有看懂，没有一一列出；请对照题库的写法检查文件"
        return (*self._kept, Problem(None, None, "warning", message))


def worst(problems: Iterable[Problem]) -> Verdict:
    """The gravest level among problems, ok when there are none."""
    levels = {problem.level for problem in problems}
    if "error" in levels:
        return "error"
    return "warning" if "warning" in levels else "ok"
