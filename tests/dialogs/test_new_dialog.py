"""What a new dialog costs: one folder of its own, and one line in the list of dialogs.

It is built here from outside, with its own sentences, words to type and button, and then talked
with through the real bot.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import dialogs
from bot.engine.dialog import Dialog, Turn
from bot.engine.replies import Button, Reply, Say
from bot.settings import load
from bot.wiring import wired
from tests.chat import Chat, words
from tests.conftest import Ticker

NOOR = "noor@example.nl"
NL = """
phrases = ["contact", "bij wie moet ik zijn", "wie kan mij helpen"]
title = "Bij wie moet je zijn?"
text = "Over een opname: je begeleider. Over een datalek: {officer_address}."
button = "Bij wie moet ik zijn?"
"""
EN = """
phrases = ["contact", "whom do i ask", "who can help me"]
title = "Whom do you ask?"
text = "About a recording: your supervisor. About a breach: {officer_address}."
button = "Whom do I ask?"
"""


async def tell(turn: Turn, what: str) -> list[Reply]:
    button = Button("contact", turn.t("contact.button"))
    return [Say(turn.t("contact.text"), title=turn.t("contact.title"), buttons=(button,))]


async def at_home(turn: Turn) -> list[Say]:
    return [Say(buttons=(Button("contact", turn.t("contact.button")),))]


@pytest.fixture
async def chat(
    sqlite_url: str, clock: Ticker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Chat]:
    for lang, text in (("nl", NL), ("en", EN)):
        (tmp_path / "contact" / lang).mkdir(parents=True)
        (tmp_path / "contact" / lang / "contact.toml").write_text(text)
    contact = Dialog(
        name="contact",
        texts=tmp_path / "contact",
        phrases={"contact": "contact.phrases"},
        intents={"contact": tell},
        presses={"contact": tell},
        home=at_home,
        public=frozenset({"contact"}),
    )
    monkeypatch.setattr(dialogs, "DIALOGS", (*dialogs.DIALOGS, contact))
    async with wired(load(_env_file=None, database_url=sqlite_url), clock) as app:
        yield Chat(app.database, app.talk, app.worker, clock)


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("contact", "Bij wie moet je zijn?"),
        ("Bij wie moet ik zijn?", "Bij wie moet je zijn?"),
        ("Whom do I ask?", "Whom do you ask?"),
        ("  who can help ME ", "Whom do you ask?"),
    ],
)
async def test_it_is_typed_and_pressed_in_both_languages(
    chat: Chat, typed: str, title: str
) -> None:
    said = words(await chat.say(NOOR, typed))
    assert title in said
    assert "@" in said  # the address of the guidelines file
    assert title in words(await chat.press(NOOR, "contact"))


async def test_everything_else_is_said_as_before(chat: Chat) -> None:
    assert "24 uur" in words(await chat.say(NOOR, "ik wil een datalek melden"))
