"""One person working one paper once, and how it was marked."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Moment


class Attempt(Base):
    """An attempt. `paper` holds places in the pool and the order of options; `sheet` all responses at `revision`.

    A row with `handed_in_at` is finished for good. Scores are hundredths, `time_taken` milliseconds.
    """

    __tablename__ = "attempts"
    __table_args__ = (
        sa.UniqueConstraint("roster_entry_id", "sitting_id", "ordinal"),
        # A second open attempt of one person is impossible, whoever asks for it and however often.
        sa.Index(
            "uq_attempts_one_open",
            "roster_entry_id",
            unique=True,
            sqlite_where=sa.text("handed_in_at IS NULL"),
            postgresql_where=sa.text("handed_in_at IS NULL"),
        ),
        # The sweeper looks for open attempts past their deadline; a finished one leaves this index.
        sa.Index(
            "ix_attempts_open_deadline",
            "deadline",
            sqlite_where=sa.text("handed_in_at IS NULL"),
            postgresql_where=sa.text("handed_in_at IS NULL"),
        ),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    roster_entry_id: Mapped[int] = mapped_column(sa.ForeignKey("roster_entries.id"))
    sitting_id: Mapped[int] = mapped_column(sa.ForeignKey("sittings.id"), index=True)
    ordinal: Mapped[int]
    seed: Mapped[str] = mapped_column(sa.String(32))
    paper: Mapped[list[list[int]]] = mapped_column(sa.JSON)
    sheet: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    revision: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str] = mapped_column(sa.String(32))
    lease_before: Mapped[str | None] = mapped_column(sa.String(32), doc="the one that the present took over")
    held_by: Mapped[str | None] = mapped_column(sa.String(64), doc="digest of the sign-in whose page took the lease")
    pool_version: Mapped[int]
    terms_version: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(Moment)
    deadline: Mapped[datetime] = mapped_column(Moment)
    grace: Mapped[int] = mapped_column(doc="milliseconds")
    saved_at: Mapped[datetime | None] = mapped_column(Moment)
    answered: Mapped[int] = mapped_column(default=0)
    handed_in_at: Mapped[datetime | None] = mapped_column(Moment)
    handed_in_by: Mapped[str | None] = mapped_column(sa.String(10), doc="person, server")
    time_taken: Mapped[int | None]
    score: Mapped[int | None]
    receipt: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    fingerprint: Mapped[str | None] = mapped_column(sa.String(64))
    voided_at: Mapped[datetime | None] = mapped_column(Moment)


class Grading(Base):
    """The marks of one attempt by one version of the pool; old ones are kept."""

    __tablename__ = "gradings"
    __table_args__ = (sa.UniqueConstraint("attempt_id", "pool_version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("attempts.id"))
    pool_version: Mapped[int]
    score: Mapped[int]
    marks: Mapped[list[int]] = mapped_column(sa.JSON)
    graded_at: Mapped[datetime] = mapped_column(Moment)
