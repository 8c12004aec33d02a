"""pauses, extensions, reopenings and voidings of attempts; notices; how long receipts are shown"""

import sqlalchemy as sa
from alembic import op


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ATTEMPT = ("given_back", "extension", "held_at", "held_for", "reopened", "seen_at")


def upgrade() -> None:
    # Defaults of the server let the rows that are there hold: nobody was ever paused, extended or reopened.
    op.add_column("attempts", sa.Column("given_back", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("attempts", sa.Column("extension", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("attempts", sa.Column("held_at", sa.BigInteger(), nullable=True))
    op.add_column("attempts", sa.Column("held_for", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("attempts", sa.Column("reopened", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("attempts", sa.Column("seen_at", sa.BigInteger(), nullable=True))
    op.add_column("sittings", sa.Column("paused_at", sa.BigInteger(), nullable=True))
    op.add_column("site", sa.Column("retention_days", sa.Integer(), nullable=False, server_default="365"))
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_notices_sitting_id_sittings")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_notices_attempt_id_attempts")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_notices_actor_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_sitting_id"), "notices", ["sitting_id"])
    op.create_index(op.f("ix_notices_attempt_id"), "notices", ["attempt_id"])
    # An attempt that is opened again is graded again: its gradings before that are kept beside the new one.
    with op.batch_alter_table("gradings") as batch_op:
        batch_op.add_column(sa.Column("reopened", sa.Integer(), nullable=False, server_default="0"))
        batch_op.drop_constraint("uq_gradings_attempt_id_pool_version", type_="unique")
        batch_op.create_unique_constraint(
            "uq_gradings_attempt_id_reopened_pool_version", ["attempt_id", "reopened", "pool_version"]
        )


def downgrade() -> None:
    # the older tables have room for one grading of an attempt by one version of the pool: the last
    op.execute(
        "DELETE FROM gradings WHERE id NOT IN (SELECT MAX(id) FROM gradings GROUP BY attempt_id, pool_version)"
    )
    with op.batch_alter_table("gradings") as batch_op:
        batch_op.drop_constraint("uq_gradings_attempt_id_reopened_pool_version", type_="unique")
        batch_op.create_unique_constraint("uq_gradings_attempt_id_pool_version", ["attempt_id", "pool_version"])
        batch_op.drop_column("reopened")
    op.drop_table("notices")
    with op.batch_alter_table("site") as batch_op:
        batch_op.drop_column("retention_days")
    with op.batch_alter_table("sittings") as batch_op:
        batch_op.drop_column("paused_at")
    for name in ATTEMPT:
        op.drop_column("attempts", name)
