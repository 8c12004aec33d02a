"""One question of a bank written or corrected, and many of them approved, retired or tagged."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.database import db, writing
from app.models import Question
from app.operations.audit import record
from app.operations.banks import CHUNK, Prepared, prepare
from app.queries import banks
from app.queries import questions as held
from app.rules.invalid import Invalid
from app.rules.question import HARDEST, LONGEST_TOPIC, Draft, Fault, faults, tidy

TRIES = 3
_COPIED = (
    "kind", "stem", "options", "key", "explanation", "source", "topic", "difficulty", "fingerprint", "pictures",
)  # fmt: skip


class Faulty(Invalid):
    """A question that cannot be kept as it is; `faults` name the columns to mend."""

    def __init__(self, found: Sequence[Fault]) -> None:
        super().__init__(*(fault.message for fault in found))
        self.faults = tuple(found)


class ChangedMeanwhile(Invalid):
    """Somebody else has changed the question since it was opened; nothing was written."""

    def __init__(self) -> None:
        super().__init__("您打开以后，有人改过这道题，还没有保存。")


def add_question(bank_id: int, draft: Draft, *, state: str = "approved", actor: int | None, now: datetime) -> int:
    """Put a new question into an own bank and return its number, the next one. `state` is approved or pending.

    Raises Faulty for what `faults` calls an error and for a question that the bank has already, Invalid for a bank
    that takes none.
    """
    refuse_unless_own(bank_id)
    prepared = _prepared(draft)
    for _ in range(TRIES):  # on PostgreSQL two who write at once take the same number
        try:
            with writing():
                _refuse_same(bank_id, prepared, None)
                return _add(bank_id, prepared, state, actor, now)
        except IntegrityError:
            continue
    raise Invalid("同时有别人在往这个题库里加题，请再点一次保存。")


def edit_question(
    bank_id: int, number: int, draft: Draft, *, revision: int, actor: int | None, now: datetime
) -> int | None:
    """Correct a question of an own bank: the next revision, in the same state; returns it, None if nothing changed.

    `revision` is the one that was open in the form. Raises ChangedMeanwhile when it holds no longer, Faulty and
    Invalid as `add_question`. Published contests keep what they froze.
    """
    refuse_unless_own(bank_id)
    prepared = _prepared(draft)
    with writing():
        stored = next(iter(locked(bank_id, [number])), None)
        if stored is None or stored.revision != revision:
            raise ChangedMeanwhile
        if all(getattr(stored, name) == value for name, value in prepared.values().items()):
            return None
        _refuse_same(bank_id, prepared, number)
        revise([(stored, prepared.values())], actor, now)
        record(actor, "question.edit", f"bank:{bank_id}", now, number=number, revision=revision + 1)
        return revision + 1


def approve(bank_id: int, numbers: Iterable[int], *, actor: int | None, now: datetime) -> int:
    """Let these questions be drawn; only pending ones change. Returns how many did."""
    return _move(bank_id, numbers, ("pending",), "approved", "question.approve", actor, now)


def retire(bank_id: int, numbers: Iterable[int], *, actor: int | None, now: datetime) -> int:
    """Take these questions out of use; published contests keep them. Returns how many were in use."""
    return _move(bank_id, numbers, ("approved", "pending"), "retired", "question.retire", actor, now)


def restore(bank_id: int, numbers: Iterable[int], *, actor: int | None, now: datetime) -> int:
    """Let retired questions be drawn again. Returns how many were retired."""
    return _move(bank_id, numbers, ("retired",), "approved", "question.restore", actor, now)


def tag(
    bank_id: int,
    numbers: Iterable[int],
    *,
    topic: str | None = None,
    difficulty: int | None = None,
    actor: int | None,
    now: datetime,
) -> int:
    """Give these questions a topic or a difficulty, each as its next revision; those that have it stay as they are.

    Returns how many changed. Raises Invalid for a topic or a difficulty that none can have.
    """
    refuse_unless_own(bank_id)
    values = _tags(topic, difficulty)
    with writing():
        rows = locked(bank_id, numbers)
        changed = [row for row in rows if any(getattr(row, name) != value for name, value in values.items())]
        revise([(row, values) for row in changed], actor, now)
        if changed:
            told = [row.number for row in changed]
            record(actor, "question.tag", f"bank:{bank_id}", now, numbers=told, what=sorted(values))
        return len(changed)


def refuse_unless_own(bank_id: int) -> None:
    """Raises Invalid for a bank that is not there, or that comes with the system and is updated with it."""
    bank = banks.one(bank_id)
    if bank is None:
        raise Invalid("没有这个题库，请回到题库列表重新选择。")
    if bank.is_shipped:
        raise Invalid(f"“{bank.title}”随系统提供，升级时会更新，不能改；要改题，请先复制成自己的题库。")


def revise(changes: Sequence[tuple[Question, dict[str, Any]]], actor: int | None, now: datetime) -> None:
    """Make the next revision of each question with these values changed, inside the transaction that is open."""
    rows = []
    for stored, values in changes:
        kept = {name: getattr(stored, name) for name in (*_COPIED, "bank_id", "number", "state", "import_id")}
        made = {"revision": stored.revision + 1, "created_at": now, "created_by": actor}
        rows.append(kept | values | made)
    for start in range(0, len(rows), CHUNK):
        ids = [stored.id for stored, _ in changes[start : start + CHUNK]]
        db.session.execute(sa.update(Question).where(Question.id.in_(ids)).values(state="superseded"))
        db.session.execute(sa.insert(Question), rows[start : start + CHUNK])


def locked(bank_id: int, numbers: Iterable[int]) -> list[Question]:
    """The revisions of these questions that hold, by number; nobody else changes them before this transaction ends."""
    wanted = sorted(set(numbers))
    found: list[Question] = []
    for start in range(0, len(wanted), CHUNK):
        select = sa.select(Question).where(
            Question.bank_id == bank_id,
            Question.number.in_(wanted[start : start + CHUNK]),
            Question.state != "superseded",
        )
        found += db.session.scalars(select.order_by(Question.number).with_for_update())
    return found


def _prepared(draft: Draft) -> Prepared:
    if wrong := [fault for fault in faults(draft) if fault.level == "error"]:
        raise Faulty(wrong)
    (prepared,) = prepare([draft])
    return prepared


def _refuse_same(bank_id: int, prepared: Prepared, but: int | None) -> None:
    same = held.same_question(bank_id, prepared.fingerprint, but=but)
    if same is not None:
        raise Faulty([Fault("题干", "error", f"题干和选项与第{same}题相同，没有保存；要改请改那一题")])


def _add(bank_id: int, prepared: Prepared, state: str, actor: int | None, now: datetime) -> int:
    number = held.next_number(bank_id)
    made = {"bank_id": bank_id, "number": number, "revision": 1, "state": state}
    db.session.add(Question(**prepared.values(), **made, created_at=now, created_by=actor))
    record(actor, "question.add", f"bank:{bank_id}", now, number=number, state=state)
    return number


def _tags(topic: str | None, difficulty: int | None) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if topic is not None:
        values["topic"] = tidy(topic.replace("\n", " "))
        if not values["topic"]:
            raise Invalid("请先填写知识点，再点“设知识点”。")
        if len(values["topic"]) > LONGEST_TOPIC:
            raise Invalid(f"知识点超过{LONGEST_TOPIC}字，请改短。")
    if difficulty is not None:
        if not 1 <= difficulty <= HARDEST:
            raise Invalid(f"难度是1到{HARDEST}的整数，请重新选择。")
        values["difficulty"] = difficulty
    return values


def _move(
    bank_id: int,
    numbers: Iterable[int],
    before: tuple[str, ...],
    after: str,
    action: str,
    actor: int | None,
    now: datetime,
) -> int:
    refuse_unless_own(bank_id)
    with writing():
        rows = [row for row in locked(bank_id, numbers) if row.state in before]
        for row in rows:
            row.state = after
        if rows:
            record(actor, action, f"bank:{bank_id}", now, numbers=[row.number for row in rows])
        return len(rows)
