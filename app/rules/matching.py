"""Which person of an imported list is which person already known; and what a name probably meant."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.rules.masking import mask_phone
from app.rules.question import Fault

T = TypeVar("T")
K = TypeVar("K")


@dataclass(frozen=True)
class PersonRow:
    """One line of a people list. `unit_id` is None when no unit was given, or none that is known."""

    row: int
    name: str
    unit_id: int | None = None
    staff_number: str | None = None
    phone: str | None = None
    login: str | None = None
    sheet: str | None = None

    @property
    def place(self) -> str:
        """Where the row stands, as told to people: 第17行, or 机关!第17行."""
        return row_place(self.row, self.sheet)


@dataclass(frozen=True)
class KnownPerson:
    """A person as stored; `has_left` for somebody who was removed and may come back."""

    id: int
    name: str
    unit_id: int | None = None
    staff_number: str | None = None
    phone: str | None = None
    login: str | None = None
    has_left: bool = False


@dataclass(frozen=True)
class Match:
    """What became of one row: the known person it means, or nobody yet; with what is to be said about it."""

    row: PersonRow
    person: KnownPerson | None
    faults: tuple[Fault, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether the row may be applied."""
        return all(fault.level != "error" for fault in self.faults)


def match_people(rows: Sequence[PersonRow], known: Iterable[KnownPerson]) -> list[Match]:
    """One match per row, in order: by 工号, else 姓名 and 手机, else 姓名 and 单位 with a warning; never by name alone.

    A surer match takes its person first, and no person is taken by two rows. Two candidates are an error that says
    how to tell them apart.
    """
    matching = _Matching(rows, known)
    matching.refuse_twins()
    for step in (matching.by_staff_number, matching.by_phone, matching.by_unit):
        for row in rows:
            if row.place not in matching.settled:
                step(row)
    matching.check_logins()
    return [Match(row, matching.taken.get(row.place), tuple(matching.faults[row.place])) for row in rows]


