"""Recordings at the desk: the student's own with a calendar, the coordinator's counts without labels."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from icalendar import Calendar
from sqlmodel import select

from dialogs.recordings.table import Recording
from tests.adapters.desk.conftest import ANNA, CHIEF, EMILY, OFFICER, SUP, DeskSite
from tests.chat import words


async def keep(desk: DeskSite, owner: str, label: str, due: date) -> None:
    async with desk.app.database.transaction() as db:
        db.add(
            Recording(
                owner=owner, label=label, made_on=due - timedelta(days=180), due=due,
                added_at=desk.chat.clock.now, next_at=desk.chat.clock.now + timedelta(days=9),
            )
        )  # fmt: skip


async def test_own_recordings_and_a_calendar_that_can_be_renewed(desk: DeskSite) -> None:
    await keep(desk, ANNA, "havo 3, week 40", date(2027, 1, 5))
    await keep(desk, EMILY, "secret class", date(2027, 1, 6))
    anna = await desk.enter(ANNA)
    await anna.see("own")
    assert "havo 3, week 40" in anna.words
    assert "secret class" not in anna.words
    await anna.press("Adres voor je agenda")
    first = anna.text.partition("/desk/feed/")[2].split()[0]
    stranger = desk.visitor(SUP)
    await stranger.open(f"/desk/feed/{first}")
    assert stranger.headers["Content-Type"].startswith("text/calendar")
    event = Calendar.from_ical(stranger.content).walk("VEVENT")[0]
    assert event["dtstart"].dt == date(2027, 1, 5)
    assert "havo 3, week 40" in event["summary"]
    assert len(Calendar.from_ical(stranger.content).walk("VEVENT")) == 1
    await anna.see("own")
    await anna.press("Adres voor je agenda")
    second = anna.text.partition("/desk/feed/")[2].split()[0]
    for token, status in ((first, 404), (second, 200)):
        await stranger.open(f"/desk/feed/{token}")
        assert stranger.status == status


async def test_what_is_done_at_the_desk_counts_in_the_chat(desk: DeskSite) -> None:
    await keep(desk, ANNA, "havo 3", date(2026, 11, 20))
    anna = await desk.enter(ANNA)
    await anna.see("own")
    assert 'class="late"' in anna.text
    await anna.press("Gewist")
    async with desk.app.database.transaction() as db:
        assert (await db.exec(select(Recording))).one().deleted_at == desk.chat.clock.now
    assert "havo 3" not in words(await desk.chat.say(ANNA, "mijn opnames"))


async def test_the_coordinator_counts_without_labels(desk: DeskSite) -> None:
    await keep(desk, ANNA, "geheime klas", date(2026, 11, 1))
    await keep(desk, ANNA, "geheime klas 2", date(2027, 2, 1))
    chief = await desk.enter(CHIEF)
    await chief.see("recordings")
    assert "Anna" in chief.words
    assert "geheim" not in chief.words
    assert "<svg" in chief.text
    assert '<th scope="row">02-2027</th><td>1</td>' in chief.text


@pytest.mark.parametrize("who", [EMILY, SUP, CHIEF, OFFICER])
async def test_a_recording_is_its_owners(desk: DeskSite, who: str) -> None:
    await keep(desk, ANNA, "geheime klas", date(2026, 11, 1))
    async with desk.app.database.transaction() as db:
        number = (await db.exec(select(Recording))).one().id
    visitor = await desk.enter(who)
    await visitor.see("own")
    assert "geheim" not in visitor.words
    assert (visitor.status == 200) is (who == EMILY)
    await visitor.open("/desk/file/own/recordings.ics")
    assert b"geheim" not in visitor.content
    await visitor.see("data")
    for action in ("deleted", "show", "later", "now", "needed", "edit", "undo"):
        await visitor.press_id(f"recordings.{action}:{number}", "data")
        assert "geheim" not in visitor.words
    await visitor.press_id("desk.feed:own/recordings.ics", "data")
    assert ("/desk/feed/" in visitor.text) is (who == EMILY)
    async with desk.app.database.transaction() as db:
        assert (await db.exec(select(Recording))).one().deleted_at is None
