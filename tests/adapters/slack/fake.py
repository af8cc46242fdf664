"""A small Slack on loopback: its Web API with faults on demand, and its Socket Mode."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from tests.adapters.slack import rules

TEAM, BOT = "T1", "UBOT"
SCOPES = "app_mentions:read,chat:write,commands,im:history,im:write,users:read,users:read.email"


def user(account: str, email: str, **more: Any) -> dict[str, Any]:
    profile = {"email": email, "real_name": account.title()}
    return {"id": account, "team_id": TEAM, "locale": "nl-NL", "profile": profile, **more}


@dataclass
class FakeSlack:
    """calls: what the bot did, in order. faults: answers to give instead, per method."""

    scopes: str = SCOPES
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    faults: dict[str, list[Any]] = field(default_factory=dict)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    acks: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    sockets: asyncio.Queue[web.WebSocketResponse] = field(default_factory=asyncio.Queue)
    url: str = ""
    _ts: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def add(self, account: str, email: str, **more: Any) -> None:
        self.users[account] = user(account, email, **more)

    def fault(self, method: str, *answers: Any) -> None:
        """Each answer: a status (500), 'hang', an error code, or (429, seconds)."""
        self.faults.setdefault(method, []).extend(answers)

    def of(self, *methods: str) -> list[dict[str, Any]]:
        return [arguments for method, arguments in self.calls if method in methods]

    @property
    def posts(self) -> list[dict[str, Any]]:
        return self.of("chat.postMessage")

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[FakeSlack]:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/socket", self._socket)
        async with TestServer(app, host="127.0.0.1") as server:
            self.url = str(server.make_url("/api/"))
            yield self

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments: dict[str, Any] = dict(request.query)
        if request.content_type == "application/json":
            arguments |= await request.json()
        else:
            arguments |= dict(await request.post())
        for name in ("blocks", "view"):
            if isinstance(arguments.get(name), str):
                arguments[name] = json.loads(arguments[name])
        arguments.pop("token", None)
        self.calls.append((method, arguments))
        if self.faults.get(method):
            return await self._faulty(self.faults[method].pop(0))
        refused = rules.check(method, arguments)
        answer = refused or self._answer(method, arguments)
        return web.json_response(answer, headers={"x-oauth-scopes": self.scopes})

    async def _faulty(self, kind: Any) -> web.StreamResponse:
        if kind == "hang":
            await asyncio.sleep(60)
        if isinstance(kind, tuple):
            headers = {"Retry-After": str(kind[1])}
            return web.json_response(
                {"ok": False, "error": "ratelimited"}, status=429, headers=headers
            )
        if isinstance(kind, int):
            return web.Response(status=kind, text="Internal Server Error")
        return web.json_response({"ok": False, "error": kind})

    def _answer(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        match method:
            case "auth.test":
                return {"ok": True, "team_id": TEAM, "user_id": BOT, "bot_id": "B1"}
            case "users.info":
                found = self.users.get(arguments["user"])
                return {"ok": True, "user": found} if found else _no("user_not_found")
            case "users.lookupByEmail":
                emails = {u["profile"]["email"]: u for u in self.users.values()}
                found = emails.get(arguments["email"])
                return {"ok": True, "user": found} if found else _no("users_not_found")
            case "conversations.open":
                return {"ok": True, "channel": {"id": f"D{arguments['users']}"}}
            case "chat.postMessage":
                ts = f"1700000000.{next(self._ts):06}"
                return {"ok": True, "channel": arguments["channel"], "ts": ts}
            case "apps.connections.open":
                url = self.url.replace("http", "ws").replace("/api/", "/socket")
                return {"ok": True, "url": url}
        return {"ok": True}

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        await self.sockets.put(socket)
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                await self.acks.put(json.loads(message.data))
        return socket


def _no(error: str) -> dict[str, Any]:
    return {"ok": False, "error": error}
