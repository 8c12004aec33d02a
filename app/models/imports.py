"""Uploads between preview and confirmation."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Moment


class Import(Base):
    """One uploaded file as it was read: previewed, then confirmed or discarded. The bytes lie under their checksum."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20), doc="bank, units, people")
    file_name: Mapped[str] = mapped_column(sa.String(255))
    checksum: Mapped[str] = mapped_column(sa.String(64))
    state: Mapped[str] = mapped_column(
        sa.String(20), default="previewed", doc="previewed, confirmed, discarded, undone"
    )
    reading: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    outcome: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)


class ImportChange(Base):
    """What somebody decided on one row of a preview: a corrected question, or whether the row is to be imported."""

    __tablename__ = "import_changes"

    import_id: Mapped[int] = mapped_column(sa.ForeignKey("imports.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, doc="of the row in the reading, from 0")
    row: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON, doc="as corrected, with its verdict; None: as read")
    chosen: Mapped[bool | None] = mapped_column(doc="None: as the verdict says")
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
