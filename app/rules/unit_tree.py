"""Which unit of an imported list is which unit already known, where it belongs, and what of it changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.rules.matching import plain_name, row_place
from app.rules.question import Fault


@dataclass(frozen=True)
class UnitRow:
    """One line of a units list. `parent` is a code or a name; None when the list says nothing of parents.

    A line that could not be read right is `is_faulty`: never applied, and nothing is placed under it.
    """

    row: int
    name: str
    code: str | None = None
    order: int | None = None
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    sheet: str | None = None
    is_faulty: bool = False

    @property
    def place(self) -> str:
        """Where the row stands, as told to people: 第17行, or 机关!第17行."""
        return row_place(self.row, self.sheet)


@dataclass(frozen=True)
class KnownUnit:
    """A unit as stored."""

    id: int
    name: str
    code: str | None = None
    order: int = 0
    parent_id: int | None = None
    aliases: tuple[str, ...] = ()
    is_retired: bool = False


@dataclass
class UnitPlan:
    """What one row does: makes a unit (`unit` None), or changes that unit.

    Its parent is another row of the list, or a known unit, or neither: then it stands at the top.
    """

    row: UnitRow
    unit: KnownUnit | None = None
    parent_row: str | None = None
    parent_id: int | None = None
    order: int = 0
    new_aliases: tuple[str, ...] = ()
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_usable(self) -> bool:
        """Whether the row may be applied."""
        return not self.row.is_faulty and all(fault.level != "error" for fault in self.faults)

    @property
    def name(self) -> str:
        """The name that the unit will have: an alias in the list does not rename it."""
        known_as = {plain_name(alias) for alias in self.unit.aliases} if self.unit else set()
        return self.unit.name if self.unit and plain_name(self.row.name) in known_as else self.row.name

    @property
    def code(self) -> str | None:
        """The code that the unit will have: an empty cell takes none away."""
        return self.row.code or (self.unit.code if self.unit else None)

    def refuse(self, column: str, message: str) -> None:
        self.faults.append(Fault(column, "error", message))

    def say(self, column: str, message: str) -> None:
        self.faults.append(Fault(column, "warning", message))


def plan_units(rows: Sequence[UnitRow], known: Iterable[KnownUnit]) -> list[UnitPlan]:
    """One plan per row, in order. Units are matched by code, else name, else alias; parents may follow their children.

    Refused are the same unit twice, a code and a name that mean two units, an unknown parent, and a circle.
    """
    units = _Units(known)
    plans = [_match(row, units) for row in rows]
    _refuse_twins(plans)
    _place_in_order(plans, units)
    _find_parents(plans, units)
    _refuse_children_of_refused(plans)
    _refuse_circles(plans, units)
    _refuse_children_of_refused(plans)
    return plans


class _Units:
    def __init__(self, known: Iterable[KnownUnit]) -> None:
        self.by_id = {unit.id: unit for unit in known}
        self.by_code = {plain_name(unit.code): unit for unit in self.by_id.values() if unit.code}
        aliases = {plain_name(alias): unit for unit in self.by_id.values() for alias in unit.aliases}
        self.by_name = aliases | {plain_name(unit.name): unit for unit in self.by_id.values()}

    def named(self, name: str) -> KnownUnit | None:
        """The unit of that name, else of that alias."""
        return self.by_name.get(plain_name(name))

    def called(self, text: str) -> KnownUnit | None:
        """The unit of that code, name or alias."""
        return self.by_code.get(plain_name(text)) or self.named(text)


def _match(row: UnitRow, units: _Units) -> UnitPlan:
    named = units.named(row.name)
    coded = units.by_code.get(plain_name(row.code)) if row.code else None
    plan = UnitPlan(row, coded or named)
    if coded and named and coded.id != named.id:
        plan.refuse("代码", f"代码{row.code}在系统里是“{coded.name}”，名称却是另一个单位“{named.name}”，请改正其中一个")
    elif coded and not named:
        plan.say("名称", f"代码{row.code}在系统里叫“{coded.name}”，将改名，请核对代码")
    elif named and plain_name(named.name) != plain_name(row.name):
        plan.say("名称", f"按别名认作“{named.name}”，名称不改")
    taken = plan.unit.aliases if plan.unit else ()
    fresh = tuple(dict.fromkeys(a for a in row.aliases if a not in taken and a != plan.name))
    for alias in fresh:
        owner = units.named(alias)
        if owner is not None and (plan.unit is None or owner.id != plan.unit.id):
            plan.refuse("别名", f"别名“{alias}”已经是“{owner.name}”的名称或别名，请删去或改正")
    plan.new_aliases = fresh
    return plan


def _refuse_twins(plans: list[UnitPlan]) -> None:
    names: dict[str, UnitPlan] = {}
    codes: dict[str, UnitPlan] = {}
    units: dict[int, UnitPlan] = {}
    for plan in plans:
        if plan.row.code and (first := codes.setdefault(plan.row.code, plan)) is not plan:
            plan.refuse("代码", f"代码{plan.row.code}与{first.row.place}相同，请改正其中一个")
        elif (first := names.setdefault(plain_name(plan.name), plan)) is not plan:
            message = f"与{first.row.place}同名，单位名称不能重复：同一个单位请删去一行，不同的请写成能区分的全称"
            plan.refuse("名称", message)
        elif plan.unit and (first := units.setdefault(plan.unit.id, plan)) is not plan:
            plan.refuse("名称", f"与{first.row.place}都指“{plan.unit.name}”，请删去或改正一行")
    _refuse_twin_aliases(plans, names)


def _refuse_twin_aliases(plans: list[UnitPlan], names: dict[str, UnitPlan]) -> None:
    aliases: dict[str, UnitPlan] = {}
    for plan in plans:
        for alias in plan.new_aliases:
            other = names.get(plain_name(alias)) or aliases.setdefault(plain_name(alias), plan)
            if other is not plan:
                plan.refuse("别名", f"别名“{alias}”与{other.row.place}相同，请删去或改正")


def _place_in_order(plans: list[UnitPlan], units: _Units) -> None:
    """By 序号 where given. Without it a known unit keeps its place, and new ones follow in the order of the rows."""
    last = max((unit.order for unit in units.by_id.values()), default=0)
    for place, plan in enumerate(plans, start=1):
        if plan.row.order is not None:
            plan.order = plan.row.order
        else:
            plan.order = plan.unit.order if plan.unit else last + place


def _find_parents(plans: list[UnitPlan], units: _Units) -> None:
    rows: dict[str, UnitPlan] = {}
    for plan in plans:
        for text in (plan.row.code, plan.name, plan.row.name, *plan.row.aliases):
            if text:
                rows.setdefault(plain_name(text), plan)
    by_unit = {plan.unit.id: plan for plan in plans if plan.unit}
    for plan in plans:
        if plan.row.parent is None:
            plan.parent_id = plan.unit.parent_id if plan.unit else None
        elif plan.row.parent:
            _find_parent(plan, rows, by_unit, units)


def _find_parent(plan: UnitPlan, rows: dict[str, UnitPlan], by_unit: dict[int, UnitPlan], units: _Units) -> None:
    text = plan.row.parent or ""
    found, stored = rows.get(plain_name(text)), units.called(text)
    if found is None and stored is not None:
        found = by_unit.get(stored.id)
    if found is plan:
        plan.refuse("上级单位", "上级单位写成了自己，请改正，或留空")
    elif found is not None and found.unit is not None:
        plan.parent_id = found.unit.id
    elif found is not None:
        plan.parent_row = found.row.place
    elif stored is not None:
        plan.parent_id = stored.id
    else:
        plan.refuse("上级单位", f"没有上级单位“{text}”")


def _refuse_children_of_refused(plans: list[UnitPlan]) -> None:
    by_row = {plan.row.place: plan for plan in plans}
    again = True
    while again:
        again = False
        for plan in plans:
            parent = by_row.get(plan.parent_row) if plan.parent_row is not None else None
            if parent is not None and plan.is_usable and not parent.is_usable:
                plan.refuse("上级单位", f"上级单位在{parent.row.place}，那一行有误，请先改正它")
                again = True


def _refuse_circles(plans: list[UnitPlan], units: _Units) -> None:
    """A unit that stands above itself: every row on the circle is refused."""
    by_row = {plan.row.place: plan for plan in plans}
    by_unit = {plan.unit.id: plan for plan in plans if plan.unit and plan.is_usable}
    for plan in plans:
        path = [plan.name]
        seen: set[object] = set()
        step: UnitPlan | KnownUnit | None = _above(plan, by_row, by_unit, units) if plan.is_usable else None
        while step is not None and step is not plan and id(step) not in seen:
            seen.add(id(step))
            path.append(step.name)
            step = _above(step, by_row, by_unit, units)
        if step is plan:
            plan.refuse("上级单位", f"上级单位绕成了一圈（{'→'.join([*path, plan.name])}），请改正其中一个")


def _above(
    step: UnitPlan | KnownUnit, by_row: dict[str, UnitPlan], by_unit: dict[int, UnitPlan], units: _Units
) -> UnitPlan | KnownUnit | None:
    if isinstance(step, UnitPlan) and step.parent_row is not None:
        return by_row[step.parent_row]
    if step.parent_id is None:
        return None
    return by_unit.get(step.parent_id) or units.by_id.get(step.parent_id)
