"""a late sheet keeps the deadline that it missed and the score that it made, whatever becomes of the attempt later"""

import sqlalchemy as sa
from alembic import op


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

DEADLINES = "UPDATE late_sheets SET deadline = (SELECT deadline FROM attempts WHERE attempts.id = late_sheets.attempt_id)"
SCORES = "UPDATE late_sheets SET score_after = (SELECT score FROM attempts WHERE attempts.id = late_sheets.attempt_id)"


def upgrade() -> None:
    op.add_column("late_sheets", sa.Column("deadline", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("late_sheets", sa.Column("score_after", sa.Integer(), nullable=True))
    op.execute(DEADLINES)
    op.execute(f"{SCORES} WHERE state = 'accepted'")


def downgrade() -> None:
    op.drop_column("late_sheets", "score_after")
    op.drop_column("late_sheets", "deadline")
