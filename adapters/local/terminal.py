"""The local chat in the terminal: as lines for people, or as JSON Lines for programs."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

from sqlalchemy import bindparam, func, or_, text
from sqlmodel import col, select

from adapters.local.messenger import address
from adapters.local.tables import LocalMessage
from adapters.plain import floor, plain
from bot.engine.conversation import Talk
from bot.engine.events import Event, Pressed, Said, SentFile, Submitted
from bot.engine.jobs import Clock, Worker
from bot.engine.replies import Ask, Button, Reply, from_json
from bot.engine.store.columns import Moment
from bot.engine.store.database import Database, run

PATIENCE = 6.0  # seconds to wait for deliveries that follow from one input
LOOK_BACK = 50  # messages among which a button is looked for

_BUSY = text(
    "SELECT 1 FROM job WHERE done IS NULL AND error IS NULL"
    " AND (claim IS NOT NULL OR due <= :now) LIMIT 1"
).bindparams(bindparam("now", type_=Moment))


class Mistake(Exception):
    """An input that is none; the message says what would be."""


class Terminal:
    """One person at one terminal, on the configured database."""

    def __init__(
        self, database: Database, talk: Talk, worker: Worker, clock: Clock, email: str
    ) -> None:
        self._database = database
        self._talk = talk
        self._worker = worker
        self._clock = clock
        self._email = email.lower()

    async def json_lines(self) -> None:
        """Read inputs from stdin, one JSON object a line; write what this person gets."""
        async for line in _stdin():
            if not line.strip():
                continue
            try:
                for found in await self.take(json.loads(line)):
                    print(json.dumps(self.as_json(found), ensure_ascii=False))
            except (json.JSONDecodeError, Mistake) as problem:
                print(json.dumps({"error": str(problem)}))
            print(json.dumps({"done": True}), flush=True)

    async def lines(self) -> None:
        """Talk by typing; '/2' presses the second button."""
        await self._show(await self.inbox())
        async for line in _stdin(prompt="> "):
            said = line.strip()
            if not said:
                continue
            if said.startswith("/") and said[1:].isdecimal():
                found = await self.take({"press": await self._numbered(int(said[1:]))})
            else:
                found = await self.take({"say": said})
            await self._show(found)

    async def take(self, line: dict[str, Any]) -> list[Reply]:
        """One input, and the replies it brought. Mistake when it is not one of the five."""
        match line:
            case {"inbox": _}:
                return await self.inbox()
            case {"say": str(said)}:
                return await self._do(Said(**self._event(), text=said))
            case {"press": str(button)}:
                return await self._do(Pressed(**self._event(), button=await self._button(button)))
            case {"fill": dict(values)}:
                ask = await self._form()
                return await self._do(
                    Submitted(**self._event(), form=ask.form, draft=ask.draft, values=values)
                )
            case {"file": str(kind)}:
                return await self._do(SentFile(**self._event(), kinds=(kind,)))
        raise Mistake(
            'write {"say": …}, {"press": …}, {"fill": {…}}, {"file": …} or {"inbox": true}'
        )

    async def inbox(self, since: int | None = None) -> list[Reply]:
        """What arrived and was not shown in a terminal yet.

        since: also what was changed in place after this; a terminal cannot draw over it.
        """
        await self._settle()
        seen, changed = col(LocalMessage.seen), col(LocalMessage.changed)
        fresh = seen.is_(False) if since is None else or_(seen.is_(False), changed > since)
        async with self._database.transaction() as db:
            rows = await db.exec(
                select(LocalMessage)
                .where(LocalMessage.account == self._email, LocalMessage.author == "bot", fresh)
                .order_by(col(LocalMessage.changed))
            )
            found = list(rows)
            for message in found:
                message.seen = True
            return [from_json(message.reply) for message in found]

    def as_json(self, reply: Reply) -> dict[str, Any]:
        """A reply in the stable format of `chat --jsonl`."""
        say = floor(reply)
        return {
            "to": self._email,
            "text": plain(say),
            "buttons": [{"id": b.id, "label": b.label} for b in say.buttons],
            "form": _form_json(reply) if isinstance(reply, Ask) else None,
        }

    async def _do(self, event: Event) -> list[Reply]:
        before = await self._newest()
        await self._talk.handle(event, self._clock())
        return await self.inbox(before)

    async def _newest(self) -> int:
        """The number of the last change in this person's chat."""
        mine = select(func.max(LocalMessage.changed)).where(LocalMessage.account == self._email)
        async with self._database.transaction() as db:
            return (await db.exec(mine)).one() or 0

    async def _settle(self) -> None:
        """Wait until what follows is done, or a moment for what hangs (a mail server)."""
        self._worker.wake()
        waited = 0.0
        while await self._busy() and waited < PATIENCE:
            await asyncio.sleep(0.02)
            waited += 0.02

    async def _busy(self) -> bool:
        async with self._database.transaction() as db:
            row = await run(
                db,
                _BUSY,
                {"now": self._clock()},
            )
            return row.first() is not None

    async def _recent(self) -> list[Reply]:
        async with self._database.transaction() as db:
            rows = await db.exec(
                select(LocalMessage)
                .where(LocalMessage.account == self._email, LocalMessage.author == "bot")
                .order_by(col(LocalMessage.changed).desc())
                .limit(LOOK_BACK)
            )
            return [from_json(message.reply) for message in rows]

    async def _button(self, wanted: str) -> str:
        """The id of a button named by id or label; an unknown one goes as it is, to be refused."""
        buttons = [b for reply in await self._recent() for b in floor(reply).buttons]
        same = [b.id for b in buttons if wanted in (b.id, b.label)]
        return same[0] if same else wanted

    async def _numbered(self, number: int) -> str:
        buttons: tuple[Button, ...] = ()
        for reply in await self._recent():
            buttons = floor(reply).buttons
            if buttons:
                break
        return buttons[number - 1].id if 0 < number <= len(buttons) else f"/{number}"

    async def _form(self) -> Ask:
        ask = next((r for r in await self._recent() if isinstance(r, Ask)), None)
        if ask is None:
            raise Mistake("no form is open")
        return ask

    async def _show(self, replies: list[Reply]) -> None:
        for reply in replies:
            say = floor(reply)
            print(f"\n{plain(say)}")
            for number, button in enumerate(say.buttons, 1):
                print(f"  [/{number}] {button.label}")
        sys.stdout.flush()

    def _event(self) -> dict[str, Any]:
        return {
            "id": f"local:{uuid.uuid4()}",
            "address": address(self._email),
            "at": self._clock(),
            "email": self._email,
        }


