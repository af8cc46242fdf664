"""From a notice to the person: the order of what belongs together."""

from sqlmodel import col, select

from adapters.local.messenger import LocalMessenger
from bot.engine.dialog import notice
from bot.engine.jobs import add
from bot.engine.outbox import Delivery
from bot.engine.replies import Say
from bot.engine.store.database import Database
from bot.engine.store.tables import LocalMessage
from tests.conftest import NOW, Ticker


async def test_what_follows_a_notice_comes_right_behind_it(
    database: Database, clock: Ticker
) -> None:
    local = LocalMessenger(database, clock)
    worker = Delivery(database, {"local": local}).worker(clock, {}, {})
    async with database.transaction() as db:
        for who in "abcd":
            more = notice(f"{who}@x.nl", Say("first"), f"k{who}", after=[Say("then"), Say("last")])
            assert await add(db, more, NOW)
    await worker.drain()
    async with database.transaction() as db:
        order = col(LocalMessage.account), col(LocalMessage.changed)
        found = [m.reply["text"] for m in await db.exec(select(LocalMessage).order_by(*order))]
    assert found == ["first", "then", "last"] * 4
