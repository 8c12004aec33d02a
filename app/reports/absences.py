"""未参赛名单: the list of people who are expected and have not taken part, as it is printed."""

from app.rules import prose
from app.rules.absence import Absent, Absentees

TITLE = "未参赛人员名单"
HEADS = ("序号", "单位", "姓名", "手机号", "工号", "状态", "最近入场", "最近交卷")


def absent_lines(absentees: Absentees) -> tuple[tuple[str, ...], ...]:
    """One line a person, a text for each of HEADS."""
    return tuple((str(number), *_line(person)) for number, person in enumerate(absentees.people, start=1))


def heading(absentees: Absentees, *, unit: str) -> str:
    """Whom the list covers, how many are on it, and as of when."""
    counts = (
        ("未入场", len(absentees.not_started)),
        ("已入场未交", len(absentees.not_handed_in)),
        ("交白卷或答卷作废", len(absentees.blank)),
    )
    parts = "，".join(f"{name}{count}人" for name, count in counts if count)
    people = f"未参赛{len(absentees.people)}人" + (f"（{parts}）" if parts else "")
    return f"{unit}　{people}　数据截至{prose.full_moment(absentees.as_of)}　不含免试人员"


def _line(person: Absent) -> tuple[str, ...]:
    moments = (prose.full_moment(at) if at else "" for at in (person.started_at, person.handed_in_at))
    return (person.unit or "未分配", person.name, person.phone, person.staff_number, person.label, *moments)
