"""The truth about delivery, at every moment, with a real mail server in every mood."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot.engine import people
from bot.engine.dialog import Turn
from bot.engine.events import Opened
from bot.engine.store.tables import Job
from dialogs import breach
from dialogs.breach.table import Breach
from tests.chat import words
from tests.dialogs.breach.conftest import ANNA, OFFICE, PO, SAM, World

REF = "BR-2026-0001"


async def later(world: World, seconds: float = 400) -> None:
    await world.chat.at(world.chat.clock.now + timedelta(seconds=seconds))


async def the(world: World) -> Breach:
    async with world.app.database.transaction() as db:
        return (await db.exec(select(Breach))).one()


async def spoil(world: World, mood: str) -> None:
    if mood == "down":
        await world.mail.stop()
    elif mood == "hang":
        world.app.messengers["mail"]._patience = 0.1
    world.mail.mood = mood


async def mend(world: World, mood: str) -> None:
    if mood == "hang":
        world.app.messengers["mail"]._patience = 5
    world.mail.mood = "accept"
    if mood == "down":
        await world.mail.start()


@pytest.mark.parametrize("mood", ["down", "refuse", "reject", "busy", "hang"])
async def test_trouble_is_told_and_the_report_arrives_once_when_mail_is_back(
    world: World, mood: str
) -> None:
    await spoil(world, mood)
    sent = words(await world.report())
    assert "nog niet bezorgd" in sent
    assert "Bezorgd om" not in sent
    await later(world)
    assert "bezorgd" not in (await world.read(SAM)).lower()  # two failures: still trying
    await later(world)
    trouble = await world.read(SAM)
    assert "nog niet bezorgd. De mailserver neemt hem niet aan" in trouble
    assert f"zelf naar {OFFICE}" in trouble
    assert "Beschrijving: In de trein laten liggen." in trouble
    for _ in range(15):  # beyond the most attempts that other messages get
        await later(world)
    assert await world.read(SAM) == ""
    assert (await the(world)).state == "sent"
    await mend(world, mood)
    await later(world)
    assert f"Bezorgd om {clock_of(world)} op 23 november 2026, kenmerk {REF}" in await world.read(
        SAM
    )
    await later(world)
    assert [letter["Subject"][:14] for letter in world.mail.letters] == [f"[{REF}]"]
    assert (await the(world)).state == "delivered"


def clock_of(world: World) -> str:
    return f"{world.chat.clock.now.astimezone(world.app.office.zone):%H:%M}"


async def test_a_short_hiccup_is_no_reason_to_alarm(world: World) -> None:
    world.mail.mood = "busy"
    await world.report(ANNA)
    world.mail.mood = "accept"
    await later(world)
    heard = await world.read(ANNA)
    assert "Delivered at" in heard
    assert "yourself" not in heard


async def test_without_mail_that_is_said_at_once_with_the_text(unmailed: World) -> None:
    sent = words(await unmailed.report())
    assert "niet per e-mail bezorgd: ik kan hier geen e-mail versturen" in sent
    assert f"zelf naar {OFFICE}" in sent
    assert f"Kenmerk: {REF}" in sent
    assert "als chatbericht" in sent  # the officer's local chat has the card
    assert "De privacy officer heeft melding" in sent
    assert "Bezorgd om" not in sent
    for _ in range(20):
        await later(unmailed)
    assert await unmailed.read(SAM) == ""


async def test_without_mail_and_chat_nothing_is_claimed(unmailed: World) -> None:
    local = unmailed.app.messengers["local"]
    local.find = nowhere
    sent = words(await unmailed.report(ANNA))
    assert "I cannot send e-mail here" in sent
    assert "as a chat message" not in sent
    assert "Delivered at" not in sent


async def nowhere(email: str) -> None:
    return None


async def test_mail_that_is_configured_later_brings_the_old_report(
    unmailed: World, tmp_path: Any, clock: Any
) -> None:
    from bot.settings import load
    from bot.wiring import wired
    from tests.chat import Chat

    await unmailed.report()
    path = unmailed.app.settings.database_url
    clock.now += timedelta(days=2)
    settings = load(_env_file=None, database_url=path, smtp_url=unmailed.mail.url)
    async with wired(settings, clock) as app:
        chat = Chat(app.database, app.talk, app.worker, clock)
        await chat.at(clock.now)
        assert "Bezorgd om" in words(await chat.inbox(SAM))
    assert len(unmailed.mail.letters) == 1


async def test_a_mended_address_gets_the_report(world: World, clock: Any) -> None:
    from bot.settings import load
    from bot.wiring import wired
    from tests.chat import Chat

    world.mail.mood = "refuse"
    await world.report()
    world.mail.mood = "accept"
    world.mail.refused = {OFFICE}
    settings = load(
        _env_file=None,
        database_url=world.app.settings.database_url,
        smtp_url=world.mail.url,
        privacy_officer_email="nieuw@uni.nl",
    )
    async with wired(settings, clock) as app:
        chat = Chat(app.database, app.talk, app.worker, clock)
        await chat.at(clock.now + timedelta(minutes=10))
        assert "voor nieuw@uni.nl aangenomen" in words(await chat.inbox(SAM))
    assert world.mail.receivers == ["nieuw@uni.nl"]


async def test_mail_that_comes_back_after_the_officer_acted_is_still_told(world: World) -> None:
    await world.mail.stop()
    await world.report()
    await world.chat.press(PO, f"breach.ack:{REF}")
    await later(world)
    await later(world)
    await later(world)
    assert "zelf naar" not in await world.read(SAM)  # somebody has it already
    await world.mail.start()
    await later(world)
    assert "Bezorgd om" in await world.read(SAM)
    assert (await the(world)).state == "acknowledged"


async def test_a_crash_between_sending_and_writing_down_repeats_the_same_letter(
    world: World,
) -> None:
    await world.report()
    async with world.app.database.transaction() as db:
        found = await db.exec(select(Job).where(Job.kind == "deliver", Job.key.like("%:mail:%")))
        job = found.one()
        job.done = None  # as if the process died before its commit
    await later(world)
    marks = [letter["Message-ID"] for letter in world.mail.letters]
    assert len(marks) == 2
    assert marks[0] == marks[1]
    assert (await world.read(SAM)) == ""  # told once


async def test_the_state_can_be_asked_at_any_moment(world: World) -> None:
    await world.mail.stop()
    await world.report()
    undelivered = await state(world, SAM)
    assert "Nog niet bezorgd" in undelivered
    assert await state(world, ANNA) == ""
    await world.mail.start()
    await later(world)
    delivered = await state(world, SAM)
    assert "Bezorgd om" in delivered
    assert "Nog niet" not in delivered


async def state(world: World, who: str) -> str:
    """What `lines` says to this person now."""
    async with world.app.database.transaction() as db:
        turn = Turn(
            event=Opened(**world.chat._event(who)),
            who=await people.find(db, who),
            now=world.chat.clock(),
            lang="nl",
            zone=world.app.office.zone,
            db=db,
            state={},
            texts=world.app.texts,
            forms=world.app.talk.filling,
            office=world.app.office,
        )
        return words(list(await breach.DIALOG.status(turn)))


async def test_an_unsent_report_can_be_read_as_text_by_its_reporter_only(world: World) -> None:
    await world.mail.stop()
    await world.report()
    own = words(await world.chat.press(SAM, f"breach.text:{REF}"))
    assert "Beschrijving: In de trein laten liggen." in own
    other = words(await world.chat.press(ANNA, f"breach.text:{REF}"))
    assert "I cannot find a report" in other
    assert "trein" not in other


async def test_delivered_is_the_time_the_server_accepted_it(world: World, clock: Any) -> None:
    await world.report()
    assert (await the(world)).delivered_at == datetime(2026, 11, 23, 10, 0, tzinfo=clock.now.tzinfo)


async def test_down_and_back_on_both_databases(both: World) -> None:
    await both.mail.stop()
    await both.report()
    for _ in range(3):
        await later(both)
    assert "zelf naar" in await both.read(SAM)
    await both.chat.press(PO, f"breach.ack:{REF}")
    await both.mail.start()
    await later(both)
    assert "Bezorgd om" in await both.read(SAM)
    found = await the(both)
    assert (found.state, len(both.mail.letters)) == ("acknowledged", 1)


async def test_every_address_of_the_office_gets_the_letter_and_one_is_told(
    world: World, clock: Any
) -> None:
    from bot.settings import load
    from bot.wiring import wired
    from tests.chat import Chat

    settings = load(
        _env_file=None,
        database_url=world.app.settings.database_url,
        smtp_url=world.mail.url,
        privacy_officer_email="One@uni.nl, two@uni.nl",
    )
    async with wired(settings, clock) as app:
        told = World(Chat(app.database, app.talk, app.worker, clock), world.mail, app)
        said = words(await told.report()) + await told.read(SAM)
    assert sorted(world.mail.receivers) == ["one@uni.nl", "two@uni.nl"]
    assert said.count("aangenomen") == 1
