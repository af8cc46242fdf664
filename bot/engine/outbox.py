"""From the outbox to the person: by chat where they are, else by e-mail, never silently lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from pydantic import TypeAdapter
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import people
from bot.engine.events import Address
from bot.engine.jobs import Clock, Commit, Inside, More, Outside, Task, Worker, add
from bot.engine.metrics import DELIVERIES
from bot.engine.replies import Messenger, Reply, RetryLater, Say, Undeliverable, Unreachable
from bot.engine.store.database import Database, run
from bot.engine.store.tables import Account, Posted

log = structlog.get_logger(__name__)

MAIL = "mail"
SEARCHES = 6  # about a minute: then mail goes out, whatever is wrong with a platform


class ByMail(StrEnum):
    """When a message also goes by e-mail."""

    FALLBACK = "fallback"  # only when chat cannot reach them, or when they never used this chat
    ALWAYS = "always"
    ONLY = "only"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Notice:
    """A durable message to the person with key `to`, in chat and by e-mail as `mail` says.

    key: makes it once, whoever plans it and how often. due: not before then.
    mail_text: other words for the mail.
    after: what follows right behind it; two notices may pass each other, these may not.
    then, failed: kinds of *inside* job to run after delivery, or after a failed attempt; they
    find `data` and a `Fate` in their payload.
    endless: never give up, also when there is no way to them yet.
    """

    to: str
    message: Say
    key: str = ""
    mail: ByMail = ByMail.FALLBACK
    mail_text: Say | None = None
    after: tuple[Say, ...] = ()
    then: str = ""
    failed: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    endless: bool = False
    due: datetime | None = None

    def job(self) -> More:
        """The work that brings it."""
        payload = _notices.dump_python(self, mode="json", exclude={"key", "due"})
        return More(key=self.key, kind="notify", payload=payload, due=self.due)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a delivery still has to know of the notice it comes from."""

    to: str
    mail: ByMail
    then: str = ""
    failed: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message on its way to one address; `notice` when it must reach a person somehow."""

    address: Address
    reply: Reply
    way: str = ""
    notice: Origin | None = None
    mail_text: Say | None = None
    endless: bool = False

    def job(self, key: str, due: datetime | None = None) -> More:
        """The work that sends it. Mail has no lane: a slow receiver must not hold up others."""
        payload = _parcels.dump_python(self, mode="json")
        lane = "" if self.address.platform == MAIL else self.address.lane
        return More(key=f"deliver:{key}", kind="deliver", payload=payload, due=due, lane=lane)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a notice, for the job of the dialog that sent it.

    way: 'chat', 'mail' or 'none'. at: when. final: it will not be tried again.
    """

    way: str
    attempts: int
    final: bool
    at: datetime


