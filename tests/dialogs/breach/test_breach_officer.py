"""The privacy officer's side: rights, acknowledging, asking back, closing; as transcripts."""

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from adapters.local.tables import LocalMessage
from bot.engine.events import Opened, Submitted
from bot.engine.replies import Say
from bot.engine.store.tables import Person
from dialogs.history import Entry
from tests.chat import words
from tests.dialogs.breach.conftest import ANNA, OFFICE, PO, SAM, SUP, World

REF = "BR-2026-0001"
OFFICERS_ONLY = [
    "breach.register", f"breach.show:{REF}", f"breach.ack:{REF}", f"breach.ask:{REF}",
    f"breach.close:{REF}", "breach.export:csv",
]  # fmt: skip


@pytest.mark.parametrize("who", [SAM, SUP, "vreemd@elders.nl"])
@pytest.mark.parametrize("button", OFFICERS_ONLY)
async def test_only_the_officer_gets_in(world: World, who: str, button: str) -> None:
    await world.report(ANNA)
    said = words(await world.chat.press(who, button))
    assert said == "Alleen de privacy officer kan de meldingen bekijken."


@pytest.mark.parametrize("button", ["breach.answer:BR-2026-0001:1", f"breach.add:{REF}"])
async def test_only_the_reporter_can_add(world: World, button: str) -> None:
    await world.report(SAM)
    for who in (SUP, PO):
        assert f"Ik vind geen melding {REF} van jou" in words(await world.chat.press(who, button))


async def test_rights_are_checked_again_when_the_form_comes_back(world: World) -> None:
    await world.report(SAM)
    [ask] = await world.chat.press(PO, f"breach.close:{REF}")
    async with world.app.database.transaction() as db:
        officer = (await db.exec(select(Person).where(Person.email == PO))).one()
        officer.role = "supervisor"
    event = world.chat._event(PO)
    filled = Submitted(**event, form=ask.form, draft=ask.draft, values={"outcome": "weg"})
    said = words(await world.chat._do(PO, filled))
    assert "Alleen de privacy officer" in said


@pytest.mark.parametrize(
    "button",
    ["breach.ack:BR-1999-0001", "breach.ack", "breach.show:'; drop table", "breach.export:xls",
     "breach.answer:BR-2026-0001:" + "9" * 40, "breach.answer:x:y:z"],
)  # fmt: skip
async def test_made_up_buttons_get_a_kind_answer(world: World, button: str) -> None:
    await world.report(SAM)
    said = words(await world.chat.press(PO, button))
    assert "Er is niets veranderd" in said or "Kies CSV of JSON" in said


async def test_the_whole_way_in_dutch(world: World) -> None:
    await world.report(SAM)
    card = await world.read(PO)
    assert "Nieuwe melding van een mogelijk datalek. Open" in card
    assert "72 uur na de melding: donderdag 26 november 2026 11:00 (nog 72 uur)" in card
    assert "Ik tel die vanaf het moment van deze melding" in card
    await world.chat.press(PO, "breach.ack")
    assert f"De privacy officer heeft je melding {REF} gezien" in await world.read(SAM)
    await world.chat.press(PO, "breach.ask")
    await world.tell(PO, "Stond er een code op de telefoon?", to=SAM)
    assert "Stond er een code op de telefoon?" in await world.read(SAM)
    asked = words(await world.chat.press(SAM, "breach.answer"))
    assert "Stond er een code op de telefoon?" in asked
    answered = await world.tell(SAM, "Ja, een code van zes cijfers.", to=PO)
    assert "Je aanvulling bij melding BR-2026-0001 is bezorgd om 11:00" in answered
    card = await world.read(PO)
    assert "De melder heeft je vraag beantwoord" in card
    assert "Ja, een code van zes cijfers." in card
    letter = world.mail.letters[1].get_content().replace("\r\n", "\n")
    assert "Vraag: Stond er een code op de telefoon?\nAntwoord: Ja, een code van zes" in letter
    await world.chat.press(PO, "breach.close")
    await world.tell(PO, "Geen inzage door anderen.", to=SAM)
    closed = await world.read(SAM)
    assert f"heeft je melding {REF} afgesloten" in closed
    assert "Geen inzage door anderen." in closed


async def test_the_reporter_is_told_in_their_own_language(world: World) -> None:
    await world.report(ANNA)
    await world.read(PO)
    await world.chat.press(PO, f"breach.ack:{REF}")
    assert f"The privacy officer has seen your report {REF}" in await world.read(ANNA)
    await world.chat.press(PO, f"breach.ask:{REF}")
    await world.tell(PO, "Was het toestel versleuteld?", to=ANNA)
    assert "has a question about your report" in await world.read(ANNA)
    await world.chat.press(ANNA, "breach.answer")
    said = await world.tell(ANNA, "Yes it was.", to=PO)
    assert "Your addition to report BR-2026-0001 was delivered at 11:00" in said


async def test_the_card_changes_in_place(world: World) -> None:
    await world.report(SAM)
    await world.read(PO)
    await world.chat.press(PO, "breach.ack")
    async with world.app.database.transaction() as db:
        found = await db.exec(select(LocalMessage).where(LocalMessage.account == PO))
        cards = [m for m in found if m.reply.get("ref") == f"breach:{REF}"]
    [card] = cards
    assert card.edits == 1
    assert "In behandeling" in card.reply["text"]
    assert [b["id"].partition(":")[0] for b in card.reply["buttons"]] == [
        "breach.ask",
        "breach.close",
    ]


