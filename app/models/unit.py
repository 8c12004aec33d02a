"""Organs and departments: a tree, in the order of the official list."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Moment


class Unit(Base):
    """An organ or department as it is today; a contest freezes its own copy (`RosterUnit`)."""

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200), unique=True)
    code: Mapped[str | None] = mapped_column(sa.String(60), unique=True)
    order: Mapped[int] = mapped_column("order_number", default=0)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("units.id"), index=True)
    retired_at: Mapped[datetime | None] = mapped_column(Moment)


class UnitAlias(Base):
    """Another name under which a unit is known."""

    __tablename__ = "unit_aliases"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    alias: Mapped[str] = mapped_column(sa.String(200), unique=True)
