"""What may be wrong among the people of a list: names, units, phones, numbers twice, namesakes."""

import re
from collections.abc import Iterator

from app.formats.problem import Problem
from app.formats.roster_rows import PersonRow
from app.rules.question import Level

LONGEST_PERSON = 40
LONGEST_NUMBER = 40
# comparing everybody with everybody would let a file of one name stop the house
_MOST_COMPARED = 50
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{1,31}")


def people_faults(people: list[PersonRow]) -> Iterator[tuple[int, Problem]]:
    for index, person in enumerate(people):
        for column, message in _own_problems(person):
            yield index, Problem(person.row, column, "error", message, person.sheet)
    yield from _repeated(people, "staff_number", "工号", "error", "请核对后改正")
    yield from _repeated(people, "login", "账号", "error", "请改成不同的账号")
    yield from _repeated(people, "phone", "手机", "warning", "请核对是否填错")
    yield from _namesakes(people)


def _own_problems(person: PersonRow) -> Iterator[tuple[str, str]]:
    if not person.name:
        yield "姓名", "缺少姓名，请填写；如果不是人员，请删去这一行"
    elif len(person.name) > LONGEST_PERSON:
        yield "姓名", f"姓名超过{LONGEST_PERSON}字，请核对"
    if not person.unit:
        yield "单位", "缺少单位，请填写单位名称或代码"
    if person.phone and not _MOBILE.fullmatch(person.phone):
        yield "手机", "手机号应是1开头的11位数字，请改正或留空"
    if len(person.staff_number) > LONGEST_NUMBER:
        yield "工号", f"工号最多{LONGEST_NUMBER}个字，请核对"
    if person.login and not _LOGIN.fullmatch(person.login):
        yield "账号", "账号要由2到32个字母、数字或 . _ - @ 组成，请改正或留空"


def _repeated(
    people: list[PersonRow], attribute: str, column: str, level: Level, advice: str
) -> Iterator[tuple[int, Problem]]:
    first: dict[str, int] = {}
    for index, person in enumerate(people):
        text = getattr(person, attribute).casefold()
        if text and (earlier := first.setdefault(text, index)) != index:
            where = _place(people[earlier], person)
            message = f"{column}与{where}相同（{where}、第{person.row}行），{advice}"
            yield index, Problem(person.row, column, level, message, person.sheet)


def _namesakes(people: list[PersonRow]) -> Iterator[tuple[int, Problem]]:
    earlier: dict[str, list[PersonRow]] = {}
    for index, person in enumerate(people):
        others = earlier.setdefault(person.name, []) if person.name else []
        if others:
            yield index, _namesake(person, others[:_MOST_COMPARED])
        others.append(person)


def _namesake(person: PersonRow, others: list[PersonRow]) -> Problem:
    twin = next((other for other in others if not _difference(person, other)), None)
    where = _place(twin or others[0], person)
    if twin:
        message = f"与{where}同名，分不出是不是同一个人：请删去重复的一行，或给两人都填上工号或手机"
        return Problem(person.row, "姓名", "error", message, person.sheet)
    message = f"与{where}同名，已按{_difference(person, others[0])}区分为两个人，请核对"
    return Problem(person.row, "姓名", "warning", message, person.sheet)


def _difference(person: PersonRow, other: PersonRow) -> str:
    """What tells two people of one name apart, empty when nothing does."""
    for name, said in (("staff_number", "工号"), ("phone", "手机"), ("unit", "单位")):
        mine, theirs = getattr(person, name), getattr(other, name)
        if mine and theirs and mine != theirs:
            return said
    return ""


def _place(person: PersonRow, seen_from: PersonRow) -> str:
    prefix = f"工作表“{person.sheet}”" if person.sheet and person.sheet != seen_from.sheet else ""
    return f"{prefix}第{person.row}行"
