"""Alembic's environment: the tables of the application on the database of the application."""

from alembic import context
from flask import current_app

database = current_app.extensions["migrate"].db


def render(kind: str, value: object, _context: object) -> str | bool:
    """A migration stands for itself: it names the stored type, never one of the application's own."""
    return "sa.BigInteger()" if kind == "type" and type(value).__name__ == "Moment" else False


def run() -> None:
    # Migrations of one file each run in one transaction; batch mode rebuilds a table where SQLite cannot alter it.
    with database.engine.connect().execution_options(writing=True) as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadatas[None],
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            render_item=render,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
