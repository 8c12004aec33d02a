"""A quiz held for one roster: when, by which rules, from which pool of items."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Moment


class Contest(Base):
    """A contest; its slug stands in the link that people open."""

    __tablename__ = "contests"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(60), unique=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    quiz_id: Mapped[int] = mapped_column(sa.ForeignKey("quizzes.id"))
    scope: Mapped[str] = mapped_column(sa.String(200), default="", doc="whom it is for, in words")
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    roster_taken_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))


class Terms(Base):
    """The rules as published; an attempt keeps the version it began with."""

    __tablename__ = "terms"
    __table_args__ = (sa.UniqueConstraint("contest_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(sa.ForeignKey("contests.id"))
    version: Mapped[int]
    rules: Mapped[dict[str, Any]] = mapped_column(sa.JSON)


class Sitting(Base):
    """When a contest is open. While it is paused its clock stands at `paused_at`."""

    __tablename__ = "sittings"
    __table_args__ = (sa.CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(sa.ForeignKey("contests.id"), index=True)
    mode: Mapped[str] = mapped_column(sa.String(20), default="official")
    opens_at: Mapped[datetime] = mapped_column(Moment)
    closes_at: Mapped[datetime] = mapped_column(Moment)
    paused_at: Mapped[datetime | None] = mapped_column(Moment)


class ItemPool(Base):
    """The questions a contest draws from, frozen at publication. Places never move between versions."""

    __tablename__ = "item_pools"
    __table_args__ = (sa.UniqueConstraint("contest_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(sa.ForeignKey("contests.id"))
    version: Mapped[int]
    items: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)
    checksum: Mapped[str] = mapped_column(sa.String(64))
