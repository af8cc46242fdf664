"""From the outbox to the person: by chat where they are, else by e-mail, never silently lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import people
from bot.engine.events import Address
from bot.engine.job_table import More, Task, add
from bot.engine.jobs import SEARCH, Clock, Commit, Elsewhere, Inside, Outside, Worker
from bot.engine.metrics import DELIVERIES
from bot.engine.outbox import (
    MAIL,
    Aside,
    ByMail,
    Fate,
    Notice,
    Parcel,
    fates,
    notices,
    parcels,
    parcels_of,
)
from bot.engine.replies import Messenger, RetryLater, Say, Undeliverable, Unreachable
from bot.engine.store.database import Database
from bot.engine.store.tables import Account, Posted

log = structlog.get_logger(__name__)

SEARCHES = 6  # about a minute: then mail goes out, whatever is wrong with a platform
CHAT_TRIES = 12  # some forty minutes: then what has another way takes it


class Delivery:
    """The handlers of 'notify' (where is this person?) and 'deliver' (send it)."""

    def __init__(self, database: Database, messengers: Mapping[str, Messenger]) -> None:
        self._database = database
        self._messengers = dict(messengers)

    def worker(
        self,
        clock: Clock,
        jobs: Mapping[str, Inside],
        gaps: Mapping[str, float],
        periodic: Mapping[str, timedelta] | None = None,
        outside: Mapping[str, Outside] | None = None,
        room: Mapping[str, Callable[[], int]] | None = None,
    ) -> Worker:
        """A worker that delivers, and does the dialogs' own jobs; outside: further such work."""
        return Worker(
            self._database,
            clock,
            inside=jobs,
            outside={"notify": self.notify, "deliver": self.deliver, **(outside or {})},
            failed=self.failed,
            gaps=gaps,
            periodic=periodic,
            room=room,
        )

    async def notify(self, task: Task, now: datetime) -> Commit:
        """Find the ways to a person and hand the message to each. Outside: a platform may have
        to be asked where somebody is; the deliveries it plans are unique by their key."""
        notice = notices.validate_python(task.payload)
        chat, used = (None, False)
        if notice.mail is not ByMail.ONLY:
            chat, used = await self._chat(task, notice)
        by_mail = notice.mail in (ByMail.ALWAYS, ByMail.ONLY) or (
            notice.mail is ByMail.FALLBACK and not (chat and used)
        )
        mail = self._mail(notice.to) if by_mail else None
        ways = [(way, found) for way, found in (("chat", chat), (MAIL, mail)) if found]
        if not ways and notice.endless:
            raise Unreachable("there is no way to this person yet")

        async def planned(db: AsyncSession, at: datetime) -> None:
            for way, address in ways:
                for more in parcels_of(task, notice, way, address):
                    await add(db, more, at)
            if not ways:
                if notice.mail is not ByMail.NEVER:
                    log.error("notify.nobody_reached", job=task.id)
                fate = Fate("none", task.attempts, final=True, at=at)
                await _tell(db, task, notice.failed, notice.data, fate)

        return planned

    async def _chat(self, task: Task, notice: Notice) -> tuple[Address | None, bool]:
        """The chat where this person was last, and whether they ever used it."""
        person = notice.to
        async with self._database.transaction() as db:
            accounts = await people.accounts_of(db, person)
        for account in accounts:
            address = people.address_of(account)
            if address and not account.lost_at and account.platform in self._messengers:
                return address, True
        lost = {account.platform for account in accounts if account.lost_at}
        if task.slot != SEARCH and people.is_email(person):
            raise Elsewhere(SEARCH)
        for messenger in self._messengers.values():
            if people.is_email(person) and messenger.platform not in lost:
                address = await self._search(messenger, task, notice)
                if address:
                    return address, False
        return None, False

    async def _search(self, messenger: Messenger, task: Task, notice: Notice) -> Address | None:
        """Ask a platform; one that fails must not hold up the mail for ever."""
        try:
            return await messenger.find(notice.to)
        except RetryLater:
            raise
        except Exception as problem:
            otherwise = notice.mail is not ByMail.NEVER and self._mail(notice.to)
            hopeless = isinstance(problem, Unreachable) or task.attempts >= SEARCHES
            if not (otherwise and hopeless):
                raise
            log.warning("notify.not_searched", job=task.id, error=type(problem).__name__)
            return None

    def _mail(self, person: str) -> Address | None:
        if MAIL in self._messengers and people.is_email(person):
            return Address(MAIL, "", person)
        return None

    async def deliver(self, task: Task, now: datetime) -> Commit | None:
        """Send one message. Outside."""
        parcel = parcels.validate_python(task.payload)
        address, reply = parcel.address, parcel.reply
        messenger = self._messengers.get(address.platform)
        if messenger is None:
            raise Unreachable(f"{address.platform} is switched off")
        say = reply if isinstance(reply, Say) else Say()
        ref = f"{say.ref}@{address.key}" if say.ref else ""
        replaces = await self._posted(ref) if ref and say.replace else ""
        if say.retire and not replaces:
            return None
        try:
            message = await messenger.send(address, reply, key=task.key, replaces=replaces)
        except RetryLater:
            DELIVERIES.labels(address.platform, "throttled").inc()
            raise
        except Exception:
            if say.retire:
                return None  # tried once: later, the newer card would stand in its place
            raise
        DELIVERIES.labels(address.platform, "sent").inc()

        async def written(db: AsyncSession, at: datetime) -> None:
            if ref and message:
                await db.merge(Posted(key=ref, message=message, at=at))
            if parcel.aside:
                await _say_aside(db, task, parcel.aside, parcel.aside.came, at)
            if parcel.notice:
                fate = Fate(parcel.way, task.attempts, final=True, at=at)
                await _tell(db, task, parcel.notice.then, parcel.notice.data, fate)

        return written

    async def _posted(self, ref: str) -> str:
        async with self._database.transaction() as db:
            row = await db.get(Posted, ref)
            return row.message if row else ""

    async def failed(
        self, task: Task, db: AsyncSession, now: datetime, problem: BaseException, final: bool
    ) -> bool:
        """After a failed attempt: another way for who cannot be reached, and word to the dialog.

        final: it will not be tried again in any case. Gives whether to set it aside.
        """
        if task.kind == "notify" and (isinstance(problem, Unreachable) or final):
            notice = notices.validate_python(task.payload)
            fate = Fate("none", task.attempts, final=final, at=now)
            await _tell(db, task, notice.failed, notice.data, fate)
        if task.kind != "deliver":
            return False
        parcel = parcels.validate_python(task.payload)
        gone = isinstance(problem, Unreachable | Undeliverable)
        DELIVERIES.labels(parcel.address.platform, "unreachable" if gone else "failed").inc()
        ours = parcel.address.platform not in self._messengers  # switched off: nobody left
        if isinstance(problem, Unreachable) and parcel.address.platform != MAIL and not ours:
            account = await db.get(Account, parcel.address.account_key)
            if account:
                account.lost_at = now
        over = final or (gone and not parcel.endless)
        other = None
        if over or gone or task.attempts >= CHAT_TRIES:
            other = self._by_mail(task, parcel)
        if parcel.aside and (over or other):
            await _say_aside(db, task, parcel.aside, parcel.aside.failed, now)
        if other:
            await add(db, other, now)
            return True
        if parcel.notice:
            fate = Fate(parcel.way, task.attempts, final=over, at=now)
            await _tell(db, task, parcel.notice.failed, parcel.notice.data, fate)
        return over

    def _by_mail(self, task: Task, parcel: Parcel) -> More | None:
        """The way that is left when the chat failed."""
        notice = parcel.notice
        if not (notice and parcel.way == "chat" and notice.mail is ByMail.FALLBACK):
            return None
        mail = self._mail(notice.to)
        if mail is None or parcel.mail_text is None:
            return None
        base = task.key.removeprefix("deliver:").removesuffix(":chat")
        instead = Parcel(mail, parcel.mail_text, MAIL, notice, parcel.mail_text)
        return instead.job(f"{base}:mail", of=replace(task, until=None))


async def _say_aside(db: AsyncSession, task: Task, aside: Aside, say: Say, now: datetime) -> None:
    """The word in the other place, once, whatever became of it."""
    await add(db, Parcel(aside.address, say).job(f"{task.key}:aside"), now)


async def _tell(
    db: AsyncSession, task: Task, kind: str, data: Mapping[str, Any], fate: Fate
) -> None:
    """Run the dialog's own job about what became of its message."""
    if kind:
        payload = {**data, **fates.dump_python(fate, mode="json")}
        await add(db, More(f"{task.key}:{kind}:{fate.attempts}", kind, payload), fate.at)
