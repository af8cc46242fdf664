"""Slack's own SDK for the way in: one workspace, and one place where every request ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import quiet
from adapters.slack.parse import Here

Take = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]


def app(client: AsyncWebClient, here: Callable[[], Here], take: Take) -> AsyncApp:
    """Bolt, acknowledging only after `take` is done with a request."""
    made = AsyncApp(
        client=client,
        authorize=_OneWorkspace(here, str(client.token)),
        logger=quiet,
        process_before_response=True,
        # Checked by `listen` already, before the body is parsed.
        request_verification_enabled=False,
    )
    made.use(_All(take))
    return made


class _All(AsyncMiddleware):
    """The end of bolt's chain: every request that passed its checks."""

    def __init__(self, take: Take) -> None:
        self._take = take

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002  # bolt's own name
    ) -> BoltResponse:
        """Answer it here."""
        return await self._take(req)


class _OneWorkspace(AsyncAuthorize):
    """One workspace, one token: nothing to look up, and so no event to lose when Slack is slow."""

    def __init__(self, here: Callable[[], Here], token: str) -> None:
        self._here = here
        self._token = token

    async def __call__(self, **asked: Any) -> AuthorizeResult:
        """Whatever the request: the same."""
        user = self._here().user or None
        return AuthorizeResult(
            enterprise_id=asked.get("enterprise_id"),
            team_id=asked.get("team_id"),
            bot_user_id=user,
            bot_token=self._token,
        )
