"""Everything that comes from the environment or `.env`; names all that is wrong at once."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(Exception):
    """The settings do not work; the message names every one that is wrong, and the mend."""


class Settings(BaseSettings):
    """See README, 'Settings'. Names here are the environment's, in lower case."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", str_strip_whitespace=True
    )

    database_url: str = "sqlite:///data/opnamewijzer.sqlite"
    host: str = "127.0.0.1"
    port: int = 3978
    public_url: str = ""
    timezone: str = "Europe/Amsterdam"
    guidelines: Path | None = None
    slack_bot_token: str = ""
    slack_signing_secret: str = ""
    slack_app_token: str = ""
    slack_api_url: str = "https://slack.com/api/"
    teams_app_id: str = ""
    teams_app_password: str = ""
    teams_tenant_id: str = ""
    teams_app_type: Literal["SingleTenant", "MultiTenant"] = "SingleTenant"
    teams_local_testing: bool = False
    teams_openid_url: str = ""
    teams_token_url: str = ""
    teams_service_hosts: str = ""
    smtp_url: str = ""
    mail_from: str = ""
    privacy_officer_email: str = ""
    local_chat: bool | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"
    keep_closed_days: int = 365
    keep_talk_days: int = 30
    collect_unanswered: bool = False

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: str) -> str:
        return str(value).upper()

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("is no time zone: write for example Europe/Amsterdam") from None
        return value

    @field_validator("port")
    @classmethod
    def _port(cls, value: int) -> int:
        if not 0 <= value <= 65535:
            raise ValueError("is no port: choose a number from 1 to 65535")
        return value

    @field_validator("keep_closed_days", "keep_talk_days")
    @classmethod
    def _days(cls, value: int) -> int:
        if value < 1:
            raise ValueError("must be at least 1 day")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: str) -> str:
        if value and (
            urlsplit(value).scheme not in {"smtp", "smtps"} or not urlsplit(value).hostname
        ):
            raise ValueError("must look like smtp://USER:PASSWORD@HOST:587 or smtps://HOST:465")
        return value

    @field_validator("public_url", "slack_api_url")
    @classmethod
    def _web(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("must begin with https:// (or http:// for a test)")
        return value

    @field_validator("teams_openid_url", "teams_token_url")
    @classmethod
    def _secret(cls, value: str) -> str:
        parts = urlsplit(value)
        safe = parts.scheme == "https" or (
            parts.scheme == "http" and is_loopback(parts.hostname or "")
        )
        if value and not safe:
            raise ValueError("must begin with https:// (http:// only for this machine)")
        return value

    @field_validator("privacy_officer_email", "mail_from")
    @classmethod
    def _mail(cls, value: str) -> str:
        if value and "@" not in value:
            raise ValueError("is no e-mail address")
        return value

    @model_validator(mode="after")
    def _together(self) -> Settings:
        wrong = []
        if self.slack_bot_token and not (self.slack_signing_secret or self.slack_app_token):
            wrong.append(
                "SLACK_SIGNING_SECRET or SLACK_APP_TOKEN is missing beside SLACK_BOT_TOKEN"
            )
        if (self.slack_signing_secret or self.slack_app_token) and not self.slack_bot_token:
            wrong.append("SLACK_BOT_TOKEN is missing beside the other Slack settings")
        if self.teams_app_id and not self.teams_app_password:
            wrong.append("TEAMS_APP_PASSWORD is missing beside TEAMS_APP_ID")
        if self.teams_app_id and self.teams_app_type == "SingleTenant" and not self.teams_tenant_id:
            wrong.append("TEAMS_TENANT_ID is missing: a SingleTenant bot needs it")
        if self.teams_local_testing and not self.on_loopback:
            wrong.append("TEAMS_LOCAL_TESTING works only while HOST is a loopback address")
        if self.local_chat and not self.on_loopback:
            wrong.append(
                "LOCAL_CHAT lets everybody be anybody, so it works only while HOST is a loopback"
                " address: set HOST=127.0.0.1 or LOCAL_CHAT=false"
            )
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    @property
    def on_loopback(self) -> bool:
        """Whether the web server is reachable from this machine alone."""
        return is_loopback(self.host)

    @property
    def with_local_chat(self) -> bool:
        """The local chat is on by default, but only on loopback and with no platform set up."""
        if self.local_chat is None:
            return self.on_loopback and not self.slack_bot_token and not self.teams_app_id
        return self.local_chat

    @property
    def url(self) -> str:
        """The address people reach us at, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def load(**overrides: object) -> Settings:
    """Read the settings. SettingsError names every one that is wrong, one per line."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # names are checked by pydantic
    except ValidationError as problem:
        lines = []
        for error in problem.errors():
            name = ".".join(str(part) for part in error["loc"]).upper()
            message = error["msg"].removeprefix("Value error, ")
            lines.append(f"{name} {message}".strip())
        raise SettingsError("\n".join(lines)) from None
    except (UnicodeDecodeError, OSError) as problem:
        raise SettingsError(f".env cannot be read: {problem}") from None
