"""The only wiring: settings -> store -> dialogs -> platforms -> jobs. What is done with it is in `commands`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import dialogs
from adapters.desk import tables as desk
from adapters.desk.doors import DeskDoors
from adapters.desk.settings import DeskSettings
from adapters.local import tables as local
from bot.engine import identify, keeping
from bot.engine.chores import inside, periodic
from bot.engine.conversation import Talk
from bot.engine.delivery import Delivery
from bot.engine.dialog import Dialog, Office
from bot.engine.holdings import owned
from bot.engine.jobs import Worker
from bot.engine.links import Links
from bot.engine.platform import House, Platform
from bot.engine.replies import Messenger
from bot.engine.store.database import Database, secret
from bot.engine.texts import Texts
from bot.settings import Settings
from dialogs.dates import days as dates
from dialogs.guidelines.loading import load as load_guidelines
from dialogs.guidelines.model import Guidelines
from dialogs.understanding.reader import Reader

STOP_SECONDS = 2.0  # for a platform; with the web server and the worker less than eight

HOLDINGS = (
    keeping.HOLDING,
    *(h for d in dialogs.DIALOGS for h in d.holdings),
    local.HOLDING,
    desk.HOLDING,
)


class Clock:
    """The time, which the local chat may move forward and `--at` may fix."""

    def __init__(self, fixed: datetime | None = None) -> None:
        self._fixed = fixed
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """Now, in UTC."""
        return (self._fixed or datetime.now(UTC)) + self.ahead


@dataclass
class App:
    """Everything that runs, wired."""

    settings: Settings
    clock: Clock
    database: Database
    texts: Texts
    guidelines: Guidelines
    office: Office
    links: Links
    dialogs: tuple[Dialog, ...]
    talk: Talk
    messengers: dict[str, Messenger]
    worker: Worker
    platforms: dict[str, Platform]

    @asynccontextmanager
    async def sending(self, *, listen: bool = False) -> AsyncIterator[None]:
        """The platforms connected, to send and perhaps to listen."""
        started: list[Platform] = []
        try:
            for platform in self.platforms.values():
                started.append(platform)
                await platform.start(listen=listen)
            yield
        finally:
            await asyncio.gather(*map(_stopped, started))

    def problems(self) -> list[str]:
        """What the platforms report: a revoked token, a missing scope."""
        return [f"{name}: {p}" for name, at in self.platforms.items() for p in at.problems()]


def rules(settings: Settings) -> Guidelines:
    """The guidelines file, with the addresses that the settings put in the place of its own."""
    found = load_guidelines(settings.guidelines)
    officers = settings.privacy_officers
    if not officers:
        return found
    return replace(found, names=replace(found.names, officer_addresses=officers))


async def _stopped(platform: Platform) -> None:
    """Whoever stops us does not wait long; what matters is in the database."""
    with suppress(TimeoutError):
        await asyncio.wait_for(platform.stop(), STOP_SECONDS)


@asynccontextmanager
async def wired(settings: Settings, clock: Clock) -> AsyncIterator[App]:
    """Open the database, bring it up to date, and wire everything; close it at the end."""
    database = Database.at(settings.database_url)
    try:
        await database.upgrade()
        async with database.transaction() as db:
            links = Links(await secret(db, "links"), settings.site.url)
        yield _wire(settings, clock, database, links)
    finally:
        await database.close()


def _wire(settings: Settings, clock: Clock, database: Database, links: Links) -> App:
    guidelines = rules(settings)
    texts = dialogs.texts(guidelines)
    office = _office(settings, guidelines, texts, links)
    reader = Reader.load(guidelines)
    talk = Talk(database, texts, dialogs.DIALOGS, reader, dates, office)
    messengers: dict[str, Messenger] = {}
    house = House(
        site=settings.site,
        talk=talk,
        texts=texts,
        office=office,
        links=links,
        database=database,
        clock=clock,
        messengers=messengers,
        wake=talk.wake,
        dialogs=dialogs.DIALOGS,
    )
    platforms = _platforms(settings, house)
    messengers |= {name: p.messenger for name, p in platforms.items() if p.messenger}
    worker = _worker(house, platforms)
    talk.attach(worker)
    return App(
        settings=settings,
        clock=clock,
        database=database,
        texts=texts,
        guidelines=guidelines,
        office=office,
        links=links,
        dialogs=dialogs.DIALOGS,
        talk=talk,
        messengers=messengers,
        worker=worker,
        platforms=platforms,
    )


def _worker(house: House, platforms: Mapping[str, Platform]) -> Worker:
    """Delivers at every platform's own pace, and does the dialogs' jobs."""
    directories = {name: p.directory for name, p in platforms.items() if p.directory}
    return Delivery(house.database, house.messengers).worker(
        house.clock,
        inside(dialogs.DIALOGS, house.office),
        {name: platform.gap for name, platform in platforms.items() if platform.gap},
        periodic(dialogs.DIALOGS),
        {identify.KIND: identify.Identify(directories, owned(HOLDINGS))},
        {name: platform.room for name, platform in platforms.items()},
    )


def _office(settings: Settings, guidelines: Guidelines, texts: Texts, links: Links) -> Office:
    officers = tuple(address.lower() for address in guidelines.names.officer_addresses)
    closed = settings.of(DeskSettings).off(settings.site)
    return Office(
        texts=texts,
        zone=settings.zone,
        privacy_officer=officers[0],
        privacy_officers=officers,
        link=links.make,
        months=guidelines.names.months,
        hours=guidelines.names.hours,
        keep_closed=settings.keep_closed_days,
        keep_talk=settings.keep_talk_days,
        collect_unanswered=settings.collect_unanswered,
        holdings=HOLDINGS,
        rules=guidelines,
        doors=None if closed else DeskDoors(settings.site.url),
    )


def _platforms(settings: Settings, house: House) -> dict[str, Platform]:
    """The platforms that are set up, by name."""
    on = [group for group in settings.platforms if not group.off(settings.site)]
    return {group.name: group.build(house) for group in on}
