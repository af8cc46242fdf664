"""Reading one message stops nobody, and in public it knows nobody."""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlmodel import col, select

from bot.engine.events import Address, Said
from bot.engine.hearing import Plain
from bot.engine.store.tables import Job, Person
from tests.chat import Chat, words

ANNA, SUP = "anna@uni.nl", "sup@uni.nl"


@dataclass
class Slow:
    """A reader that thinks until it is let go."""

    free: threading.Event
    begun: threading.Event = field(default_factory=threading.Event)
    asked: dict[str, Any] | None = None

    def read(self, text: str, **how: Any) -> Plain:
        self.asked = how
        self.begun.set()
        assert self.free.wait(20)
        return Plain("ask", "nl")


def in_channel(chat: Chat, text: str, number: int = 1) -> Said:
    place = Address("local", "", ANNA, channel="everybody", thread="1", private=False)
    return Said(id=f"c:{number}", address=place, at=chat.clock(), email=ANNA, text=text)


async def test_the_loop_goes_on_while_a_message_is_read(chat: Chat) -> None:
    slow = Slow(threading.Event())
    chat.talk.listening.reader = slow
    turn = asyncio.create_task(chat.say(ANNA, "x?"))
    await asyncio.to_thread(slow.begun.wait, 20)  # the loop turns, or this never ends
    assert not turn.done()
    slow.free.set()
    await turn


@pytest.fixture
async def anna(chat: Chat) -> Chat:
    """Anna, of a school with its own rules, with an open case."""
    await chat.people(
        Person(email=ANNA, name="Anna", role="student", school="OSH", supervisor_email=SUP),
        Person(email=SUP, name="Sup", role="supervisor"),
    )
    await chat.press(ANNA, "consent.start")
    await chat.fill(ANNA, kind="many_refuse", recorded="no")
    await chat.press(ANNA, "form.send")
    return chat


@pytest.mark.parametrize(
    "question",
    [
        "Mag ik mijn les opnemen in iRIS Connect voor mijn eigen ontwikkeling?",
        "Mag ik een opname van mijn les in iRIS Connect bespreken met mijn begeleider?",
    ],
)
async def test_a_public_place_shows_nothing_personal(anna: Chat, question: str) -> None:
    await anna.talk.handle(in_channel(anna, question), anna.clock())
    async with anna.database.transaction() as db:
        jobs = list(await db.exec(select(Job).where(col(Job.key).contains("c:1:"))))

    def said(public: bool) -> str:
        return str([j.payload for j in jobs if _private(j.payload) is not public])

    assert "iRIS Connect" in said(public=True)
    assert "CP-2026" not in said(public=True)
    assert "OSH" not in said(public=True)
    assert "CP-2026-0001" in said(public=False)
    await anna.worker.drain(anna.clock())
    assert "CP-2026-0001" in words(await anna.inbox(ANNA))


async def test_in_private_the_own_school_counts(anna: Chat) -> None:
    slow = Slow(threading.Event())
    slow.free.set()
    anna.talk.listening.reader = slow
    await anna.say(ANNA, "mag het")
    assert slow.asked
    assert slow.asked["school"] == "OSH"
    await anna.talk.handle(in_channel(anna, "mag het", 2), anna.clock())
    assert slow.asked["school"] is None


def _private(payload: Mapping[str, Any]) -> bool:
    return bool(payload["address"]["private"])
