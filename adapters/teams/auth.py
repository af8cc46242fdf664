"""Who may speak to us: the tokens that come with activities.

The library's own check answers forged tokens with HTTP 500, blocks the event loop while it
fetches keys, and locks itself out for a day when a key changes; so the check stands here.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
import structlog

from adapters.teams.hosts import Hosts, is_private_url
from adapters.teams.parse import tenants

log = structlog.get_logger(__name__)

OPENID_URL = "https://login.botframework.com/v1/.well-known/openidconfiguration"
ISSUER = "https://api.botframework.com"
GOVERNMENT_ISSUER = "https://api.botframework.us"
CHANNEL = "msteams"
LEEWAY = 300
KEYS_GROW_OLD = 24 * 3600
FETCHES = 5  # at most so many ...
FETCH_SPAN = 300  # ... in so many seconds, whatever strangers send

GetJson = Callable[[str], Awaitable[Any]]


class Denied(Exception):
    """This request is not from Teams, or not for us. `reason` is one word for the log."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Key:
    """A public key, and the channels it may speak for."""

    public: jwt.PyJWK
    endorsements: frozenset[str]


class Keys:
    """The platform's public keys; an unknown one makes us look again, but not without end."""

    def __init__(
        self, url: str, get_json: GetJson, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self.url = url
        self._get_json = get_json
        self._seconds = seconds
        self._keys: dict[str, Key] = {}
        self._fetched = 0.0
        self._fetches: deque[float] = deque(maxlen=FETCHES)
        self._lock = asyncio.Lock()
        self.problem = ""

    async def find(self, kid: str) -> Key:
        """The key with this id. Raises Denied."""
        old = self._seconds() - self._fetched > KEYS_GROW_OLD
        if kid not in self._keys or old:
            async with self._lock:
                # Another request may have fetched while this one waited for the lock.
                if kid not in self._keys or self._seconds() - self._fetched > KEYS_GROW_OLD:
                    await self._fetch()
        if not self._keys:
            raise Denied(503, "no_keys")
        if kid not in self._keys:
            raise Denied(401, "unknown_key")
        return self._keys[kid]

    async def fetch(self) -> None:
        """Fetch the keys now (at start, and when the operator asks)."""
        async with self._lock:
            await self._fetch()

    async def _fetch(self) -> None:
        now = self._seconds()
        if len(self._fetches) == FETCHES and now - self._fetches[0] < FETCH_SPAN:
            return
        self._fetches.append(now)
        try:
            found = await self._get_json(self.url)
            where = str(found["jwks_uri"])
            if not is_private_url(where):
                raise ValueError("the key address is not https")
            keys = (await self._get_json(where))["keys"]
            self._keys = {str(key["kid"]): _key(key) for key in keys if key.get("kty") == "RSA"}
            self._fetched = now
            self.problem = ""
        except Exception as problem:
            # With the keys of before we go on; without any, nobody gets in.
            self.problem = f"the keys of Microsoft cannot be fetched from {self.url}"
            log.warning("teams.no_keys", error=type(problem).__name__)


def _key(data: Mapping[str, Any]) -> Key:
    public = jwt.PyJWK.from_dict(dict(data), algorithm="RS256")
    return Key(public, frozenset(data.get("endorsements") or ()))


class Authenticator:
    """Checks one request: the token first, and then that it belongs to this very activity."""

    def __init__(self, app_id: str, tenant_id: str, keys: Keys, hosts: Hosts) -> None:
        self._app_id = app_id
        self._tenant_id = tenant_id
        self._keys = keys
        self._hosts = hosts
        cloud = (urlsplit(keys.url).hostname or "").endswith(".azure.us")
        self._issuer = GOVERNMENT_ISSUER if cloud else ISSUER

    async def claims(self, header: str) -> dict[str, Any]:
        """What a valid token says. Raises Denied with 401."""
        scheme, _, token = header.partition(" ")
        if not self._app_id or scheme != "Bearer" or not token:
            raise Denied(401, "no_token")
        try:
            head = jwt.get_unverified_header(token)
            if head.get("alg") != "RS256":
                raise Denied(401, "wrong_algorithm")
            key = await self._keys.find(str(head.get("kid", "")))
            found: dict[str, Any] = jwt.decode(
                token,
                key.public,
                algorithms=["RS256"],
                audience=self._app_id,
                issuer=self._issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "iss", "aud"], "strict_aud": True},
            )
        except Denied:
            raise
        except Exception as problem:
            # Whatever a stranger can put into a token: it is refused, it is no fault of ours.
            raise Denied(401, type(problem).__name__) from None
        if CHANNEL not in key.endorsements:
            raise Denied(403, "not_endorsed")
        return found

    def match(self, claims: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        """The token is for this activity, from Teams, of our own tenant. Raises Denied with 403."""
        service = body.get("serviceUrl")
        claimed = claims.get("serviceurl")
        if not isinstance(service, str) or not isinstance(claimed, str):
            raise Denied(403, "no_service")
        if service.rstrip("/") != claimed.rstrip("/"):
            raise Denied(403, "wrong_service")
        if body.get("channelId") != CHANNEL:
            raise Denied(403, "wrong_channel")
        self.reach(service)
        named = tenants(body)
        if not named or (self._tenant_id and named != {self._tenant_id.lower()}):
            raise Denied(403, "wrong_tenant")

    def reach(self, service: str) -> None:
        """The address to answer to is one of Teams'. Raises Denied with 403."""
        if not self._hosts.allow(service):
            raise Denied(403, "foreign_service")
