"""The pictures of questions."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from app.database import db
from app.models import Attempt, Image, RosterEntry
from app.queries import pools


@dataclass(frozen=True)
class KeptImage:
    """A picture's bytes and what kind of picture they are."""

    media_type: str
    content: bytes


def many(checksums: Collection[str]) -> dict[str, bytes]:
    """The bytes of those pictures that are kept, by checksum."""
    if not checksums:
        return {}
    select = sa.select(Image.checksum, Image.content).where(Image.checksum.in_(checksums))
    return {checksum: content for checksum, content in db.session.execute(select)}


def is_on_a_paper(checksum: str, user_id: int) -> bool:
    """Whether the picture belongs to a contest in which that person has an attempt."""
    select = sa.select(RosterEntry.contest_id, Attempt.pool_version).join(Attempt).where(RosterEntry.user_id == user_id)
    return any(checksum in pools.pool(*found).pictures for found in db.session.execute(select.distinct()))


def one(checksum: str) -> KeptImage | None:
    """The picture of that checksum."""
    found = db.session.get(Image, checksum)
    return KeptImage(found.media_type, found.content) if found else None
