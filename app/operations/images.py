"""Pictures of questions, kept once."""

import contextlib
from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.database import db, writing
from app.formats.images import Images, media_type
from app.models import Image
from app.rules.invalid import Invalid
from app.rules.question import Picture


def keep_picture(content: bytes, option: int | None, *, now: datetime) -> Picture:
    """Keep one picture for the stem, or for the option at that place. Raises Invalid with why it is not taken."""
    images = Images()
    taken = images.take(content, option=option)
    if isinstance(taken, str):
        raise Invalid(f"{taken}。")
    with writing():
        keep_images(images.found, now)
    return taken


def keep_images(images: Mapping[str, bytes], now: datetime) -> None:
    """Keep the bytes of pictures under their checksums, inside the transaction that is open."""
    known = set(db.session.scalars(sa.select(Image.checksum).where(Image.checksum.in_(images))))
    for checksum, content in images.items():
        if checksum not in known:
            kind = media_type(content) or "application/octet-stream"
            picture = {"checksum": checksum, "media_type": kind, "content": content, "created_at": now}
            # the same picture may come twice at the same moment
            with contextlib.suppress(IntegrityError), db.session.begin_nested():
                db.session.execute(sa.insert(Image).values(picture))
