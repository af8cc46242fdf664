"""Cases at the desk: each sees what is theirs, the coordinator where all stand, without a word of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlmodel import select

from dialogs.consent.table import Case
from dialogs.history import Entry
from tests.adapters.desk.conftest import (
    ANNA,
    CHIEF,
    EMILY,
    OFFICER,
    OTHER_SUP,
    SUP,
    DeskSite,
)  # fmt: skip
from tests.chat import words

REF = "CP-2026-0001"
SECRET = "geheime woorden"


@pytest.fixture
async def case(desk: DeskSite) -> DeskSite:
    await desk.chat.press(ANNA, "consent.start")
    await desk.chat.fill(ANNA, kind="many_refuse", recorded="no", question=SECRET)
    await desk.chat.press(ANNA, "form.send")
    return desk


@pytest.mark.parametrize(
    ("who", "lists", "reads"),
    [
        (ANNA, True, True),
        (SUP, True, True),
        (CHIEF, True, False),
        (EMILY, False, False),
        (OTHER_SUP, False, False),
        (OFFICER, False, False),
    ],
)
async def test_who_sees_what_of_a_case(case: DeskSite, who: str, lists: bool, reads: bool) -> None:
    visitor = await case.enter(who)
    await visitor.see("cases")
    assert (f"cases/{REF}" in visitor.text) is lists
    await visitor.see(f"cases/{REF}")
    assert (SECRET in visitor.words) is reads
    assert ("Anna" in visitor.words) is (lists or who == ANNA)
    await visitor.open(f"/desk/print/cases/{REF}")
    assert (SECRET in visitor.words) is reads
    await visitor.see("data")
    for action in ("show", "seen", "answer", "moment", "settle", "withdraw"):
        name = f"case.{action}:{REF}" if action == "show" else f"consent.{action}:{REF}"
        await visitor.press_id(name, "data")
        assert (SECRET in visitor.words) is False or reads
    async with case.app.database.transaction() as db:
        state = (await db.exec(select(Case))).one().state
    assert state == ("seen" if who == SUP else "sent")


async def test_where_a_case_stands_and_what_comes_next(case: DeskSite) -> None:
    chief = await case.enter(CHIEF)
    await chief.see("cases")
    for part in ("verstuurd, nog niet gezien", "Sup", "herinnering op woensdag 25 november 2026"):
        assert part in chief.words, part
    assert SECRET not in chief.words


async def test_a_proposed_moment_comes_into_both_calendars(case: DeskSite) -> None:
    await case.chat.say(ANNA, "hallo")
    sup = await case.enter(SUP)
    await sup.see(f"cases/{REF}")
    await sup.press("Moment voorstellen")
    await sup.press("Voorstellen", at="2026-12-01T14:00", place="B1.05")
    assert "/desk/feed/" in sup.text
    link = next(
        b.url
        for r in await case.chat.inbox(ANNA)
        for b in case.chat.buttons(r)
        if "/feed/" in b.url
    )
    phone = case.visitor(ANNA)
    await phone.open("/desk/" + link.partition("/desk/")[2])
    (event,) = Calendar.from_ical(phone.content).walk("VEVENT")
    assert event["dtstart"].dt.isoformat() == "2026-12-01T13:00:00+00:00"
    assert event["location"] == "B1.05"
    assert SECRET.encode() not in phone.content
    for who, status in ((ANNA, 200), (SUP, 200), (OTHER_SUP, 404), (CHIEF, 404)):
        visitor = await case.enter(who)
        await visitor.open(f"/desk/file/cases/moment.ics?argument={REF}")
        assert visitor.status == status, who


async def test_handed_over_to_somebody_else(case: DeskSite) -> None:
    chief = await case.enter(CHIEF)
    await chief.see("cases")
    await chief.press("Aan iemand anders geven")
    await chief.press("Doorgeven", to=EMILY)
    assert "kan dit niet overnemen" in chief.words
    await chief.see("cases")
    await chief.press("Aan iemand anders geven")
    await case.chat.inbox(ANNA)
    await chief.press("Doorgeven", to=OTHER_SUP.upper())
    assert SECRET in words(await case.chat.inbox(OTHER_SUP))
    assert "ligt nu bij Els" in words(await case.chat.inbox(ANNA))
    assert "hoeft niets meer" in words(await case.chat.inbox(SUP))
    other = await case.enter(OTHER_SUP)
    await other.see(f"cases/{REF}")
    await other.press("Ik heb het gezien")
    async with case.app.database.transaction() as db:
        row = (await db.exec(select(Case))).one()
        assert (row.holder, row.state) == (OTHER_SUP, "seen")
        steps = [(e.what, e.author, e.place) for e in await db.exec(select(Entry)) if e.place]
    assert ("handed", CHIEF, "desk") in steps
    assert ("seen", OTHER_SUP, "desk") in steps


async def test_silence_after_handing_over_is_followed_up_again(case: DeskSite) -> None:
    await case.chat.at(
        case.chat.clock.now + timedelta(days=2, hours=1)
    )  # the first reminder is out
    chief = await case.enter(CHIEF)
    await chief.see("cases")
    await chief.press("Aan iemand anders geven")
    await chief.press("Doorgeven", to=OTHER_SUP)
    await case.chat.inbox(OTHER_SUP)
    for _ in range(4):
        await case.chat.at(case.chat.clock.now + timedelta(days=1, hours=1))
    assert "Herinnering" in words(await case.chat.inbox(OTHER_SUP))
    for _ in range(4):
        await case.chat.at(case.chat.clock.now + timedelta(days=1, hours=1))
    async with case.app.database.transaction() as db:
        assert (await db.exec(select(Case))).one().holder == CHIEF


async def test_a_stand_in_until_a_day(case: DeskSite) -> None:
    sup = await case.enter(SUP)
    await sup.see("cases")
    await sup.press("Iemand laten waarnemen")
    await sup.press("Laten waarnemen", to=OTHER_SUP, until="2026-11-30")
    assert "neemt voor je waar tot en met 30 november 2026" in sup.words
    told = words(await case.chat.inbox(OTHER_SUP))
    assert "waar te nemen" in told
    assert SECRET in told
    other = await case.enter(OTHER_SUP)
    await other.see("cases")
    assert "waar voor Sup" in other.words
    await other.see(f"cases/{REF}")
    assert SECRET in other.words
    await sup.see(f"cases/{REF}")
    assert SECRET in sup.words  # both see it
    await case.chat.press(ANNA, "consent.start")
    await case.chat.fill(ANNA, kind="other", recorded="no", question="tweede vraag")
    await case.chat.press(ANNA, "form.send")
    assert "tweede vraag" in words(await case.chat.inbox(OTHER_SUP))
    case.chat.clock.now += timedelta(days=8)  # 1 December
    other = await case.enter(OTHER_SUP)
    await other.see(f"cases/{REF}")
    assert SECRET not in other.words


async def test_back_from_holiday(case: DeskSite) -> None:
    sup = await case.enter(SUP)
    await sup.see("cases")
    await sup.press("Iemand laten waarnemen")
    await sup.press("Laten waarnemen", to=OTHER_SUP, until="2026-12-30")
    await sup.see("cases")
    await sup.press("Ik ben terug")
    other = await case.enter(OTHER_SUP)
    await other.see(f"cases/{REF}")
    assert SECRET not in other.words


@pytest.mark.parametrize("who", [ANNA, EMILY, SUP, OTHER_SUP, OFFICER])
async def test_only_a_coordinator_hands_over(case: DeskSite, who: str) -> None:
    visitor = await case.enter(who)
    await visitor.see("data")
    await visitor.press_id(f"consent.hand_over:{REF}", "data")
    assert 'class="error"' in visitor.text
    async with case.app.database.transaction() as db:
        assert (await db.exec(select(Case))).one().handed_to == ""


@pytest.mark.parametrize("who", [ANNA, OFFICER])
async def test_who_handles_nothing_names_no_stand_in(case: DeskSite, who: str) -> None:
    visitor = await case.enter(who)
    await visitor.see("data")
    await visitor.press_id("consent.delegate", "data")
    assert 'name="name" value="consent_delegate"' not in visitor.text
