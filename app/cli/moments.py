"""Dates and times as people type them."""

from datetime import UTC, datetime
from typing import Any

import click

from app.rules.prose import SHANGHAI


class MomentType(click.ParamType[datetime]):
    """2026-09-30 18:00 on the clock of Shanghai, or ISO 8601 with a zone of its own."""

    name = "时间"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            parsed = datetime.fromisoformat(str(value).strip().replace("/", "-"))
        except ValueError:
            self.fail(f"“{value}”不是时间，请写成 2026-09-30 18:00（北京时间）。", param, ctx)
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=SHANGHAI)).astimezone(UTC)


MOMENT = MomentType()
