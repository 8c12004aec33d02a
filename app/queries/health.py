"""Whether the database answers, and with which schema."""

import sqlalchemy as sa

from app.database import db


def schema() -> str | None:
    """The revision of the tables; None when they were not made by a migration."""
    if not sa.inspect(db.engine).has_table("alembic_version"):
        return None
    return db.session.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
