"""Socket Mode: the same requests as over HTTP, on a connection that we open ourselves."""

from __future__ import annotations

import asyncio
import itertools

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.slack.api import Api, quiet
from bot.engine.retry import backoff
from bot.engine.tasks import InFlight

log = structlog.get_logger(__name__)

REFUSED = (
    "Slack refuses SLACK_APP_TOKEN ({code}):"
    " make an app-level token with the scope connections:write and set it"
)
SILENT = "Slack's Socket Mode is not connected: nothing said in Slack arrives here"


class Socket:
    """Connects, and stays connected; Slack's own client renews the connection."""

    def __init__(self, app: AsyncApp, app_token: str, api: Api, flight: InFlight) -> None:
        self._app = app
        self._token = app_token
        self._api = api
        self._flight = flight
        self._handler: _Handler | None = None
        self._connecting: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to connect, in the background: a refused token must not end the program."""
        self._handler = _Handler(self._app, self._token, self._flight, self._api)
        self._connecting = asyncio.create_task(self._connect(self._handler), name="slack-socket")

    async def stop(self) -> None:
        """Let go of the connection."""
        if self._connecting:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        if self._handler:
            await self._handler.client.close()  # type: ignore[no-untyped-call]  # the SDK's

    def problems(self) -> list[str]:
        """What is wrong with the connection now."""
        if "socket" in self._api.problems:
            return []  # said there
        session = self._handler.client.current_session if self._handler else None
        return [] if session is not None and not session.closed else [SILENT]

    async def _connect(self, handler: _Handler) -> None:
        for attempt in itertools.count(1):
            try:
                handler.client.wss_uri = await handler.client.issue_new_wss_url()
                self._api.problems.pop("socket", None)
                await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK's
                log.info("slack.socket_connected")
                return
            except SlackApiError as refused:
                code = str(getattr(refused.response, "data", {}).get("error", "?"))
                self._api.problems["socket"] = REFUSED.format(code=code)
                log.error("slack.socket_refused", reason=code)
            except Exception as problem:
                log.warning("slack.socket_failed", error=type(problem).__name__)
            await asyncio.sleep(backoff(attempt))


class _Handler(AsyncSocketModeHandler):
    """Bolt's handler, counting what it has in hand, so that stopping can wait for it."""

    def __init__(self, app: AsyncApp, app_token: str, flight: InFlight, api: Api) -> None:
        super().__init__(app, app_token, logger=quiet, web_client=api.client)
        self._flight = flight

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # as in bolt
        with self._flight:
            await super().handle(client, req)
