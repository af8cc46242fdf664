"""What the desk keeps: who is in, the links that let in, and the calendars that look in.

Only hashes are kept: who reads the database cannot walk in with what stands there.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.holdings import Counts, Held, Holding, Old, Periods, Subject, drop, rows
from bot.engine.store.columns import maybe_moment, moment


class DeskLink(SQLModel, table=True):
    """A link that lets one person in, once. used_at: when it did."""

    hash: str = Field(primary_key=True)
    person: str = Field(index=True)
    made_at: datetime = moment()
    until: datetime = moment()
    used_at: datetime | None = maybe_moment()


class DeskSession(SQLModel, table=True):
    """Somebody at the desk, in one browser. seen_at: when they last did or saw something."""

    hash: str = Field(primary_key=True)
    person: str = Field(index=True)
    began_at: datetime = moment()
    seen_at: datetime = moment()
    until: datetime = moment()
    ended_at: datetime | None = maybe_moment()


class DeskFeed(SQLModel, table=True):
    """A secret address under which a calendar program reads one file of one person."""

    hash: str = Field(primary_key=True)
    person: str = Field(index=True)
    file: str
    made_at: datetime = moment()


async def _held(db: AsyncSession, subject: Subject) -> Held:
    """Without the hashes: they are of use to nobody but the desk."""
    sessions = await rows(db, DeskSession, DeskSession.person == subject.key)
    feeds = await rows(db, DeskFeed, DeskFeed.person == subject.key)
    links = await rows(db, DeskLink, DeskLink.person == subject.key)
    return {
        "desk_sessions": [row.model_dump(mode="json", exclude={"hash"}) for row in sessions],
        "desk_feeds": [row.model_dump(mode="json", exclude={"hash"}) for row in feeds],
        "desk_links": [row.model_dump(mode="json", exclude={"hash"}) for row in links],
    }


async def _erase(db: AsyncSession, subject: Subject) -> Counts:
    return {
        "desk_sessions": await drop(db, DeskSession, DeskSession.person == subject.key),
        "desk_feeds": await drop(db, DeskFeed, DeskFeed.person == subject.key),
        "desk_links": await drop(db, DeskLink, DeskLink.person == subject.key),
    }


def _old(periods: Periods) -> list[Old]:
    return [
        (DeskLink, col(DeskLink.until) < periods.done),
        (DeskSession, col(DeskSession.until) < periods.done),
        (DeskFeed, col(DeskFeed.made_at) < periods.closed),
    ]


HOLDING = Holding(tables=(DeskLink, DeskSession, DeskFeed), held=_held, erase=_erase, old=_old)
