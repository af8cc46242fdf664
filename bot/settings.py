"""Everything that comes from the environment or `.env`; names all that is wrong at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import PrivateAttr, ValidationError, field_validator

from adapters.desk.settings import DeskSettings
from adapters.local.settings import LocalSettings
from adapters.mail.settings import MailSettings
from adapters.page.settings import PageSettings
from adapters.slack.settings import SlackSettings
from adapters.teams.settings import TeamsSettings
from bot.engine.loopback import is_loopback
from bot.engine.platform import Group, PlatformSettings, Site

# The platforms there are. Who is to be told something is looked for on them in this order: the
# local chat knows a place for everybody, so it stands behind those with real accounts.
PLATFORMS: tuple[type[PlatformSettings], ...] = (
    SlackSettings,
    TeamsSettings,
    PageSettings,
    DeskSettings,
    LocalSettings,
    MailSettings,
)

G = TypeVar("G", bound=Group)


class SettingsError(Exception):
    """The settings do not work; the message names every one that is wrong, and the mend."""


class Settings(Group):
    """The roof's own, see README, 'Settings'; those of the platforms are in `platforms`."""

    database_url: str = "sqlite:///data/opnamewijzer.sqlite"
    host: str = "127.0.0.1"
    port: int = 3978
    public_url: str = ""
    timezone: str = "Europe/Amsterdam"
    guidelines: Path | None = None
    privacy_officer_email: str = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"
    keep_closed_days: int = 365
    keep_talk_days: int = 30
    collect_unanswered: bool = False

    _platforms: tuple[PlatformSettings, ...] = PrivateAttr(default=())

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

    @field_validator("public_url")
    @classmethod
    def _http(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("must begin with https:// (or http:// for a test)")
        return value

    @field_validator("privacy_officer_email")
    @classmethod
    def _mails(cls, value: str) -> str:
        wrong = [each for each in _addresses(value) if not is_mail(each)]
        if wrong or (value and not _addresses(value)):
            raise ValueError(
                f"is no e-mail address: {', '.join(wrong) or value}"
                " (several are written with a comma between them)"
            )
        return value

    def meet(self, platforms: tuple[PlatformSettings, ...]) -> None:
        """Take in what was read for the platforms."""
        self._platforms = platforms

    @property
    def platforms(self) -> tuple[PlatformSettings, ...]:
        """The settings of every platform there is, on or off."""
        return self._platforms

    @property
    def privacy_officers(self) -> tuple[str, ...]:
        """The addresses that stand in for the guidelines file's; none when that one holds."""
        return tuple(dict.fromkeys(each.lower() for each in _addresses(self.privacy_officer_email)))

    @property
    def zone(self) -> ZoneInfo:
        """In which times are shown and working hours counted."""
        return ZoneInfo(self.timezone)

    @property
    def site(self) -> Site:
        """Where this installation stands."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        here = f"http://{host}:{self.port}"
        return Site(
            url=self.public_url.rstrip("/") or here,
            here=here,
            on_loopback=is_loopback(self.host),
            live=any(group.live for group in self._platforms),
            public=bool(self.public_url) and not is_loopback(_host(self.public_url)),
        )

    def of(self, group: type[G]) -> G:
        """The settings of one platform."""
        return next(found for found in self._platforms if isinstance(found, group))


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def is_mail(address: str) -> bool:
    """Whether this can be an e-mail address."""
    name, _, domain = address.rpartition("@")
    return bool(name and domain) and not any(c.isspace() or c in ",;<>" for c in address)


def _addresses(value: str) -> list[str]:
    return [each.strip() for each in value.split(",") if each.strip()]


def load(
    platforms: Sequence[type[PlatformSettings]] = PLATFORMS, /, **overrides: object
) -> Settings:
    """Read the settings of the roof and of all platforms; `overrides` stand above what is set.

    SettingsError names every one that is wrong, one per line. TypeError: an override that no
    group has.
    """
    groups: tuple[type[Group], ...] = (Settings, *platforms)
    known = {name for group in groups for name in group.model_fields}
    if strange := overrides.keys() - known - {"_env_file"}:
        raise TypeError(f"no such setting: {', '.join(sorted(strange))}")
    lines: list[str] = []
    try:
        own = _read(Settings, overrides, lines)
        read = [_read(platform, overrides, lines) for platform in platforms]
    except (UnicodeDecodeError, OSError) as problem:
        raise SettingsError(f".env cannot be read: {problem}") from None
    found = tuple(group for group in read if group)
    if own:
        own.meet(found)
    # Where this stands is not known: then nothing is said that might not be so.
    site = own.site if own else Site("", "", on_loopback=True)
    lines += [words for group in found for words in group.wrong(site)]
    if own is None or lines:
        raise SettingsError("\n".join(lines))
    return own


def _read(group: type[G], overrides: dict[str, object], lines: list[str]) -> G | None:
    """One group; None when something in it is wrong, which is then in `lines`."""
    mine = {k: v for k, v in overrides.items() if k in group.model_fields or k == "_env_file"}
    try:
        return group(**mine)
    except ValidationError as problem:
        for error in problem.errors():
            name = ".".join(str(part) for part in error["loc"]).upper()
            message = error["msg"].removeprefix("Value error, ")
            lines.append(f"{name} {message}".strip())
        return None
