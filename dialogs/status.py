"""'How does my question stand?': the state of everything a person has going, or has to do."""

from __future__ import annotations

from bot.engine.dialog import Dialog, Turn
from bot.engine.replies import Reply


async def status(turn: Turn, what: str) -> list[Reply]:
    """What every dialog tells about its own kind of things, in the order of the list of dialogs."""
    sources = [d.status for d in turn.dialogs if d.status]
    found: list[Reply] = [say for source in sources for say in await source(turn)]
    if found:
        return found
    handling = turn.who.role in ("supervisor", "coordinator")
    return turn.say("status.nothing_to_do" if handling else "status.nothing")


DIALOG = Dialog(name="status", intents={"case.status": status}, presses={"case.status": status})
