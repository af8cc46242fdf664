"""The chat in the browser: no account, only on the machine itself and among sample people (see `guard`)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlmodel import select

from adapters.local import transcript
from adapters.local.guard import REAL_PEOPLE, Door, body, real_people
from adapters.local.messenger import PLATFORM, LocalMessenger, address
from adapters.local.parse import Someone, heard, parse
from adapters.web import CLOSING
from bot.engine import roster
from bot.engine.events import Event, Malformed, SentFile
from bot.engine.metrics import TURN_SECONDS
from bot.engine.platform import House, Platform
from bot.engine.store.tables import Person
from bot.engine.texts import LANGUAGES
from bot.engine.when import add_months

STATIC = Path(__file__).with_name("static")
SAMPLE_PEOPLE = Path(__file__).with_name("sample_people.csv")
LONGEST_WAIT = 25.0
MOST_DIGITS = 18  # what a database counts with
LOOK_AGAIN = 1.0  # another process may write into the same conversations
STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


class Local(Platform):
    """The chat in the browser, and the messenger that the terminal shares with it."""

    name = PLATFORM

    def __init__(self, house: House, *, browser: bool = True) -> None:
        """browser: whether there is a page, or only what the terminal shows."""
        self.reach = f"open {house.site.here}/" if browser else ""
        self.messenger: LocalMessenger = LocalMessenger(house.database, house.clock)
        self._house = house
        self._browser = browser

    async def start(self, *, listen: bool = True) -> None:
        """Fill an empty roster, so that there is somebody to be; close where real people are."""
        if not self._browser:
            return
        async with self._house.database.transaction() as db:
            if await real_people(db):
                self.closed, self.messenger.read = REAL_PEOPLE, False
            elif listen and (await db.exec(select(Person).limit(1))).first() is None:
                await roster.import_people(db, SAMPLE_PEOPLE.read_text("utf-8"), dry_run=False)

    def routes(self) -> list[web.RouteDef]:
        """The page at / and what it asks for under /local/."""
        if not self._browser:
            return []
        chat, door = LocalChat(self._house, self.messenger), Door(self._house.database)
        return [
            web.get("/", door.entrance(chat.page)),
            web.get("/local/static/{name}", door.guarded(chat.file)),
            web.get("/local/start", door.guarded(chat.start)),
            web.get("/local/changes", door.guarded(chat.changes)),
            web.post("/local/clock", door.guarded(chat.move)),
            web.post("/local/{act:arrive|say|press|submit|file}", door.guarded(chat.act)),
        ]


class LocalChat:
    """What the page talks to."""

    def __init__(self, house: House, messenger: LocalMessenger) -> None:
        self._talk = house.talk
        self._database = house.database
        self._texts = house.texts
        self._zone = house.office.zone
        self._clock = house.clock
        self._wake = house.wake
        self._mail = "mail" in house.messengers
        self._messenger = messenger
        self._moved = 0

    async def page(self, _: web.Request) -> web.StreamResponse:
        """The page itself."""
        return web.FileResponse(STATIC / "index.html")

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A script, style or icon of the page."""
        name = request.match_info["name"]
        if name not in {path.name for path in STATIC.iterdir()}:
            raise web.HTTPNotFound
        return web.FileResponse(STATIC / name)

    async def start(self, _: web.Request) -> web.StreamResponse:
        """What the page needs once: its words, the people, the zone."""
        async with self._database.transaction() as db:
            people = await transcript.people(db)
        return web.json_response(
            {
                "words": {lang: self._words(lang) for lang in LANGUAGES},
                "people": people,
                "zone": str(self._zone),
                "mail": self._mail,
            }
        )

    async def changes(self, request: web.Request) -> web.StreamResponse:
        """A long poll: answers when there is more than `since`, or after a while.

        Without an account it tells who got messages, and no messages.
        """
        account, since = request.query.get("account", ""), request.query.get("since", "")
        someone = await self._someone(account) if account else None
        number = int(since) if since.isdecimal() and len(since) < MOST_DIGITS else -1
        await self._wait(request, number)
        async with self._database.transaction() as db:
            told: dict[str, Any] = {
                "changed": await transcript.newest(db),
                "latest": await transcript.latest(db),
            }
            if someone:
                told["messages"] = await transcript.messages(db, account, number, self._zone)
                told |= await transcript.standing(db, someone)
        return web.json_response({**told, **self._time()})

    async def act(self, request: web.Request) -> web.StreamResponse:
        """Something a person did. Both sides of the conversation reach the page by `changes`."""
        act, data = request.match_info["act"], await body(request)
        someone = await self._someone(str(data.get("account", "")))
        try:
            event = parse(act, data, someone, self._clock())
            words = self._heard(event, heard(act, data))
        except Malformed as problem:
            raise web.HTTPBadRequest(text=str(problem)) from None
        with TURN_SECONDS.labels("local").time():
            if words:
                await self._messenger.heard(someone.account, f"heard:{event.id}", words)
            outcome = await self._talk.handle(event, event.at)
        if outcome.ask:
            # With errors the form takes its own place; without, it is the next form.
            place = str(data.get("message", "")) if outcome.errors else ""
            await self._messenger.send(
                address(someone.account), outcome.ask, key=f"{event.id}:ask", replaces=place
            )
        return web.json_response({"status": outcome.status, "errors": dict(outcome.errors)})

    async def move(self, request: web.Request) -> web.StreamResponse:
        """Move the clock forward, or back to the real time; then what is due happens."""
        step = (await body(request)).get("step")
        if step == "now":
            self._clock.ahead = timedelta()
        elif step == "month":
            local = self._clock().astimezone(self._zone)
            later = datetime.combine(add_months(local.date(), 1), local.time(), self._zone)
            self._clock.ahead += later.astimezone(UTC) - self._clock()
        elif step in STEPS:
            self._clock.ahead += STEPS[step]
        else:
            raise web.HTTPBadRequest(text="step must be hour, day, week, month or now")
        self._moved += 1
        self._wake()
        return web.json_response(self._time())

    # -- helpers -----------------------------------------------------------------------------

    def _time(self) -> dict[str, Any]:
        ahead = self._clock.ahead.total_seconds()
        return {"now": self._clock().isoformat(), "ahead": ahead}

    def _heard(self, event: Event, words: str) -> str:
        if not isinstance(event, SentFile):
            return words
        lang = event.locale if event.locale in LANGUAGES else "nl"
        return self._texts("local.sent_file", lang, kinds=", ".join(event.kinds))

    def _words(self, lang: str) -> dict[str, str]:
        """The page's own words; their placeholders stay for the page to fill in."""
        names = [key for key in self._texts.keys(lang) if key.startswith("local.")]
        return {
            key.removeprefix("local."): self._texts(
                key, lang, **{p: f"{{{p}}}" for p in self._texts.placeholders(key, lang)}
            )
            for key in names
        }

    async def _someone(self, account: str) -> Someone:
        async with self._database.transaction() as db:
            found = await transcript.someone(db, account)
        if found is None:
            raise web.HTTPNotFound(text="nobody here has that account")
        return found

    async def _wait(self, request: web.Request, since: int) -> None:
        """Until there is news, the clock was moved, or nobody waits any more."""
        closing, clock = request.app[CLOSING], asyncio.get_running_loop().time
        end, moved = clock() + LONGEST_WAIT, self._moved
        while request.transport and not closing.is_set() and clock() < end and moved == self._moved:
            news = self._messenger.news
            async with self._database.transaction() as db:
                if await transcript.newest(db) != since:
                    return
            waits = [asyncio.ensure_future(event.wait()) for event in (news, closing)]
            await asyncio.wait(waits, timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
