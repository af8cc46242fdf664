"""Who may call: only the page that this process gave out, opened on this machine, among sample people.

In the local chat everybody may be anybody. So the door is shut where real people are, and a request
must come straight from a browser here (no proxy, no DNS rebinding, no other site) with the token
that this process set when it served the page; a body is small JSON.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import HttpVersion11, web
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.local.messenger import PLATFORM
from bot.engine.loopback import is_loopback
from bot.engine.store.database import Database
from bot.engine.store.tables import Account, Person

LARGEST_BODY = 100_000
# Domains that can be nobody's (RFC 2606): the sample people's, and those of tests.
NOBODYS = ("example", "test", "invalid", "localhost", "example.org", "example.com", "example.net")
FORWARDING = ("forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip",
    "x-original-url", "x-original-host", "cdn-loop")  # fmt: skip
FORWARDING_FAMILIES = ("x-forwarded", "x-envoy-", "cf-", "fastly-", "x-amzn-", "x-azure-", "x-arr-")
REAL_PEOPLE = (
    "this database holds real people, and in the local chat everybody may be anybody;"
    " use `opnamewijzer chat --as EMAIL`, or another DATABASE_URL for trying out"
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Door:
    """The way into the local chat of this process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._token = secrets.token_urlsafe(32)

    def entrance(self, handler: Handler) -> Handler:
        """For the page itself: who opens it gets the token."""

        async def enter(request: web.Request) -> web.StreamResponse:
            await self._open(request)
            response = await handler(request)
            response.set_cookie(
                _cookie(request), self._token, httponly=True, samesite="Strict", path="/local/"
            )
            return response

        return enter

    def guarded(self, handler: Handler) -> Handler:
        """For what the page asks: it must bring the token."""

        async def guard(request: web.Request) -> web.StreamResponse:
            await self._open(request)
            _same_site(request)
            brought = request.cookies.get(_cookie(request), "")
            if not hmac.compare_digest(brought.encode(), self._token.encode()):
                raise web.HTTPForbidden(text="Open the page of the local chat again, at /.")
            if request.method == "POST":
                _small_json(request)
            return await handler(request)

        return guard

    async def _open(self, request: web.Request) -> None:
        """Straight from this machine, and nobody real inside."""
        if not _loopback(request.host) or not is_loopback(request.remote or ""):
            raise web.HTTPForbidden(text="The local chat is only for this machine.")
        # A browser here speaks HTTP/1.1; the plainest proxies name nobody, but speak 1.0.
        if request.version < HttpVersion11 or any(map(_forwards, request.headers)):
            raise web.HTTPForbidden(text="The local chat does not stand behind another server.")
        async with self._database.transaction() as db:
            if await real_people(db):
                raise web.HTTPForbidden(text=f"The local chat is closed: {REAL_PEOPLE}.")


async def real_people(db: AsyncSession) -> bool:
    """Whether anybody may be in this database who is not made up."""
    roster = (await db.exec(select(Person.email))).all()
    # Who talks in the terminal says themselves who they are; a real platform vouches for it.
    accounts = (await db.exec(select(Account.email).where(Account.platform != PLATFORM))).all()
    return not all(_made_up(email) for email in (*roster, *accounts))


def _made_up(email: str) -> bool:
    domain = email.rpartition("@")[2].lower()
    return any(domain == name or domain.endswith(f".{name}") for name in NOBODYS)


def _cookie(request: web.Request) -> str:
    """Browsers keep the cookies of all ports together."""
    return f"opnamewijzer_{urlsplit(f'//{request.host}').port or 80}"


def _forwards(header: str) -> bool:
    name = header.lower()
    return name in FORWARDING or name.startswith(FORWARDING_FAMILIES)


def _loopback(host: str) -> bool:
    try:
        found = urlsplit(f"//{host}")
        return found.port != 0 and is_loopback(found.hostname or "")
    except ValueError:
        return False


def _small_json(request: web.Request) -> None:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="Send JSON.")
    if request.content_length is None:
        raise web.HTTPLengthRequired
    if request.content_length > LARGEST_BODY:
        raise web.HTTPRequestEntityTooLarge(LARGEST_BODY, request.content_length)


def _same_site(request: web.Request) -> None:
    """Another site's page can make a browser ask here; the browser then says where it is from."""
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if site not in ("same-origin", "none") or (origin and urlsplit(origin).netloc != request.host):
        raise web.HTTPForbidden(text="Only the local chat's own page may do this.")


async def body(request: web.Request) -> dict[str, Any]:
    """The JSON object that was posted."""
    try:
        data = json.loads(await request.read())
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest(text="This is no JSON.") from None
    if not isinstance(data, dict):
        raise web.HTTPBadRequest(text="Send a JSON object.")
    return data
