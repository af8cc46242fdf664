"""Delivers to the local chat: a transcript in the product's own database."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sqlmodel import select

from adapters.local.tables import LocalMessage
from bot.engine.events import Address
from bot.engine.jobs import Clock
from bot.engine.replies import Reply, to_json
from bot.engine.store.database import Database, next_number

PLATFORM = "local"
CHANGES = "local"  # counts every change of every local conversation


def address(account: str) -> Address:
    """The private local chat of one account (an e-mail address)."""
    return Address(PLATFORM, "", account.lower(), channel=account.lower())


class LocalMessenger:
    """See `bot.engine.replies.Messenger`. read: whether anybody can open what it writes."""

    platform = PLATFORM

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.read = True
        self._news = asyncio.Event()

    @property
    def news(self) -> asyncio.Event:
        """Set at the next change that this process makes; take it before you look."""
        return self._news

    async def send(self, address: Address, reply: Reply, *, key: str, replaces: str = "") -> str:
        """Write the reply into the transcript; the same key twice stays one message."""
        return await self._write(address.account, "bot", key, to_json(reply), replaces)

    async def find(self, email: str) -> Address | None:
        """Everybody has a local chat, waiting under their e-mail address, while it is open."""
        return address(email) if self.read else None

    async def heard(self, account: str, key: str, said: str) -> None:
        """Keep what a person said or pressed, so that the page can show both sides."""
        await self._write(account, "person", key, {"text": said}, "")

    async def _write(
        self, account: str, author: str, key: str, reply: dict[str, object], replaces: str
    ) -> str:
        now: datetime = self._clock()
        async with self._database.transaction() as db:
            known = await db.exec(select(LocalMessage).where(LocalMessage.key == key))
            message = known.first()
            if message is None and replaces.isdecimal():
                message = await db.get(LocalMessage, int(replaces))
            if message is None or message.account != account:
                message = LocalMessage(key=key, account=account, author=author, at=now)
            else:
                message.edits += message.key != key
                message.seen = False
            message.reply = dict(reply)
            # A running number over all changes lets a page ask "what is new since N?".
            message.changed = await next_number(db, CHANGES)
            db.add(message)
            await db.flush()
        self._news.set()
        self._news = asyncio.Event()
        return str(message.id)
