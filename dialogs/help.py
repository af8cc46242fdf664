"""What the bot can do, greetings, and thanks."""

from __future__ import annotations

from bot.dialog import Dialog, Intent, Turn
from bot.replies import Button, Reply, Say


async def greet(turn: Turn, intent: Intent) -> list[Reply]:
    """Who the bot is and what to do first; the same at first contact and at 'hello'."""
    return [_menu(turn, "help.hello")]


async def explain(turn: Turn, intent: Intent) -> list[Reply]:
    """Everything that can be done, with a button for each."""
    return [_menu(turn, "help.all")]


async def welcome(turn: Turn, intent: Intent) -> list[Reply]:
    """An answer to 'thank you'."""
    return turn.say("help.thanks")


async def pressed(turn: Turn, argument: str) -> list[Reply]:
    """The help button."""
    return [_menu(turn, "help.all")]


def _menu(turn: Turn, key: str) -> Say:
    actions = ["breach.start", "recordings.add", "recordings.list", "consent.start"]
    if turn.who.role == "privacy_officer":
        actions = ["breach.register", "case.status"]
    elif turn.who.role in ("supervisor", "coordinator"):
        actions = ["case.status", "breach.start"]
    return Say(
        turn.t(key, name=turn.who.name),
        buttons=tuple(
            Button(action, turn.t(f"help.button.{action.replace('.', '_')}")) for action in actions
        ),
    )


dialog = Dialog(
    name="help",
    intents={"help": explain, "greeting": greet, "thanks": welcome},
    presses={"help": pressed},
    public=frozenset({"help", "greeting", "thanks"}),
)
