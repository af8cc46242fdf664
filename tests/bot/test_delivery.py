"""From a notice to the person: the order of what belongs together."""

from datetime import datetime
from typing import Any

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from adapters.local.messenger import LocalMessenger
from adapters.local.tables import LocalMessage
from bot.engine.jobs import More, Task, add
from bot.engine.outbox import Delivery, Notice
from bot.engine.replies import Say
from bot.engine.store.database import Database
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
