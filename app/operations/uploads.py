"""Uploaded files: kept under their checksum, previewed row by row, then confirmed once or discarded."""

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.database import db, writing
from app.models import Import, Question, QuestionBank, Quiz
from app.operations import people, units
from app.operations.audit import record
from app.operations.bank_previews import compared_bank, discard_waiting, judged
from app.operations.bank_previews import plan as bank_plan
from app.operations.images import keep_images
from app.queries import imports
from app.queries.imports import EFFECTIVE
from app.rules.invalid import Invalid
from app.whole_file import private_folder, sync_folder, whole_file

LONGEST_FILE_NAME = 255
TRIES = 3
NOTHING_TO_UNDO = "这次导入已经撤销，或者还没有确认，没有什么可撤销的。"


class Plan(Protocol):
    """What confirming an import writes, worked out before the transaction."""

    def still_holds(self) -> bool:
        """Whether nothing has changed that the plan was made from. Asked inside the transaction."""

    def carry_out(self, actor: int | None, now: datetime) -> dict[str, Any]:
        """Write it inside the transaction that is open; answers with the outcome's counts."""


@dataclass(frozen=True)
class Confirmed:
    """How a confirmation ended. Not `done`: it had been confirmed or discarded before, and nothing was changed."""

    done: bool
    state: str
    kind: str
    outcome: dict[str, Any]


def keep(content: bytes, folder: Path) -> str:
    """Keep the bytes of an upload, readable by their owner only, under their checksum, which is returned."""
    checksum = hashlib.sha256(content).hexdigest()
    path = folder / checksum[:2] / checksum
    private_folder(path.parent)
    if path.exists():
        sync_folder(path.parent)  # whoever keeps the same bytes just now may not be that far
    else:
        with whole_file(path) as file:
            file.write(content)
    return checksum


def preview_bank(
    content: bytes,
    file_name: str,
    *,
    title: str = "",
    bank_id: int | None = None,
    folder: Path,
    actor: int | None,
    now: datetime,
) -> int:
    """Read a bank file and keep its verdicts for the preview; returns the import's id.

    Without a title or a bank, the file's own title is taken, else its name. Raises Invalid for a title or bank that
    cannot take questions.
    """
    compared, target, held = compared_bank(content, file_name, title, bank_id)
    images = compared.reading.images
    return _store("bank", content, file_name, judged(compared, target, held), folder, actor, now, images)


def preview_units(content: bytes, file_name: str, *, folder: Path, actor: int | None, now: datetime) -> int:
    """Read a units list and keep its verdicts for the preview; returns the import's id."""
    judged = units.check_units(content, file_name, now)
    return _store("units", content, file_name, judged, folder, actor, now)


def preview_people(
    content: bytes,
    file_name: str,
    *,
    mode: Literal["supplement", "replace"] = "supplement",
    folder: Path,
    actor: int | None,
    now: datetime,
) -> int:
    """Read a people list and keep its verdicts for the preview; returns the import's id.

    `replace` also lists who of the units in the file is not in the file and would be removed.
    """
    judged = people.check_people(content, file_name, now, mode=mode)
    return _store("people", content, file_name, judged, folder, actor, now)


def confirm_import(
    import_id: int, *, serial: int | None = None, actor: int | None, now: datetime, approve: bool = True
) -> Confirmed:
    """Apply a previewed import, once: a second confirmation changes nothing and says so. Faulty rows are left out.

    What has changed since the preview is taken into account. Questions wait for approval unless `approve`. `serial` is
    that of the reading that was looked at. Raises Invalid when there is nothing to import, or when the file was read
    again since: nobody vouches for questions that he has not seen.
    """
    for _ in range(TRIES):
        stamp = imports.stamp(import_id)
        found = db.session.get(Import, import_id, populate_existing=True)
        if found is None:
            raise Invalid("没有这次上传，请重新上传文件。")
        if found.state != "previewed":
            return Confirmed(False, found.state, found.kind, found.outcome or {})
        if serial is not None and serial != found.reading.get("serial", 0):
            raise Invalid("这份文件刚刚按别的列重新读取过，还没有导入。请把下面重新读出的题看一遍，再点导入。")
        rows = imports.rows_now(found)
        if not any(row["action"] in EFFECTIVE for row in rows):
            raise Invalid("没有可以导入的内容：请按提示改好文件，再上传一次。")
        plan = _plan(found, found.reading | {"rows": rows}, approve, now, stamp)
        # somebody else wrote at the same moment: plan again
        with contextlib.suppress(_Moved, IntegrityError):
            return _carry_out(import_id, found.kind, plan, actor, now)
    raise Invalid("导入时名单正在被别人修改，什么也没有写入；请稍后再点一次导入。")


