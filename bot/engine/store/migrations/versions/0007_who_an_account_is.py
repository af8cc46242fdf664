"""Accounts remember when the platform last said whose they are, and why it could not."""

import sqlalchemy as sa
from alembic import op

from bot.engine.store.columns import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("vouched_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("unproven", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("the way back is a backup")
