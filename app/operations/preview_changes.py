"""What somebody changes in the preview of a bank before it is confirmed: columns, questions, which rows to take."""

from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.database import db, writing
from app.formats.bank_table import ByHand
from app.models import Import, ImportChange
from app.operations.audit import record
from app.operations.bank_previews import compared_bank, judged, rejudged
from app.operations.images import keep_images
from app.operations.questions import ChangedMeanwhile
from app.queries import banks as questions
from app.queries import imports
from app.rules.invalid import Invalid
from app.rules.question import Draft


def read_again(import_id: int, by_hand: ByHand, *, folder: Path, actor: int | None, now: datetime) -> None:
    """Read a previewed table again with its columns meaning what somebody says; corrections made before are dropped.

    Raises Invalid when the import was decided on, or its file is no longer kept.
    """
    found = _previewed(import_id)
    path = folder / found.checksum[:2] / found.checksum
    if not path.is_file():
        raise Invalid("上传的文件已经不在了，请重新上传。")
    title, bank_id = found.reading["title"], found.reading["bank_id"]
    compared, target, held = compared_bank(path.read_bytes(), found.file_name, title, bank_id, by_hand)
    reading = judged(compared, target, held)
    with writing():
        found = _previewed(import_id, is_locked=True)  # reading takes a while
        found.reading = reading | {"serial": found.reading.get("serial", 0) + 1}
        db.session.execute(sa.delete(ImportChange).where(ImportChange.import_id == import_id))
        keep_images(compared.reading.images, now)
        record(actor, "import.read_again", f"import:{import_id}", now)


def correct_row(
    import_id: int,
    position: int,
    draft: Draft,
    *,
    serial: int = 0,
    corrections: int = 0,
    actor: int | None,
    now: datetime,
) -> None:
    """Put a corrected question in the place of a row; its verdict is given anew.

    `serial` is that of the reading in which the row was seen, `corrections` how often it had been corrected. Raises
    ChangedMeanwhile when somebody else has corrected it since, and Invalid, also when the file was read again.
    """
    found = _previewed(import_id)
    rows = imports.rows_now(found)
    if not 0 <= position < len(rows):
        raise Invalid("没有这一行，请回到预览重新选择。")
    bank_id = found.reading["bank_id"]
    held = questions.held(bank_id) if bank_id is not None else questions.NOTHING_HELD
    row = rejudged(rows[position], draft, held) | {"corrections": corrections + 1}
    _decide(import_id, position, {"row": row}, serial, actor, now)


def choose_row(
    import_id: int, position: int, chosen: bool, *, serial: int = 0, actor: int | None, now: datetime
) -> None:
    """Say whether a row is to be imported; `serial` is that of the reading in which the row was seen.

    Raises Invalid when the import was decided on before, or its file was read again since.
    """
    _decide(import_id, position, {"chosen": chosen}, serial, actor, now)


def _previewed(import_id: int, *, is_locked: bool = False) -> Import:
    found = db.session.get(Import, import_id, populate_existing=True, with_for_update=is_locked or None)
    if found is None or found.kind != "bank":
        raise Invalid("没有这次上传，请重新上传文件。")
    if found.state != "previewed":
        raise Invalid("这份文件已经导入或放弃，不能再改。要改题，请到题库里改。")
    return found


def _decide(
    import_id: int, position: int, values: dict[str, Any], serial: int, actor: int | None, now: datetime
) -> None:
    values = values | {"changed_at": now, "changed_by": actor}
    with writing():
        # a confirmation, or another reading, may have come first
        reading = _previewed(import_id, is_locked=True).reading
        if not 0 <= position < len(reading["rows"]):
            raise Invalid("没有这一行，请回到预览重新选择。")
        if serial != reading.get("serial", 0):
            raise Invalid("这份文件刚刚按别的列重新读取过，您改的没有保存。请在预览里找到这一题再改。")
        decided = db.session.get(ImportChange, (import_id, position))
        if decided is None:
            decided = ImportChange(import_id=import_id, position=position)
            db.session.add(decided)
        if "row" in values and (decided.row or {}).get("corrections", 0) != values["row"]["corrections"] - 1:
            raise ChangedMeanwhile
        for name, value in values.items():
            setattr(decided, name, value)
