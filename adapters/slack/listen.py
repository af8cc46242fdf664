"""Slack's requests: checked, parsed, committed, and only then acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier

from adapters.slack import sdk, setup
from adapters.slack.api import Api
from adapters.slack.directory import SlackDirectory, SlackMember, UnknownYet
from adapters.slack.messenger import SlackMessenger
from adapters.slack.parse import PLATFORM, Here, Received, lost, parse
from adapters.slack.rate_limit import TokenBucket
from adapters.slack.socket import Socket
from adapters.slack.views import Views
from bot.engine.conversation import Outcome, Talk
from bot.engine.events import Event, Opened, Pressed, Submitted
from bot.engine.jobs import Clock
from bot.engine.metrics import TURN_SECONDS
from bot.engine.platform import Platform
from bot.engine.tasks import InFlight
from bot.engine.texts import Texts

log = structlog.get_logger(__name__)

PATH = "/slack/events"
LAST_RETRY = 3
# What comes of a body that is not as it should be.
ODD = (LookupError, TypeError, AttributeError, ValueError, OverflowError, OSError, RecursionError)
WRONG_SIGNATURE = (
    "requests in Slack's name are refused and none was accepted: check SLACK_SIGNING_SECRET (Basic"
    " Information of the app) and this machine's clock"
)
UNSIGNED = (
    "Slack delivers by HTTP, but SLACK_SIGNING_SECRET is not set: set it, or use Socket Mode alone"
)
START_SECONDS = 3.0
STOP_SECONDS = 5.0
GONE = {
    "app_uninstalled": "the Slack app was removed from the workspace: install it again",
    "tokens_revoked": "SLACK_BOT_TOKEN was revoked: install the app again and set the new token",
}


class Slack(Platform):
    """One workspace in Slack, by HTTP and, with an app token, by Socket Mode as well."""

    name = PLATFORM
    gap = 1.0  # Slack: about one message a second in one channel

    def __init__(
        self,
        *,
        bot_token: str,
        signing_secret: str = "",
        app_token: str = "",
        api_url: str = "https://slack.com/api/",
        talk: Talk,
        texts: Texts,
        clock: Clock,
        limit: TokenBucket | None = None,
    ) -> None:
        self.reach = "socket mode" if app_token else PATH
        self.needs_https = not app_token
        self._talk = talk
        self._texts = texts
        self._clock = clock
        self._here = Here()
        self._welcomed = False
        self._flight = InFlight()
        self._meeting: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._verifier = SignatureVerifier(signing_secret) if signing_secret else None
        self._api = Api(bot_token, api_url)
        self.directory: SlackDirectory = SlackDirectory(self._api, clock, lambda: self._here.team)
        self._views = Views(self._api, talk, texts, clock)
        self._app_token = app_token
        self._bolt = sdk.app(self._api.client, lambda: self._here, self._take)
        self._socket = Socket(self._bolt, app_token, self._api, self._flight) if app_token else None
        self._limit = limit or TokenBucket()
        self.messenger: SlackMessenger = SlackMessenger(
            self._api, self.directory, lambda: self._here.team, clock, self._limit
        )

    def routes(self) -> list[web.RouteDef]:
        """Where Slack delivers: events, interactivity, commands and options alike."""
        return [web.post(PATH, self._http)]

    async def start(self, *, listen: bool = True) -> None:
        """Open the shared session, find out who we are, connect. Never fails for Slack's sake.

        listen: False in a process that only sends.
        """
        await self._api.start()
        self._meeting = asyncio.create_task(setup.introduced(self._api, self._met))
        await asyncio.wait({self._meeting}, timeout=START_SECONDS)
        self._watching = asyncio.create_task(setup.watch(self._api, self._met))
        if self._socket and listen:
            self._socket.start()

    async def stop(self) -> None:
        """Finish what is in hand, then let go."""
        for task in (self._meeting, self._watching):
            if task:
                task.cancel()
        await self._flight.settle(STOP_SECONDS)
        if self._socket:
            await self._socket.stop()
        await self._api.stop()

    def room(self) -> int:
        """See `Platform`: the workspace's rate limit."""
        return self._limit.room()

    def problems(self) -> list[str]:
        """What the operator must mend, as far as it showed."""
        found = list(self._api.problems.values())
        return found + (self._socket.problems() if self._socket else [])

    async def check(self) -> list[str]:
        """Ask Slack whether tokens and scopes are well; sentences that say how to mend."""
        return await setup.check(self._api, self._app_token)

    def _met(self, here: Here) -> None:
        self._here = here

    # -- one request -------------------------------------------------------------------------

    async def _http(self, request: web.Request) -> web.Response:
        try:
            raw = await request.read()
        except web.RequestPayloadError:
            raw = b""  # packed in a way that cannot be unpacked: nobody signed that
        if not self._signed(raw, request.headers):
            self._refused(request.headers)
            return web.json_response({"error": "invalid request"}, status=401)
        try:
            asked = AsyncBoltRequest(
                body=raw.decode(),
                query=request.query_string,
                headers=dict(request.headers),
            )
        except ODD:
            return web.json_response({"error": "not understood"}, status=400)
        self._welcomed = True
        self._api.problems.pop("signature", None)
        with self._flight:
            answer = await self._bolt.async_dispatch(asked)
        if answer.status == 500:
            # The SDK stumbled by itself; its own log would quote the body.
            log.error("slack.sdk_broke", kind=str(asked.body.get("type"))[:40])
            return web.json_response({"error": "not understood"}, status=400)
        return await to_aiohttp_response(answer)

    def _refused(self, headers: Mapping[str, str]) -> None:
        """A request that looks like Slack's, signed with another secret: most often ours is wrong.
        It is a problem until one is signed well."""
        log.warning("slack.signature_refused", signed="X-Slack-Signature" in headers)
        if "X-Slack-Signature" in headers and not self._welcomed:
            self._api.problems["signature"] = (
                UNSIGNED if self._verifier is None else WRONG_SIGNATURE
            )

    def _signed(self, raw: bytes, headers: Mapping[str, str]) -> bool:
        """Whether Slack signed this, not long ago. Junk in a header is a no, not a crash."""
        if self._verifier is None:
            return False
        try:
            return self._verifier.is_valid(
                raw,
                headers.get("X-Slack-Request-Timestamp"),
                headers.get("X-Slack-Signature"),
            )
        except (ValueError, TypeError, OverflowError):
            return False

    async def _take(self, req: AsyncBoltRequest) -> BoltResponse:
        """Every kind of request, known or not: none gets a 404, which Slack would repeat.

        Answers 503 when nothing was committed, so that Slack delivers again.
        """
        kind = str(req.body.get("type") or req.body.get("command") or "?")
        retries = req.headers.get("x-slack-retry-num") or ["0"]
        try:
            return await self._answer(req.body, last=retries[0] == str(LAST_RETRY))
        except UnknownYet:
            return BoltResponse(status=503)
        except Exception:
            log.exception("slack.not_handled", kind=kind[:40])
            return BoltResponse(status=503)

    async def _answer(self, body: Mapping[str, Any], *, last: bool) -> BoltResponse:
        gone = lost(body)
        if gone:
            log.error("slack.gone", reason=gone)
            self._api.problems["token"] = GONE[gone]
        received = self._parsed(body)
        if received is None:
            options: dict[str, Any] = {"options": []}
            return _said(options if body.get("type") == "block_suggestion" else None)
        event = received.event
        member = await self._member(event, last=last)
        if member.bot:
            return _said(None)
        if event.address.private and event.address.channel:
            self.messenger.direct(event.address.account, event.address.channel)
        event = replace(
            event,
            email=member.email,
            unproven=member.unproven,
            name=member.name,
            locale=member.locale,
        )
        with TURN_SECONDS.labels("slack").time():
            outcome = await self._talk.handle(event, self._clock())
        return self._answered(replace(received, event=event), outcome)

    def _parsed(self, body: Mapping[str, Any]) -> Received | None:
        try:
            return parse(body, self._here, self._clock())
        except ODD:
            log.warning("slack.not_understood", kind=str(body.get("type"))[:40])
            return None

    async def _member(self, event: Event, *, last: bool) -> SlackMember:
        try:
            return await self.directory.person(event.address.account)
        except UnknownYet:
            # Slack delivers events again, so wait for a better moment; but at the last try, and
            # for what comes only once, an answer to a stranger is better than none.
            if event.can_open or last:
                return SlackMember(event.address.account, email=None)
            raise

    # -- and its answer ----------------------------------------------------------------------

    def _answered(self, received: Received, outcome: Outcome) -> BoltResponse:
        """What goes into Slack's own answer; calls that follow it run beside it."""
        event = received.event
        if outcome.status == "duplicate":
            return _said(None)
        if isinstance(event, Submitted):
            if received.home:
                self._flight.later(self._views.refresh_home(event))
            return _said(self._views.after_submit(received, outcome))
        if outcome.ask:
            self._flight.later(self._views.open(received, outcome.ask))
        elif isinstance(event, Opened):
            self._flight.later(self._views.publish(event, outcome))
        elif received.view:
            self._flight.later(self._views.renew(received, outcome))
        elif isinstance(event, Pressed) and received.home:
            self._flight.later(self._views.refresh_home(event))
        aside = received.aside and not self.messenger.is_direct(
            event.address.account, received.aside
        )
        if aside and not outcome.ask:
            words = self._texts("slack.elsewhere", outcome.lang)
            return _said({"response_type": "ephemeral", "text": words})
        return _said(None)


def _said(body: dict[str, Any] | None) -> BoltResponse:
    return BoltResponse(status=200, body=body if body is not None else "")
