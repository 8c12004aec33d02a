"""Finding an attempt by what its receipt says, and proving that what is stored is what was handed in."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.database import db
from app.models import Attempt, Contest, Grading, RosterEntry, RosterUnit, Sitting, User
from app.queries import pools
from app.rules import receipt
from app.rules.masking import mask_phone
from app.rules.sheet import AnswerSheet
from app.rules.terms import ContestTerms

# 2026-0917-000123; the last part is the attempt's own number, which stays when the attempt is opened again.
NUMBER = re.compile(r"(\d{4})(\d{4})(\d{6,9})")


@dataclass(frozen=True)
class Found:
    """Where an attempt is looked at; `is_current` is false for the receipt of an earlier hand-in."""

    slug: str
    attempt_id: int
    is_current: bool


def find(number: str) -> Found | None:
    """The attempt of a receipt number, however it was typed; None when there is none."""
    # blanks and dashes of any kind do not matter, and a Chinese keyboard's wide digits are digits
    parts = NUMBER.fullmatch(re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", number)))
    if parts is None:
        return None
    row = db.session.execute(
        sa.select(Contest.slug, Attempt.receipt, Attempt.reopened)
        .join(RosterEntry, RosterEntry.contest_id == Contest.id)
        .join(Attempt, Attempt.roster_entry_id == RosterEntry.id)
        .where(Attempt.id == int(parts[3]))
    ).one_or_none()
    if row is None:
        return None
    is_current = row.receipt == "-".join(parts.groups())
    return Found(row.slug, int(parts[3]), is_current) if is_current or row.reopened else None


@dataclass(frozen=True)
class Graded:
    """One grading, old or new; `score` in hundredths, `reopened` how often the attempt had been opened again before."""

    score: int
    graded_at: datetime
    reopened: int


@dataclass(frozen=True)
class Proof:
    """An attempt as support looks at it. The phone is masked."""

    attempt: Attempt
    sitting: Sitting
    terms: ContestTerms
    name: str
    phone: str
    unit: str
    gradings: tuple[Graded, ...]

    @property
    def recomputed(self) -> str:
        """The fingerprint of what is stored now."""
        return receipt.fingerprint(self.attempt.paper, AnswerSheet.from_json(self.attempt.sheet))

    @property
    def is_same(self) -> bool | None:
        """Whether what is stored is what was handed in; None while there is nothing to compare."""
        return None if self.attempt.fingerprint is None else self.recomputed == self.attempt.fingerprint


def proof(contest_id: int, attempt_id: int) -> Proof | None:
    """An attempt of that contest."""
    row = db.session.execute(
        sa.select(Attempt, Sitting, User.name, User.phone, RosterUnit.name)
        .join(RosterEntry, RosterEntry.id == Attempt.roster_entry_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .join(User, User.id == RosterEntry.user_id)
        .outerjoin(RosterUnit, RosterUnit.id == RosterEntry.roster_unit_id)
        .where(Attempt.id == attempt_id, RosterEntry.contest_id == contest_id)
    ).one_or_none()
    if row is None:
        return None
    attempt, sitting, name, phone, unit = row
    gradings = db.session.execute(
        sa.select(Grading.score, Grading.graded_at, Grading.reopened)
        .where(Grading.attempt_id == attempt_id)
        .order_by(Grading.reopened.desc(), Grading.pool_version.desc())
    )
    graded = tuple(Graded(*one) for one in gradings)
    terms = pools.terms(contest_id, attempt.terms_version)
    return Proof(attempt, sitting, terms, name, mask_phone(phone), unit or "", graded)
