"""Imports of the roster: to look at before they count, and to undo the last one."""

import sqlalchemy as sa
from alembic import op

from bot.engine.store.columns import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rosterimport",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("sheet", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("rosterimport", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rosterimport_person"), ["person"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("the way back is a backup")
