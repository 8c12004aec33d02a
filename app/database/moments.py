"""Instants, as both databases store them."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Dialect


class Moment(sa.types.TypeDecorator[datetime]):
    """An instant, stored as milliseconds since 1970 in UTC on both databases; refuses a datetime without zone."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return milliseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else moment(value)


def milliseconds(value: datetime) -> int:
    """Milliseconds since 1970, exact: no float passes through."""
    delta = value - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000


def moment(value: int) -> datetime:
    """The instant that many milliseconds after 1970, in UTC."""
    return datetime.fromtimestamp(value // 1000, UTC).replace(microsecond=value % 1000 * 1000)
