"""Units and people as read from a table, each row with its verdict."""

from dataclasses import dataclass

from app.formats.problem import Problem, Verdict, worst


@dataclass(frozen=True)
class UnitRow:
    """One unit as written. `parent` is the name or the code of the unit above it, "" for none.

    `order` is None when the row gives no figure, `parent` is None when the list has no column for parents.
    """

    row: int
    order: int | None
    name: str
    code: str
    parent: str | None
    aliases: tuple[str, ...] = ()
    sheet: str | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Whether the unit may be taken over: ok, with a warning, or not."""
        return worst(self.problems)


@dataclass(frozen=True)
class UnitsReading:
    """Units as read, in the file's order."""

    units: tuple[UnitRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    recognised: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class PersonRow:
    """One person as written: `unit` is a name or a code; phone, staff number and login may be empty."""

    row: int
    name: str
    unit: str
    phone: str = ""
    staff_number: str = ""
    login: str = ""
    sheet: str | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Whether the person may be taken over: ok, with a warning, or not."""
        return worst(self.problems)


@dataclass(frozen=True)
class PeopleReading:
    """People as read, in the file's order; no identity-card number is in it anywhere."""

    people: tuple[PersonRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    recognised: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
