"""The local chat as a terminal sees it."""

from typing import Any

from adapters.local.terminal import Terminal
from bot.engine.store.tables import Person
from tests.chat import Chat, words
from tests.conftest import Ticker

ANNA, JORIS = "anna@x.nl", "joris@x.nl"


async def test_a_card_that_changes_in_place_is_shown_again(
    app: Any, chat: Chat, clock: Ticker
) -> None:
    await chat.people(
        Person(email=ANNA, name="Anna", role="student", supervisor_email=JORIS),
        Person(email=JORIS, name="Joris", role="supervisor"),
    )
    await chat.press(ANNA, "consent.start")
    await chat.fill(ANNA, kind="many_refuse", recorded="no")
    await chat.press(ANNA, "form.send")
    terminal = Terminal(app.database, app.talk, app.worker, clock, JORIS)
    app.worker.start()
    (card,) = await terminal.inbox()
    (seen,) = await terminal.take({"press": "consent.seen:CP-2026-0001"})
    assert await terminal.inbox() == []
    await app.worker.stop()
    assert len(seen.buttons) < len(card.buttons)
    assert "Anna" in words([seen])
