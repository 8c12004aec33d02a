"""迟到作答: what arrived after deadline and grace, kept until an organizer decides."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, Moment


class LateSheet(Base):
    """An answer sheet that came too late, one an attempt. It scores nothing unless it is accepted.

    Once accepted it stands on the attempt, and what counted before stands here: sheet, score (hundredths) and marks.
    `score_after` is what it made.
    """

    __tablename__ = "late_sheets"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("attempts.id"), unique=True)
    sheet: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    revision: Mapped[int]
    lease: Mapped[str] = mapped_column(sa.String(32))
    held_lease: Mapped[bool] = mapped_column(doc="whether the page that sent it was the newest of the attempt")
    sign_in_id: Mapped[int]
    arrived_at: Mapped[datetime] = mapped_column(Moment)
    deadline: Mapped[datetime] = mapped_column(Moment, server_default="0", doc="the attempt's when it arrived")
    keys_visible: Mapped[bool] = mapped_column(doc="whether the candidate could see the keys when it arrived")
    state: Mapped[str] = mapped_column(sa.String(20), default="waiting", doc="waiting, accepted, declined")
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    sheet_before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    score_before: Mapped[int | None]
    score_after: Mapped[int | None]
    marks_before: Mapped[list[int] | None] = mapped_column(sa.JSON)
