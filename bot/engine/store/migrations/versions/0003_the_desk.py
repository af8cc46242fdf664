"""The desk: links that let in, sessions, calendars; and where a step was taken."""

import sqlalchemy as sa
from alembic import op

from bot.engine.store.columns import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _link()
    _session()
    _feed()
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("place", sa.String(), nullable=False, server_default=""))


def _link() -> None:
    op.create_table(
        "desklink",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("hash"),
    )
    with op.batch_alter_table("desklink", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desklink_person"), ["person"], unique=False)


def _session() -> None:
    op.create_table(
        "desksession",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("began_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("hash"),
    )
    with op.batch_alter_table("desksession", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desksession_person"), ["person"], unique=False)


def _feed() -> None:
    op.create_table(
        "deskfeed",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    with op.batch_alter_table("deskfeed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deskfeed_person"), ["person"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("the way back is a backup")
