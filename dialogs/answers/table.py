"""Questions the bot could not answer; only kept when that is switched on."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String
from sqlmodel import Field, SQLModel

from bot.engine.holdings import Holding


class Unanswered(SQLModel, table=True):
    """A question the bot could not answer, without its asker; only kept when switched on."""

    id: int | None = Field(default=None, primary_key=True)
    question: str = Field(sa_type=String(500))
    outcome: str
    day: date


# Without its asker, so that it is about nobody; the institute empties it when it has read it.
HOLDING = Holding(tables=(Unanswered,))
