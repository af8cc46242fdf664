"""'How does my question stand?': the state of everything a person has going, or has to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from bot.engine.dialog import Dialog, Turn
from bot.engine.replies import Reply, Say

Source = Callable[[Turn], Awaitable[Sequence[Say]]]


def make(*sources: Source) -> Dialog:
    """The dialog; each source tells about its own kind of things, or nothing."""

    async def status(turn: Turn, what: str) -> list[Reply]:
        found: list[Reply] = [say for source in sources for say in await source(turn)]
        if found:
            return found
        handling = turn.who.role in ("supervisor", "coordinator")
        return turn.say("status.nothing_to_do" if handling else "status.nothing")

    return Dialog(name="status", intents={"case.status": status}, presses={"case.status": status})
