"""When nobody reacts: reminders, the fallback, and what the student hears."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from bot.engine.store.tables import Person
from tests.dialogs.consent.conftest import ANNA, CO, FIRST, OTHER, SUP, School

ZONE = ZoneInfo("Europe/Amsterdam")


async def reach(school: School, day: str) -> None:
    await school.chat.at(datetime.fromisoformat(day).replace(tzinfo=ZONE).astimezone(UTC))


async def test_a_reminder_after_two_working_days(school: School) -> None:
    await school.open()
    await school.read(SUP)
    await reach(school, "2026-11-25T10:59")
    assert await school.read(SUP) == ""
    await reach(school, "2026-11-25T11:00")
    assert "Herinnering: Anna wacht nog op je reactie." in await school.read(SUP)
    assert "Ik heb een herinnering gestuurd." in await school.read(ANNA)


async def test_two_more_days_and_the_coordinator_gets_it(school: School) -> None:
    await school.open()
    await reach(school, "2026-11-25T11:00")
    await school.read(ANNA)
    await reach(school, "2026-11-27T11:00")
    assert "Daarom krijg jij deze vraag als coördinator" in await school.read(CO)
    told = await school.read(ANNA)
    assert "Ik heb je vraag doorgegeven aan Co." in told
    assert "Verstuurd naar Co. Nog niet gezien." in told
    assert FIRST in await school.press(CO, "case.status")
    assert "gezien door Co" in await school.press(CO, f"consent.seen:{FIRST}")
    assert "Co heeft je vraag gezien" in await school.read(ANNA)


async def test_the_own_supervisor_may_still_react_after_that(school: School) -> None:
    await school.open()
    await reach(school, "2026-11-25T11:00")
    await reach(school, "2026-11-27T11:00")
    await school.press(SUP, f"consent.settle:{FIRST}")
    await school.fill(SUP, outcome="goes_on")
    assert "Dit is afgerond" in await school.read(CO)
    await reach(school, "2026-12-20T11:00")
    assert "silent" not in await school.steps()


async def test_weekend_and_christmas_do_not_count(school: School) -> None:
    await reach(school, "2026-12-24T15:00")
    await school.open()
    await reach(school, "2026-12-29T14:59")
    assert "reminded" not in await school.steps()
    await reach(school, "2026-12-29T15:00")
    assert (await school.steps())[2] == "reminded"
    await reach(school, "2026-12-31T14:59")
    assert "passed_on" not in await school.steps()
    await reach(school, "2026-12-31T15:00")
    assert "passed_on" in await school.steps()


async def test_reminders_come_in_working_hours(school: School) -> None:
    await reach(school, "2026-11-27T21:30")  # a Friday evening
    await school.open()
    await reach(school, "2026-12-02T08:59")
    assert "reminded" not in await school.steps()
    await reach(school, "2026-12-02T09:00")
    assert "reminded" in await school.steps()


async def test_seen_gives_two_more_working_days_once(school: School) -> None:
    await school.open()
    await reach(school, "2026-11-24T15:00")
    await school.press(SUP, f"consent.seen:{FIRST}")
    await reach(school, "2026-11-25T11:00")
    await school.press(SUP, f"consent.seen:{FIRST}")
    await reach(school, "2026-11-26T14:59")
    assert "reminded" not in await school.steps()
    await reach(school, "2026-11-26T15:00")
    assert "reminded" in await school.steps()
    await reach(school, "2026-11-30T15:00")
    assert "passed_on" in await school.steps()


async def test_an_answer_ends_the_chase(school: School) -> None:
    await school.open()
    await school.press(SUP, f"consent.answer:{FIRST}")
    await school.fill(SUP, words="We praten morgen.")
    await reach(school, "2026-12-20T11:00")
    assert await school.steps() == ["sent", "delivered", "answered"]


@pytest.mark.parametrize("late", [timedelta(days=9), timedelta(days=60)])
async def test_a_reminder_missed_while_the_bot_was_down_is_sent_once(
    school: School, late: timedelta
) -> None:
    await school.open()
    await school.chat.at(school.chat.clock() + late)
    await school.chat.at(school.chat.clock() + timedelta(minutes=1))
    assert (await school.steps()).count("reminded") == 1
    assert "passed_on" not in await school.steps()


async def test_without_a_coordinator_the_student_gets_the_text(empty: School) -> None:
    await empty.roster(coordinator=False)
    await empty.open()
    await reach(empty, "2026-11-25T11:00")
    await empty.read(ANNA)
    await reach(empty, "2026-11-27T11:00")
    told = await empty.read(ANNA)
    assert "Neem zelf contact op via sup@uni.nl" in told
    assert "Beste supervisor," in told


async def test_a_silent_coordinator_is_reminded_and_then_the_student_told(school: School) -> None:
    await school.open()
    for day in ("2026-11-25", "2026-11-27", "2026-12-01", "2026-12-03", "2026-12-31"):
        await reach(school, f"{day}T11:00")
    steps = [step for step in await school.steps() if step != "delivered"]
    assert steps == ["sent", "reminded", "passed_on", "reminded", "silent", "by_hand"]


async def test_a_new_supervisor_gets_the_reminder(school: School) -> None:
    await school.open()
    async with school.chat.database.transaction() as db:
        anna = (await db.exec(select(Person).where(Person.email == ANNA))).one()
        anna.supervisor_email = OTHER
        db.add(anna)
    await school.read(OTHER)
    await reach(school, "2026-11-25T11:00")
    assert "Reminder: Anna is still waiting" in await school.read(OTHER)
    assert "not yours" not in await school.press(OTHER, f"consent.seen:{FIRST}")
    assert "niet van jou" in await school.press(SUP, f"consent.answer:{FIRST}")


async def test_the_same_reminder_is_claimed_once(school: School) -> None:
    await school.open()
    moment = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
    school.chat.clock.now = moment
    for _ in range(3):
        await school.chat.worker.drain(moment, ["consent.remind"])
    assert "reminded" not in await school.steps()  # said when it arrived, not when it was planned
    await reach(school, "2026-11-25T11:00")
    assert (await school.steps()).count("reminded") == 1
