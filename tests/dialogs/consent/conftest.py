"""Two students, their supervisors and a coordinator, in the local chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlmodel import select

from bot.engine.replies import Reply
from bot.engine.store.tables import Person
from dialogs.consent.table import Case
from dialogs.history import Entry
from tests.chat import Chat, words

ANNA, EMILY, GUEST = "anna@uni.nl", "emily@uni.nl", "guest@uni.nl"
SUP, OTHER, CO = "sup@uni.nl", "other@uni.nl", "co@uni.nl"
FIRST = "CP-2026-0001"


class School:
    """Shorthands around `Chat`, so that a test reads as a transcript."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat

    async def roster(self, *, coordinator: bool = True, supervisor: str = SUP) -> None:
        """Everybody, or nearly."""
        await self.chat.people(
            Person(
                email=ANNA, name="Anna", role="student", language="nl", school="Segbroek",
                supervisor_email=supervisor,
            ),
            Person(
                email=EMILY, name="Emily", role="student", language="en", supervisor_email=OTHER
            ),
            Person(email=SUP, name="Sup", role="supervisor", language="nl"),
            Person(email=OTHER, name="Odd", role="supervisor", language="en"),
        )  # fmt: skip
        if coordinator:
            await self.chat.people(Person(email=CO, name="Co", role="coordinator", language="nl"))

    async def open(self, who: str = ANNA, **values: Any) -> str:
        """A student brings a problem; what they read."""
        await self.chat.press(who, "consent.start")
        await self.chat.fill(who, **{"kind": "many_refuse", "recorded": "no", **values})
        return words(await self.chat.press(who, "form.send"))

    async def press(self, who: str, button: str) -> str:
        """What somebody reads after a button."""
        return words(await self.chat.press(who, button))

    async def say(self, who: str, text: str) -> str:
        """What somebody reads after typing a sentence."""
        return words(await self.chat.say(who, text))

    async def read(self, who: str) -> str:
        """What reached somebody since they last looked."""
        return words(await self.chat.inbox(who))

    async def fill(self, who: str, **values: Any) -> str:
        """What somebody reads after sending in the form."""
        return words(await self.chat.fill(who, **values))

    async def case(self, ref: str = FIRST) -> Case:
        """The record."""
        async with self.chat.database.transaction() as db:
            return (await db.exec(select(Case).where(Case.ref == ref))).one()

    async def steps(self, ref: str = FIRST) -> list[str]:
        """What happened, oldest first."""
        async with self.chat.database.transaction() as db:
            found = await db.exec(select(Entry).where(Entry.subject == ref).order_by(Entry.id))
            return [entry.what for entry in found]


def labels(replies: Sequence[Reply]) -> list[str]:
    """The labels of all buttons."""
    return [button.label for reply in replies for button in Chat.buttons(reply)]


@pytest.fixture
async def empty(chat: Chat) -> School:
    """Nobody on the roster."""
    return School(chat)


@pytest.fixture
async def school(empty: School) -> School:
    """Everybody on the roster."""
    await empty.roster()
    return empty
