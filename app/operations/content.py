"""The banks and quizzes that come with the house, loaded and kept up to date."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.database import db, writing
from app.formats.bank import read_bank
from app.formats.quiz_toml import QuizDefinition, QuizError, read_quiz
from app.models import Question, QuestionBank, Quiz
from app.operations.audit import record
from app.operations.banks import CHUNK, Prepared, prepare
from app.operations.quizzes import QuizDraft, columns, faults
from app.queries import banks as held


class ContentError(ValueError):
    """A shipped file is wrong; names the file and, where one is meant, the line."""

    def __init__(self, file: str, line: int | None, message: str) -> None:
        super().__init__(f"{file}{f' 第{line}行' if line else ''}：{message}")
        self.file, self.line, self.message = file, line, message


@dataclass
class Loaded:
    """What loading did: files read, and the questions added, revised and retired by them."""

    banks: int = 0
    quizzes: int = 0
    unchanged: int = 0
    added: int = 0
    revised: int = 0
    retired: int = 0
    notices: list[str] = field(default_factory=list)


def load_content(quizzes_dir: Path, banks_dir: Path, *, now: datetime) -> Loaded:
    """Load every shipped bank and quiz that is new or has changed; those loaded before cost a glance.

    A changed question becomes the next revision, a missing one is retired; published contests keep what they froze.
    Raises ContentError for a file with an error; files before it stay loaded.
    """
    loaded = Loaded()
    known = _known()
    for path in sorted(banks_dir.glob("*.txt")):
        content = path.read_bytes()
        checksum = hashlib.sha256(content).hexdigest()
        if checksum in known:
            loaded.unchanged += 1
        else:
            _load_bank(path.name, content, checksum, loaded, now)
    for path in sorted(quizzes_dir.glob("*.toml")):
        content = path.read_bytes()
        checksum = hashlib.sha256(content).hexdigest()
        if checksum in known:
            loaded.unchanged += 1
        else:
            _load_quiz(path.name, content, checksum, loaded, now)
    return loaded


def _known() -> set[str | None]:
    banks = sa.select(QuestionBank.shipped_checksum)
    return set(db.session.scalars(banks.union_all(sa.select(Quiz.shipped_checksum))))


def _load_bank(file: str, content: bytes, checksum: str, loaded: Loaded, now: datetime) -> None:
    reading = read_bank(content, file)
    wrong = [p for p in (*reading.problems, *(p for q in reading.questions for p in q.problems)) if p.level == "error"]
    if wrong:
        raise ContentError(file, wrong[0].row, wrong[0].message)
    numbered = _numbered(file, reading.questions)
    with writing():
        bank = db.session.scalar(sa.select(QuestionBank).where(QuestionBank.title == reading.title))
        if bank is not None and bank.shipped_checksum is None:
            loaded.notices.append(f"题库“{reading.title}”已由组织者建立，随系统提供的没有载入。")
            return
        if bank is None:
            bank = QuestionBank(title=reading.title, created_at=now)
            db.session.add(bank)
        bank.note, bank.shipped_checksum = reading.note, checksum
        db.session.flush()
        _upsert(bank.id, numbered, loaded, now)
        loaded.banks += 1
        record(None, "content.load_bank", f"bank:{bank.id}", now, questions=len(numbered))


def _numbered(file: str, read: Sequence[Any]) -> dict[int, Prepared]:
    """The questions by the number that they bear in the file, which must be their own."""
    numbered: dict[int, Prepared] = {}
    for question, prepared in zip(read, prepare(q.draft for q in read), strict=True):
        number = prepared.draft.number
        if not number.isdecimal():
            raise ContentError(file, question.row, "试题没有题号，请编上号")
        if int(number) in numbered:
            raise ContentError(file, question.row, f"题号{number}用了两次，请改正")
        numbered[int(number)] = prepared
    return numbered


def _upsert(bank_id: int, numbered: dict[int, Prepared], loaded: Loaded, now: datetime) -> None:
    latest: dict[int, Question] = {}
    select = sa.select(Question).where(Question.bank_id == bank_id).order_by(Question.number, Question.revision)
    for question in db.session.scalars(select):
        latest[question.number] = question
    rows = []
    for number, prepared in numbered.items():
        values, stored = prepared.values(), latest.get(number)
        if stored is not None and all(getattr(stored, name) == value for name, value in values.items()):
            if stored.state != "approved":
                stored.state = "approved"
                loaded.revised += 1
            continue
        if stored is not None:
            stored.state = "superseded"
        loaded.added += stored is None
        loaded.revised += stored is not None
        revision = stored.revision + 1 if stored is not None else 1
        made = {"bank_id": bank_id, "number": number, "revision": revision, "state": "approved", "created_at": now}
        rows.append(values | made)
    for number, stored in latest.items():
        if number not in numbered and stored.state in held.CURRENT:
            stored.state = "retired"
            loaded.retired += 1
    for start in range(0, len(rows), CHUNK):
        db.session.execute(sa.insert(Question), rows[start : start + CHUNK])


def _load_quiz(file: str, content: bytes, checksum: str, loaded: Loaded, now: datetime) -> None:
    try:
        read = read_quiz(content)
    except QuizError as error:
        raise ContentError(file, error.problems[0].row, error.problems[0].message) from None
    bank = held.by_title(read.bank)
    if bank is None:
        raise ContentError(file, None, f"没有题库“{read.bank}”，请核对题库名称")
    draft = _quiz_draft(read, bank.id)
    with writing():
        quiz = db.session.scalar(sa.select(Quiz).where(Quiz.title == read.title))
        if quiz is not None and quiz.shipped_checksum is None:
            loaded.notices.append(f"试卷方案“{read.title}”已由组织者改过，随系统提供的没有载入。")
            return
        if wrong := faults(draft, quiz_id=quiz.id if quiz else None):
            raise ContentError(file, None, wrong[0])
        values = columns(draft) | {"shipped_checksum": checksum}
        if quiz is None:
            quiz = Quiz(created_at=now)
            db.session.add(quiz)
        for name, value in values.items():
            setattr(quiz, name, value)
        db.session.flush()
        loaded.quizzes += 1
        record(None, "content.load_quiz", f"quiz:{quiz.id}", now)


def _quiz_draft(read: QuizDefinition, bank_id: int) -> QuizDraft:
    full_score = read.spec.full_score
    return QuizDraft(
        title=read.title,
        bank_id=bank_id,
        sections=read.spec.sections,
        duration=read.duration_minutes * 60,
        attempts_allowed=read.attempts,
        counting=read.counting,
        pass_mark=_share(full_score, read.pass_mark_percent),
        excellence_mark=_share(full_score, read.excellence_mark_percent),
        review=read.review,
        description=read.description,
        rules=read.rules,
    )


def _share(full_score: int, percent: int) -> int:
    """That many percent of the full score in hundredths; a part of a hundredth counts as a whole one."""
    return -(-full_score * percent // 100)
