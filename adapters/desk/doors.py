"""The ways in: a link that works once, a session in a cookie, and a secret address for a calendar."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.desk.tables import DeskFeed, DeskLink, DeskSession

LINK_LASTS = timedelta(minutes=10)
SESSION_LASTS = timedelta(hours=8)
LONGEST_TOKEN = 100


class DeskDoors:
    """See `bot.engine.dialog.Doors`."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def enter(self, db: AsyncSession, person: str, now: datetime) -> str:
        """An address that lets this person in once, within ten minutes."""
        token = secrets.token_urlsafe(32)
        link = DeskLink(hash=hashed(token), person=person, made_at=now, until=now + LINK_LASTS)
        db.add(link)
        return f"{self._url}/desk/in/{token}"

    async def subscribe(self, db: AsyncSession, person: str, file: str, now: datetime) -> str:
        """A new secret address of a file; the one there was stops working."""
        own = (col(DeskFeed.person) == person) & (col(DeskFeed.file) == file)
        await db.exec(delete(DeskFeed).where(own))
        token = secrets.token_urlsafe(32)
        db.add(DeskFeed(hash=hashed(token), person=person, file=file, made_at=now))
        return f"{self._url}/desk/feed/{token}"


def hashed(token: str) -> str:
    """What is kept of a token. It is random and long, so one round of hashing is enough."""
    return hashlib.sha256(token[:LONGEST_TOKEN].encode("utf-8", "replace")).hexdigest()


async def waits(db: AsyncSession, token: str, now: datetime) -> DeskLink | None:
    """The link, if it still lets somebody in. Looking does not use it up: mail scanners look."""
    link = await db.get(DeskLink, hashed(token), with_for_update=True)
    return link if link and link.used_at is None and now < link.until else None


async def begin(db: AsyncSession, token: str, now: datetime) -> str | None:
    """Use a link up: the token of a new session, or None when the link is over."""
    link = await waits(db, token, now)
    if link is None:
        return None
    link.used_at = now
    key = secrets.token_urlsafe(32)
    db.add(
        DeskSession(
            hash=hashed(key),
            person=link.person,
            began_at=now,
            seen_at=now,
            until=now + SESSION_LASTS,
        )
    )
    return key


async def session(db: AsyncSession, key: str, now: datetime) -> DeskSession | None:
    """Who this cookie belongs to, if the session still lasts."""
    found = await db.get(DeskSession, hashed(key)) if key else None
    if found is None or found.ended_at or now >= found.until:
        return None
    found.seen_at = now
    return found


async def end(db: AsyncSession, key: str, now: datetime) -> None:
    """Over, at once and for good."""
    found = await session(db, key, now)
    if found:
        found.ended_at = now


async def feed(db: AsyncSession, token: str) -> DeskFeed | None:
    """What a calendar's address stands for."""
    found = await db.exec(select(DeskFeed).where(col(DeskFeed.hash) == hashed(token)))
    return found.first()
