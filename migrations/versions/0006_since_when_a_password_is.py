"""since when a password is, and which ones it followed"""

import sqlalchemy as sa
from alembic import op


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("password_set_at", sa.BigInteger(), nullable=True))
    op.add_column("users", sa.Column("earlier_passwords", sa.JSON(), nullable=True))
    op.execute("UPDATE users SET password_set_at = created_at WHERE password_hash IS NOT NULL")


def downgrade() -> None:
    op.drop_column("users", "earlier_passwords")
    op.drop_column("users", "password_set_at")
