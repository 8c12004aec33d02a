"""sheets that came too late, and from whom an attempt's lease was taken"""

import sqlalchemy as sa
from alembic import op


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "late_sheets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=False),
        sa.Column("held_lease", sa.Boolean(), nullable=False),
        sa.Column("sign_in_id", sa.Integer(), nullable=False),
        sa.Column("arrived_at", sa.BigInteger(), nullable=False),
        sa.Column("keys_visible", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("sheet_before", sa.JSON(), nullable=True),
        sa.Column("score_before", sa.Integer(), nullable=True),
        sa.Column("marks_before", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_late_sheets_attempt_id_attempts")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_late_sheets_decided_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_sheets")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_late_sheets_attempt_id")),
    )
    op.add_column("attempts", sa.Column("lease_before", sa.String(length=32), nullable=True))
    op.add_column("attempts", sa.Column("held_by", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("attempts", "held_by")
    op.drop_column("attempts", "lease_before")
    op.drop_table("late_sheets")
