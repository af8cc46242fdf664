"""Jobs know whom they call, how urgent they are, until when, and what went wrong last.

The new columns have defaults of the database's own: an older version may still add jobs.
"""

import json

import sqlalchemy as sa
from alembic import op

from bot.engine.store.columns import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("slot", sa.String(), nullable=False, server_default=""),
        sa.Column("priority", sa.Integer(), nullable=False, server_default="2"),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("unsure", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("lost", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("trouble", sa.String(), nullable=False, server_default=""),
    ):
        op.add_column("job", column)
    op.add_column("lane", sa.Column("since", Moment(), nullable=True))
    _slots(op.get_bind())


def _slots(connection: sa.Connection) -> None:
    """What waits to be sent takes a place of its own platform."""
    waiting = sa.text("SELECT id, payload FROM job WHERE kind = 'deliver' AND done IS NULL")
    for number, payload in connection.execute(waiting).all():
        found = json.loads(payload) if isinstance(payload, str) else payload
        slot = (found.get("address") or {}).get("platform", "")
        statement = sa.text("UPDATE job SET slot = :slot WHERE id = :id")
        connection.execute(statement, {"slot": slot, "id": number})


def downgrade() -> None:
    raise NotImplementedError("the way back is a backup")
