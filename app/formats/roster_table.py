"""Units and people out of a table, each row with its verdict. Identity-card numbers are dropped on the way in."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from app.formats.people_faults import people_faults
from app.formats.problem import Problem
from app.formats.roster_cells import RosterLine, read_cells
from app.formats.roster_rows import PeopleReading, PersonRow, UnitRow, UnitsReading
from app.formats.unit_faults import unit_faults
from app.rules.question import half_width

__all__ = ["PeopleReading", "PersonRow", "UnitRow", "UnitsReading", "read_people", "read_units"]

_UNIT_TITLES = {
    "order": "序号 排序 顺序 no",
    "name": "单位名称 单位 单位全称 名称 机构名称 部门名称 参赛单位",
    "code": "代码 单位代码 编码 单位编码 单位编号 机构代码 机构编码",
    "aliases": "别名 简称 单位简称 单位别名 曾用名 其他名称",
    "parent": "上级单位 上级 上级单位名称 上级单位代码 上级代码 上级机构 主管单位 主管部门 隶属单位 所属单位",
}
_PERSON_TITLES = {
    "order": "序号 no",
    "name": "姓名 人员姓名 参赛人姓名 参赛人 用户名 真实姓名 name",
    "unit": "单位 单位名称 所在单位 工作单位 所属单位 参赛单位 部门 所在部门 组织机构 单位代码 所属机构",
    "phone": "手机 手机号 手机号码 联系电话 电话 联系方式 移动电话 电话号码 phone mobile",
    "staff_number": "工号 人员编号 职工号 员工编号 人员编码 职工编号 编号 工作证号",
    "login": "账号 帐号 登录名 登录账号 登录帐号 用户账号 登陆账号 login account",
}
_PHONE_SIGNS = re.compile(r"[\s\-－—()（）]")
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_ALIASES = re.compile(r"[\s、，,;；/|]+")
_INDEX = re.compile(r"\d{1,6}")


def read_units(content: bytes, name: str, known: frozenset[str] | None = None) -> UnitsReading:
    """The units of a table; any bytes in, never an exception.

    Whether a parent exists is asked only when `known` tells which names and codes there are besides the file's.
    """
    found = read_cells(content, _UNIT_TITLES, ("name",), "没有找到表头。请在第一行写上列名，至少有“单位名称”一列")
    units = [_unit(line) for line in found.lines]
    notes = _collected(unit_faults(units, known))
    told = tuple(replace(unit, problems=(*unit.problems, *notes.get(index, ()))) for index, unit in enumerate(units))
    return UnitsReading(told, found.problems, found.recognised, found.skipped)


def read_people(content: bytes, name: str) -> PeopleReading:
    """The people of a table; any bytes in, never an exception. Whether a unit exists is not asked here."""
    message = "没有找到表头。请在第一行写上列名，至少有“姓名”和“单位”两列"
    found = read_cells(content, _PERSON_TITLES, ("name", "unit"), message)
    people = [_person(line) for line in found.lines]
    notes = _collected(people_faults(people))
    told = tuple(
        replace(person, problems=(*person.problems, *notes.get(index, ()))) for index, person in enumerate(people)
    )
    return PeopleReading(told, found.problems, found.recognised, found.skipped)


def _unit(line: RosterLine) -> UnitRow:
    cells = line.cells
    order = half_width(cells["order"])
    return UnitRow(
        row=line.row,
        order=int(order) if _INDEX.fullmatch(order) else None,
        name=cells["name"],
        code=half_width(cells["code"]),
        parent=cells["parent"] if "parent" in line.columns else None,
        aliases=tuple(alias for alias in _ALIASES.split(cells["aliases"]) if alias),
        sheet=line.sheet,
        problems=line.problems,
    )


def _person(line: RosterLine) -> PersonRow:
    cells = line.cells
    return PersonRow(
        row=line.row,
        name=_BETWEEN_HAN.sub("", cells["name"]),
        unit=cells["unit"],
        phone=_bare_phone(cells["phone"]),
        staff_number=half_width(cells["staff_number"]),
        login=half_width(cells["login"]),
        sheet=line.sheet,
        problems=line.problems,
    )


def _bare_phone(text: str) -> str:
    plain = _PHONE_SIGNS.sub("", unicodedata.normalize("NFKC", text)).lstrip("'")
    return re.sub(r"^(?:\+|00)?86(?=1\d{10}$)", "", plain)


def _collected(found: Iterable[tuple[int, Problem]]) -> dict[int, list[Problem]]:
    notes: dict[int, list[Problem]] = {}
    for index, problem in found:
        notes.setdefault(index, []).append(problem)
    return notes
