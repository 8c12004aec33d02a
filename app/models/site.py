"""What an installation says of itself on every page."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base

DAYS_KEPT = 365


class Site(Base):
    """One row: the name, the organizer, whom to call."""

    __tablename__ = "site"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(100))
    organizer: Mapped[str] = mapped_column(sa.String(100), default="")
    phone: Mapped[str] = mapped_column(sa.String(60), default="")
    phone_hours: Mapped[str] = mapped_column(sa.String(60), default="")
    icp: Mapped[str] = mapped_column(sa.String(100), default="")
    retention_days: Mapped[int] = mapped_column(
        default=DAYS_KEPT, server_default=str(DAYS_KEPT), doc="how long after the closing receipts are shown"
    )
