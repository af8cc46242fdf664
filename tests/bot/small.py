"""A tiny feature to test the engine with: one form, one button, one mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from adapters.local.messenger import LocalMessenger
from bot.engine.conversation import Talk
from bot.engine.delivery import Delivery
from bot.engine.dialog import Dialog, FormDialog, Office, Refused, Turn
from bot.engine.forms import Field, Form, Kind, not_future
from bot.engine.hearing import Plain
from bot.engine.jobs import Clock, Worker
from bot.engine.replies import Button, Reply, Say
from bot.engine.store.database import Database
from bot.engine.store.tables import Draft
from bot.engine.texts import Texts
from dialogs.dates import days as dates

OWN = {
    "order.title": "Order",
    "order.submit": "Order it",
    "order.when.label": "When?",
    "order.size.label": "Which size?",
    "order.size.small": "Small",
    "order.size.large": "Large",
    "order.note.label": "Anything else?",
    "order.refused": "No.",
}
ORDER = Form(
    "order",
    (
        Field("when", Kind.MOMENT, required=True, rules=(not_future,)),
        Field("size", Kind.CHOICE, options=("small", "large")),
        Field("note", Kind.PARAGRAPH),
    ),
    confirm=True,
)


async def ordered(turn: Turn, values: Mapping[str, Any], draft: Draft) -> list[Reply]:
    return [Say(f"ordered {values}")]


async def start(turn: Turn, what: str) -> list[Reply]:
    if turn.said == "break":
        raise ZeroDivisionError
    if turn.said == "refuse":
        turn.state["half"] = "done"
        raise Refused("order.refused")
    if turn.said.startswith("order"):
        return await turn.open_form("order")
    return [Say(f"heard {turn.said}", buttons=(Button("small.go:1", "Go"),))]


async def go(turn: Turn, argument: str) -> list[Reply]:
    return [Say(f"went {argument}")]


class Counting:
    """Everything is 'ask'; what begins with 'private' is not for a channel. Counts what it reads."""

    def __init__(self) -> None:
        self.count = 0

    def read(self, text: str, **_: Any) -> Plain:
        self.count += 1
        return Plain("secret" if text.startswith("private") else "ask", "en")


def bot(database: Database, texts: Texts, clock: Clock) -> tuple[Talk, Worker]:
    """The engine with the tiny feature, delivering to the local chat."""
    catalog = {
        lang: {**{k: texts._catalog[lang][k] for k in texts.keys(lang)}, **OWN}
        for lang in ("nl", "en")
    }
    small = Dialog(
        "small",
        intents={"ask": start, "secret": start, "greeting": start},
        presses={"small.go": go},
        forms=(FormDialog(ORDER, ordered),),
        public=frozenset({"ask"}),
    )
    office = Office(Texts(catalog), ZoneInfo("Europe/Amsterdam"), "po@x.nl", lambda s, e: "", 6, 24)
    talk = Talk(database, Texts(catalog), (small,), Counting(), dates, office)
    worker = Delivery(database, {"local": LocalMessenger(database, clock)}).worker(clock, {}, {})
    talk.attach(worker)
    return talk, worker
