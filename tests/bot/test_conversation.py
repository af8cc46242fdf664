"""One turn: accepted once, whole or not at all, and always answered."""

import asyncio
from dataclasses import replace

import pytest
from sqlmodel import select

from adapters.local.messenger import address
from bot.engine.events import Address, Arrived, Pressed, Said, Submitted
from bot.engine.replies import Ask, Say
from bot.engine.store.database import Database
from bot.engine.store.tables import Conversation, Job
from bot.engine.texts import Texts
from tests.bot.small import bot
from tests.chat import Chat, words
from tests.conftest import NOW, Ticker

ANNA, BRAM = "anna@x.nl", "bram@x.nl"


@pytest.fixture
def chat(database: Database, texts: Texts, clock: Ticker) -> Chat:
    talk, worker = bot(database, texts, clock)
    return Chat(database, talk, worker, clock, locale="en")


def said(text: str, event: str = "e1", **more: object) -> Said:
    return Said(id=event, address=address(ANNA), at=NOW, email=ANNA, locale="en", text=text, **more)


async def test_an_event_is_accepted_once_even_from_many_sides(chat: Chat) -> None:
    outcomes = await asyncio.gather(*(chat.talk.handle(said("hi"), NOW) for _ in range(8)))
    assert sorted(o.status for o in outcomes) == ["duplicate"] * 7 + ["handled"]
    await chat.worker.drain()
    assert len(await chat.inbox(ANNA)) == 1


async def test_the_same_message_under_a_new_event_id_is_known(chat: Chat) -> None:
    await chat.handle(said("hi", "Ev1", also=("C1:1.0",)))
    again = await chat.handle(said("hi", "Ev2", also=("C1:1.0",)))
    assert again.status == "duplicate"


async def test_a_failing_dialog_still_ends_in_a_sentence(chat: Chat) -> None:
    assert "went wrong" in words(await chat.say(ANNA, "break"))
    assert "heard again" in words(await chat.say(ANNA, "again"))


async def test_a_refused_turn_changes_nothing(chat: Chat) -> None:
    assert words(await chat.say(ANNA, "refuse")) == "No."
    async with chat.database.transaction() as db:
        row = (await db.exec(select(Conversation))).one()
    assert "half" not in row.state


async def test_an_unknown_button_is_answered_kindly(chat: Chat) -> None:
    assert "earlier message" in words(await chat.press(ANNA, "gone.away:7"))
    assert "earlier message" in words(await chat.press(ANNA, "\x00;DROP"))


async def test_turns_of_one_person_wait_for_each_other(chat: Chat) -> None:
    await chat.handle(said("order", "e0"))
    texts = ["yesterday 14:00", "large", "thanks"]
    for n, text in enumerate(texts):
        await chat.handle(said(text, f"o{n}"))
    await asyncio.gather(*(chat.talk.handle(said("send", f"s{n}"), NOW) for n in range(5)))
    await chat.worker.drain()
    assert words(await chat.inbox(ANNA)).count("ordered") == 1


async def test_what_is_personal_moves_out_of_a_channel(chat: Chat) -> None:
    channel = Address("local", "", ANNA, channel="C1", thread="7", private=False)
    outcome = await chat.talk.handle(replace(said("private"), address=channel), NOW)
    assert words(list(outcome.replies)) == "heard private"
    async with chat.database.transaction() as db:
        jobs = list(await db.exec(select(Job).order_by(Job.id)))
    (here,) = jobs
    assert (here.payload["address"]["channel"], here.payload["address"]["private"]) == ("", True)
    aside = here.payload["aside"]  # said there once it is known what came of it
    assert (aside["address"]["channel"], aside["address"]["private"]) == ("C1", False)
    assert "private chat" in aside["came"]["text"]


async def test_a_question_in_a_channel_is_answered_in_its_thread(chat: Chat) -> None:
    channel = Address("local", "", ANNA, channel="C1", thread="7", private=False)
    await chat.talk.handle(replace(said("may I?"), address=channel), NOW)
    async with chat.database.transaction() as db:
        job = (await db.exec(select(Job))).one()
    assert job.payload["address"]["thread"] == "7"


@pytest.mark.parametrize("place", ["private", "channel"])
@pytest.mark.parametrize("text", ["hello", "private", "order", "refuse", "break"])
async def test_a_message_is_read_once(chat: Chat, text: str, place: str) -> None:
    there = Address("local", "", ANNA, channel="C1", thread="7", private=False)
    await chat.talk.handle(
        replace(said(text), address=there if place == "channel" else address(ANNA)), NOW
    )
    assert chat.talk.listening.reader.count == 1


async def test_what_needs_no_reading_is_not_read(chat: Chat) -> None:
    await chat.arrive(ANNA)
    await chat.press(ANNA, "small.go:1")
    assert chat.talk.listening.reader.count == 0
    await chat.press(ANNA, "say:hello")
    assert chat.talk.listening.reader.count == 1


async def test_first_contact_is_greeted_once(chat: Chat) -> None:
    assert await chat.arrive(ANNA)
    assert await chat.arrive(ANNA) == []


