"""The only wiring: settings -> store -> dialogs -> adapters -> web server -> jobs; the commands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import dialogs
from adapters.local.messenger import LocalMessenger
from adapters.mail import Mailer
from bot.conversation import Talk
from bot.delivery import Delivery
from bot.dialog import Dialog, Office
from bot.jobs import Worker
from bot.links import Links
from bot.replies import Messenger
from bot.settings import Settings
from bot.store.database import Database, secret
from bot.texts import Texts
from dialogs.ask import Understanding
from dialogs.guidelines.loading import load as load_guidelines
from dialogs.guidelines.model import Guidelines
from dialogs.understanding import dates


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


@asynccontextmanager
async def wired(settings: Settings, clock: Clock) -> AsyncIterator[App]:
    """Open the database, bring it up to date, and wire everything; close it at the end."""
    guidelines = load_guidelines(settings.guidelines)
    texts = Texts.load(dialogs.TEXTS)
    database = Database.at(settings.database_url)
    try:
        await database.upgrade()
        async with database.transaction() as db:
            links = Links(await secret(db, "links"), settings.url)
        office = Office(
            texts=texts,
            zone=ZoneInfo(settings.timezone),
            privacy_officer=(
                settings.privacy_officer_email or guidelines.addresses["privacy_officer"]
            ).lower(),
            link=links.make,
            keep_closed=settings.keep_closed_days,
            keep_talk=settings.keep_talk_days,
            collect_unanswered=settings.collect_unanswered,
        )
        features = dialogs.build(office)
        talk = Talk(database, texts, features, Understanding(guidelines, texts), dates, office)
        messengers: dict[str, Messenger] = {}
        if settings.with_local_chat:
            messengers["local"] = LocalMessenger(database, clock)
        if settings.smtp_url:
            sender = settings.mail_from or "opnamewijzer@localhost"
            messengers["mail"] = Mailer(settings.smtp_url, sender, clock)
        delivery = Delivery(database, messengers)
        jobs = {kind: handler for d in features for kind, handler in d.jobs.items()}
        worker = delivery.worker(clock, jobs, {"slack": 1.0, "teams": 0.3})
        talk.attach(worker)
        yield App(
            settings, clock, database, texts, guidelines, office, links, features, talk,
            messengers, worker,
        )  # fmt: skip
    finally:
        await database.close()
