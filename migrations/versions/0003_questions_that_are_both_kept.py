"""pairs of questions that are nearly alike and both kept"""

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_twins",
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.String(length=64), nullable=False),
        sa.Column("second", sa.String(length=64), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.Column("kept_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bank_id"],
            ["question_banks.id"],
            name=op.f("fk_kept_twins_bank_id_question_banks"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["kept_by"], ["users.id"], name=op.f("fk_kept_twins_kept_by_users")),
        sa.PrimaryKeyConstraint("bank_id", "first", "second", name=op.f("pk_kept_twins")),
    )


def downgrade() -> None:
    op.drop_table("kept_twins")
