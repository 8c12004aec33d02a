"""What the preview pages ask about uploaded files."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from app.database import db
from app.models import Import, ImportChange, Question, User
from app.queries.pages import SIZE, Page, page, page_of
from app.rules.matching import row_place
from app.rules.question import Draft

ACTIONS = {
    "add": "新增",
    "change": "更新",
    "revive": "恢复",
    "same": "不变",
    "skip": "不导入",
    "refuse": "有误",
    "leave": "停用",
    "keep": "保留",
    "drop": "不选",
}
KINDS = ("bank", "units", "people")
# What a confirmation would write.
EFFECTIVE = ("add", "change", "revive", "leave")


@dataclass(frozen=True)
class RowProblem:
    """What is to be said about a row; `level` is error or warning, `column` None when the whole row is meant."""

    column: str | None
    level: str
    message: str


@dataclass(frozen=True)
class Change:
    """One cell that an import would change; telephones are masked."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Twin:
    """A question that says nearly the same: one of the bank by its number, or one of the file by its position."""

    percent: int
    number: int | None = None
    position: int | None = None
    place: str = ""


@dataclass(frozen=True)
class PreviewRow:
    """One row of a file with its verdict (ok, warning, error) and what would happen to it.

    `row` is None for a person who is not in the file. `cells` are what to show of units and people, phones masked;
    `draft` is the question of a bank. `twin` is the number of the question in the bank that it repeats, `twins` are
    those that say nearly the same. `position` counts the rows of the file from 0, `corrections` how often somebody put
    this one right.
    """

    row: int | None
    sheet: str | None
    verdict: str
    action: str
    excerpt: str = ""
    problems: tuple[RowProblem, ...] = ()
    cells: tuple[tuple[str, str], ...] = ()
    changes: tuple[Change, ...] = ()
    draft: Draft | None = None
    twin: int | None = None
    unit: str = "行"
    position: int = 0
    twins: tuple[Twin, ...] = ()
    is_corrected: bool = False
    corrections: int = 0

    @property
    def place(self) -> str:
        """第17行, 单选!第17行, or nothing for what is not in the file."""
        return row_place(self.row, self.sheet, self.unit) if self.row is not None else ""

    @property
    def action_label(self) -> str:
        """新增, 更新, 恢复, 不变, 不导入, 有误, 停用 or 保留."""
        return ACTIONS[self.action]


@dataclass(frozen=True)
class Preview:
    """An uploaded file as a whole. `verdicts` and `actions` count the rows; `problems` are those of the file."""

    id: int
    kind: str
    file_name: str
    state: str
    title: str
    note: str
    bank_id: int | None
    mode: str
    recognised: tuple[str, ...]
    skipped: tuple[str, ...]
    problems: tuple[RowProblem, ...]
    verdicts: dict[str, int]
    actions: dict[str, int]
    outcome: dict[str, Any] | None
    created_at: datetime
    confirmed_at: datetime | None
    undone_at: datetime | None
    actor_id: int | None
    columns: tuple[dict[str, Any], ...]
    kept_rows: tuple[dict[str, Any], ...]
    serial: int = 0

    @cached_property
    def rows(self) -> tuple[PreviewRow, ...]:
        """All rows, in the file's order; of a long list `page` gives a part sooner."""
        return tuple(_row(row) for row in self.kept_rows)

    @property
    def is_confirmable(self) -> bool:
        """Whether a confirmation would write anything."""
        return self.state == "previewed" and self.effective > 0

    @property
    def effective(self) -> int:
        """How many rows a confirmation would write."""
        return sum(self.actions[action] for action in EFFECTIVE)

    @property
    def to_look_at(self) -> int:
        """How many rows have something to be said about them, those left out apart."""
        return sum(1 for row in self.kept_rows if _is_wanted(row, "to_look_at"))

    def effective_with(self, verdict: str) -> int:
        """How many of the rows that a confirmation would write have this verdict."""
        return sum(1 for row in self.kept_rows if row["verdict"] == verdict and row["action"] in EFFECTIVE)

    @cached_property
    def with_twins(self) -> int:
        """How many rows repeat another question, or nearly."""
        return sum(1 for row in self.kept_rows if _is_wanted(row, "twins"))

    def row(self, position: int) -> PreviewRow | None:
        """The row at that position of the file, if there is one."""
        return _row(self.kept_rows[position]) if 0 <= position < len(self.kept_rows) else None

    def page(self, *, only: str = "all", number: int = 1, size: int = SIZE) -> Page[PreviewRow]:
        """A page of the rows: "all", "to_look_at" (要处理的), "twins" (有相近题), or those of a verdict or action."""
        return page_of([row for row in self.kept_rows if _is_wanted(row, only)], number, size).map(_row)


@dataclass(frozen=True)
class ImportRow:
    """An upload in the list of recent ones."""

    id: int
    kind: str
    file_name: str
    state: str
    outcome: dict[str, Any] | None
    actor: str
    created_at: datetime
    confirmed_at: datetime | None


def one(import_id: int) -> Preview | None:
    """That upload with all its rows."""
    found = db.session.get(Import, import_id)
    return _preview(found) if found else None


_RECENT = (
    sa.select(
        Import.id, Import.kind, Import.file_name, Import.state, Import.outcome,
        User.name, Import.created_at, Import.confirmed_at,
    )
    .outerjoin(User, User.id == Import.actor_id)
    .order_by(Import.created_at.desc(), Import.id.desc())
)  # fmt: skip


