"""Who did what, and who tried too often."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Moment


class AuditEntry(Base):
    """One thing that somebody did; rows are only ever added. Holds ids of persons, never their names or phones."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[int | None] = mapped_column(doc="None: the server itself, or the command line")
    action: Mapped[str] = mapped_column(sa.String(60))
    subject: Mapped[str] = mapped_column(sa.String(60))
    detail: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)


class Throttle(Base):
    """How often a name was tried from one place of late; kept as a digest."""

    __tablename__ = "throttles"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime] = mapped_column(Moment)
    paused_until: Mapped[datetime | None] = mapped_column(Moment)
