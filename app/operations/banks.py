"""Questions into banks."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.database import db, writing
from app.models import Question, QuestionBank
from app.operations.audit import record
from app.queries import banks as questions
from app.rules.invalid import Invalid
from app.rules.question import LONGEST_TOPIC, Draft, fingerprint

LONGEST_TITLE = 200
CHUNK = 500


@dataclass(frozen=True)
class Imported:
    """What an import into a bank did: questions added, and those not added because the bank has them already."""

    bank_id: int
    added: int
    skipped: int


@dataclass(frozen=True)
class Prepared:
    """A draft with its fingerprint, computed before the transaction."""

    draft: Draft
    fingerprint: str

    def values(self) -> dict[str, Any]:
        """The columns that come from the draft itself."""
        draft = self.draft
        return {
            "kind": str(draft.kind),
            "stem": draft.stem,
            "options": list(draft.options),
            "key": list(draft.key),
            "explanation": draft.explanation,
            "source": draft.source,
            "topic": draft.topic[:LONGEST_TOPIC],
            "difficulty": draft.difficulty,
            "fingerprint": self.fingerprint,
            "pictures": [asdict(picture) for picture in draft.pictures],
        }


def import_bank(
    drafts: Sequence[Draft],
    *,
    title: str = "",
    bank_id: int | None = None,
    note: str = "",
    actor: int | None,
    now: datetime,
) -> Imported:
    """Add questions to that bank, or to the one of that title, which is made when there is none.

    Numbers go on from the last one; a question that the bank has already is not added again; what is added is
    approved. Raises Invalid for a title or a bank that cannot be used.
    """
    target = find_target(title, bank_id)
    prepared = prepare(drafts)
    try:
        with writing():
            return add_questions(prepared, target, note, actor, now)
    except IntegrityError:  # somebody made a bank of that title, or added to it, a moment ago
        with writing():
            return add_questions(prepared, find_target(title, bank_id), note, actor, now)


@dataclass(frozen=True)
class Target:
    """Where questions go: a bank that is there, or one to be made with that title."""

    title: str
    bank_id: int | None


def find_target(title: str, bank_id: int | None) -> Target:
    """The bank of that id, else of that title, else a new one. Raises Invalid when it cannot take questions."""
    title = " ".join(title.split())
    found = questions.one(bank_id) if bank_id is not None else questions.by_title(title)
    if bank_id is not None and found is None:
        raise Invalid("没有这个题库，请回到题库列表重新选择。")
    if found is None and not title:
        raise Invalid("请给题库写一个名称。")
    if found is None and len(title) > LONGEST_TITLE:
        raise Invalid(f"题库名称超过{LONGEST_TITLE}个字，请写短一些。")
    if found is not None and found.is_shipped:
        raise Invalid(f"“{found.title}”随系统提供，升级时会更新，不能往里加题；请换一个名称，另建题库。")
    return Target(found.title, found.id) if found else Target(title, None)


def prepare(drafts: Iterable[Draft]) -> list[Prepared]:
    """Drafts ready to be written: fingerprints computed, characters that no database stores removed."""
    plain = [storable(draft) for draft in drafts]
    return [Prepared(draft, fingerprint(draft)) for draft in plain]


def add_questions(
    prepared: Sequence[Prepared],
    target: Target,
    note: str,
    actor: int | None,
    now: datetime,
    *,
    state: str = "approved",
    import_id: int | None = None,
) -> Imported:
    """The part of an import that writes, inside the transaction that is open. `state` is approved or pending."""
    bank_id = target.bank_id
    if bank_id is None:
        bank = QuestionBank(title=target.title, note=note, created_at=now, created_by=actor)
        db.session.add(bank)
        db.session.flush()
        bank_id = bank.id
    here = Question.bank_id == bank_id
    last = db.session.scalar(sa.select(sa.func.max(Question.number)).where(here)) or 0
    known = set(db.session.scalars(sa.select(Question.fingerprint).where(here, Question.state.in_(questions.CURRENT))))
    fresh: dict[str, Prepared] = {}
    for one in prepared:
        if one.fingerprint not in known:
            fresh.setdefault(one.fingerprint, one)
    made = {"bank_id": bank_id, "revision": 1, "state": state, "created_at": now, "created_by": actor}
    made |= {"import_id": import_id}
    rows = [one.values() | made | {"number": number} for number, one in enumerate(fresh.values(), start=last + 1)]
    for start in range(0, len(rows), CHUNK):
        db.session.execute(sa.insert(Question), rows[start : start + CHUNK])
    record(
        actor, "bank.import", f"bank:{bank_id}", now, added=len(rows), skipped=len(prepared) - len(rows), state=state
    )  # fmt: skip
    return Imported(bank_id, len(rows), len(prepared) - len(rows))


def storable(draft: Draft) -> Draft:
    """PostgreSQL stores no NUL, wherever an old spreadsheet may have it from."""
    clean = {name: text.replace("\0", "") for name in _TEXTS if "\0" in (text := getattr(draft, name))}
    if not clean and not any("\0" in option for option in draft.options):  # nearly every question
        return draft
    return replace(draft, options=tuple(option.replace("\0", "") for option in draft.options), **clean)


_TEXTS = ("stem", "explanation", "source", "topic", "place", "number")
