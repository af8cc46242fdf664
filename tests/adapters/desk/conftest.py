"""People at the desk: a real server, the whole bot behind it, a browser without script."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from bot.engine.replies import Say
from bot.engine.store.tables import Person
from tests.chat import Chat

ANNA, EMILY = "anna@uni.nl", "emily@uni.nl"
SUP, OTHER_SUP = "sup@uni.nl", "els@uni.nl"
OFFICER, CHIEF, GUEST = "fg@uni.nl", "coor@uni.nl", "guest@elsewhere.nl"
PEOPLE = (
    ("student", ANNA, "Anna", "nl", SUP),
    ("student", EMILY, "Emily", "en", OTHER_SUP),
    ("supervisor", SUP, "Sup", "nl", ""),
    ("supervisor", OTHER_SUP, "Els", "nl", ""),
    ("privacy_officer", OFFICER, "Fred", "nl", ""),
    ("coordinator", CHIEF, "Chief", "nl", ""),
)


class Visitor:
    """One person in one browser."""

    def __init__(self, desk: DeskSite, email: str, client: TestClient[Any, Any]) -> None:
        self.desk, self.email, self.client = desk, email, client
        self.text, self.status, self.headers, self.content = "", 0, {}, b""  # type: ignore[var-annotated]

    async def link(self) -> str:
        """The path of the link that the chat gives."""
        replies = await self.desk.chat.say(self.email, "bureau")
        urls = [b.url for r in replies if isinstance(r, Say) for b in r.buttons if b.url]
        return "/desk/" + urls[0].partition("/desk/")[2] if urls else ""

    async def enter(self) -> Visitor:
        link = await self.link()
        assert link, f"no link for {self.email}"
        await self.open(link)
        await self._take(await self.client.post(link))
        return self

    async def open(self, path: str) -> str:
        return await self._take(await self.client.get(path))

    async def see(self, page: str) -> str:
        return await self.open(f"/desk/see/{page}")

    def forms(self) -> list[tuple[str, dict[str, str]]]:
        """Every form of this page that sends something in: its whole HTML, its hidden fields."""
        found = re.findall(r'<form[^>]*method="post"[^>]*>.*?</form>', self.text, re.DOTALL)
        hidden = r'<input type="hidden" name="([^"]+)" value="([^"]*)">'
        return [(f, {k: html.unescape(v) for k, v in re.findall(hidden, f)}) for f in found]

    def form(self, label: str) -> dict[str, str]:
        for whole, fields in self.forms():
            if re.search(rf">{re.escape(label)}</button>", whole):
                return fields
        raise AssertionError(f"no button {label} in {self.text}")

    async def press(self, label: str, **values: Any) -> str:
        return await self.do(self.form(label), **values)

    async def do(self, fields: dict[str, Any], **values: Any) -> str:
        pairs = [*fields.items()]
        for name, value in values.items():
            pairs += [(f"f.{name}", one) for one in (value if isinstance(value, list) else [value])]
        action = "/desk/out" if "kind" not in fields else "/desk/do"
        text = await self._take(await self.client.post(action, data=pairs))
        await self.desk.chat.worker.drain(self.desk.chat.clock())
        return text

    async def press_id(self, button: str, back: str = "") -> str:
        """Send in a button that is not on the page, with the page's own mark."""
        fields = next(f for _, f in self.forms() if f.get("kind") == "press")
        mine = {"id": uuid.uuid4().hex, "name": button, "back": back}
        return await self.do({**fields, **mine})

    @property
    def words(self) -> str:
        """The page as a person reads it."""
        return html.unescape(re.sub(r"<[^>]+>", " ", self.text))

    async def _take(self, response: Any) -> str:
        self.content = await response.read()
        self.status, self.headers = response.status, response.headers
        kind = response.content_type
        self.text = self.content.decode() if kind.startswith("text/") else ""
        return self.text


class DeskSite:
    """The running bot, and who comes in."""

    def __init__(self, app: Any, chat: Chat) -> None:
        self.app, self.chat = app, chat
        self.server: TestServer
        self.clients: list[TestClient[Any, Any]] = []

    def visitor(self, email: str) -> Visitor:
        client = TestClient(self.server, cookie_jar=CookieJar(unsafe=True))
        self.clients.append(client)
        return Visitor(self, email, client)

    async def enter(self, email: str) -> Visitor:
        return await self.visitor(email).enter()


@pytest.fixture
async def desk(app: Any, chat: Chat) -> AsyncIterator[DeskSite]:
    await chat.people(
        *(
            Person(email=email, name=name, role=role, language=lang, supervisor_email=sup)
            for role, email, name, lang, sup in PEOPLE
        )
    )
    site = DeskSite(app, chat)
    server = web.Application()
    server.add_routes(app.platforms["desk"].routes())
    async with TestServer(server) as site.server:
        yield site
        for client in site.clients:
            await client.close()
