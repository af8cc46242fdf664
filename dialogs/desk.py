"""The way to the desk: a link that lets in once, and the secret address of a calendar."""

from __future__ import annotations

from bot.engine.dialog import Dialog, Outdated, Refused, Turn
from bot.engine.replies import Button, Reply, Say
from bot.engine.views import Doors


async def enter(turn: Turn, what: str) -> list[Reply]:
    """A link for this person alone, for who has something to see there."""
    doors = _doors(turn)
    if not turn.who.email or not _own(turn):
        raise Refused("desk.not_for_you")
    url = await doors.enter(turn.db, turn.who.key, turn.now)
    button = Button("", turn.t("desk.button.open"), "primary", url=url)
    return [Say(turn.t("desk.link"), title=turn.t("desk.brand"), buttons=(button,))]


async def subscribe(turn: Turn, file: str) -> list[Reply]:
    """A new secret address of one of the own files; the one before it stops working."""
    doors = _doors(turn)
    if file not in _own(turn):
        raise Outdated
    url = await doors.subscribe(turn.db, turn.who.key, file, turn.now)
    return [Say(turn.t("desk.feed.text", url=url), title=turn.t("desk.feed.title"))]


def _doors(turn: Turn) -> Doors:
    if turn.office.doors is None:
        raise Refused("desk.off")
    return turn.office.doors


def _own(turn: Turn) -> list[str]:
    """The pages of this person and their files, as 'section' and 'section/file'."""
    sections = [s for dialog in turn.dialogs for s in dialog.desk if s.may(turn)]
    return [name for s in sections for name in (s.name, *(f"{s.name}/{file}" for file in s.files))]


DIALOG = Dialog(
    name="desk",
    intents={"desk": enter},
    presses={"desk.enter": enter, "desk.feed": subscribe},
)
