"""One person working one paper once, how it was marked, and what its candidate was told."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Moment
from app.rules.attempt import By, Course


class Attempt(Base):
    """An attempt. `paper` holds places in the pool and the order of options; `sheet` all responses at `revision`.

    A row with `handed_in_at` is finished, until an organizer opens it again. Scores are hundredths; `time_taken`,
    `extension` and `held_for` milliseconds. `course` and `follow` are the way to its state machine and back.
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
    given_back: Mapped[bool] = mapped_column(
        default=False, server_default=sa.false(), doc="voided, and does not use up one of the attempts allowed"
    )
    extension: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    held_at: Mapped[datetime | None] = mapped_column(Moment, doc="the clock of this attempt stands still since then")
    held_for: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    reopened: Mapped[int] = mapped_column(default=0, server_default="0", doc="how many times")
    seen_at: Mapped[datetime | None] = mapped_column(Moment, doc="when its page last asked for news")

    @property
    def course(self) -> Course:
        """Its times, as the rules take them."""
        return course_of(self)

    def follow(self, course: Course) -> None:
        """Take over what the rules have made of its times."""
        self.deadline, self.held_at, self.voided_at = course.deadline, course.held_at, course.voided_at
        self.handed_in_at, self.handed_in_by = course.handed_in_at, course.handed_in_by
        self.extension, self.held_for = _milliseconds(course.extension), _milliseconds(course.held_for)
        self.time_taken = None if course.time_taken is None else _milliseconds(course.time_taken)


def course_of(row: Any) -> Course:
    """The times of a row of this table, whatever carries it, as the rules take them."""
    taken = None if row.time_taken is None else timedelta(milliseconds=row.time_taken)
    return Course(
        row.started_at,
        row.deadline,
        timedelta(milliseconds=row.grace),
        extension=timedelta(milliseconds=row.extension),
        held_for=timedelta(milliseconds=row.held_for),
        held_at=row.held_at,
        handed_in_at=row.handed_in_at,
        handed_in_by=None if row.handed_in_by is None else By(row.handed_in_by),
        time_taken=taken,
        voided_at=row.voided_at,
    )


def _milliseconds(length: timedelta) -> int:
    return length // timedelta(milliseconds=1)


class Grading(Base):
    """The marks of one attempt by one version of the pool; old ones are kept, those from before a reopening too."""

    __tablename__ = "gradings"
    __table_args__ = (sa.UniqueConstraint("attempt_id", "reopened", "pool_version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("attempts.id"))
    pool_version: Mapped[int]
    score: Mapped[int]
    marks: Mapped[list[int]] = mapped_column(sa.JSON)
    graded_at: Mapped[datetime] = mapped_column(Moment)
    reopened: Mapped[int] = mapped_column(default=0, server_default="0", doc="of the attempt, when this was graded")


class Notice(Base):
    """What an organizer did to a sitting or to one attempt, and why, in the words that its candidates read."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(sa.ForeignKey("sittings.id"), index=True)
    attempt_id: Mapped[int | None] = mapped_column(sa.ForeignKey("attempts.id"), index=True, doc="None: all of them")
    kind: Mapped[str] = mapped_column(sa.String(20))
    words: Mapped[str] = mapped_column(sa.String(200))
    reason: Mapped[str] = mapped_column(sa.String(200))
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
