"""Own banks: copied from another, renamed, deleted."""

from datetime import datetime
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.database import db, writing
from app.models import Import, Question, QuestionBank
from app.operations.audit import record
from app.operations.bank_previews import discard_waiting
from app.operations.banks import CHUNK, LONGEST_TITLE
from app.operations.questions import refuse_unless_own
from app.queries import banks, uses
from app.rules.invalid import Invalid

LONGEST_NOTE = 500
_TAKEN = "已有同名的题库，请换一个名称。"
_LEFT_OUT = {"id", "bank_id", "revision", "state", "import_id", "created_at", "created_by"}


def copy_bank(bank_id: int, *, actor: int | None, now: datetime) -> int:
    """Copy the approved questions of a bank, under their numbers, into a new own bank, whose id is returned.

    Raises Invalid for a bank that is not there or has nothing to copy.
    """
    bank = banks.one(bank_id)
    if bank is None:
        raise Invalid("没有这个题库，请回到题库列表重新选择。")
    rows = _approved(bank_id)
    if not rows:
        raise Invalid("这个题库里没有可用的题，没有什么可复制的。")
    title = _free_title(bank.title)
    try:
        with writing():
            own = QuestionBank(title=title, note=bank.note, created_at=now, created_by=actor)
            db.session.add(own)
            db.session.flush()
            made = {"bank_id": own.id, "revision": 1, "state": "approved", "created_at": now, "created_by": actor}
            for start in range(0, len(rows), CHUNK):
                db.session.execute(sa.insert(Question), [row | made for row in rows[start : start + CHUNK]])
            record(actor, "bank.copy", f"bank:{own.id}", now, copied_from=bank_id, questions=len(rows))
            return own.id
    except IntegrityError:  # somebody else copied it a moment ago
        raise Invalid("同时有别人在复制这个题库，请再点一次。") from None


def edit_bank(bank_id: int, title: str, note: str, *, actor: int | None, now: datetime) -> None:
    """Give an own bank a name and a note. Raises Invalid for a name that is taken, missing or too long."""
    refuse_unless_own(bank_id)
    title, note = " ".join(title.split()), note.strip()
    if not title:
        raise Invalid("请给题库写一个名称。")
    if len(title) > LONGEST_TITLE:
        raise Invalid(f"名称超过{LONGEST_TITLE}个字，请写短一些。")
    if len(note) > LONGEST_NOTE:
        raise Invalid(f"说明超过{LONGEST_NOTE}个字，请写短一些。")
    try:
        with writing():
            change = sa.update(QuestionBank).where(QuestionBank.id == bank_id)
            db.session.execute(change.values(title=title, note=note))
            record(actor, "bank.edit", f"bank:{bank_id}", now)
    except IntegrityError:
        raise Invalid(_TAKEN) from None


def delete_bank(bank_id: int, *, actor: int | None, now: datetime) -> int:
    """Delete an own bank with all its questions; returns how many there were.

    Raises Invalid while a quiz draws from it, or a published contest has its questions. Uploads that wait to be added
    to it are discarded, and those that were cannot be undone any more.
    """
    refuse_unless_own(bank_id)
    if in_the_way := obstacles(bank_id):
        raise Invalid(in_the_way)
    try:
        with writing():
            mine = Question.bank_id == bank_id
            questions = db.session.scalar(sa.select(sa.func.count(sa.distinct(Question.number))).where(mine)) or 0
            _keep_from_undoing(bank_id, now)
            discard_waiting(bank_id)
            db.session.execute(sa.delete(Question).where(mine))
            db.session.execute(sa.delete(QuestionBank).where(QuestionBank.id == bank_id))
            record(actor, "bank.delete", f"bank:{bank_id}", now, questions=questions)
            return questions
    except IntegrityError:  # a quiz was made from it a moment ago
        raise Invalid("有试卷方案刚刚用上了这个题库，没有删除。") from None


def obstacles(bank_id: int) -> str:
    """Why a bank cannot be deleted, in a sentence; empty when it can."""
    if quizzes := uses.quizzes(bank_id):
        return f"试卷方案{'、'.join(f'“{title}”' for title in quizzes)}还在用这个题库。请先给方案换题库。"
    if uses.contests_by_number(bank_id):
        return "已经发布的竞赛里有这个题库的题，要留着以后核对，不能删除。不想再用，可以把题停用。"
    return ""


def _free_title(title: str) -> str:
    """“…（副本）”, or “…（副本2）” and so on where that is taken."""
    for serial in count(1):
        ending = f"（副本{serial if serial > 1 else ''}）"
        candidate = title[: LONGEST_TITLE - len(ending)] + ending
        if banks.by_title(candidate) is None:
            return candidate
    raise AssertionError("numbers never end")


def _approved(bank_id: int) -> list[dict[str, Any]]:
    """What a copy takes of each approved question, by column."""
    names = [column.name for column in sa.inspect(Question).columns if column.name not in _LEFT_OUT]
    select = sa.select(*(getattr(Question, name) for name in names))
    found = db.session.execute(select.where(Question.bank_id == bank_id, Question.state == "approved"))
    return [dict(zip(names, row, strict=True)) for row in found]


def _keep_from_undoing(bank_id: int, now: datetime) -> None:
    """The bank's id may be given anew: no import must be undone in the bank that bears it then."""
    came_with = sa.select(Question.import_id).where(Question.bank_id == bank_id, Question.import_id.is_not(None))
    undone = sa.update(Import).where(Import.id.in_(came_with), Import.state == "confirmed")
    db.session.execute(undone.values(state="undone", undone_at=now))
