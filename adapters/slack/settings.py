"""Slack's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from pydantic import field_validator

from bot.engine.platform import House, PlatformSettings, Site

if TYPE_CHECKING:
    from adapters.slack.listen import Slack

_REFUSED = "Slack refuses SLACK_BOT_TOKEN: install the app again and set the token it shows then"
_LEFT = "this person left the workspace: they get e-mail; look at the address in the roster"
MENDING = {
    **dict.fromkeys(("invalid_auth", "not_authed", "token_revoked", "token_expired"), _REFUSED),
    **dict.fromkeys(("user_disabled", "user_not_found", "users_not_found"), _LEFT),
    "account_inactive": f"{_LEFT}, or install the app again when nobody gets anything",
    "missing_scope": "bring the app's manifest up to date and install it again; `doctor` names the scope",
    "cannot_dm_bot": "this account is a bot: mend the address in the roster",
    "messages_tab_disabled": "switch on the messages tab of the app, as the manifest does",
    "channel_not_found": "the bot is not in that channel: invite it, then `jobs retry`",
    "not_in_channel": "the bot is not in that channel: invite it, then `jobs retry`",
    "is_archived": "that channel is archived: `jobs drop`",
    "msg_too_long": "the message is too long for Slack: `jobs drop`, and report it",
}


class SlackSettings(PlatformSettings):
    """See README, 'Settings'. On when there is a bot token."""

    name: ClassVar[str] = "slack"
    title: ClassVar[str] = "Slack"
    quiet: ClassVar[tuple[str, ...]] = ("slack_bolt", "slack_sdk")

    slack_bot_token: str = ""
    slack_signing_secret: str = ""
    slack_app_token: str = ""
    slack_api_url: str = "https://slack.com/api/"

    @field_validator("slack_api_url")
    @classmethod
    def _http(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("must begin with https:// (or http:// for a test)")
        return value

    @property
    def live(self) -> bool:
        """See `PlatformSettings`."""
        return bool(self.slack_bot_token)

    def wrong(self, site: Site) -> list[str]:
        """See `PlatformSettings`."""
        proof = self.slack_signing_secret or self.slack_app_token
        if self.slack_bot_token and not proof:
            return ["SLACK_SIGNING_SECRET or SLACK_APP_TOKEN is missing beside SLACK_BOT_TOKEN"]
        if proof and not self.slack_bot_token:
            return ["SLACK_BOT_TOKEN is missing beside the other Slack settings"]
        return []

    def off(self, site: Site) -> str:
        """See `PlatformSettings`."""
        return "" if self.slack_bot_token else "SLACK_BOT_TOKEN is not set"

    def mend(self, code: str) -> str:
        """See `PlatformSettings`."""
        return MENDING.get(code, "")

    def build(self, house: House) -> Slack:
        """See `PlatformSettings`."""
        from adapters.slack.listen import Slack

        return Slack(
            bot_token=self.slack_bot_token,
            signing_secret=self.slack_signing_secret,
            app_token=self.slack_app_token,
            api_url=self.slack_api_url,
            talk=house.talk,
            texts=house.texts,
            clock=house.clock,
        )