def discard_import(import_id: int, *, actor: int | None, now: datetime) -> bool:
    """Throw a preview away. False when it was confirmed or discarded before."""
    with writing():
        discarded = _claim(import_id, state="discarded")
        if discarded:
            record(actor, "import.discard", f"import:{import_id}", now)
        return discarded


def undo_import(import_id: int, *, actor: int | None, now: datetime) -> int:
    """Take the questions of a confirmed import out of their bank, later edits of them included; returns how many.

    A bank that the import made, and that holds nothing else and serves no quiz, goes with them. Published contests keep
    what they froze. Raises Invalid when it is no import of questions, or none that was confirmed.
    """
    try:
        with writing():
            return _undo(import_id, actor, now)
    except IntegrityError:
        raise Invalid("有试卷方案刚刚用上了这个题库，请再点一次撤销。") from None


def _undo(import_id: int, actor: int | None, now: datetime) -> int:
    undo = sa.update(Import).where(Import.id == import_id, Import.state == "confirmed", Import.kind == "bank")
    done: Any = db.session.execute(undo.values(state="undone", undone_at=now))
    found = db.session.get(Import, import_id, populate_existing=True)
    if not done.rowcount or found is None or found.outcome is None:
        raise Invalid(NOTHING_TO_UNDO)
    mine = Question.import_id == import_id
    # on PostgreSQL an edit that is under way ends first, and the deletion then sees its revision
    db.session.execute(sa.select(Question.id).where(mine).with_for_update())
    count = db.session.scalar(sa.select(sa.func.count(sa.distinct(Question.number))).where(mine)) or 0
    db.session.execute(sa.delete(Question).where(mine))
    bank_id = found.outcome["bank_id"]
    left = sa.exists().where(Question.bank_id == bank_id)
    used = sa.exists().where(Quiz.bank_id == bank_id)
    if found.outcome.get("made_bank"):
        gone: Any = db.session.execute(sa.delete(QuestionBank).where(QuestionBank.id == bank_id, ~left, ~used))
        if gone.rowcount:
            discard_waiting(bank_id)
    record(actor, "import.undo", f"import:{import_id}", now, bank=bank_id, questions=count)
    return count


class _Moved(Exception):
    """What the plan was made from has changed, or somebody else has decided on the import."""


def _carry_out(import_id: int, kind: str, plan: Plan, actor: int | None, now: datetime) -> Confirmed:
    with writing():
        # PostgreSQL has no gate: imports queue up at the first of their rows, and nobody decides on this one's
        first = sa.select(sa.func.min(Import.id)).scalar_subquery()
        locked = sa.select(Import.id).where(Import.id.in_((first, import_id))).order_by(Import.id)
        db.session.execute(locked.with_for_update())
        if not plan.still_holds() or not _claim(import_id, state="confirmed", confirmed_at=now):
            raise _Moved
        outcome = plan.carry_out(actor, now)
        db.session.execute(sa.update(Import).where(Import.id == import_id).values(outcome=outcome))
        counts = {name: count for name, count in outcome.items() if count}
        record(actor, "import.confirm", f"import:{import_id}", now, kind=kind, **counts)
        return Confirmed(True, "confirmed", kind, outcome)


def _claim(import_id: int, **values: Any) -> bool:
    claim = sa.update(Import).where(Import.id == import_id, Import.state == "previewed").values(**values)
    return bool(db.session.execute(claim).rowcount)  # type: ignore[attr-defined]  # an UPDATE has a row count


def _plan(found: Import, reading: dict[str, Any], approve: bool, now: datetime, stamp: tuple[Any, ...]) -> Plan:
    if found.kind == "bank":
        return bank_plan(found.id, reading, approve=approve, stamp=stamp)
    return _PLANS[found.kind](reading, now)


def _store(
    kind: str,
    content: bytes,
    file_name: str,
    reading: dict[str, Any],
    folder: Path,
    actor: int | None,
    now: datetime,
    images: Mapping[str, bytes] | None = None,
) -> int:
    checksum = keep(content, folder)
    shown = Path(file_name.replace("\\", "/").replace("\0", "")).name[-LONGEST_FILE_NAME:]
    with writing():
        row = Import(
            kind=kind, file_name=shown, checksum=checksum, reading=reading, actor_id=actor, created_at=now
        )  # fmt: skip
        db.session.add(row)
        keep_images(images or {}, now)
        db.session.flush()
        record(actor, "import.preview", f"import:{row.id}", now, kind=kind)
        return row.id


_PLANS: dict[str, Callable[[dict[str, Any], datetime], Plan]] = {
    "units": units.plan,
    "people": people.plan,
}
