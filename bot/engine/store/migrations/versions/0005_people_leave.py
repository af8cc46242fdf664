"""People leave: since when."""

import sqlalchemy as sa
from alembic import op

from bot.engine.store.columns import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("left_at", Moment(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("the way back is a backup")
