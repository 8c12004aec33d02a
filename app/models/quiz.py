"""What is asked and how it is scored."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Moment


class Quiz(Base):
    """A paper spec and its rules; no dates, no people. Points and marks are hundredths."""

    __tablename__ = "quizzes"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(200), unique=True)
    description: Mapped[str] = mapped_column(sa.Text, default="")
    rules: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    bank_id: Mapped[int] = mapped_column(sa.ForeignKey("question_banks.id"))
    sections: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)
    duration: Mapped[int] = mapped_column(doc="seconds")
    attempts_allowed: Mapped[int] = mapped_column(doc="0: as many as one likes")
    counting: Mapped[str] = mapped_column(sa.String(10))
    pass_mark: Mapped[int]
    excellence_mark: Mapped[int]
    review_after_hand_in: Mapped[str] = mapped_column(sa.String(10), default="score")
    review_after_close: Mapped[str] = mapped_column(sa.String(10), default="keys")
    shipped_checksum: Mapped[str | None] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
