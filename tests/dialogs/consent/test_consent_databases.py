"""The same flow on SQLite and on PostgreSQL, which locks rows where SQLite locks the file."""

import asyncio

from bot.settings import load
from bot.wiring import wired
from tests.chat import Chat
from tests.conftest import Ticker
from tests.dialogs.consent.conftest import ANNA, CO, FIRST, SUP, School


async def test_from_sent_to_settled(database_url: str, clock: Ticker) -> None:
    settings = load(_env_file=None, database_url=database_url, local_chat=True)
    async with wired(settings, clock) as app:
        school = School(Chat(app.database, app.talk, app.worker, clock))
        await school.roster()
        await school.open()
        await school.press(SUP, f"consent.seen:{FIRST}")
        assert FIRST in await school.press(SUP, "case.status")
        await school.press(SUP, f"consent.settle:{FIRST}")
        await school.fill(SUP, outcome="goes_on", words="")
        assert await school.steps() == ["sent", "delivered", "seen", "settled"]


async def test_two_people_open_and_press_at_once(database_url: str, clock: Ticker) -> None:
    settings = load(_env_file=None, database_url=database_url, local_chat=True)
    async with wired(settings, clock) as app:
        school = School(Chat(app.database, app.talk, app.worker, clock))
        await school.roster()
        await school.open()
        await asyncio.gather(
            school.press(ANNA, f"consent.withdrawn:{FIRST}"),
            school.press(SUP, f"consent.seen:{FIRST}"),
            school.press(CO, f"consent.seen:{FIRST}"),
        )
        assert (await school.case()).state == "withdrawn"
        assert (await school.steps()).count("withdrawn") == 1
