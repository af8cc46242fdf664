"""An unfinished report is remembered: after 1, 12, 20 and 23 hours, and never once it is done."""

from datetime import datetime, timedelta

import pytest

from tests.dialogs.breach.conftest import ANNA, OFFICE, SAM, World

UNSENT = {SAM: "Je melding is nog niet verstuurd", ANNA: "Your report has not been sent yet"}


async def reminded(world: World, who: str, *, until: int) -> list[float]:
    """After how many hours from now this person was reminded."""
    start, hours = world.chat.clock.now, []
    for quarter in range(1, until * 4 + 1):
        await world.chat.at(start + timedelta(minutes=15 * quarter))
        if UNSENT[who] in await world.read(who):
            hours.append(quarter / 4)
    return hours


@pytest.mark.parametrize("who", [SAM, ANNA])
async def test_four_reminders_from_the_beginning(world: World, who: str) -> None:
    await world.begin(who)
    assert await reminded(world, who, until=30) == [1, 12, 20, 23]


async def test_a_reminder_has_the_deadline_the_address_and_a_way_on(world: World) -> None:
    await world.begin()
    await world.chat.say(SAM, "vandaag 9:30")
    await world.chat.at(world.chat.clock.now + timedelta(hours=13))
    said = await world.read(SAM)
    assert "Meld dit vóór dinsdag 24 november 2026 09:30. Je hebt nog 9 uur en 30 minuten" in said
    assert OFFICE in said
    resumed = await world.chat.press(SAM, "form.resume")
    assert "Wat is er gebeurd?" in str(resumed)


async def test_the_clock_starts_at_noticing_when_that_was_earlier(world: World) -> None:
    await world.begin()
    await world.chat.say(SAM, "vandaag 5:00")  # six hours ago
    assert await reminded(world, SAM, until=30) == [1, 6, 14, 17]


async def test_a_late_report_is_not_forgotten_either(world: World) -> None:
    await world.begin()
    await world.chat.say(SAM, "18 november 10:00")
    assert await reminded(world, SAM, until=30) == [1, 12, 20, 23]


async def test_a_corrected_moment_moves_the_reminders(world: World) -> None:
    await world.begin()
    await world.chat.say(SAM, "vandaag 5:00")
    await world.chat.fill(SAM, noticed_at="vandaag 9:00", what="other", story="x")
    assert await reminded(world, SAM, until=30) == [1, 10, 18, 21]


@pytest.mark.parametrize("end", ["form.send", "form.drop", "form.stop"])
async def test_no_reminder_after_the_end(world: World, end: str) -> None:
    await world.begin()
    if end == "form.send":
        await world.fill()
        await world.chat.press(SAM, end)
    elif end == "form.drop":
        await world.chat.say(SAM, "nu")
        await world.chat.say(SAM, "stop")
        await world.chat.press(SAM, end)
    else:
        await world.chat.press(SAM, end)
    assert await reminded(world, SAM, until=30) == []


async def test_a_stopped_report_with_answers_is_still_remembered(world: World) -> None:
    await world.begin()
    await world.chat.say(SAM, "nu")
    await world.chat.say(SAM, "stop")
    assert await reminded(world, SAM, until=2) == [1]


async def test_after_a_standstill_one_reminder_is_enough(world: World) -> None:
    await world.begin()
    await world.chat.at(world.chat.clock.now + timedelta(hours=22))
    assert (await world.read(SAM)).count(UNSENT[SAM]) == 1


async def test_an_empty_form_that_is_opened_again_counts_anew(world: World) -> None:
    await world.begin()
    await world.chat.at(world.chat.clock.now + timedelta(days=3))
    await world.chat.inbox(SAM)
    await world.begin()
    assert await reminded(world, SAM, until=30) == [1, 12, 20, 23]


async def test_two_unfinished_reports_are_both_remembered(world: World) -> None:
    await world.begin()
    await world.chat.say(SAM, "nu")
    await world.chat.press(SAM, "breach.start")
    await world.chat.press(SAM, "form.fresh")
    await world.chat.at(world.chat.clock.now + timedelta(hours=1))
    assert (await world.read(SAM)).count(UNSENT[SAM]) == 2


async def test_hours_are_clock_hours_over_the_end_of_summer_time(world: World) -> None:
    zone = world.app.office.zone
    world.chat.clock.now = datetime(2026, 10, 24, 14, 0, tzinfo=zone)  # the clock goes back at 3:00
    await world.begin()
    said = await world.chat.say(SAM, "nu")
    assert "zondag 25 oktober 2026 13:00. Je hebt nog 24 uur" in str(said)