def recent(*, kinds: tuple[str, ...] = KINDS, number: int = 1, size: int = SIZE) -> Page[ImportRow]:
    """A page of uploads of these kinds, the newest first, without their rows."""
    return page(_RECENT.where(Import.kind.in_(kinds)), number, size).map(_import)


def of_bank(bank_id: int) -> list[ImportRow]:
    """The uploads whose questions a bank holds, the newest first."""
    mine = sa.select(Question.import_id).where(Question.bank_id == bank_id, Question.import_id.is_not(None))
    return [_import(row) for row in db.session.execute(_RECENT.where(Import.id.in_(mine)))]


def corrected_by(import_id: int, position: int) -> tuple[str, datetime] | None:
    """Who decided on a row last, and when; the name is empty for the system's own."""
    select = sa.select(User.name, ImportChange.changed_at).outerjoin_from(
        ImportChange, User, User.id == ImportChange.changed_by
    )
    found = db.session.execute(
        select.where(ImportChange.import_id == import_id, ImportChange.position == position)
    ).one_or_none()
    return (found[0] or "", found[1]) if found else None


def problems_of(reading: dict[str, Any]) -> tuple[RowProblem, ...]:
    """The problems of the file as a whole."""
    return _problems(reading.get("problems", ()))


def _import(row: sa.Row[*tuple[Any, ...]]) -> ImportRow:
    import_id, kind, file_name, state, outcome, actor, created_at, confirmed_at = row
    return ImportRow(import_id, kind, file_name, state, outcome, actor or "", created_at, confirmed_at)


def preview_rows(reading: dict[str, Any]) -> tuple[PreviewRow, ...]:
    """The rows of a kept reading."""
    return tuple(_row(row) for row in placed(reading["rows"]))


def placed(rows: list[dict[str, Any]], changes: Iterable[ImportChange] = ()) -> list[dict[str, Any]]:
    """The rows of a reading as they stand now: each with its position, corrected and chosen as somebody decided."""
    standing = [row | {"position": position} for position, row in enumerate(rows)]
    for change in changes:
        row = standing[change.position] | (change.row or {}) | {"is_corrected": change.row is not None}
        if change.chosen is not None and row["action"] in ("add", "drop"):
            row["action"] = "add" if change.chosen else "drop"
        standing[change.position] = row
    return standing


def rows_now(found: Import) -> list[dict[str, Any]]:
    """The rows of an import with everything that was decided on them."""
    return placed(found.reading["rows"], db.session.scalars(sa.select(ImportChange).filter_by(import_id=found.id)))


def stamp(import_id: int) -> tuple[Any, ...]:
    """What differs when an import was read again or something was decided on its rows."""
    serial = sa.select(Import.reading["serial"].as_integer()).where(Import.id == import_id).scalar_subquery()
    select = sa.select(serial, sa.func.count(), sa.func.max(ImportChange.changed_at))
    return tuple(db.session.execute(select.where(ImportChange.import_id == import_id)).one())


def _preview(found: Import) -> Preview:
    reading = found.reading
    rows = rows_now(found)
    verdicts, actions = Counter(row["verdict"] for row in rows), Counter(row["action"] for row in rows)
    return Preview(
        id=found.id,
        kind=found.kind,
        file_name=found.file_name,
        state=found.state,
        title=reading.get("title", ""),
        note=reading.get("note", ""),
        bank_id=reading.get("bank_id"),
        mode=reading.get("mode", ""),
        recognised=tuple(reading.get("recognised", ())),
        skipped=tuple(reading.get("skipped", ())),
        problems=problems_of(reading),
        verdicts={verdict: verdicts[verdict] for verdict in ("ok", "warning", "error")},
        actions={action: actions[action] for action in ACTIONS},
        outcome=found.outcome,
        created_at=found.created_at,
        confirmed_at=found.confirmed_at,
        undone_at=found.undone_at,
        columns=tuple(reading.get("columns", ())),
        actor_id=found.actor_id,
        kept_rows=tuple(rows),
        serial=reading.get("serial", 0),
    )


def _row(row: dict[str, Any]) -> PreviewRow:
    return PreviewRow(
        row=row["row"],
        sheet=row["sheet"],
        verdict=row["verdict"],
        action=row["action"],
        excerpt=row.get("excerpt", ""),
        problems=_problems(row["problems"]),
        cells=tuple((name, text) for name, text in row.get("cells", ())),
        changes=tuple(Change(*change) for change in row.get("changes", ())),
        draft=Draft.from_json(row["draft"]) if row.get("draft") else None,
        twin=row.get("twin"),
        unit=row.get("unit", "行"),
        position=row["position"],
        twins=tuple(Twin(**twin) for twin in row.get("twins", ())),
        is_corrected=row.get("is_corrected", False),
        corrections=row.get("corrections", 0),
    )


def _problems(values: Any) -> tuple[RowProblem, ...]:
    return tuple(RowProblem(value["column"], value["level"], value["message"]) for value in values)


def _is_wanted(row: dict[str, Any], only: str) -> bool:
    if only == "all":
        return True
    if only == "to_look_at":
        return bool(row["verdict"] != "ok" and row["action"] != "drop")
    if only == "twins":
        return bool(row.get("twin") or row.get("twins"))
    return only in (row["verdict"], row["action"])
