"""Two proxies around the Slack stand-in, which is too kind: faults, limits and redelivery as Slack's own.

`WebApi` stands between the bot and the stand-in's Web API, `Events` between the stand-in and the bot.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from abc import ABC, abstractmethod
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from tests.adapters.slack import rules

SECRET = "test-signing-secret"
TOKENS = ("xoxb-test-token", "xapp-test-token")
ACKNOWLEDGED_WITHIN = 3.0  # seconds, as Slack waits
AGAIN_AFTER = (0, 0, 0.6, 3)  # seconds: a hundredth of Slack's own waits
_HOP = {"host", "content-length", "transfer-encoding", "connection", "accept-encoding"}


class _Proxy(ABC):
    """Hands on to `upstream`."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self._session: ClientSession | None = None

    def application(self) -> web.Application:
        app = web.Application(client_max_size=50 << 20)
        app.router.add_route("*", "/{path:.*}", self.handle)
        app.cleanup_ctx.append(self._open)
        return app

    async def _open(self, _: web.Application) -> Any:
        async with ClientSession(timeout=ClientTimeout(total=120)) as self._session:
            yield

    @property
    def session(self) -> ClientSession:
        assert self._session
        return self._session

    @abstractmethod
    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""


class WebApi(_Proxy):
    """calls: what was asked, with the fault or the refusal it met. faults: what comes instead, in order."""

    def __init__(self, upstream: str) -> None:
        super().__init__(upstream)
        self.calls: list[dict[str, Any]] = []
        self.faults: list[tuple[str, str]] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.path.rpartition("/")[2]
        call: dict[str, Any] = {"method": method}
        self.calls.append(call)
        fault = next((found for found in self.faults if found[0] == method), None)
        if fault:
            self.faults.remove(fault)
            call["fault"] = fault[1]
            return await self._fault(fault[1], request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer").strip()
        if token not in TOKENS:
            return web.json_response(
                {"ok": False, "error": "invalid_auth" if token else "not_authed"}
            )
        given: dict[str, Any] = dict(request.query)
        if request.content_type == "application/json":
            given |= await request.json()
        else:
            given |= dict(await request.post())
        refused = rules.check(method, given)
        if refused:
            call["refused"] = refused
            return web.json_response(refused)
        return await self._hand_on(request, given)

    async def _fault(self, kind: str, request: web.Request) -> web.StreamResponse:
        if kind == "429":
            return web.json_response(
                {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"}
            )
        if kind == "hang":
            await asyncio.sleep(1)
            return web.Response(status=504)
        if kind == "close":
            assert request.transport
            request.transport.close()
            return web.Response()
        return web.Response(status=int(kind), text="Internal Server Error")

    async def _hand_on(self, request: web.Request, given: dict[str, Any]) -> web.Response:
        # The SDK puts arguments into the address, where the stand-in does not look.
        headers = _kept(request.headers, "content-type")
        sent: dict[str, Any] = {"data": given}
        if request.content_type == "application/json":
            sent = {"json": given}
        url = self.upstream + request.path
        async with self.session.post(url, headers=headers, **sent) as answer:
            body = await answer.read()
            if answer.status == 404:
                return web.json_response({"ok": False, "error": "unknown_method"})
            headers = _kept(answer.headers, "content-encoding")
            return web.Response(status=answer.status, body=body, headers=headers)


class Events(_Proxy):
    """Delivers an event until it is acknowledged in time, four times in all, freshly signed each time."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        event = request.content_type == "application/json"
        reason = ""
        for number, wait in enumerate(AGAIN_AFTER if event else (0,)):
            await asyncio.sleep(wait)
            headers = {**_kept(request.headers), **_signature(body)}
            if number:
                headers |= {"x-slack-retry-num": str(number), "x-slack-retry-reason": reason}
            try:
                async with asyncio.timeout(ACKNOWLEDGED_WITHIN):
                    answer = await self._deliver(request.path, body, headers)
            except TimeoutError:
                reason = "http_timeout"
            except ClientError:
                reason = "connection_failed"
            else:
                if 200 <= answer.status < 300:
                    return answer
                reason = "http_error"
        return web.Response(status=502, text="given up")

    async def _deliver(self, path: str, body: bytes, headers: dict[str, str]) -> web.Response:
        async with self.session.post(self.upstream + path, data=body, headers=headers) as answer:
            return web.Response(
                status=answer.status,
                body=await answer.read(),
                headers={"Content-Type": answer.headers.get("Content-Type", "text/plain")},
            )


def _signature(body: bytes) -> dict[str, str]:
    stamp = str(int(time.time()))
    signed = b"v0:" + stamp.encode() + b":" + body
    mark = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mark}"}


def _kept(headers: Any, *but: str) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in {*_HOP, *but}}
