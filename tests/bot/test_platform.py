"""A platform that the roof has never heard of is started, announced, examined and paced."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from aiohttp import web

from adapters.web import Health, application
from bot.commands.doctor import examine
from bot.commands.serve import announcement
from bot.engine.events import Address
from bot.engine.platform import House, Platform, PlatformSettings, Site
from bot.engine.replies import Reply
from bot.settings import PLATFORMS, SettingsError, load
from bot.wiring import App, wired
from tests.conftest import Ticker


@dataclass
class PigeonMessenger:
    platform: str = "pigeon"
    sent: list[Reply] = field(default_factory=list)

    async def send(self, address: Address, reply: Reply, *, key: str, replaces: str = "") -> str:
        self.sent.append(reply)
        return key

    async def find(self, email: str) -> Address | None:
        return Address("pigeon", "", email)


class Pigeon(Platform):
    name = "pigeon"
    reach = "/pigeon"
    gap = 2.5
    needs_https = True

    def __init__(self) -> None:
        self.messenger = PigeonMessenger()
        self.state = "built"

    def routes(self) -> list[web.RouteDef]:
        async def land(_: web.Request) -> web.Response:
            return web.Response(text="coo")

        return [web.get("/pigeon", land)]

    async def start(self, *, listen: bool = True) -> None:
        self.state = f"started, listen={listen}"

    async def stop(self) -> None:
        self.state = "stopped"

    def problems(self) -> list[str]:
        return ["no grain"]

    async def check(self) -> list[str]:
        return ["feed it"]


class PigeonSettings(PlatformSettings):
    name: ClassVar[str] = "pigeon"
    title: ClassVar[str] = "Pigeon"

    pigeon_loft: str = ""
    pigeon_grain: int = 1

    def wrong(self, site: Site) -> list[str]:
        return ["PIGEON_LOFT needs PIGEON_GRAIN"] if not self.pigeon_grain else []

    def off(self, site: Site) -> str:
        return "" if self.pigeon_loft else "PIGEON_LOFT is not set"

    def build(self, house: House) -> Pigeon:
        return Pigeon()


ALL = (*PLATFORMS, PigeonSettings)


@pytest.fixture
async def app(sqlite_url: str, clock: Ticker) -> AsyncIterator[App]:
    settings = load(ALL, _env_file=None, database_url=sqlite_url, pigeon_loft="roof")
    async with wired(settings, clock) as made:
        yield made


async def test_it_is_started_and_stopped(app: App) -> None:
    pigeon: Any = app.platforms["pigeon"]
    async with app.sending(listen=True):
        assert pigeon.state == "started, listen=True"
    assert pigeon.state == "stopped"


async def test_it_is_announced(app: App) -> None:
    lines = announcement(app, work=True, web=True)
    assert "  Pigeon       on    http://127.0.0.1:3978/pigeon" in lines
    assert any(line.startswith("  Slack        off") for line in lines)


async def test_it_is_examined(app: App) -> None:
    found = [str(finding) for finding in await examine(app)]
    assert "wrong  pigeon     feed it" in found
    assert any(line.startswith("wrong") and "PUBLIC_URL" in line for line in found)
    assert "pigeon: no grain" in Health(app.database, None, app.clock, app.problems).problems()


async def test_it_is_paced_and_heard(app: App) -> None:
    assert app.worker._gaps["pigeon"] == Pigeon.gap
    assert app.messengers["pigeon"] is app.platforms["pigeon"].messenger
    routes = [route for platform in app.platforms.values() for route in platform.routes()]
    made = application(routes, Health(app.database, None, app.clock))
    assert "/pigeon" in [resource.canonical for resource in made.router.resources()]


def test_its_settings_are_named_with_all_others() -> None:
    with pytest.raises(SettingsError, match="PIGEON_GRAIN") as wrong:
        load(ALL, _env_file=None, pigeon_grain="many", port="x")
    assert "PORT" in str(wrong.value)
    with pytest.raises(SettingsError, match="PIGEON_LOFT"):
        load(ALL, _env_file=None, pigeon_grain=0)


def test_it_is_off_without_its_settings() -> None:
    settings = load(ALL, _env_file=None)
    assert settings.of(PigeonSettings).off(settings.site) == "PIGEON_LOFT is not set"