async def test_the_cards_of_other_officers_change_too(world: World) -> None:
    await world.chat.people(Person(email="po2@uni.nl", name="Po2", role="privacy_officer"))
    await world.report(SAM)
    assert "Open: nog niet" in await world.read("po2@uni.nl")
    await world.chat.press(PO, f"breach.ack:{REF}")
    assert "In behandeling" in await world.read("po2@uni.nl")
    again = words(await world.chat.press("po2@uni.nl", f"breach.ack:{REF}"))
    assert "was al als gezien gemarkeerd" in again


async def test_the_offices_own_address_is_an_officer(world: World) -> None:
    await world.report(SAM)
    assert REF in await world.read(OFFICE)
    assert REF in words(await world.chat.press(OFFICE, "breach.register"))


async def test_a_closed_report_is_closed(world: World) -> None:
    await world.report(SAM)
    await world.chat.press(PO, f"breach.close:{REF}")
    await world.tell(PO, "Afgehandeld.", to=SAM)
    for button in (f"breach.close:{REF}", f"breach.ask:{REF}", f"breach.ack:{REF}"):
        assert "Er is niets veranderd" in words(await world.chat.press(PO, button))


async def test_the_register_lists_open_reports_first_with_their_clock(world: World) -> None:
    for _ in range(3):
        await world.report(SAM)
    await world.chat.press(PO, f"breach.close:{REF}")
    await world.tell(PO, "Afgehandeld.", to=SAM)
    await world.chat.at(world.chat.clock.now + timedelta(hours=70, minutes=30))
    [listed] = await world.chat.press(PO, "breach.register")
    assert isinstance(listed, Say)
    assert listed.text.startswith("Open: 2 van 3.")
    assert [ref for ref, _ in listed.facts] == ["BR-2026-0002", "BR-2026-0003", REF]
    assert "72 uur: nog 1 uur en 30 minuten" in listed.facts[0][1]
    assert "72 uur" not in listed.facts[2][1]
    await world.chat.at(world.chat.clock.now + timedelta(hours=2))
    assert "72 uur: voorbij" in words(await world.chat.press(PO, "breach.register"))
    shown = words(await world.chat.press(PO, "breach.show:BR-2026-0003"))
    assert "72 uur na de melding: donderdag 26 november 2026 11:00 (voorbij)" in shown


async def test_an_empty_register_says_so(world: World) -> None:
    assert words(await world.chat.press(PO, "breach.register")) == "Er zijn nog geen meldingen."


async def test_the_register_in_the_chat_is_whole(world: World) -> None:
    for _ in range(12):
        await world.report(SAM)
    pieces = (await world.chat.press(PO, "breach.export:json"))[1:]
    assert len(pieces) > 1
    assert len(json.loads("".join(piece.text for piece in pieces))) == 12


async def test_the_reporter_adds_something_unasked(world: World) -> None:
    await world.report(SAM)
    await world.read(PO)
    await world.chat.press(SAM, f"breach.add:{REF}")
    await world.tell(SAM, "Hij is weer terecht.", to=PO)
    assert "De melder heeft iets toegevoegd" in await world.read(PO)
    assert "Aanvulling bij mogelijk datalek" in world.mail.letters[1]["Subject"]


async def test_an_addition_that_cannot_be_mailed_is_said_so(world: World) -> None:
    await world.report(SAM)
    await world.mail.stop()
    await world.chat.press(SAM, f"breach.add:{REF}")
    said = await world.tell(SAM, "Hij is weer terecht.", to=PO)
    for _ in range(3):
        await world.chat.at(world.chat.clock.now + timedelta(minutes=7))
        said += await world.read(SAM)
    assert "Je aanvulling bij melding BR-2026-0001 is nog niet bezorgd" in said
    assert "bezorgd om" not in said
    await world.mail.start()
    await world.chat.at(world.chat.clock.now + timedelta(minutes=7))
    assert "is bezorgd om" in await world.read(SAM)


async def test_every_step_is_kept_with_who_and_when(world: World) -> None:
    await world.report(SAM)
    await world.chat.press(PO, f"breach.ack:{REF}")
    async with world.app.database.transaction() as db:
        steps = (await db.exec(select(Entry).order_by(Entry.id))).all()
    assert [(e.author, e.what) for e in steps if e.author != "bot"] == [
        (SAM, "reported"),
        (PO, "acknowledged"),
    ]
    assert {e.what for e in steps if e.author == "bot"} == {"delivered", "carded"}


async def test_the_home_page_counts_for_the_officer_and_reminds_the_student(world: World) -> None:
    await world.report(SAM)
    await world.begin(ANNA)
    at_home = {}
    for who in (PO, ANNA, SUP):
        outcome = await world.app.talk.handle(Opened(**world.chat._event(who)), world.chat.clock())
        at_home[who] = words(list(outcome.replies))
    assert "Open: 1 van 1." in at_home[PO]
    assert "Your report has not been sent yet" in at_home[ANNA]
    assert "melding" not in at_home[SUP].lower()
