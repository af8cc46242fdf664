"""Teams' requests: checked before they are read, handled, committed, and only then acknowledged."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import structlog
from aiohttp import ClientError, web

from adapters.teams import about
from adapters.teams.api import Connector
from adapters.teams.auth import OPENID_URL, Authenticator, Denied, Keys
from adapters.teams.client import (
    GOVERNMENT_SCOPE,
    SCOPE,
    Answered,
    Credentials,
    Http,
    NoToken,
    token_url,
)
from adapters.teams.directory import TeamsDirectory
from adapters.teams.hosts import Hosts, is_private_url
from adapters.teams.messenger import TeamsMessenger
from adapters.teams.parse import PLATFORM
from adapters.teams.sdk import Adapter, Turns
from adapters.teams.shapes import text
from bot.engine.conversation import Talk
from bot.engine.events import Malformed, clean
from bot.engine.jobs import Clock
from bot.engine.loopback import is_loopback
from bot.engine.metrics import TURN_SECONDS
from bot.engine.platform import Platform
from bot.engine.texts import Texts

log = structlog.get_logger(__name__)

PATH = "/api/messages"
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")
NO_TENANT = (
    "TEAMS_TENANT_ID is not set: nobody is recognised by e-mail, because any tenant could claim"
    " any address"
)


def _only_private(openid_url: str, token_url: str) -> None:
    """ValueError for an address that keys or tokens would travel to in the open."""
    for name, asked in (("TEAMS_OPENID_URL", openid_url), ("TEAMS_TOKEN_URL", token_url)):
        if asked and not is_private_url(asked):
            raise ValueError(f"{name} must begin with https://")


class Teams(Platform):
    """The bot in Microsoft Teams."""

    name = PLATFORM
    gap = 0.5  # Teams: some seven messages in four seconds in one conversation

    def __init__(
        self,
        *,
        app_id: str,
        app_password: str,
        tenant_id: str = "",
        app_type: str = "SingleTenant",
        local_testing: bool = False,
        openid_url: str = "",
        token_url: str = "",
        service_hosts: Sequence[str] = (),
        talk: Talk,
        texts: Texts,
        clock: Clock,
        zone: tzinfo | None = None,
    ) -> None:
        """Nothing is called yet.

        openid_url, token_url, service_hosts: for the clouds of governments, and for tests on
        loopback; they need https unless they point to this very machine.
        """
        _only_private(openid_url, token_url)
        zone = zone or ZoneInfo("Europe/Amsterdam")
        self.reach = PATH
        self.needs_https = bool(app_id)
        self._local = local_testing
        self._texts = texts
        self._http = Http()
        self._keys = Keys(openid_url or OPENID_URL, self._http.get_json)
        hosts = Hosts(service_hosts, any_loopback=local_testing)
        self._token = self._own_token(app_id, app_password, app_type, tenant_id, token_url)
        self._connector = connector = Connector(self._http, self._token, hosts, app_id, clock)
        self._authenticator = Authenticator(app_id, tenant_id, self._keys, hosts)
        self.messenger: TeamsMessenger = TeamsMessenger(connector, texts, zone, clock)
        self.directory: TeamsDirectory = TeamsDirectory(
            connector, clock, tenant_id, local=local_testing
        )
        self._adapter = Adapter(Turns(talk, self.directory, self.messenger, clock, zone))
        self._settings = [] if tenant_id or local_testing else [NO_TENANT]
        self._warming: asyncio.Task[None] | None = None

    def routes(self) -> list[web.RouteDef]:
        """Where Teams delivers, and the page that the app package names."""
        return [web.post(PATH, self._door), web.get(about.PATH, self._about)]

    async def start(self, *, listen: bool = True) -> None:
        """Fetch keys and token beside the start, so that the first turn does not wait for them.

        listen: False in a process that only sends; here that is the same.
        """
        if self._token:
            self._warming = asyncio.create_task(self._warm())

    async def stop(self) -> None:
        """Finish what is in hand, then let go."""
        if self._warming:
            self._warming.cancel()
            await asyncio.gather(self._warming, return_exceptions=True)
        await self.messenger.settle()
        await self._http.close()

    def problems(self) -> list[str]:
        """What the operator must mend, as far as it showed."""
        token = self._token.problem if self._token else ""
        shown = (self._keys.problem, token, self._connector.problem)
        return [*self._settings, *(p for p in shown if p)]

    async def check(self) -> list[str]:
        """Ask Microsoft whether keys and credentials are well; sentences that say how to mend."""
        if not self._token:
            return []
        found = list(self._settings)
        await self._keys.fetch()
        if self._keys.problem:
            found.append(self._keys.problem)
        try:
            await self._token.get()
        except NoToken as problem:
            found.append(str(problem))
        except (Answered, ClientError, TimeoutError):
            found.append(f"no token can be fetched from {self._token.url}: try again later")
        return found

    def _own_token(
        self, app_id: str, password: str, app_type: str, tenant: str, url: str
    ) -> Credentials | None:
        if not app_id:
            return None
        government = (urlsplit(self._keys.url).hostname or "").endswith(".azure.us")
        where = token_url(url, app_type, tenant, government=government)
        scope = GOVERNMENT_SCOPE if government else SCOPE
        return Credentials(self._http, where, app_id, password, scope)

    async def _warm(self) -> None:
        await self._keys.fetch()
        if self._token:
            # What is wrong shows in `problems`, and is tried again when it is needed.
            with contextlib.suppress(NoToken, Answered, ClientError, TimeoutError):
                await self._token.get()

    async def _about(self, _: web.Request) -> web.Response:
        return web.Response(text=about.page(self._texts), content_type="text/html")

    # -- one request -------------------------------------------------------------------------

    async def _door(self, request: web.Request) -> web.Response:
        begun = time.perf_counter()
        try:
            body = await self._checked(request)
        except Denied as no:
            log.warning("teams.refused", reason=no.reason)
            return web.json_response({"error": "refused"}, status=no.status)
        except (ValueError, RecursionError):
            return web.json_response({"error": "not understood"}, status=400)
        try:
            status, answer = await self._adapter.process(body)
        except Malformed:
            return web.json_response({"error": "not understood"}, status=400)
        except Exception:
            # Nothing was committed: Teams may deliver it again.
            log.exception("teams.not_handled")
            return web.json_response({"error": "try again"}, status=503)
        TURN_SECONDS.labels("teams").observe(time.perf_counter() - begun)
        return (
            web.Response(status=status)
            if answer is None
            else web.json_response(answer, status=status)
        )

    async def _checked(self, request: web.Request) -> Mapping[str, Any]:
        """The activity, when it may be trusted: the token is checked before the body is read."""
        header = request.headers.get("Authorization", "")
        anonymous = self._local and not header and _from_here(request)
        claims = {} if anonymous else await self._authenticator.claims(header)
        if request.content_type != "application/json":
            raise Malformed
        body = clean(json.loads(await request.read()))
        if not isinstance(body, dict):
            raise Malformed
        if anonymous:
            self._authenticator.reach(text(body, "serviceUrl"))
            if not is_loopback(urlsplit(text(body, "serviceUrl")).hostname or ""):
                raise Denied(403, "foreign_service")
        else:
            self._authenticator.match(claims, body)
        return body


def _from_here(request: web.Request) -> bool:
    """A call from this machine itself, not handed on by a proxy and not by a web page."""
    try:
        host = request.url.host or ""
    except ValueError:
        return False
    direct = not any(name in request.headers for name in FORWARDED)
    page = "Origin" in request.headers
    return direct and not page and is_loopback(request.remote or "") and is_loopback(host)
