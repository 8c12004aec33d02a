"""Who is expected and has not taken part yet, and how far each of them came."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Absence(StrEnum):
    """How far somebody without a valid attempt came."""

    NOT_STARTED = "not_started"
    NOT_HANDED_IN = "not_handed_in"
    BLANK = "blank"

    @property
    def label(self) -> str:
        return {"not_started": "未入场", "not_handed_in": "已入场未交", "blank": "交白卷"}[self.value]


@dataclass(frozen=True)
class Absent:
    """A person of the list. `phone` is masked; `unit` empty for 未分配; the times are those of the latest attempt."""

    entry_id: int
    name: str
    unit: str
    phone: str
    staff_number: str
    kind: Absence
    started_at: datetime | None = None
    handed_in_at: datetime | None = None
    is_voided: bool = False

    @property
    def label(self) -> str:
        """Their state in words; whose answers were voided did not hand in a blank paper."""
        return "答卷作废" if self.kind is Absence.BLANK and self.is_voided else self.kind.label


@dataclass(frozen=True)
class Absentees:
    """Everybody who is expected and has no valid attempt, in 机构序列, then by name; without the excused."""

    as_of: datetime
    people: tuple[Absent, ...]

    @property
    def not_started(self) -> tuple[Absent, ...]:
        """未入场: no attempt at all."""
        return self._of(Absence.NOT_STARTED)

    @property
    def not_handed_in(self) -> tuple[Absent, ...]:
        """已入场未交: an open attempt, and no valid one."""
        return self._of(Absence.NOT_HANDED_IN)

    @property
    def blank(self) -> tuple[Absent, ...]:
        """交白卷: handed in, and none of it valid."""
        return self._of(Absence.BLANK)

    def _of(self, kind: Absence) -> tuple[Absent, ...]:
        return tuple(person for person in self.people if person.kind is kind)


def absence(open_attempts: int, attempts: int) -> Absence:
    """How far somebody without a valid attempt came, from how many attempts there are and how many of them are open."""
    if open_attempts:
        return Absence.NOT_HANDED_IN
    return Absence.BLANK if attempts else Absence.NOT_STARTED
