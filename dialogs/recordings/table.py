"""What a student says was recorded, as it is kept."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel, col

from bot.engine.holdings import of_owner
from bot.engine.store.columns import maybe_moment, moment


class Recording(SQLModel, table=True):
    """What a student says was recorded; never the recording, a link to it, or a pupil's name.

    due: the earlier of six calendar months after `made_on` and the end of the study (D3).
    ended: '' while kept, else 'deleted'. copies: what the student says about copies.
    next_at: when the next reminder is due; None once deleted.
    """

    __table_args__ = (
        Index(
            "recording_due",
            "next_at",
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    owner: str = Field(index=True)
    label: str
    made_on: date
    purpose: str = ""
    school: str = ""
    due: date
    stage: str = ""
    next_at: datetime | None = maybe_moment()
    added_at: datetime = moment()
    deleted_at: datetime | None = maybe_moment()
    copies: str = ""
    case: str = ""


HOLDING = of_owner(
    "recordings",
    Recording,
    Recording.owner,
    old=lambda periods: col(Recording.deleted_at) < periods.talk,
    pending=col(Recording.deleted_at).is_(None),
)
