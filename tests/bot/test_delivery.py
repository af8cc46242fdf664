"""From a notice to the person: the order of what belongs together."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.local.messenger import LocalMessenger
from adapters.local.tables import LocalMessage
from bot.engine import people
from bot.engine.delivery import Delivery
from bot.engine.events import Address, Said
from bot.engine.jobs import More, Task, add
from bot.engine.outbox import Notice
from bot.engine.replies import Ask, Reply, Say, Unreachable
from bot.engine.store.database import Database
from bot.engine.store.tables import Account, Person
from bot.engine.stuck import drop, retry, stuck
from bot.engine.texts import Texts
from tests.bot.small import bot
from tests.conftest import NOW, Ticker


async def test_what_follows_a_notice_comes_right_behind_it(
    database: Database, clock: Ticker
) -> None:
    local = LocalMessenger(database, clock)
    worker = Delivery(database, {"local": local}).worker(clock, {}, {})
    async with database.transaction() as db:
        for who in "abcd":
            after = (Say("then"), Say("last"))
            more = Notice(f"{who}@x.nl", Say("first"), f"k{who}", after=after).job()
            assert await add(db, more, NOW)
    await worker.drain()
    async with database.transaction() as db:
        order = col(LocalMessage.account), col(LocalMessage.changed)
        found = [m.reply["text"] for m in await db.exec(select(LocalMessage).order_by(*order))]
    assert found == ["first", "then", "last"] * 4


SAY = {
    "text": "first", "title": "", "facts": [], "quotes": [], "note": "", "buttons": [], "ref": "",
    "replace": False,
}  # fmt: skip
OLD_NOTICE = {
    "to": "a@x.nl", "message": SAY, "mail": "fallback", "mail_text": None,
    "after": [{**SAY, "text": "then"}], "then": "told", "failed": "",
    "data": {"ref": "BR-2026-0001"}, "endless": False,
}  # fmt: skip
OLD_DELIVERY = {
    "address": {
        "platform": "local", "workspace": "", "account": "a@x.nl", "channel": "", "thread": "",
        "private": True, "service": "",
    },
    "reply": SAY, "way": "chat", "mail_text": SAY, "endless": False,
    "notice": {
        "to": "a@x.nl", "mail": "fallback", "then": "told", "failed": "",
        "data": {"ref": "BR-2026-0001"},
    },
}  # fmt: skip
BARE_DELIVERY = {"address": OLD_DELIVERY["address"], "reply": SAY}


@pytest.mark.parametrize(
    ("kind", "payload", "texts", "told"),
    [
        ("notify", OLD_NOTICE, ["first", "then"], 1),
        ("deliver", OLD_DELIVERY, ["first"], 1),
        ("deliver", BARE_DELIVERY, ["first"], 0),
    ],
)
async def test_what_the_first_version_queued_is_delivered(
    sqlite: Database,
    clock: Ticker,
    kind: str,
    payload: dict[str, Any],
    texts: list[str],
    told: int,
) -> None:
    fates: list[dict[str, Any]] = []

    async def tell(task: Task, db: AsyncSession, now: datetime) -> None:
        fates.append(task.payload)

    worker = Delivery(sqlite, {"local": LocalMessenger(sqlite, clock)}).worker(
        clock, {"told": tell}, {}
    )
    async with sqlite.transaction() as db:
        await add(db, More("old", kind, payload), NOW)
    await worker.drain()
    async with sqlite.transaction() as db:
        order = col(LocalMessage.changed)
        found = [m.reply["text"] for m in await db.exec(select(LocalMessage).order_by(order))]
    assert found == texts
    assert [fate["ref"] for fate in fates] == ["BR-2026-0001"] * told
    assert all(fate["way"] == "chat" and fate["final"] for fate in fates)


class Platform:
    """A platform that takes messages, or says this every time. Private chats may be impossible."""

    def __init__(self, platform: str = "chat") -> None:
        self.platform = platform
        self.sent: list[tuple[str, str]] = []
        self.problem: Exception | None = None
        self.no_private: Exception | None = None

    async def send(self, address: Address, reply: Reply, *, key: str, replaces: str = "") -> str:
        problem = self.no_private if address.private and self.no_private else self.problem
        self.sent.append((address.account if address.private else address.channel, said(reply)))
        if problem:
            self.sent.pop()
            raise problem
        return key

    async def find(self, email: str) -> Address | None:
        return Address(self.platform, "", email)


def said(reply: Reply) -> str:
    return (reply.question if isinstance(reply, Ask) else reply).text


ANNA = "anna@x.nl"
CHANNEL = Address("chat", "", ANNA, channel="C1", thread="7", private=False)


async def asked_in_public(
    sqlite: Database, texts: Texts, clock: Ticker, role: str, trouble: Exception | None
) -> tuple[Platform, Platform]:
    """Somebody asks in a channel what is for them alone, and the platform is as it is."""
    chat, mail = Platform(), Platform("mail")
    chat.no_private = trouble
    talk, _ = bot(sqlite, texts, clock)
    worker = Delivery(sqlite, {"chat": chat, "mail": mail}).worker(clock, {}, {})
    async with sqlite.transaction() as db:
        if role:
            db.add(Person(email=ANNA, name="Anna", role=role))
    event = Said(id="e", address=CHANNEL, at=NOW, email=ANNA, text="private")
    await talk.handle(event, NOW)
    await worker.drain()
    return chat, mail


async def test_a_private_answer_is_announced_when_it_is_there(
    sqlite: Database, texts: Texts, clock: Ticker
) -> None:
    chat, mail = await asked_in_public(sqlite, texts, clock, "student", None)
    assert [place for place, _ in chat.sent] == [ANNA, "C1"]
    assert "private chat" in chat.sent[1][1]
    assert mail.sent == []


@pytest.mark.parametrize(("role", "mails"), [("student", 1), ("", 0)])
async def test_without_a_private_chat_it_is_said_how_to_get_an_answer(
    sqlite: Database, texts: Texts, clock: Ticker, role: str, mails: int
) -> None:
    chat, mail = await asked_in_public(sqlite, texts, clock, role, Unreachable("no", "blocked"))
    ((place, words),) = chat.sent
    assert place == "C1"
    assert "I cannot send you a private message" in words
    assert "heard private" not in words
    assert [to for to, _ in mail.sent] == [ANNA] * mails


async def test_an_answer_that_comes_too_late_is_dropped_and_seen(
    sqlite: Database, texts: Texts, clock: Ticker
) -> None:
    chat = Platform()
    chat.problem = ConnectionError()
    talk, _ = bot(sqlite, texts, clock)
    worker = Delivery(sqlite, {"chat": chat}).worker(clock, {}, {})
    event = Said(id="e", address=CHANNEL.privately(), at=NOW, email=ANNA, text="hello")
    await talk.handle(event, NOW)
    for hours in (0, 1, 4, 7):
        clock.now = NOW + timedelta(hours=hours)
        await worker.drain()
    async with sqlite.transaction() as db:
        assert [(j.state, j.code) for j in await stuck(db, clock.now)] == [
            ("waits", "ConnectionError")
        ]
    clock.now = NOW + timedelta(hours=9)
    chat.problem = None
    await worker.drain()
    assert chat.sent == []
    async with sqlite.transaction() as db:
        (job,) = await stuck(db, clock.now)
        assert (job.state, job.why) == ("set aside", "expired")
        assert "no longer worth saying" in job.mend
        assert await retry(db, [job.key], clock.now) == [job.key]
    await worker.drain()
    assert [words for _, words in chat.sent] == ["heard hello"]


async def test_a_notice_goes_by_mail_when_chat_fails_too_long(
    sqlite: Database, clock: Ticker
) -> None:
    chat, mail = Platform(), Platform("mail")
    chat.problem = ConnectionError()
    worker = Delivery(sqlite, {"chat": chat, "mail": mail}).worker(clock, {}, {})
    async with sqlite.transaction() as db:
        db.add(
            Account(
                key="chat::anna",
                platform="chat",
                email=ANNA,
                address=people.address_json(Address("chat", "", "anna")),
            )
        )
        await add(db, Notice(ANNA, Say("news"), "n").job(), NOW)
    for _ in range(30):
        await worker.drain()
        clock.now += timedelta(minutes=7)
    assert mail.sent == [(ANNA, "news")]


async def test_dropped_work_is_never_planned_again(sqlite: Database, clock: Ticker) -> None:
    worker = Delivery(sqlite, {}).worker(clock, {}, {})
    more = Notice("nobody", Say("news"), "n", endless=True).job()
    async with sqlite.transaction() as db:
        await add(db, more, NOW)
    await worker.drain()
    async with sqlite.transaction() as db:
        (job,) = await stuck(db, NOW)
        assert await drop(db, [job.key, "other"], NOW) == [job.key]
        assert await stuck(db, NOW) == []
        assert not await add(db, more, NOW)
