"""Who may call: only a page of this very server, opened on this machine.

In the local chat everybody may be anybody, so a request from elsewhere must not get in: its Host
is a loopback name (no DNS rebinding), no other site may post, and a body is small JSON.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.engine.loopback import is_loopback

LARGEST_BODY = 100_000

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guarded(handler: Handler) -> Handler:
    """Only for pages of this server, opened on this machine."""

    async def guard(request: web.Request) -> web.StreamResponse:
        if not _loopback(request.host):
            raise web.HTTPForbidden(text="The local chat is only for this machine.")
        if request.method == "POST":
            _same_site(request)
            if request.content_type != "application/json":
                raise web.HTTPUnsupportedMediaType(text="Send JSON.")
            if request.content_length is None:
                raise web.HTTPLengthRequired
            if request.content_length > LARGEST_BODY:
                raise web.HTTPRequestEntityTooLarge(LARGEST_BODY, request.content_length)
        return await handler(request)

    return guard


def _loopback(host: str) -> bool:
    try:
        return is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False


def _same_site(request: web.Request) -> None:
    """Another site's page can make a browser post here; the browser then says where it is from."""
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
