"""Question banks and their questions."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Moment


class QuestionBank(Base):
    """A titled set of questions, shipped or uploaded."""

    __tablename__ = "question_banks"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(200), unique=True)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    shipped_checksum: Mapped[str | None] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))


class Image(Base):
    """A picture of a question, kept once under the SHA-256 of its bytes; never changed."""

    __tablename__ = "images"

    checksum: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(sa.String(40))
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Moment)


class Question(Base):
    """A question in a bank. A revision is never changed: a correction makes the next one."""

    __tablename__ = "questions"
    __table_args__ = (
        sa.UniqueConstraint("bank_id", "number", "revision"),
        sa.Index("ix_questions_bank_id_state_kind", "bank_id", "state", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_id: Mapped[int] = mapped_column(sa.ForeignKey("question_banks.id"))
    number: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(sa.String(20))
    stem: Mapped[str] = mapped_column(sa.Text)
    options: Mapped[list[str]] = mapped_column(sa.JSON)
    key: Mapped[list[int]] = mapped_column(sa.JSON)
    explanation: Mapped[str] = mapped_column(sa.Text, default="")
    source: Mapped[str] = mapped_column(sa.Text, default="")
    topic: Mapped[str] = mapped_column(sa.String(100), default="")
    difficulty: Mapped[int | None]
    fingerprint: Mapped[str] = mapped_column(sa.String(64), default="")
    pictures: Mapped[list[dict[str, Any]]] = mapped_column(
        sa.JSON, default=list, doc="checksum, option (None: the stem's), alt"
    )
    import_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("imports.id"), index=True, doc="the upload that brought this number; later revisions keep it"
    )
    state: Mapped[str] = mapped_column(sa.String(20), default="approved", doc="pending, approved, retired, superseded")
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))

    def as_item(self) -> dict[str, Any]:
        """What a pool freezes of this question."""
        return {
            "question": self.id,
            "kind": self.kind,
            "stem": self.stem,
            "options": self.options,
            "key": self.key,
            "explanation": self.explanation,
            "source": self.source,
            "topic": self.topic,
            "difficulty": self.difficulty,
            "pictures": self.pictures,
        }


class KeptTwins(Base):
    """Two questions of a bank that somebody wants both, told by what they ask; a changed one is asked about anew."""

    __tablename__ = "kept_twins"

    bank_id: Mapped[int] = mapped_column(sa.ForeignKey("question_banks.id", ondelete="CASCADE"), primary_key=True)
    first: Mapped[str] = mapped_column(sa.String(64), primary_key=True, doc="the smaller fingerprint")
    second: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    kept_at: Mapped[datetime] = mapped_column(Moment)
    kept_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
