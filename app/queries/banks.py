"""What pages and imports ask about question banks."""

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from app.database import db
from app.models import Question, QuestionBank
from app.queries.pages import SIZE, Page, contains, page
from app.rules.question import Draft, Picture, QuestionKind, asked_text, stem_fingerprint

# What a bank holds today: neither withdrawn nor replaced by a later revision.
CURRENT = ("approved", "pending")


@dataclass(frozen=True)
class BankRow:
    """A bank in the list. `usable` counts approved questions by kind; `pending` wait for approval."""

    id: int
    title: str
    note: str
    is_shipped: bool
    created_at: datetime
    usable: dict[QuestionKind, int]
    pending: int

    @property
    def total(self) -> int:
        """How many questions a quiz may draw from."""
        return sum(self.usable.values())


@dataclass(frozen=True)
class QuestionRow:
    """A question as the organizer sees it, key and all."""

    id: int
    number: int
    revision: int
    state: str
    draft: Draft


def listed() -> list[BankRow]:
    """All banks with what they hold, the newest first."""
    banks = db.session.execute(
        sa.select(QuestionBank).order_by(QuestionBank.created_at.desc(), QuestionBank.id.desc())
    ).scalars()
    counts = _counts()
    return [_bank(bank, counts.get(bank.id, [])) for bank in banks]


def one(bank_id: int) -> BankRow | None:
    """That bank."""
    bank = db.session.get(QuestionBank, bank_id)
    return _bank(bank, _counts(bank_id).get(bank_id, [])) if bank else None


def by_title(title: str) -> BankRow | None:
    """The bank of exactly that title."""
    bank_id = db.session.scalar(sa.select(QuestionBank.id).where(QuestionBank.title == title))
    return one(bank_id) if bank_id is not None else None


def questions(
    bank_id: int, *, kind: QuestionKind | None = None, search: str = "", number: int = 1, size: int = SIZE
) -> Page[QuestionRow]:
    """A page of the questions that a bank holds, by number; `search` looks into stem, source and topic."""
    select = sa.select(Question).where(Question.bank_id == bank_id, Question.state.in_(CURRENT))
    if kind is not None:
        select = select.where(Question.kind == kind)
    if text := search.strip():
        columns = (Question.stem, Question.source, Question.topic)
        select = select.where(sa.or_(*(contains(column, text) for column in columns)))
    return page(select.order_by(Question.number), number, size).map(lambda row: question_row(row[0]))


def drafts(bank_id: int, *, with_pending: bool = False) -> list[Draft]:
    """The approved questions of a bank by number, and those that wait for approval when asked for."""
    states = CURRENT if with_pending else ("approved",)
    select = sa.select(Question).where(Question.bank_id == bank_id, Question.state.in_(states))
    return [question_row(row).draft for row in db.session.scalars(select.order_by(Question.number))]


def question(bank_id: int, number: int) -> QuestionRow | None:
    """The question of that number as it stands now; the newest revision, whatever its state."""
    select = sa.select(Question).where(Question.bank_id == bank_id, Question.number == number)
    found = db.session.scalars(select.order_by(Question.revision.desc()).limit(1)).one_or_none()
    return question_row(found) if found else None


def usable_by_kind(bank_id: int) -> dict[QuestionKind, int]:
    """How many approved questions of each kind a bank has; kinds without any are left out."""
    found = one(bank_id)
    return found.usable if found else {}


# What may be drawn, by kind: each topic and difficulty with how many questions there are.
Spread = dict[QuestionKind, list[tuple[str, int | None, int]]]


def spread(bank_id: int) -> Spread:
    """How the approved questions of a bank are spread over topics and difficulties, by name and by level."""
    columns = (Question.kind, Question.topic, Question.difficulty)
    select = sa.select(*columns, sa.func.count()).where(Question.bank_id == bank_id, Question.state == "approved")
    found: Spread = {}
    for kind, topic, difficulty, count in db.session.execute(select.group_by(*columns).order_by(*columns)):
        found.setdefault(QuestionKind(kind), []).append((topic, difficulty, count))
    return found


@dataclass(frozen=True)
class Held:
    """What an import compares with: the number and the key of each question held, by fingerprint, and by stem.

    `texts` are what the questions ask, for finding those that say nearly the same; `numbers` are theirs. `retired` are
    the numbers of those that somebody has taken out of use, by fingerprint.
    """

    by_fingerprint: dict[str, tuple[int, frozenset[str]]]
    by_stem: dict[str, int]
    texts: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    retired: dict[str, int] = field(default_factory=dict)


NOTHING_HELD = Held({}, {})


def held(bank_id: int) -> Held:
    """Everything that a bank holds, in the form in which sameness is told."""
    select = sa.select(Question).where(Question.bank_id == bank_id, Question.state.in_(CURRENT))
    whole: dict[str, tuple[int, frozenset[str]]] = {}
    stems: dict[str, int] = {}
    texts: list[str] = []
    numbers: list[int] = []
    for question in db.session.scalars(select.order_by(Question.number)):
        texts.append(asked_text(question_row(question).draft))
        numbers.append(question.number)
        right = frozenset(question.options[place] for place in question.key if place < len(question.options))
        whole.setdefault(question.fingerprint, (question.number, right))
        stems.setdefault(stem_fingerprint(question.stem), question.number)
    gone = sa.select(Question.fingerprint, Question.number).where(
        Question.bank_id == bank_id, Question.state == "retired"
    )
    retired = {mark: number for mark, number in db.session.execute(gone.order_by(Question.number.desc()))}
    return Held(whole, stems, tuple(texts), tuple(numbers), retired)


def _counts(bank_id: int | None = None) -> dict[int, list[tuple[str, str, int]]]:
    select = sa.select(Question.bank_id, Question.kind, Question.state, sa.func.count()).where(
        Question.state.in_(CURRENT)
    )
    if bank_id is not None:
        select = select.where(Question.bank_id == bank_id)
    found: dict[int, list[tuple[str, str, int]]] = {}
    for row in db.session.execute(select.group_by(Question.bank_id, Question.kind, Question.state)):
        found.setdefault(row[0], []).append((row[1], row[2], row[3]))
    return found


def _bank(bank: QuestionBank, counts: list[tuple[str, str, int]]) -> BankRow:
    approved = {kind: count for kind, state, count in counts if state == "approved"}
    return BankRow(
        id=bank.id,
        title=bank.title,
        note=bank.note,
        is_shipped=bank.shipped_checksum is not None,
        created_at=bank.created_at,
        usable={kind: approved[kind] for kind in QuestionKind if kind in approved},
        pending=sum(count for _, state, count in counts if state == "pending"),
    )


def question_row(question: Question) -> QuestionRow:
    """A question of the table as pages and operations take it."""
    draft = Draft(
        kind=QuestionKind(question.kind),
        stem=question.stem,
        options=tuple(question.options),
        key=tuple(question.key),
        explanation=question.explanation,
        source=question.source,
        topic=question.topic,
        difficulty=question.difficulty,
        place=f"第{question.number}题",
        number=str(question.number),
        pictures=tuple(Picture(**picture) for picture in question.pictures),
    )
    return QuestionRow(question.id, question.number, question.revision, question.state, draft)
