"""pictures of questions, the upload a question came with, what was changed in a preview, undoing an import"""

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "images",
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("checksum", name=op.f("pk_images")),
    )
    op.create_table(
        "import_changes",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("row", sa.JSON(), nullable=True),
        sa.Column("chosen", sa.Boolean(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_import_changes_changed_by_users")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_changes_import_id_imports")),
        sa.PrimaryKeyConstraint("import_id", "position", name=op.f("pk_import_changes")),
    )
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("undone_at", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("questions", schema=None) as batch_op:
        # the questions that are there have no pictures
        batch_op.add_column(sa.Column("pictures", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("import_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_questions_import_id_imports"), "imports", ["import_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_questions_import_id"), ["import_id"], unique=False)
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.alter_column("pictures", existing_type=sa.JSON(), existing_nullable=False, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_questions_import_id"))
        batch_op.drop_constraint(batch_op.f("fk_questions_import_id_imports"), type_="foreignkey")
        batch_op.drop_column("import_id")
        batch_op.drop_column("pictures")
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.drop_column("undone_at")
    op.drop_table("import_changes")
    op.drop_table("images")
