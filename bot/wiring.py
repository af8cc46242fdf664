"""The only wiring: settings -> store -> dialogs -> adapters -> jobs. Commands are in __main__."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import dialogs
from adapters.local import tables as local
from adapters.local.messenger import LocalMessenger
from adapters.mail import Mailer
from bot.engine import keeping
from bot.engine.conversation import Talk
from bot.engine.dialog import Dialog, Office, inside, periodic
from bot.engine.jobs import Worker
from bot.engine.links import Links
from bot.engine.outbox import Delivery
from bot.engine.replies import Messenger
from bot.engine.store.database import Database, secret
from bot.engine.texts import Texts
from bot.settings import Settings
from dialogs.dates import days as dates
from dialogs.guidelines.loading import load as load_guidelines
from dialogs.guidelines.model import Guidelines
from dialogs.understanding.reader import Reader

GAPS = {"slack": 1.0, "teams": 0.5}  # seconds between messages in one place; the platforms' pace


HOLDINGS = (keeping.HOLDING, *(h for d in dialogs.DIALOGS for h in d.holdings), local.HOLDING)


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
    platforms: dict[str, Any] = field(default_factory=dict)

    @asynccontextmanager
    async def sending(self, *, listen: bool = False) -> AsyncIterator[None]:
        """The platforms connected, to send and perhaps to listen."""
        for platform in self.platforms.values():
            await platform.start(listen=listen)
        try:
            yield
        finally:
            for platform in self.platforms.values():
                await platform.stop()

    def problems(self) -> list[str]:
        """What the platforms report: a revoked token, a missing scope."""
        return [f"{name}: {p}" for name, at in self.platforms.items() for p in at.problems()]


@asynccontextmanager
async def wired(settings: Settings, clock: Clock) -> AsyncIterator[App]:
    """Open the database, bring it up to date, and wire everything; close it at the end."""
    guidelines = load_guidelines(settings.guidelines)
    texts = dialogs.texts(guidelines, settings.privacy_officer_email)
    database = Database.at(settings.database_url)
    try:
        await database.upgrade()
        async with database.transaction() as db:
            links = Links(await secret(db, "links"), settings.url)
        office = Office(
            texts=texts,
            zone=ZoneInfo(settings.timezone),
            privacy_officer=(
                settings.privacy_officer_email or guidelines.names.officer_addresses[0]
            ).lower(),
            link=links.make,
            months=guidelines.names.months,
            hours=guidelines.names.hours,
            keep_closed=settings.keep_closed_days,
            keep_talk=settings.keep_talk_days,
            collect_unanswered=settings.collect_unanswered,
            holdings=HOLDINGS,
            rules=guidelines,
        )
        features = dialogs.DIALOGS
        talk = Talk(database, texts, features, Reader.load(guidelines), dates, office)
        platforms = _platforms(settings, talk, texts, clock, database)
        messengers: dict[str, Messenger] = {n: p.messenger for n, p in platforms.items()}
        if settings.with_local_chat:
            # Behind the platforms: it knows a place for everybody, so it is asked last.
            messengers["local"] = LocalMessenger(database, clock)
        if settings.smtp_url:
            sender = settings.mail_from or "opnamewijzer@localhost"
            messengers["mail"] = Mailer(settings.smtp_url, sender, clock)
        worker = Delivery(database, messengers).worker(
            clock,
            inside(features, office),
            GAPS,
            periodic(features),
        )
        talk.attach(worker)
        yield App(
            settings=settings,
            clock=clock,
            database=database,
            texts=texts,
            guidelines=guidelines,
            office=office,
            links=links,
            dialogs=features,
            talk=talk,
            messengers=messengers,
            worker=worker,
            platforms=platforms,
        )
    finally:
        await database.close()


def _platforms(
    settings: Settings, talk: Talk, texts: Texts, clock: Clock, database: Database
) -> dict[str, Any]:
    """The chat platforms that are set up. Their SDKs load only then: they are slow to import."""
    found: dict[str, Any] = {}
    if settings.slack_bot_token:
        from adapters.slack.listen import Slack

        found["slack"] = Slack(
            bot_token=settings.slack_bot_token,
            signing_secret=settings.slack_signing_secret,
            app_token=settings.slack_app_token,
            api_url=settings.slack_api_url,
            talk=talk,
            texts=texts,
            clock=clock,
        )
    if settings.teams_app_id or settings.teams_local_testing:
        from adapters.teams.listen import Teams

        found["teams"] = Teams(
            app_id=settings.teams_app_id,
            app_password=settings.teams_app_password,
            tenant_id=settings.teams_tenant_id,
            app_type=settings.teams_app_type,
            local_testing=settings.teams_local_testing,
            openid_url=settings.teams_openid_url,
            token_url=settings.teams_token_url,
            service_hosts=tuple(filter(None, settings.teams_service_hosts.split(","))),
            talk=talk,
            texts=texts,
            clock=clock,
            zone=ZoneInfo(settings.timezone),
        )
    return found