class TestForms:
    async def test_question_by_question(self, chat: Chat) -> None:
        assert "When?" in words(await chat.say(ANNA, "order"))
        assert "do not understand" in words(await chat.say(ANNA, "blue"))
        assert "in the future" in words(await chat.say(ANNA, "2027-01-01 10:00"))
        assert "Which size?" in words(await chat.say(ANNA, "yesterday 14:00"))
        assert "Anything else?" in words(await chat.press(ANNA, "Large"))
        summary = words(await chat.say(ANNA, "skip"))
        assert "Sunday 22 November 2026 14:00" in summary
        assert "ordered" in words(await chat.press(ANNA, "form.send"))

    async def test_a_double_click_on_send_orders_once(self, chat: Chat) -> None:
        await chat.say(ANNA, "order")
        send = (await chat.fill(ANNA, when="now"))[0].buttons[0].id
        assert "ordered" in words(await chat.press(ANNA, send))
        assert "finished or stopped" in words(await chat.press(ANNA, send))

    async def test_an_error_keeps_what_was_right(self, chat: Chat) -> None:
        await chat.say(ANNA, "order")
        ask = (await chat.fill(ANNA, when="blue", size="large"))[0]
        assert isinstance(ask, Ask)
        assert {f.name: bool(f.error) for f in ask.fields} == {
            "when": True, "size": False, "note": False,
        }  # fmt: skip
        assert next(f.value for f in ask.fields if f.name == "size") == "large"
        assert "Large" in words(await chat.fill(ANNA, when="now"))

    async def test_a_wrong_correction_keeps_the_earlier_answer(self, chat: Chat) -> None:
        await chat.say(ANNA, "order")
        await chat.fill(ANNA, when="now", note="soft")
        await chat.press(ANNA, "form.change")
        await chat.fill(ANNA, note="x" * 4000)
        assert "soft" in words(await chat.fill(ANNA, when="now"))

    async def test_stop_keeps_the_answers_and_goes_on_later(self, chat: Chat) -> None:
        await chat.say(ANNA, "order")
        await chat.say(ANNA, "now")
        assert "Stopped" in words(await chat.say(ANNA, "stop"))
        assert "heard hello" in words(await chat.say(ANNA, "hello"))
        assert "Which size?" in words(await chat.press(ANNA, "form.resume:1"))

    async def test_starting_again_offers_the_half_filled_one(self, chat: Chat) -> None:
        await chat.say(ANNA, "order")
        await chat.say(ANNA, "now")
        await chat.say(ANNA, "stop")
        assert "already filled in" in words(await chat.say(ANNA, "order"))
        assert "When?" in words(await chat.press(ANNA, "Start over"))

    async def test_back_corrects_an_earlier_answer(self, chat: Chat) -> None:
        await chat.say(ANNA, "order")
        await chat.say(ANNA, "now")
        assert "When?" in words(await chat.say(ANNA, "back"))

    async def test_another_person_cannot_touch_the_form(self, chat: Chat) -> None:
        await chat.say(ANNA, "order")
        await chat.fill(ANNA, when="now")
        assert "finished or stopped" in words(await chat.press(BRAM, "form.send:1"))
        event = Submitted(
            id="x",
            address=address(BRAM),
            at=NOW,
            email=BRAM,
            locale="en",
            form="order",
            draft=1,
            values={},
        )
        outcome = await chat.talk.handle(event, NOW)
        assert "finished or stopped" in words(list(outcome.replies))

    async def test_it_goes_on_after_a_restart_and_on_another_platform(
        self, chat: Chat, texts: Texts, clock: Ticker
    ) -> None:
        await chat.say(ANNA, "order")
        await chat.say(ANNA, "now")
        talk, _ = bot(chat.database, texts, clock)
        here = await talk.handle(said("small", "after"), NOW)
        assert "Anything else?" in words(list(here.replies))
        slack = Address("slack", "T1", "U1", channel="D1")
        there = Pressed(
            id="s1", address=slack, at=NOW, email=ANNA, locale="en", button="form.resume:1"
        )
        assert "Anything else?" in words(list((await talk.handle(there, NOW)).replies))

    async def test_a_modal_gets_its_form_and_its_errors_directly(self, chat: Chat) -> None:
        outcome = await chat.talk.handle(said("order", can_open=True), NOW)
        assert outcome.ask is not None
        sent = Submitted(
            id="m1", address=address(ANNA), at=NOW, email=ANNA, can_open=True,
            form="order", draft=outcome.ask.draft, values={"when": "", "size": "large"},
        )  # fmt: skip
        assert set((await chat.talk.handle(sent, NOW)).errors) == {"when"}
        await chat.worker.drain()
        assert await chat.inbox(ANNA) == []

    async def test_a_phone_number_is_pointed_out_before_sending(self, chat: Chat) -> None:
        await chat.say(ANNA, "order")
        assert "looks like" in words(await chat.fill(ANNA, when="now", note="bel 0612345678"))


@pytest.mark.parametrize("text", ["", " ", "\x00", "😀" * 50, "א" * 300, "x" * 30_000, "\u202eabc"])
async def test_strange_input_gets_a_civil_answer(chat: Chat, text: str) -> None:
    assert [type(r) for r in await chat.say(ANNA, text)] == [Say]


async def test_an_event_without_a_zone_is_refused_at_the_door() -> None:
    with pytest.raises(ValueError, match="zone"):
        Arrived(id="x", address=address(ANNA), at=NOW.replace(tzinfo=None))
