"""A bot with a real mail server, a student, a supervisor and a privacy officer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from bot.engine.replies import Reply
from bot.engine.store.tables import Person
from bot.settings import load
from bot.wiring import wired
from tests.chat import Chat, words
from tests.conftest import Ticker
from tests.smtp import MailServer

SAM, ANNA, SUP, PO = "sam@uni.nl", "anna@uni.nl", "sup@uni.nl", "po@uni.nl"
OFFICE = "privacy@iclon.leidenuniv.nl"
STORY = {SAM: "In de trein laten liggen.", ANNA: "I left it on the train."}


@dataclass
class World:
    """Everybody, the bot, and the mail server."""

    chat: Chat
    mail: MailServer
    app: Any

    async def begin(self, who: str = SAM) -> str:
        """Start a report; what the person reads."""
        return words(await self.chat.press(who, "breach.start"))

    async def fill(self, who: str = SAM, noticed: str = "nu", what: str = "phone_lost") -> str:
        """Answer the three questions that are needed, by typing, and skip the rest."""
        await self.chat.say(who, noticed)
        await self.chat.press(who, f"form.pick:{await self.draft(who)}:what:{what}")
        await self.chat.say(who, STORY.get(who, STORY[SAM]))
        return words(await self.chat.press(who, "form.finish"))

    async def report(self, who: str = SAM, **how: str) -> list[Reply]:
        """A whole report, sent."""
        await self.begin(who)
        await self.fill(who, **how)
        return await self.chat.press(who, "form.send")

    async def tell(self, who: str, text: str, *, to: str) -> str:
        """Answer a form that goes to somebody: it is shown first, and sent by its button."""
        await self.read(to)
        mailed = len(self.mail.letters)
        shown = words(await self.chat.say(who, text))
        assert "Klopt dit?" in shown or "Is this right?" in shown
        assert text in shown
        assert await self.read(to) == ""
        assert len(self.mail.letters) == mailed
        return words(await self.chat.press(who, "form.send"))

    async def draft(self, who: str) -> str:
        """The number of the form that is open, as its buttons have it."""
        return self.chat.find(who, "form.stop").rpartition(":")[2]

    async def read(self, who: str) -> str:
        """What reached somebody since they last looked."""
        return words(await self.chat.inbox(who))


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    server = MailServer()
    await server.start()
    yield server
    await server.stop()


async def _world(url: str, clock: Ticker, mail: MailServer, smtp: str) -> AsyncIterator[World]:
    settings = load(_env_file=None, database_url=url, smtp_url=smtp)
    async with wired(settings, clock) as app:
        chat = Chat(app.database, app.talk, app.worker, clock)
        await chat.people(
            Person(email=SAM, name="Sam", role="student", language="nl", school="Segbroek"),
            Person(email=ANNA, name="Anna", role="student", language="en"),
            Person(email=SUP, name="Sup", role="supervisor", language="nl"),
            Person(email=PO, name="Po", role="privacy_officer", language="nl"),
        )
        yield World(chat, mail, app)


@pytest.fixture
async def world(sqlite_url: str, clock: Ticker, mail: MailServer) -> AsyncIterator[World]:
    """With a mail server that a test may stop or put in a bad mood."""
    async for made in _world(sqlite_url, clock, mail, mail.url):
        yield made


@pytest.fixture
async def unmailed(sqlite_url: str, clock: Ticker, mail: MailServer) -> AsyncIterator[World]:
    """Without any mail configured."""
    async for made in _world(sqlite_url, clock, mail, ""):
        yield made


@pytest.fixture
async def both(database_url: str, clock: Ticker, mail: MailServer) -> AsyncIterator[World]:
    """As `world`, on SQLite and on PostgreSQL."""
    async for made in _world(database_url, clock, mail, mail.url):
        yield made
