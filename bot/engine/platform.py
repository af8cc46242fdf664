"""What a platform is: a way in, a way out, or both, with settings of its own.

The roof starts, announces, examines and paces platforms by this page alone and names none of them.
A new one is a folder in `adapters/` with a `PlatformSettings`, and one line in `bot/settings.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Protocol

from pydantic_settings import BaseSettings, SettingsConfigDict

if TYPE_CHECKING:
    # Settings are read by every command; the turn and the web are needed by few.
    from aiohttp import web

    from bot.engine.conversation import Talk
    from bot.engine.dialog import Dialog, Office
    from bot.engine.links import Links
    from bot.engine.people import Directory
    from bot.engine.replies import Messenger
    from bot.engine.store.database import Database
    from bot.engine.texts import Texts


ROOM = 1000  # messages: no pace of its own


class MovableClock(Protocol):
    """The time, and how far it runs ahead of the real one."""

    ahead: timedelta

    def __call__(self) -> datetime:
        """Now, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Site:
    """Where this installation stands.

    url: the address people and platforms reach it at; here: the one on this machine; both without
    a slash at the end. on_loopback: the web server is reachable from this machine alone. live: a platform
    is set up on which real people have real accounts. public: others are told to come, by an
    address that is not this machine's own.
    """

    url: str
    here: str
    on_loopback: bool
    live: bool = False
    public: bool = False


@dataclass(frozen=True, slots=True)
class House:
    """What a platform gets of the running bot.

    messengers: the ways out by platform; complete once everything is wired. wake: have the worker
    look for due work now. dialogs: all there are, for a platform that shows their pages.
    """

    site: Site
    talk: Talk
    texts: Texts
    office: Office
    links: Links
    database: Database
    clock: MovableClock
    messengers: Mapping[str, Messenger]
    wake: Callable[[], None]
    dialogs: Sequence[Dialog] = ()


class Platform:
    """A platform that is set up. What is not overridden is what a platform without it does.

    name: as in addresses and metrics. reach: one line for the announcement: where it can be
    reached; a path here when it begins with '/'; '' for what nobody goes to by hand. messenger: its way out; None when it only answers what comes in. directory: who can say whose an account is. gap: seconds that
    two messages in one place are kept apart. needs_https: the platform calls us from outside. closed: why it lets nobody in,
    although it is set up; known once it is started.
    """

    name: str
    reach: str
    messenger: Messenger | None = None
    directory: Directory | None = None
    gap: float = 0.0
    needs_https: bool = False
    closed: str = ""

    def routes(self) -> Sequence[web.RouteDef]:
        """Where it delivers and shows pages."""
        return ()

    async def start(self, *, listen: bool = True) -> None:
        """Connect. Never fails for the platform's sake. listen: False where it only sends."""

    async def stop(self) -> None:
        """Finish what is in hand, then let go."""

    def room(self) -> int:
        """How many messages it may get now, over all places together."""
        return ROOM

    def problems(self) -> list[str]:
        """What the operator must mend, as far as it showed."""
        return []

    async def check(self) -> list[str]:
        """Ask the platform whether all is well; sentences that say how to mend."""
        return []

    def notes(self) -> list[str]:
        """What works, but the operator should know."""
        return []


class Group(BaseSettings):
    """Settings that belong together; names are the environment's, in lower case."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", str_strip_whitespace=True
    )


class PlatformSettings(Group):
    """A platform's own settings, and the way from them to the platform.

    name: as `Platform.name`. title: in the announcement. needed: why the bot is not whole without
    it; '' when it is. quiet: loggers of its libraries that write whole bodies: personal data.
    Importing a subclass imports no SDK: most installations have one platform.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    needed: ClassVar[str] = ""
    quiet: ClassVar[tuple[str, ...]] = ()

    @property
    def live(self) -> bool:
        """Whether real people with real accounts are on it."""
        return False

    def wrong(self, site: Site) -> list[str]:
        """Settings that do not go together, or not with where this stands; how to mend each."""
        return []

    def mend(self, code: str) -> str:
        """What the operator can do about a delivery that failed with this code of its own; '' when
        that is not special to this platform."""
        return ""

    def off(self, site: Site) -> str:
        """Why it is off; '' when it is on."""
        raise NotImplementedError

    def build(self, house: House) -> Platform:
        """The platform, not started. Imports its SDK."""
        raise NotImplementedError
