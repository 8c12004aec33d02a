"""Pictures of questions, kept once."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from app.database import db
from app.formats.images import media_type
from app.models import Image


def keep_images(images: Mapping[str, bytes], now: datetime) -> None:
    """Keep the bytes of pictures under their checksums, inside the transaction that is open."""
    known = set(db.session.scalars(sa.select(Image.checksum).where(Image.checksum.in_(images))))
    for checksum, content in images.items():
        if checksum not in known:
            kind = media_type(content) or "application/octet-stream"
            db.session.add(Image(checksum=checksum, media_type=kind, content=content, created_at=now))
