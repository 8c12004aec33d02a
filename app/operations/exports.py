"""Taking a bank out of the house."""

from datetime import datetime

from app.database import writing
from app.formats.bank_export import FORMS, Bank, Export, NotWritten, write_bank_safely
from app.operations.audit import record
from app.queries import banks, images
from app.rules.invalid import Invalid


def export_bank(bank_id: int, form: str, *, with_pending: bool, actor: int | None, now: datetime) -> Export:
    """The bank in one of the FORMS, questions by number; those that wait for approval only when asked for.

    Raises Invalid when there is nothing to write, or too much for one file.
    """
    export, questions = _written(bank_id, form, with_pending)
    with writing():
        record(actor, "bank.export", f"bank:{bank_id}", now, form=form, questions=questions)
    return export


def losses_of(bank_id: int, form: str, *, with_pending: bool) -> tuple[str, ...]:
    """What an export in that form would leave behind, in sentences; nothing leaves the house. Raises as above."""
    return _written(bank_id, form, with_pending)[0].lost


def _written(bank_id: int, form: str, with_pending: bool) -> tuple[Export, int]:
    bank = banks.one(bank_id)
    drafts = tuple(banks.drafts(bank_id, with_pending=with_pending))
    if bank is None or form not in FORMS:
        raise Invalid("没有这个题库，或者没有这种格式，请回到题库重新选择。")
    if not drafts:
        raise Invalid("题库里还没有可以导出的题。")
    pictures = images.many({picture.checksum for draft in drafts for picture in draft.pictures})
    try:
        return write_bank_safely(form, Bank(bank.title, bank.note, drafts, pictures)), len(drafts)
    except NotWritten:
        raise Invalid("题太多，写不成一个文件。请换成文本或 Excel，或者分成几个题库。") from None