def _form_json(ask: Ask) -> dict[str, Any]:
    return {
        "name": ask.form,
        "fields": [
            {
                "name": field.name,
                "kind": field.kind.value,
                "required": field.required,
                "label": field.label,
                "options": [value for value, _ in field.options],
                "labels": dict(field.options),
                "value": field.value,
            }
            for field in ask.fields
        ],
        "errors": {field.name: field.error for field in ask.fields if field.error},
    }


async def _stdin(prompt: str = "") -> AsyncIterator[str]:
    """Lines from stdin, without blocking deliveries.

    A daemon thread reads them: one of asyncio's own would keep Ctrl-C waiting for the next line.
    """
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str | None]()

    def read() -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody reads on
            for line in _lines():
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, name="stdin", daemon=True).start()
    while True:
        if prompt and sys.stdin and sys.stdin.isatty():
            print(prompt, end="", flush=True)
        line = await lines.get()
        if line is None:
            return
        yield line


def _lines() -> Iterator[str]:
    """Lines of the file behind stdin, past Python's own buffer: its lock would hold up the exit."""
    rest = b""
    while sys.stdin and (part := os.read(sys.stdin.fileno(), 65536)):
        *whole, rest = (rest + part).split(b"\n")
        yield from (line.decode("utf-8", "replace") for line in whole)
    if rest:
        yield rest.decode("utf-8", "replace")
