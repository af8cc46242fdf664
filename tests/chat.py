"""People talking with the whole bot, without any platform: what transcripts are written in."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import select

from adapters.local.messenger import address
from adapters.local.tables import LocalMessage
from bot.engine.conversation import Outcome, Talk
from bot.engine.events import Arrived, Event, Pressed, Said, SentFile, Submitted
from bot.engine.jobs import Worker
from bot.engine.replies import Ask, Button, Reply, from_json
from bot.engine.store.database import Database
from bot.engine.store.tables import Person


@dataclass
class Chat:
    """Every method takes the e-mail of who does it and gives the replies to that person."""

    database: Database
    talk: Talk
    worker: Worker
    clock: Any
    locale: str = ""
    _ids: itertools.count[int] = field(default_factory=itertools.count)
    _read: dict[str, int] = field(default_factory=dict)
    _last: dict[str, list[Reply]] = field(default_factory=dict)

    async def people(self, *rows: Person) -> None:
        """Put people on the roster."""
        async with self.database.transaction() as db:
            db.add_all(rows)

    async def handle(self, event: Event) -> Outcome:
        """One event, its jobs done."""
        outcome = await self.talk.handle(event, self.clock())
        await self.worker.drain(self.clock())
        return outcome

    async def say(self, who: str, text: str) -> list[Reply]:
        """Type a sentence."""
        return await self._do(who, Said(**self._event(who), text=text))

    async def press(self, who: str, button: str) -> list[Reply]:
        """Press a button of the last messages to this person, by id, label or start of the id."""
        return await self._do(who, Pressed(**self._event(who), button=self.find(who, button)))

    async def fill(self, who: str, **values: Any) -> list[Reply]:
        """Send in the form that was last shown to this person."""
        ask = next(r for r in reversed(self._last[who]) if isinstance(r, Ask))
        event = Submitted(**self._event(who), form=ask.form, draft=ask.draft, values=values)
        return await self._do(who, event)

    async def file(self, who: str, *kinds: str) -> list[Reply]:
        """Drop files into the chat."""
        return await self._do(who, SentFile(**self._event(who), kinds=kinds))

    async def arrive(self, who: str) -> list[Reply]:
        """Open the chat for the first time."""
        return await self._do(who, Arrived(**self._event(who)))

    async def inbox(self, who: str) -> list[Reply]:
        """What reached this person since they last looked."""
        since = self._read.get(who, 0)
        async with self.database.transaction() as db:
            rows = await db.exec(
                select(LocalMessage)
                .where(LocalMessage.account == who, LocalMessage.changed > since)
                .where(LocalMessage.author == "bot")
                .order_by(LocalMessage.changed)
            )
            found = list(rows)
        if found:
            self._read[who] = max(m.changed for m in found)
            self._last[who] = [from_json(m.reply) for m in found]
        return self._last[who] if found else []

    async def at(self, moment: datetime) -> None:
        """Let the clock reach this moment and do what is due."""
        self.clock.now = moment
        await self.worker.drain(moment)

    def find(self, who: str, wanted: str) -> str:
        """The id of a button among the last messages; an unknown one is sent as it is."""
        buttons = [b for reply in self._last.get(who, []) for b in self.buttons(reply)]
        for fits in (
            lambda b: wanted in (b.id, b.label),
            lambda b: b.id.startswith(wanted),
        ):
            found = next((b.id for b in buttons if fits(b)), None)
            if found:
                return found
        return wanted

    @staticmethod
    def buttons(reply: Reply) -> tuple[Button, ...]:
        """The buttons of a message, or of the question of a form."""
        return (reply.question if isinstance(reply, Ask) else reply).buttons

    async def _do(self, who: str, event: Event) -> list[Reply]:
        await self.inbox(who)
        await self.handle(event)
        self._last[who] = []
        return await self.inbox(who)

    def _event(self, who: str) -> dict[str, Any]:
        return {
            "id": f"local:{next(self._ids)}",
            "address": address(who),
            "at": self.clock(),
            "email": who,
            "locale": self.locale,
        }


def words(replies: list[Reply]) -> str:
    """All that a person reads in these replies, in one string."""
    parts: list[str] = []
    for reply in replies:
        say = reply.question if isinstance(reply, Ask) else reply
        if isinstance(reply, Ask):
            parts += [reply.title, reply.intro, *(f.error for f in reply.fields)]
        parts += [say.title, say.text, *(f"{k}: {v}" for k, v in say.facts)]
        parts += [q.text for q in say.quotes] + [say.note]
    return "\n".join(part for part in parts if part)