_notices: TypeAdapter[Notice] = TypeAdapter(Notice)
_parcels: TypeAdapter[Parcel] = TypeAdapter(Parcel)
_fates: TypeAdapter[Fate] = TypeAdapter(Fate)


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
        )

    async def notify(self, task: Task, now: datetime) -> Commit:
        """Find the ways to a person and hand the message to each. Outside: a platform may have
        to be asked where somebody is; the deliveries it plans are unique by their key."""
        notice = _notices.validate_python(task.payload)
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
                for more in _parcels_of(task, notice, way, address):
                    await add(db, more, at)
            if not ways:
                if notice.mail is not ByMail.NEVER:
                    log.error("notify.nobody_reached", job=task.id)
                fate = Fate("none", task.attempts, final=True, at=at)
                await _tell(db, task, notice.failed, notice.data, fate)

        return planned

    async def _chat(self, task: Task, notice: Notice) -> tuple[Address | None, bool]:
        """The chat where this person was last, and whether they ever used it."""
        async with self._database.transaction() as db:
            accounts = await people.accounts_of(db, person := notice.to)
        for account in accounts:
            address = people.address_of(account)
            if address and not account.lost_at and account.platform in self._messengers:
                return address, True
        lost = {account.platform for account in accounts if account.lost_at}
        for messenger in self._messengers.values() if people.is_email(person) else ():
            if messenger.platform in lost:
                continue
            if address := await self._search(messenger, task, notice):
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
        parcel = _parcels.validate_python(task.payload)
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
        DELIVERIES.labels(address.platform, "sent").inc()

        async def written(db: AsyncSession, at: datetime) -> None:
            if ref and message:
                await db.merge(Posted(key=ref, message=message, at=at))
            if parcel.notice:
                fate = Fate(parcel.way, task.attempts, final=True, at=at)
                await _tell(db, task, parcel.notice.then, parcel.notice.data, fate)

        return written

    async def _posted(self, ref: str) -> str:
        async with self._database.transaction() as db:
            return row.message if (row := await db.get(Posted, ref)) else ""

    async def failed(
        self, task: Task, db: AsyncSession, now: datetime, problem: BaseException, final: bool
    ) -> None:
        """After a failed attempt: another way for who cannot be reached, and word to the dialog."""
        if task.kind == "notify" and (isinstance(problem, Unreachable) or final):
            notice = _notices.validate_python(task.payload)
            fate = Fate("none", task.attempts, final=final, at=now)
            await _tell(db, task, notice.failed, notice.data, fate)
        if task.kind != "deliver":
            return
        parcel = _parcels.validate_python(task.payload)
        gone = isinstance(problem, Unreachable | Undeliverable)
        DELIVERIES.labels(parcel.address.platform, "unreachable" if gone else "failed").inc()
        ours = parcel.address.platform not in self._messengers  # switched off: nobody left
        if isinstance(problem, Unreachable) and parcel.address.platform != MAIL and not ours:
            account = await db.get(Account, parcel.address.account_key)
            if account:
                account.lost_at = now
        if gone and not parcel.endless:
            await run(
                db,
                text("UPDATE job SET error = :error WHERE id = :id"),
                {"error": type(problem).__name__, "id": task.id},
            )
        if (gone or final) and (other := self._by_mail(task, parcel)):
            await add(db, other, now)
        elif parcel.notice:
            lost = final or (gone and not parcel.endless)
            fate = Fate(parcel.way, task.attempts, final=lost, at=now)
            await _tell(db, task, parcel.notice.failed, parcel.notice.data, fate)

    def _by_mail(self, task: Task, parcel: Parcel) -> More | None:
        """The way that is left when the chat failed."""
        notice = parcel.notice
        by_chat = notice and parcel.way == "chat" and notice.mail is ByMail.FALLBACK
        mail = self._mail(notice.to) if notice and by_chat else None
        if mail is None or parcel.mail_text is None:
            return None
        base = task.key.removeprefix("deliver:").removesuffix(":chat")
        instead = Parcel(mail, parcel.mail_text, MAIL, notice, parcel.mail_text)
        return instead.job(f"{base}:mail")


def _parcels_of(task: Task, notice: Notice, way: str, address: Address) -> list[More]:
    """The message, and what comes behind it in the same lane; of that nobody waits to hear."""
    mail_text = notice.mail_text or notice.message
    words = mail_text if way == MAIL else notice.message
    origin = Origin(notice.to, notice.mail, notice.then, notice.failed, notice.data)
    first = Parcel(address, words, way, origin, mail_text, notice.endless)
    silent = replace(origin, then="", failed="", data={})
    return [
        first.job(f"{task.key}:{way}"),
        *(
            Parcel(address, more, way, silent, more).job(f"{task.key}:{n}:{way}")
            for n, more in enumerate(notice.after, 1)
        ),
    ]


async def _tell(
    db: AsyncSession, task: Task, kind: str, data: Mapping[str, Any], fate: Fate
) -> None:
    """Run the dialog's own job about what became of its message."""
    if kind:
        payload = {**data, **_fates.dump_python(fate, mode="json")}
        await add(db, More(f"{task.key}:{kind}:{fate.attempts}", kind, payload), fate.at)
