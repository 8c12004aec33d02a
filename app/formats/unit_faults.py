"""What may be wrong among the units of a list: names, codes, parents, circles."""

from collections.abc import Iterable, Iterator, Sequence

from app.formats.problem import Problem
from app.formats.roster_rows import UnitRow
from app.rules.question import half_width

LONGEST_NAME = 100
LONGEST_CODE = 40


def unit_faults(units: Sequence[UnitRow], known: frozenset[str] | None) -> Iterator[tuple[int, Problem]]:
    """Place in the list and problem. With `known` (names and codes that exist already) a parent must be somewhere."""
    by_name = _grouped(unit.name for unit in units)
    by_code = _grouped(unit.code for unit in units)
    for index, unit in enumerate(units):
        for column, message in _own_faults(unit):
            yield index, _error(unit, column, message)
        if (first := by_code.get(unit.code, [index])[0]) != index:
            message = f"代码“{unit.code}”{_shared_with(unit, units[first])}，请改成不同的代码"
            yield index, _error(unit, "代码", message)
        if (first := by_name.get(unit.name, [index])[0]) != index:
            message = f"单位名称{_shared_with(unit, units[first])}，请删去一行，或写全称来区分"
            yield index, _error(unit, "单位名称", message)
        if unit.parent and known is not None and not _is_there(unit.parent, by_name, by_code, known):
            message = f"上级“{unit.parent}”没有找到，请核对名称或代码，或先补上这个上级单位"
            yield index, _error(unit, "上级单位", message)
    yield from _circles(units, by_name, by_code)


def _own_faults(unit: UnitRow) -> Iterator[tuple[str, str]]:
    if not unit.name:
        yield "单位名称", "缺少单位名称，请填写；如果不是单位，请删去这一行"
    if len(unit.name) > LONGEST_NAME:
        yield "单位名称", f"单位名称超过{LONGEST_NAME}字，请改短"
    if len(unit.code) > LONGEST_CODE:
        yield "代码", f"单位代码超过{LONGEST_CODE}个字，请改短"


def _error(unit: UnitRow, column: str, message: str) -> Problem:
    return Problem(unit.row, column, "error", message, unit.sheet)


def _shared_with(unit: UnitRow, first: UnitRow) -> str:
    where = f"工作表“{first.sheet}”第{first.row}行" if first.sheet != unit.sheet else f"第{first.row}行"
    return f"与{where}相同（{where}、第{unit.row}行）"


def _grouped(texts: Iterable[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for index, text in enumerate(texts):
        if text:
            places.setdefault(text, []).append(index)
    return places


def _is_there(parent: str, by_name: dict[str, list[int]], by_code: dict[str, list[int]], known: frozenset[str]) -> bool:
    return parent in by_name or half_width(parent) in by_code or parent in known


def _circles(
    units: Sequence[UnitRow], by_name: dict[str, list[int]], by_code: dict[str, list[int]]
) -> Iterator[tuple[int, Problem]]:
    """Every unit that is above itself, told with the way round."""
    above: list[int | None] = []
    for unit in units:
        places = by_code.get(half_width(unit.parent or "")) or by_name.get(unit.parent or "") or ()
        above.append(places[0] if places else None)
    finished: set[int] = set()
    for start in range(len(units)):
        path: dict[int, None] = {}
        here: int | None = start
        while here is not None and here not in finished and here not in path:
            path[here] = None
            here = above[here]
        finished.update(path)
        if here is None or here not in path:
            continue
        way = list(path)[list(path).index(here) :]
        names = "→".join(units[index].name or f"第{units[index].row}行" for index in (*way[:8], way[0]))
        for index in way:
            message = f"上级关系绕成了圈（{names}），请改正其中一个的上级单位"
            yield index, _error(units[index], "上级单位", message)
