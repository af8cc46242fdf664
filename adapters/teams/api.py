"""The calls to Teams' connector: allowed addresses only, at Teams' own pace."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from aiohttp import ClientError, ClientResponse, ClientTimeout
from yarl import URL

from adapters.doubt import CONNECT_SECONDS
from adapters.teams.client import IN_A_TURN, PATIENCE, Answered, Credentials, Http, wait
from adapters.teams.hosts import Hosts
from bot.engine.cache import Cache
from bot.engine.events import Address
from bot.engine.jobs import Clock

# What Teams answers when the trouble is our own, whoever we write to; and how to mend it.
OURS = {
    "BotDisabledByAdmin": "an administrator of the tenant disabled the bot: ask them to allow it",
    "BotNotRegistered": "Teams does not know TEAMS_APP_ID: check it, and the Azure Bot's Teams channel",
    "InvalidBotApiHost": "this tenant is in another cloud: see TEAMS_SERVICE_HOSTS",
    "NotEnoughPermissions": "the bot lacks a permission: upload the newest app package",
}
PER_SECOND = 40  # Teams allows 50 per app and tenant


class Connector:
    """The five calls of the Bot Connector that we need."""

    def __init__(
        self, http: Http, token: Credentials | None, hosts: Hosts, app_id: str, clock: Clock
    ) -> None:
        """`token`: None while testing locally without an account."""
        self._http = http
        self._token = token
        self._hosts = hosts
        self._app_id = app_id
        self._free = 0.0
        self.problem = ""
        self._rooms: Cache[str] = Cache(clock, timedelta(days=1))

    async def post(self, service: str, conversation: str, activity: dict[str, Any]) -> str:
        """A new message; gives its id."""
        path = f"v3/conversations/{_segment(conversation)}/activities"
        found = await self._call("POST", service, path, activity)
        return str(found.get("id") or "")

    async def put(
        self, service: str, conversation: str, message: str, activity: dict[str, Any]
    ) -> None:
        """A message in the place of an earlier one."""
        path = f"v3/conversations/{_segment(conversation)}/activities/{_segment(message)}"
        await self._call("PUT", service, path, {**activity, "id": message})

    async def room(self, address: Address, *, fresh: bool = False) -> str:
        """The private conversation with an account; Teams gives the same one every time."""
        known = None if fresh else self._rooms.get(address.account_key)
        if known:
            return known
        body = {
            "isGroup": False,
            "bot": {"id": f"28:{self._app_id}"},
            "members": [{"id": address.account}],
            "tenantId": address.workspace,
            "channelData": {"tenant": {"id": address.workspace}},
        }
        found = await self._call("POST", address.service, "v3/conversations", body)
        room = str(found.get("id") or "")
        if not room:
            raise Answered(502)
        self._rooms.put(address.account_key, room)
        return room

    async def member(self, service: str, conversation: str, account: str) -> dict[str, Any]:
        """What Teams knows of somebody in a conversation."""
        path = f"v3/conversations/{_segment(conversation)}/members/{_segment(account)}"
        return await self._call("GET", service, path, None, patience=IN_A_TURN)

    async def _call(
        self,
        method: str,
        service: str,
        path: str,
        body: dict[str, Any] | None,
        patience: float = PATIENCE,
    ) -> dict[str, Any]:
        """One call, with a second try when the token was refused. Raises Answered."""
        if not self._hosts.allow(service):
            # The last door: a stored address is checked as the fresh one was.
            raise Answered(404)
        url = URL(f"{service.rstrip('/')}/{path}", encoded=True)
        own = self._token if self._hosts.trust(service) else None
        await self._pace()
        for last in (False, True):
            token = await own.get() if own else ""
            async with self._http.session.request(
                method,
                url,
                json=body,
                headers={"Authorization": f"Bearer {token}"} if token else {},
                allow_redirects=False,
                timeout=ClientTimeout(total=patience, sock_connect=CONNECT_SECONDS),
            ) as response:
                if response.status == 401 and own:
                    own.drop(token)
                    if not last:
                        continue
                    own.problem = "Teams refuses the bot's token: check TEAMS_APP_ID"
                if not 200 <= response.status < 300:
                    raise await self._refused(response)
                # A yes ends the trouble it disproves.
                self.problem = ""
                if own:
                    own.problem = ""
                return _document(await _read(response.read))
        raise AssertionError("unreachable")

    async def _refused(self, response: ClientResponse) -> Answered:
        """What Teams said no with; trouble that is ours is kept for the operator."""
        code = _code(_document(await _read(response.read)))
        if code in OURS:
            self.problem = f"Teams answers {code}: {OURS[code]}"
        return Answered(response.status, wait(response.headers.get("Retry-After")), code)

    async def _pace(self) -> None:
        """Teams counts all calls of an app in a tenant together."""
        now = asyncio.get_running_loop().time()
        mine = max(now, self._free)
        self._free = mine + 1 / PER_SECOND
        if mine > now:
            await asyncio.sleep(mine - now)


async def _read(read: Callable[[], Any]) -> bytes:
    """The body of a yes. When it breaks off, the act is done all the same: never do it twice."""
    try:
        found: bytes = await read()
    except (ClientError, TimeoutError):
        return b""
    return found


def _document(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _code(found: dict[str, Any]) -> str:
    """The reason in a refusal; Teams writes it at one of two places."""
    error = found.get("error")
    code = error.get("code") if isinstance(error, dict) else ""
    own = code in OURS
    return str((code if own else found.get("subCode") or code) or "")[:100]


def _segment(name: str) -> str:
    """A conversation's or person's id as one part of a path, whatever stands in it."""
    if not name.strip("."):
        raise Answered(404)
    return quote(name, safe="")
