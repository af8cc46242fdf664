"""Slack's Web API: one shared session, and its refusals in the engine's own words."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from math import isfinite
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.doubt import CONNECT_SECONDS, DOUBTFUL, in_doubt
from bot.engine.replies import RetryLater, Undeliverable, Unreachable, Unsure

PATIENCE = 10
DEFAULT_WAIT = 30.0
LONGEST_WAIT = 3600.0

# The SDKs write whole bodies into their logs, at INFO and DEBUG. We log ourselves what we need.
quiet = logging.getLogger("opnamewijzer.slack.sdk")
quiet.setLevel(logging.CRITICAL)

# About the person or the place we write to. What Slack says about ourselves stands in OURS: who
# takes our own trouble for somebody's absence writes off everybody at once.
GONE = frozenset(
    {
        "users_not_found",
        "user_not_found",
        "user_disabled",
        "user_not_visible",
        "cannot_dm_bot",
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "invalid_user_combination",
    }
)
REFUSED = frozenset(
    {
        "msg_too_long",
        "msg_blocks_too_long",
        "no_text",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_arguments",
        "too_many_attachments",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel",
        "cannot_reply_to_message",
        "posting_to_channel_denied",
        "ekm_access_denied",
    }
)
# Slack says of these that some part may have been done all the same.
DOUBTED = frozenset({"fatal_error", "internal_error", *(f"http_{status}" for status in DOUBTFUL)})
BAD_TOKEN = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "token_revoked",
        "token_expired",
        "account_inactive",
        "app_uninstalled",
    }
)

OURS = {
    "messages_tab_disabled": "switch on the messages tab of the Slack app (App Home)",
    "team_access_not_granted": "the organisation did not give the Slack app to this workspace",
    "org_login_required": "the workspace is being moved to an organisation: install the app again",
    "access_denied": "an administrator restricted the Slack app: ask them to allow it",
    "no_permission": "an administrator restricted the Slack app: ask them to allow it",
    "not_allowed_token_type": "SLACK_BOT_TOKEN is no bot token: it begins with xoxb-",
    "team_not_found": "Slack does not know the workspace of SLACK_BOT_TOKEN: set the token again",
}

Call = Callable[..., Awaitable[AsyncSlackResponse]]


class SlackError(Exception):
    """Slack answered no; `code` is its reason. It may answer yes later."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class GoneError(SlackError, Unreachable):
    """This receiver cannot be reached in Slack."""


class RefusedError(SlackError, Undeliverable):
    """Slack does not take this very message."""


class Api:
    """The Web API with our token. `problems`: what the operator must mend, by subject."""

    def __init__(self, token: str, url: str) -> None:
        self.client = AsyncWebClient(
            token=token,
            base_url=url.rstrip("/") + "/",
            timeout=PATIENCE,
            logger=quiet,
            # Trying again is the durable delivery's work: a second try hidden here would double.
            retry_handlers=[],
        )
        self.problems: dict[str, str] = {}

    async def start(self) -> None:
        """Open the one session that all calls share."""
        limits = aiohttp.ClientTimeout(total=PATIENCE, sock_connect=CONNECT_SECONDS)
        self.client.session = aiohttp.ClientSession(timeout=limits)

    async def stop(self) -> None:
        """Close it."""
        if self.client.session:
            await self.client.session.close()
            self.client.session = None

    async def call(self, method: Call, **arguments: Any) -> AsyncSlackResponse:
        """One call.

        Raises RetryLater, GoneError, RefusedError or SlackError for what Slack says, and what the
        network raises (aiohttp.ClientError, TimeoutError).
        """
        try:
            answer = await method(**arguments)
        except SlackApiError as problem:
            raise self._translated(problem) from None
        self._well(answer)
        return answer

    def _well(self, answer: AsyncSlackResponse) -> None:
        """A yes ends the trouble it disproves: the token works, and these scopes are there."""
        self.problems.pop("token", None)
        for scope in granted(answer.headers):
            self.problems.pop(f"scope {scope}", None)

    async def post(self, method: Call, **arguments: Any) -> AsyncSlackResponse:
        """One call that must not be done twice: Unsure when nobody knows whether it was done."""
        try:
            return await self.call(method, **arguments)
        except SlackError as refused:
            if refused.code in DOUBTED:
                raise Unsure(refused.code, refused.code) from None
            raise
        except (TimeoutError, aiohttp.ClientError) as problem:
            if in_doubt(problem):
                raise Unsure(type(problem).__name__, "no_answer") from None
            raise

    def _translated(self, problem: SlackApiError) -> Exception:
        response = problem.response
        data = getattr(response, "data", None)
        data = data if isinstance(data, dict) else {}
        status = getattr(response, "status_code", 0)
        code = str(data.get("error") or f"http_{status}")
        if status == 429 or code in ("ratelimited", "rate_limited"):
            return RetryLater(_seconds(response.headers.get("Retry-After")))
        if code in BAD_TOKEN:
            self.problems["token"] = (
                f"Slack refuses SLACK_BOT_TOKEN ({code}):"
                " install the app in the workspace again and set the token it shows then"
            )
        if code in OURS:
            self.problems["token"] = f"Slack answers {code}: {OURS[code]}"
        if code == "missing_scope":
            for scope in str(data.get("needed") or "?").split(","):
                self.problems[f"scope {scope.strip()}"] = lacks(scope.strip())
        for codes, kind in ((GONE, GoneError), (REFUSED, RefusedError)):
            if code in codes:
                return kind(code)
        return SlackError(code)


def granted(headers: Mapping[str, Any]) -> frozenset[str]:
    """The scopes our token has; none where Slack does not tell. Pure."""
    given = {key.lower(): value for key, value in headers.items()}.get("x-oauth-scopes") or ""
    return frozenset(scope.strip() for scope in str(given).split(",") if scope.strip())


def lacks(scope: str) -> str:
    """What to do about a scope that the installed app was not given."""
    return (
        f"the Slack app lacks the scope {scope}:"
        " bring its manifest up to date and install the app again"
    )


def _seconds(header: str | None) -> float:
    try:
        asked = float(header or DEFAULT_WAIT)
    except ValueError:
        return DEFAULT_WAIT
    return min(max(asked, 0.5), LONGEST_WAIT) if isfinite(asked) else DEFAULT_WAIT
