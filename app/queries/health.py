"""Whether the database answers, with which schema, and how it is set."""

from functools import cache

import sqlalchemy as sa

from app.database import db
from app.extensions import MIGRATIONS


def schema() -> str | None:
    """The revision of the tables; None when they were not made by a migration."""
    if not sa.inspect(db.engine).has_table("alembic_version"):
        return None
    return db.session.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


@cache
def schemas() -> tuple[str, ...]:
    """Every schema that this version can read and upgrade, oldest first: the numbers of migrations/versions."""
    return tuple(sorted(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")))


def newest_schema() -> str:
    """The schema that this version works with."""
    return schemas()[-1]
