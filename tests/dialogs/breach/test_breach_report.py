"""Reporting, as transcripts: happy, interrupted, corrected, late, twice, by a stranger."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot.engine.events import Address, Pressed
from bot.engine.replies import Ask, Reply
from bot.engine.store.tables import Draft, Job, Person
from dialogs.breach.table import Breach
from tests.chat import words
from tests.dialogs.breach.conftest import ANNA, OFFICE, PO, SAM, SUP, World

GUEST = "vreemd@elders.nl"
FIRST = {
    SAM: ("uiterlijk binnen 24 uur", "Je hebt nog 22 uur en 30 minuten", "Ook een late melding"),
    ANNA: ("within 24 hours", "You have 22 hours and 30 minutes left", "A late report is welcome"),
}


async def breaches(world: World) -> list[Breach]:
    async with world.app.database.transaction() as db:
        return list((await db.exec(select(Breach).order_by(Breach.ref))).all())


def first(replies: list[Reply]) -> str:
    return words(replies[:1])


@pytest.mark.parametrize("who", [SAM, ANNA])
async def test_a_report_from_the_first_line_to_delivered(world: World, who: str) -> None:
    begun = await world.chat.press(who, "breach.start")
    assert first(begun).startswith(("Meld dit", "Report this"))
    assert FIRST[who][0] in first(begun)
    assert OFFICE in first(begun)
    noticed = await world.chat.say(who, {SAM: "vanochtend 9:30", ANNA: "today 9:30"}[who])
    assert FIRST[who][1] in first(noticed)
    kind = await world.chat.say(who, "1")
    assert {SAM: "Dit is advies. Het staat niet in", ANNA: "This is advice. It is not in"}[
        who
    ] in first(kind)
    await world.chat.say(who, "In de trein laten liggen.")
    summary = await world.chat.press(who, "form.finish")
    assert FIRST[who][1] in first(summary)
    assert "In de trein laten liggen." in words(summary)
    sent = words(await world.chat.press(who, "form.send"))
    kept, delivered = {
        SAM: ("nog niet bezorgd", "Bezorgd om 11:00 op 23 november 2026, kenmerk BR-2026-0001"),
        ANNA: ("not delivered yet", "Delivered at 11:00 on 23 November 2026, reference BR-2026-"),
    }[who]
    assert sent.index(kept) < sent.index(delivered)
    assert len(world.mail.letters) == 1


async def test_all_questions_in_one_form(world: World) -> None:
    await world.begin()
    shown = words(
        await world.chat.fill(
            SAM,
            noticed_at="2026-11-23T09:30",
            what="wrong_person",
            story="Gemaild naar een verkeerd adres.",
            happened_at="gisteren",
            ongoing="yes",
            recordings="twee van 2 oktober",
            people="to_35",
            minors="yes",
            place="mail",
            access="outside",
            protection="no",
            done=["removed", "asked_to_delete"],
            sensitive="unknown",
            school="Rijswijks Lyceum",
        )
    )
    assert shown.startswith("Meld dit vóór dinsdag 24 november 2026 09:30")
    assert "Trek het bericht in" in shown
    await world.chat.press(SAM, "form.send")
    letter = world.mail.letters[0].get_content()
    for line in (
        "Kenmerk: BR-2026-0001",
        "Gemeld door: Sam",
        "Te bereiken via: sam@uni.nl",
        "Gemerkt op: maandag 23 november 2026 09:30",
        "24 uur na het merken: dinsdag 24 november 2026 09:30",
        "72 uur na de melding: donderdag 26 november 2026 11:00",
        "Wat er gebeurde: Naar de verkeerde persoon gestuurd",
        "Hoeveel mensen te zien of te horen zijn: 16 tot 35",
        "Al gedaan: Weggehaald of delen gestopt, Ontvanger gevraagd te wissen",
        "Extra gevoelig: Weet ik niet",
        "School: Rijswijks Lyceum",
        "Tijdzone: Europe/Amsterdam",
    ):
        assert line in letter
    assert "Niet ingevuld" not in letter


async def test_the_letter_is_dutch_whoever_reports(world: World) -> None:
    await world.report(ANNA)
    letter = world.mail.letters[0]
    assert letter["Subject"].startswith("[BR-2026-0001] Mogelijk datalek: ")
    assert "Beste privacy officer" in letter.get_content()
    assert "I left it on the train." in letter.get_content()


async def test_stopping_half_way_sends_nothing_and_keeps_the_answers(world: World) -> None:
    await world.begin()
    await world.chat.say(SAM, "nu")
    stopped = words(await world.chat.say(SAM, "stop"))
    assert "Er is niets verstuurd" in stopped
    assert not await breaches(world)
    resumed = words(await world.chat.press(SAM, "form.resume"))
    assert "Wat is er gebeurd?" in resumed


async def test_an_answer_is_corrected_before_sending(world: World) -> None:
    await world.begin()
    await world.fill()
    await world.chat.press(SAM, "form.change")
    await world.chat.fill(SAM, story="Niet in de trein maar in de bus.")
    await world.chat.press(SAM, "form.send")
    assert (await breaches(world))[0].answers["story"] == "Niet in de trein maar in de bus."


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("32 december", "Dit moment begrijp ik niet"),
        ("ergens laatst", "Dit moment begrijp ik niet"),
        ("morgen 10:00", "Dit ligt in de toekomst"),
    ],
)
async def test_a_wrong_or_future_moment_is_asked_again(
    world: World, typed: str, error: str
) -> None:
    await world.begin()
    answer = words(await world.chat.say(SAM, typed))
    assert error in answer
    assert "Wanneer merkte je het?" in answer


async def test_a_wrong_moment_in_a_whole_form_keeps_first_aid_for_the_next_try(
    world: World,
) -> None:
    await world.begin()
    filled = {"what": "hacked", "story": "Ingelogd door een ander."}
    wrong = await world.chat.fill(SAM, noticed_at="morgen 10:00", **filled)
    assert isinstance(wrong[-1], Ask)
    assert "Dit ligt in de toekomst" in words(wrong)
    right = words(await world.chat.fill(SAM, noticed_at="nu", **filled))
    assert "inloggen in twee stappen aan" in right


async def test_a_double_click_sends_one_report(world: World) -> None:
    await world.begin()
    await world.fill()
    send = world.chat.find(SAM, "form.send")
    await world.chat.press(SAM, send)
    again = words(await world.chat.press(SAM, send))
    assert "Er is niets veranderd" in again
    assert len(await breaches(world)) == len(world.mail.letters) == 1


async def test_sending_from_two_platforms_at_once_sends_one_report(both: World) -> None:
    await both.begin()
    await both.fill()
    send = both.chat.find(SAM, "form.send")
    here = both.chat._event(SAM)
    places = [Address("teams", "t", "29:sam", channel="19:x"), here["address"]] * 2
    events = [
        Pressed(**(here | {"id": f"e{n}", "address": place}), button=send)
        for n, place in enumerate(places)
    ]
    now = both.chat.clock()
    await asyncio.gather(*(both.app.talk.handle(event, now) for event in events))
    assert len(await breaches(both)) == 1


async def test_a_platform_with_modals_opens_one_that_begins_with_the_deadline(
    world: World,
) -> None:
    event = Pressed(**world.chat._event(SAM), button="breach.start", can_open=True)
    outcome = await world.chat.handle(event)
    assert outcome.ask is not None
    assert outcome.ask.intro.startswith("Meld dit zo snel mogelijk")
    assert "Meld dit zo snel mogelijk" in await world.read(SAM)  # and it stays in the chat


async def test_asked_in_a_channel_it_goes_on_in_private(world: World) -> None:
    channel = Address("local", "", SAM, channel="klas", private=False)
    event = world.chat._event(SAM) | {"address": channel}
    outcome = await world.chat.handle(Pressed(**event, button="breach.start"))
    assert isinstance(outcome.replies[-1], Ask)
    async with world.app.database.transaction() as db:
        jobs = (await db.exec(select(Job).where(Job.kind == "deliver"))).all()
    assert {job.payload["address"]["private"] for job in jobs} == {True}


async def test_an_old_button_after_sending_does_nothing(world: World) -> None:
    await world.begin()
    await world.chat.say(SAM, "nu")
    old = world.chat.find(SAM, "form.pick")
    await world.chat.press(SAM, old)
    await world.chat.say(SAM, "Kwijt.")
    await world.chat.press(SAM, "form.finish")
    await world.chat.press(SAM, "form.send")
    assert "Er is niets veranderd" in words(await world.chat.press(SAM, old))
    assert len(await breaches(world)) == 1


async def test_two_reports_at_once_are_kept_apart(world: World) -> None:
    await world.begin()
    await world.chat.say(SAM, "nu")
    offered = words(await world.chat.press(SAM, "breach.start"))
    assert offered.startswith("Meld dit zo snel mogelijk")
    assert "verder waar je was" in offered
    assert "Wat is er gebeurd?" in offered
    first_draft = world.chat.find(SAM, "form.fresh").replace("fresh", "resume")
    await world.chat.press(SAM, "form.fresh")
    await world.fill(what="hacked")
    await world.chat.press(SAM, "form.send")
    await world.chat.press(SAM, first_draft)
    await world.chat.say(SAM, "usb-stick of andere kopie kwijt")
    await world.chat.say(SAM, "Stick weg.")
    await world.chat.press(SAM, "form.finish")
    await world.chat.press(SAM, "form.send")
    kinds = {b.ref: b.answers["what"] for b in await breaches(world)}
    assert kinds == {"BR-2026-0001": "hacked", "BR-2026-0002": "copy_lost"}


@pytest.mark.parametrize("who", [SAM, ANNA])
async def test_a_late_report_is_welcome_and_keeps_its_real_time(world: World, who: str) -> None:
    await world.begin(who)
    noticed = {SAM: "18 november 10:00", ANNA: "18 November 10:00"}[who]
    assert FIRST[who][2] in words(await world.chat.say(who, noticed))
    await world.chat.press(who, "form.pick")
    await world.chat.say(who, "Te laat gezien.")
    await world.chat.press(who, "form.finish")
    await world.chat.press(who, "form.send")
    [breach] = await breaches(world)
    assert breach.reported_at - breach.noticed_at == timedelta(days=5, hours=1)
    assert len(world.mail.letters) == 1


async def test_somebody_unknown_can_report(world: World) -> None:
    sent = words(await world.report(GUEST))
    assert "Bezorgd om 11:00" in sent
    assert f"Te bereiken via: {GUEST}" in world.mail.letters[0].get_content()


async def test_who_is_only_known_in_the_chat_is_answered_there(world: World) -> None:
    known = world.chat._event
    world.chat._event = lambda who: known(who) | ({"email": None} if who == "u123" else {})
    await world.report("u123")
    assert "alleen via de chat" in world.mail.letters[0].get_content()
    await world.chat.press(PO, "breach.ack:BR-2026-0001")
    assert "heeft je melding BR-2026-0001 gezien" in await world.read("u123")


async def test_a_supervisor_can_report_too(world: World) -> None:
    assert "Bezorgd om" in words(await world.report(SUP))


async def test_the_summary_points_out_personal_data(world: World) -> None:
    await world.begin()
    await world.chat.fill(
        SAM, noticed_at="nu", what="other", story="Mail ouder@thuis.nl of bel 06 12345678"
    )
    shown = words(await world.chat.press(SAM, f"form.resume:{await draft_id(world)}"))
    assert "lijkt op een e-mailadres" in shown


async def draft_id(world: World) -> int:
    async with world.app.database.transaction() as db:
        return int((await db.exec(select(Draft.id))).first() or 0)


async def test_nothing_is_ever_judged_and_no_names_are_asked(texts: Any) -> None:
    for lang in ("nl", "en"):
        said = " ".join(
            str(texts._catalog[lang][key]).lower() for key in texts.keys(lang) if "breach" in key
        )
        for never in ("geen datalek", "hoef je niet te melden", "no breach", "not a breach"):
            assert never not in said


async def test_numbers_start_again_each_year_in_the_persons_zone(world: World, clock: Any) -> None:
    await world.report()
    clock.now = clock.now.replace(month=12, day=31, hour=23, minute=30)  # 00:30 in Amsterdam
    await world.report(ANNA)
    assert [b.ref for b in await breaches(world)] == ["BR-2026-0001", "BR-2027-0001"]


async def test_the_roster_gives_the_school_unless_another_is_named(world: World) -> None:
    await world.chat.people(Person(email="x@uni.nl", name="X", role="student", school=""))
    await world.report(SAM)
    await world.report("x@uni.nl")
    assert [b.answers.get("school") for b in await breaches(world)] == ["Segbroek", None]
