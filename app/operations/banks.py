"""Questions into banks: what an uploaded bank would do, and doing it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.database import db, writing
from app.formats.bank_limited import read_bank_safely
from app.formats.problem import Problem, Reading, ReadQuestion, worst
from app.models import Question, QuestionBank
from app.operations.audit import record
from app.queries import banks as questions
from app.queries.imports import draft_of
from app.rules.invalid import Invalid
from app.rules.lint import Remark, lint
from app.rules.question import Draft, fingerprint, key_texts, stem_fingerprint

LONGEST_TITLE = 200
LONGEST_TOPIC = 100
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
    plain = [_storable(draft) for draft in drafts]
    return [Prepared(draft, fingerprint(draft)) for draft in plain]


def add_questions(
    prepared: Sequence[Prepared], target: Target, note: str, actor: int | None, now: datetime
) -> Imported:
    """The part of an import that writes, inside the transaction that is open."""
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
    made = {"bank_id": bank_id, "revision": 1, "state": "approved", "created_at": now, "created_by": actor}
    rows = [one.values() | made | {"number": number} for number, one in enumerate(fresh.values(), start=last + 1)]
    for start in range(0, len(rows), CHUNK):
        db.session.execute(sa.insert(Question), rows[start : start + CHUNK])
    record(actor, "bank.import", f"bank:{bank_id}", now, added=len(rows), skipped=len(prepared) - len(rows))
    return Imported(bank_id, len(rows), len(prepared) - len(rows))


def check_bank(content: bytes, file_name: str) -> dict[str, Any]:
    """A bank file with the verdicts that it would get as a new bank. Writes nothing, asks no database."""
    reading = read_bank_safely(content, file_name)
    return judged(reading, Target(reading.title, None))


@dataclass(frozen=True)
class Linted:
    """A bank file with an editor's remarks; `problems` are those of reading it, a file that cannot be read included."""

    title: str
    questions: int
    problems: tuple[Problem, ...]
    remarks: tuple[Remark, ...]


def lint_bank(content: bytes, file_name: str) -> Linted:
    """What a careful editor would say of a bank file. Writes nothing, asks no database."""
    reading = read_bank_safely(content, file_name)
    drafts = [question.draft for question in reading.questions if question.draft is not None]
    untold = [problem for question in reading.questions if question.draft is None for problem in question.problems]
    return Linted(reading.title, len(reading.questions), (*reading.problems, *untold), lint(drafts))


def judged(reading: Reading, target: Target) -> dict[str, Any]:
    """A reading with the verdicts of the bank it is meant for, as an import keeps it for preview and confirmation."""
    held = questions.held(target.bank_id) if target.bank_id is not None else questions.Held({}, {})
    seen: set[str] = set()
    rows = [_judged_row(read, held, seen) for read in reading.questions]
    return {
        "title": target.title,
        "bank_id": target.bank_id,
        "note": reading.note,
        "recognised": list(reading.recognised),
        "skipped": list(reading.skipped),
        "problems": [problem_json(p) for p in reading.problems if p.row is None],
        "rows": rows,
    }


@dataclass(frozen=True)
class BankPlan:
    """What confirming an uploaded bank writes."""

    prepared: tuple[Prepared, ...]
    target: Target
    note: str
    refused: int

    def still_holds(self) -> bool:
        """Always: numbers and sameness are looked up when it is carried out."""
        return True

    def carry_out(self, actor: int | None, now: datetime) -> dict[str, Any]:
        """Add the questions, inside the transaction that is open."""
        done = add_questions(self.prepared, self.target, self.note, actor, now)
        return outcome(added=done.added, unchanged=done.skipped, skipped=self.refused) | {"bank_id": done.bank_id}


def plan(reading: dict[str, Any], now: datetime) -> BankPlan:
    """The plan that a kept reading makes. Raises Invalid when its bank can no longer be used."""
    rows = reading["rows"]
    drafts = [draft_of(row["draft"]) for row in rows if row["action"] in ("add", "skip")]
    refused = sum(1 for row in rows if row["action"] == "refuse")
    target = find_target(reading["title"], reading["bank_id"])
    return BankPlan(tuple(prepare(drafts)), target, reading["note"], refused)


def outcome(**counts: int) -> dict[str, int]:
    """What an import did, every count named."""
    return {name: counts.get(name, 0) for name in ("added", "changed", "unchanged", "skipped", "left", "kept")}


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem as kept in a reading: its place is the row's."""
    return {"column": problem.column, "level": problem.level, "message": problem.message}


def _judged_row(read: ReadQuestion, held: questions.Held, seen: set[str]) -> dict[str, Any]:
    problems = list(read.problems)
    draft = _storable(read.draft) if read.draft else None
    action, twin = "refuse", None
    if draft is not None and read.verdict != "error":
        mark = fingerprint(draft)
        action = "skip" if mark in seen else "add"
        seen.add(mark)
        if (same := held.by_fingerprint.get(mark)) is not None:
            action, twin = "skip", same[0]
            problems.append(Problem(read.row, "题干", "warning", _told(same, draft), read.sheet))
        elif (number := held.by_stem.get(stem_fingerprint(draft.stem))) is not None:
            twin = number
            message = f"与题库第{number}题题干相同、选项不同，请核对是否要两道都留"
            problems.append(Problem(read.row, "题干", "warning", message, read.sheet))
    return {
        "row": read.row,
        "sheet": read.sheet,
        "unit": read.unit,
        "verdict": worst(problems),
        "action": action,
        "excerpt": read.excerpt,
        "problems": [problem_json(problem) for problem in problems],
        "draft": asdict(draft) if draft else None,
        "twin": twin,
    }


def _told(same: tuple[int, frozenset[str]], draft: Draft) -> str:
    number, right = same
    stored = Draft(draft.kind, draft.stem, tuple(right), tuple(range(len(right))))
    if key_texts(stored) == key_texts(draft):
        return f"与题库第{number}题相同，不再导入"
    return f"与题库第{number}题相同，答案却不同，不再导入；请核对哪一个对"


def _storable(draft: Draft) -> Draft:
    """PostgreSQL stores no NUL, wherever an old spreadsheet may have it from."""
    clean = {name: text.replace("\0", "") for name in _TEXTS if "\0" in (text := getattr(draft, name))}
    options = tuple(option.replace("\0", "") for option in draft.options)
    return replace(draft, options=options, **clean)


_TEXTS = ("stem", "explanation", "source", "topic", "place", "number")
