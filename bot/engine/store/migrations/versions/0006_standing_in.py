"""Cases handed to somebody else, and who stands in for whom."""

import sqlalchemy as sa
from alembic import op

from bot.engine.store.columns import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("handed_to", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "delegation",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("to", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )
    with op.batch_alter_table("delegation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delegation_to"), ["to"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("the way back is a backup")
