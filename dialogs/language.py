"""Switching between Dutch and English."""

from __future__ import annotations

from bot.engine import people
from bot.engine.dialog import Dialog, Turn
from bot.engine.replies import Reply
from bot.engine.texts import LANGUAGES


async def switch(turn: Turn, what: str) -> list[Reply]:
    """The language asked for, or the other one; kept for all chats of this person."""
    other = "en" if turn.lang == "nl" else "nl"
    wanted = turn.heard.data.get("to", other)
    return await choose(turn, wanted if wanted in LANGUAGES else other)


async def choose(turn: Turn, wanted: str) -> list[Reply]:
    """A language button: 'nl' or 'en'."""
    turn.lang = wanted if wanted in LANGUAGES else turn.lang
    for account in await people.accounts_of(turn.db, turn.who.key):
        account.language, account.chosen = turn.lang, True
    return turn.say("language.switched")


DIALOG = Dialog(
    name="language",
    intents={"language": switch},
    presses={"language": choose},
    public=frozenset({"language"}),
)
