"""From the outbox to the person: by chat where they are, else by e-mail, never silently lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import people
from bot.engine.events import Address
from bot.engine.jobs import ENDLESS, Clock, Commit, Inside, More, Task, Worker, add
from bot.engine.metrics import DELIVERIES
from bot.engine.replies import (
    Messenger,
    Reply,
    RetryLater,
    Say,
    Undeliverable,
    Unreachable,
    from_json,
    to_json,
)
from bot.engine.store.database import Database, run
from bot.engine.store.tables import Account, Posted

log = structlog.get_logger(__name__)

MAIL = "mail"
SEARCHES = 6  # about a minute: then mail goes out, whatever is wrong with a platform


def deliver_job(
    address: Address, reply: Reply, key: str, due: datetime | None = None, **more: Any
) -> More:
    """One message to one address. Mail has no lane: a slow receiver must not hold up others."""
    payload = {"address": people.address_json(address), "reply": to_json(reply), **more}
    lane = "" if address.platform == MAIL else address.lane
    return More(key=f"deliver:{key}", kind="deliver", payload=payload, due=due, lane=lane)


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
    ) -> Worker:
        """A worker that delivers, and does the dialogs' own jobs."""
        return Worker(
            self._database,
            clock,
            inside=jobs,
            outside={"notify": self.notify, "deliver": self.deliver},
            failed=self.failed,
            gaps=gaps,
            periodic=periodic,
        )

    async def notify(self, task: Task, now: datetime) -> Commit:
        """Find the ways to a person and hand the message to each. Outside: a platform may have
        to be asked where somebody is; the deliveries it plans are unique by their key."""
        payload = task.payload
        chat, used = (None, False)
        if payload["mail"] != "only":
            chat, used = await self._chat(task)
        by_mail = payload["mail"] in ("always", "only") or (
            payload["mail"] == "fallback" and not (chat and used)
        )
        mail = self._mail(payload["to"]) if by_mail else None
        ways = [(way, found) for way, found in (("chat", chat), (MAIL, mail)) if found]
        if not ways and payload[ENDLESS]:
            raise Unreachable("there is no way to this person yet")

        async def planned(db: AsyncSession, at: datetime) -> None:
            for way, address in ways:
                await add(db, self._hand(task, way, address), at)
                for n, more in enumerate(payload.get("after", ()), 1):
                    await add(db, self._hand_after(task, way, address, n, more), at)
            if not ways:
                if payload["mail"] != "never":
                    log.error("notify.nobody_reached", job=task.id)
                await self._tell(task, db, at, payload["failed"], way="none", final=True)

        return planned

    def _hand(self, task: Task, way: str, address: Address) -> More:
        payload = task.payload
        words = payload["mail_text"] if way == MAIL and payload["mail_text"] else payload["message"]
        return deliver_job(
            address,
            from_json(words),
            f"{task.key}:{way}",
            way=way,
            notice={k: payload[k] for k in ("to", "mail", "then", "failed", "data")},
            mail_text=payload["mail_text"] or payload["message"],
            **{ENDLESS: payload[ENDLESS]},
        )

    def _hand_after(
        self, task: Task, way: str, address: Address, n: int, words: dict[str, Any]
    ) -> More:
        """What comes behind it, in the same lane; nobody waits to hear of it."""
        to = {k: task.payload[k] for k in ("to", "mail")}
        return deliver_job(
            address,
            from_json(words),
            f"{task.key}:{n}:{way}",
            way=way,
            notice={**to, "then": "", "failed": "", "data": {}},
            mail_text=words,
        )

    async def _chat(self, task: Task) -> tuple[Address | None, bool]:
        """The chat where this person was last, and whether they ever used it."""
        person = task.payload["to"]
        async with self._database.transaction() as db:
            accounts = await people.accounts_of(db, person)
        for account in accounts:
            address = people.address_of(account)
            if address and not account.lost_at and account.platform in self._messengers:
                return address, True
        lost = {account.platform for account in accounts if account.lost_at}
        for messenger in self._messengers.values():
            if people.is_email(person) and messenger.platform not in lost:
                address = await self._search(messenger, task)
                if address:
                    return address, False
        return None, False

    async def _search(self, messenger: Messenger, task: Task) -> Address | None:
        """Ask a platform; one that fails must not hold up the mail for ever."""
        try:
            return await messenger.find(task.payload["to"])
        except RetryLater:
            raise
        except Exception as problem:
            otherwise = task.payload["mail"] != "never" and self._mail(task.payload["to"])
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
        address = people.address_from(task.payload["address"])
        reply = from_json(task.payload["reply"])
        messenger = self._messengers.get(address.platform)
        if messenger is None:
            raise Unreachable(f"{address.platform} is switched off")
        ref = f"{reply.ref}@{address.key}" if isinstance(reply, Say) and reply.ref else ""
        known = await self._posted(ref) if ref else ""
        replaces = known if isinstance(reply, Say) and reply.replace else ""
        try:
            message = await messenger.send(address, reply, key=task.key, replaces=replaces)
        except RetryLater:
            DELIVERIES.labels(address.platform, "throttled").inc()
            raise
        DELIVERIES.labels(address.platform, "sent").inc()

        async def written(db: AsyncSession, at: datetime) -> None:
            if ref and message:
                await db.merge(Posted(key=ref, message=message, at=at))
            notice = task.payload.get("notice")
            if notice:
                await self._tell(task, db, at, notice["then"], way=task.payload["way"], final=True)

        return written

    async def _posted(self, ref: str) -> str:
        async with self._database.transaction() as db:
            row = await db.get(Posted, ref)
            return row.message if row else ""

    async def failed(
        self, task: Task, db: AsyncSession, now: datetime, problem: BaseException, final: bool
    ) -> None:
        """After a failed attempt: another way for who cannot be reached, and word to the dialog."""
        if task.kind == "notify" and (isinstance(problem, Unreachable) or final):
            kind = task.payload["failed"]
            await self._tell(task, db, now, kind, way="none", final=final)
        if task.kind != "deliver":
            return
        address = people.address_from(task.payload["address"])
        gone = isinstance(problem, Unreachable | Undeliverable)
        DELIVERIES.labels(address.platform, "unreachable" if gone else "failed").inc()
        if isinstance(problem, Unreachable) and address.platform != MAIL:
            account = await db.get(Account, address.account_key)
            if account:
                account.lost_at = now
        if gone and not task.payload.get(ENDLESS):
            await run(
                db,
                text("UPDATE job SET error = :error WHERE id = :id"),
                {"error": type(problem).__name__, "id": task.id},
            )
        notice = task.payload.get("notice")
        lost = gone or final
        if notice and lost and task.payload["way"] == "chat" and notice["mail"] == "fallback":
            mail = self._mail(notice["to"])
            if mail:
                reply = from_json(task.payload["mail_text"])
                more = {"way": MAIL, "notice": notice, "mail_text": task.payload["mail_text"]}
                base = task.key.removeprefix("deliver:").removesuffix(":chat")
                await add(db, deliver_job(mail, reply, f"{base}:mail", **more), now)
                return
        if notice:
            final = final or (gone and not task.payload.get(ENDLESS))
            await self._tell(task, db, now, notice["failed"], way=task.payload["way"], final=final)

    async def _tell(
        self, task: Task, db: AsyncSession, now: datetime, kind: str, *, way: str, final: bool
    ) -> None:
        """Run the dialog's own job about what became of its message."""
        if not kind:
            return
        data = (task.payload.get("notice") or task.payload)["data"]
        payload = {
            **data,
            "way": way,
            "attempts": task.attempts,
            "final": final,
            "at": now.isoformat(),
        }
        await add(db, More(f"{task.key}:{kind}:{task.attempts}", kind, payload), now)
