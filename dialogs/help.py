"""What the bot can do, greetings, and thanks."""

from __future__ import annotations

from bot.engine.dialog import Dialog, Turn
from bot.engine.replies import Button, Reply, Say
from dialogs.breach.officer import is_officer

WORK = {
    "privacy_officer": ("officer", ("breach.register", "desk.enter")),
    "supervisor": ("supervisor", ("case.status", "desk.enter", "breach.start")),
    "coordinator": ("supervisor", ("case.status", "desk.enter", "breach.start")),
}
GUEST = ("guest", ("breach.start",))
STUDENT = ("student", ("breach.start", "recordings.add", "recordings.list", "consent.start"))


async def greet(turn: Turn, what: str) -> list[Reply]:
    """Who the bot is and what to do first; the same at first contact and at 'hello'."""
    return [menu(turn, turn.t(f"help.hello.{_work(turn)[0]}"))]


async def explain(turn: Turn, what: str) -> list[Reply]:
    """Everything this person can do, with a button for each."""
    return [menu(turn, turn.t(f"help.all.{_work(turn)[0]}"))]


async def cancel(turn: Turn, what: str) -> list[Reply]:
    """'Stop' while no form is open."""
    return [menu(turn, turn.t("help.nothing_open"))]


async def welcome(turn: Turn, what: str) -> list[Reply]:
    """An answer to 'thank you'."""
    return turn.say("help.thanks")


def menu(turn: Turn, text: str) -> Say:
    """These words above what this person can do."""
    return Say(
        text,
        buttons=tuple(
            Button(action, turn.t(f"help.button.{action.replace('.', '_')}"))
            for action in _work(turn)[1]
        ),
    )


def _work(turn: Turn) -> tuple[str, tuple[str, ...]]:
    if is_officer(turn):
        return WORK["privacy_officer"]
    return STUDENT if turn.who.role == "student" else WORK.get(turn.who.role, GUEST)


DIALOG = Dialog(
    name="help",
    intents={"help": explain, "greeting": greet, "thanks": welcome, "cancel": cancel},
    presses={"help": explain},
    public=frozenset({"help", "greeting", "thanks"}),
)
