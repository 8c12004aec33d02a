"""Who is expected in a contest, from which unit of that day, and with what result."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Moment


class RosterUnit(Base):
    """A unit as it stood when the roster was taken."""

    __tablename__ = "roster_units"
    __table_args__ = (sa.UniqueConstraint("contest_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(sa.ForeignKey("contests.id"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("roster_units.id"))
    name: Mapped[str] = mapped_column(sa.String(200))
    code: Mapped[str | None] = mapped_column(sa.String(60))
    order: Mapped[int] = mapped_column("order_number", default=0)
    declared: Mapped[int | None] = mapped_column(doc="head-count declared by the unit, in place of the roster's")


class RosterEntry(Base):
    """One expected person. Written before anyone takes part: it is the denominator, and keeps the result that counts.

    `result` is in hundredths, None without a valid attempt; `valid_attempts` is 人次; `expected` false is 编外.
    """

    __tablename__ = "roster_entries"
    __table_args__ = (
        sa.UniqueConstraint("contest_id", "user_id"),
        sa.Index("ix_roster_entries_contest_id_roster_unit_id", "contest_id", "roster_unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(sa.ForeignKey("contests.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    roster_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("roster_units.id"))
    expected: Mapped[bool] = mapped_column(default=True)
    excuse: Mapped[str | None] = mapped_column(sa.String(200))
    source: Mapped[str] = mapped_column(sa.String(20), default="roster", doc="roster, application, self")
    result: Mapped[int | None]
    time_taken: Mapped[int | None] = mapped_column(doc="milliseconds")
    handed_in_at: Mapped[datetime | None] = mapped_column(Moment)
    valid_attempts: Mapped[int] = mapped_column(default=0)


class Application(Base):
    """申请参赛: somebody who is not on the roster and asks to be."""

    __tablename__ = "applications"

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(sa.ForeignKey("contests.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    unit: Mapped[str] = mapped_column(sa.String(200))
    phone: Mapped[str] = mapped_column(sa.String(20))
    note: Mapped[str] = mapped_column(sa.String(200), default="")
    state: Mapped[str] = mapped_column(sa.String(20), default="waiting", doc="waiting, approved, declined")
    created_at: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