class _Matching:
    def __init__(self, rows: Sequence[PersonRow], known: Iterable[KnownPerson]) -> None:
        self.rows = rows
        self.known = list(known)
        self.faults: defaultdict[str, list[Fault]] = defaultdict(list)
        self.taken: dict[str, KnownPerson] = {}
        self.takers: dict[int, str] = {}
        self.settled: set[str] = set()
        self.numbers = {person.staff_number: person for person in self.known if person.staff_number}
        self.phones = _grouped(self.known, _name_and_phone)
        self.members = _grouped(self.known, _name_and_unit)

    def refuse_twins(self) -> None:
        """The same person twice in the file: the later row is refused."""
        numbers: dict[str, PersonRow] = {}
        phones: dict[tuple[str, str], PersonRow] = {}
        for row in self.rows:
            if row.staff_number and (first := numbers.setdefault(row.staff_number, row)) is not row:
                self._refuse(row, "工号", f"工号{row.staff_number}与{first.place}相同，请核对，或删去重复的一行")
            if not row.phone or (first := phones.setdefault((plain_name(row.name), row.phone), row)) is row:
                continue
            if row.staff_number and first.staff_number:
                self._say(row, "手机", f"姓名、手机号与{first.place}相同，但工号不同，按两个人处理，请核对")
            else:
                self._refuse(row, "姓名", f"与{first.place}姓名、手机号都相同，请删去重复的一行")
        for group in _grouped(self.rows, _name_and_unit).values():
            self._refuse_untold(group)

    def _refuse_untold(self, group: list[PersonRow]) -> None:
        bare = [row for row in group if not row.staff_number and not row.phone]
        for row in bare if len(group) > 1 else ():
            others = "、".join(f"{other.place}" for other in group if other is not row)
            self._refuse(row, "姓名", f"与{others}同名同单位，分不清是谁：请给每个人填上工号或手机号，重复的请删去")

    def by_staff_number(self, row: PersonRow) -> None:
        person = self.numbers.get(row.staff_number or "")
        if person is None:
            return
        if plain_name(person.name) == plain_name(row.name):
            self._take(row, person)
        elif row.phone and row.phone == person.phone:
            self._take(row, person)
            self._say(row, "姓名", f"工号、手机号都是系统里的{person.name}，姓名将改成{row.name}，请核对")
        else:
            self._refuse(
                row, "工号",
                f"工号{row.staff_number}在系统里是{person.name}，请核对工号；同一人改了名的，请填上他原来的手机号",
            )  # fmt: skip

    def by_phone(self, row: PersonRow) -> None:
        candidates = self._of(self.phones, _name_and_phone(row))
        if not candidates:
            return
        free = self._free(candidates)
        if row.staff_number:
            # A new 工号 belongs rather to the one who has none yet.
            free = [person for person in free if not person.staff_number] or free
        if not free:
            taker = self.takers[candidates[0].id]
            self._refuse(row, "姓名", f"与{taker}指的是同一个人（姓名、手机号相同），请删去重复的一行")
        elif len(free) > 1:
            self._refuse(row, "手机", f"系统里有{len(free)}位{row.name}登记了这个手机号，请在这一行填上工号来区分")
        else:
            self._take(row, free[0])
            if row.staff_number and free[0].staff_number:
                self._say(row, "工号", f"工号将由{free[0].staff_number}改成{row.staff_number}，请核对")

    def by_unit(self, row: PersonRow) -> None:
        candidates = self._of(self.members, _name_and_unit(row))
        told_apart = [p for p in candidates if not (row.staff_number and p.staff_number)]
        free = self._free(told_apart)
        if len(free) > 1:
            self._refuse(
                row, "姓名",
                f"本单位在系统里有{len(free)}位{row.name}（{_tails(free)}），请填上工号，或填他登记的手机号，以便区分",
            )  # fmt: skip
        elif free:
            self._take(row, free[0])
            self._say(row, "姓名", f"只按姓名和单位认作系统里的{row.name}（{_tails(free)}），请核对是不是同一人")
        else:
            self.settled.add(row.place)
            if any(not person.has_left for person in candidates):
                self._say(row, "姓名", f"本单位另有一位{row.name}，按两个人处理，请核对")

    def check_logins(self) -> None:
        """An account belongs to one person, and an import never takes one away or renames it."""
        owners = {person.login.casefold(): person.id for person in self.known if person.login}
        first: dict[str, PersonRow] = {}
        for row in self.rows:
            if not row.login:
                continue
            person = self.taken.get(row.place)
            owner = owners.get(row.login.casefold())
            if (earlier := first.setdefault(row.login.casefold(), row)) is not row:
                self._refuse(row, "账号", f"账号{row.login}与{earlier.place}相同，请换一个")
            elif owner is not None and (person is None or owner != person.id):
                self._refuse(row, "账号", f"账号{row.login}已经是别人的，请换一个，或留空")
            elif person is not None and person.login and owner is None:
                self._say(row, "账号", f"他已有账号{person.login}，导入不改账号")

    @staticmethod
    def _of(groups: dict[K, list[KnownPerson]], key: K | None) -> list[KnownPerson]:
        return groups.get(key, []) if key is not None else []

    def _free(self, candidates: list[KnownPerson]) -> list[KnownPerson]:
        """Those not yet taken; those who left only where nobody present is meant."""
        free = [person for person in candidates if person.id not in self.takers]
        return [person for person in free if not person.has_left] or free

    def _take(self, row: PersonRow, person: KnownPerson) -> None:
        self.settled.add(row.place)
        self.taken[row.place] = person
        self.takers[person.id] = row.place

    def _refuse(self, row: PersonRow, column: str, message: str) -> None:
        self.settled.add(row.place)
        self.faults[row.place].append(Fault(column, "error", message))

    def _say(self, row: PersonRow, column: str, message: str) -> None:
        self.faults[row.place].append(Fault(column, "warning", message))


def row_place(row: int, sheet: str | None, unit: str = "行") -> str:
    """A row as told to people: 第17行, or 机关!第17行 where a file has several sheets; 第3题 where it has no lines."""
    return f"{sheet}!第{row}{unit}" if sheet else f"第{row}{unit}"


def plain_name(name: str) -> str:
    """A name as compared: width, case and blanks do not count."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def likely(name: str, known: Sequence[str], likeness: Callable[[str, str], float]) -> str | None:
    """The known name that was probably meant: one that it shortens (市人社局), else one spelled nearly so.

    `likeness` rates two texts from 0 to 100.
    """
    longer = [full for full in known if is_short_for(name, full)]
    if longer:
        return max(longer, key=lambda full: likeness(name, full))
    best = max(known, key=lambda full: likeness(name, full), default=None)
    return best if best is not None and likeness(name, best) >= 60 else None


def is_short_for(short: str, full: str) -> bool:
    """Whether all characters of one name stand in the other in the same order, beginning and ending alike."""
    if len(short) < 2 or len(short) >= len(full) or short[-1] != full[-1]:
        return False
    rest = iter(full)
    return all(character in rest for character in short)


def _grouped(values: Iterable[T], key: Callable[[T], K | None]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = {}
    for value in values:
        if (found := key(value)) is not None:
            groups.setdefault(found, []).append(value)
    return groups


def _name_and_phone(person: PersonRow | KnownPerson) -> tuple[str, str] | None:
    return (plain_name(person.name), person.phone) if person.phone else None


def _name_and_unit(person: PersonRow | KnownPerson) -> tuple[str, int] | None:
    return (plain_name(person.name), person.unit_id) if person.unit_id else None


def _tails(people: Iterable[KnownPerson]) -> str:
    return "、".join(
        f"手机{mask_phone(p.phone)}" if p.phone else f"工号{p.staff_number}" if p.staff_number else "没有手机和工号"
        for p in people
    )
