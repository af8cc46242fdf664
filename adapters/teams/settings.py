"""Teams' settings."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import field_validator

from adapters.teams.hosts import is_private_url
from bot.engine.platform import House, PlatformSettings, Site

if TYPE_CHECKING:
    from adapters.teams.listen import Teams

MENDING = {
    "NoToken": "Microsoft refuses TEAMS_APP_ID, TEAMS_APP_PASSWORD or TEAMS_TENANT_ID: `doctor` says more",
    "http_401": "Teams refuses the bot's token: check TEAMS_APP_ID and TEAMS_TENANT_ID",
    "http_403": "this person removed or blocked the bot, or an administrator did: they get e-mail",
    "http_404": "that chat is gone: the person gets e-mail, and is back after writing to the bot",
    "http_400": "Teams does not take this message: `jobs drop`, and report it",
    "http_413": "the message is too long for Teams: `jobs drop`, and report it",
    **dict.fromkeys(
        ("http_429", "http_500", "http_502", "http_504", "no_answer"),
        "Teams may have shown it all the same: ask the receiver; `jobs retry` or `jobs drop`",
    ),
    "http_503": "Teams is out of order: it goes on by itself",
}


class TeamsSettings(PlatformSettings):
    """See README, 'Settings'. On when there is an app id, or for local testing."""

    name: ClassVar[str] = "teams"
    title: ClassVar[str] = "Teams"
    quiet: ClassVar[tuple[str, ...]] = (
        "botbuilder",
        "botframework",
        "msrest",
        "requests_oauthlib",
        "urllib3",
    )

    teams_app_id: str = ""
    teams_app_password: str = ""
    teams_tenant_id: str = ""
    teams_app_type: Literal["SingleTenant", "MultiTenant"] = "SingleTenant"
    teams_local_testing: bool = False
    teams_openid_url: str = ""
    teams_token_url: str = ""
    teams_service_hosts: str = ""

    @field_validator("teams_openid_url", "teams_token_url")
    @classmethod
    def _secret(cls, value: str) -> str:
        if value and not is_private_url(value):
            raise ValueError("must begin with https:// (http:// only for this machine)")
        return value

    @property
    def live(self) -> bool:
        """See `PlatformSettings`."""
        return bool(self.teams_app_id)

    def wrong(self, site: Site) -> list[str]:
        """See `PlatformSettings`."""
        found = []
        if self.teams_app_id and not self.teams_app_password:
            found.append("TEAMS_APP_PASSWORD is missing beside TEAMS_APP_ID")
        if self.teams_app_id and self.teams_app_type == "SingleTenant" and not self.teams_tenant_id:
            found.append("TEAMS_TENANT_ID is missing: a SingleTenant bot needs it")
        for name, value in (
            ("TEAMS_APP_ID", self.teams_app_id),
            ("TEAMS_TENANT_ID", self.teams_tenant_id),
        ):
            if value and not _is_guid(value):
                found.append(
                    f"{name} must be an id like 12345678-abcd-1234-abcd-123456789012, no name:"
                    " copy it from the Azure portal"
                )
        if self.teams_local_testing and self.teams_app_id:
            found.append(
                "TEAMS_LOCAL_TESTING lets anybody in who reaches this machine: leave it out beside"
                " TEAMS_APP_ID"
            )
        if self.teams_local_testing and not site.on_loopback:
            found.append("TEAMS_LOCAL_TESTING works only while HOST is a loopback address")
        return found

    def off(self, site: Site) -> str:
        """See `PlatformSettings`."""
        on = self.teams_app_id or self.teams_local_testing
        return "" if on else "TEAMS_APP_ID is not set"

    def mend(self, code: str) -> str:
        """See `PlatformSettings`."""
        return MENDING.get(code, "")

    def build(self, house: House) -> Teams:
        """See `PlatformSettings`."""
        from adapters.teams.listen import Teams

        return Teams(
            app_id=self.teams_app_id,
            app_password=self.teams_app_password,
            tenant_id=self.teams_tenant_id,
            app_type=self.teams_app_type,
            local_testing=self.teams_local_testing,
            openid_url=self.teams_openid_url,
            token_url=self.teams_token_url,
            service_hosts=tuple(filter(None, self.teams_service_hosts.split(","))),
            talk=house.talk,
            texts=house.texts,
            clock=house.clock,
            zone=house.office.zone,
        )


def _is_guid(value: str) -> bool:
    try:
        return str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False
