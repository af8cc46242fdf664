"""Columns that were written and never read go."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_column("reminded_at")
    with op.batch_alter_table("breach", schema=None) as batch_op:
        batch_op.drop_column("failures")


def downgrade() -> None:
    raise NotImplementedError("the way back is a backup")
