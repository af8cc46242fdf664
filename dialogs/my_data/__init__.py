"""'My data' and 'forget me': what is held about a person, and how it goes away."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

from bot.engine import drafts, questions
from bot.engine.dialog import Dialog, Outdated, Turn
from bot.engine.people import GUEST
from bot.engine.replies import Button, Reply, Say
from bot.engine.views import File, Link, Query, Section, View, Ways
from dialogs.my_data import retention
from dialogs.my_data.erasing import Erased, erase_person
from dialogs.my_data.held import export_person, subject_of

__all__ = ["DIALOG", "Erased", "erase_person", "export_person"]

LONGEST_MESSAGE = 2500
ROSTER = ("name", "email", "role", "school", "programme_end", "supervisor_email")


async def show(turn: Turn, what: str) -> list[Reply]:
    """'My data': what is held, in short, with all of it behind a button."""
    held = await export_person(turn.db, turn.who.key, turn.office.holdings)
    roster = held.pop("roster") or {}
    del held["person"]
    if roster:
        end = roster["programme_end"]
        roster["role"] = turn.t(f"mydata.role.{roster['role']}")
        roster["programme_end"] = turn.voice.day(date.fromisoformat(end)) if end else ""
    facts = [(turn.t(f"mydata.roster.{n}"), roster[n]) for n in ROSTER if roster.get(n)]
    facts += [(_kind(turn, name), str(len(rows))) for name, rows in held.items() if rows]
    return [
        Say(
            turn.t("mydata.text" if roster else "mydata.text_guest"),
            title=turn.t("mydata.title"),
            facts=tuple(facts),
            note=turn.t("mydata.note", talk=turn.office.keep_talk, closed=turn.office.keep_closed),
            buttons=(
                Button("my_data.all", turn.t("mydata.button.all")),
                Button("my_data.forget", turn.t("mydata.button.forget")),
            ),
        )
    ]


async def press_all(turn: Turn, argument: str) -> list[Reply]:
    """Everything, word for word, in as many messages as it takes."""
    held = await export_person(turn.db, turn.who.key, turn.office.holdings)
    # The chat itself can be read back by scrolling; its copies here would double everything.
    shown = {k: v for k, v in held.items() if v and k not in ("messages", "local_chat")}
    lines = json.dumps(shown, ensure_ascii=False, indent=1, default=str).splitlines()
    return [Say(turn.t("mydata.all")), *(Say(piece) for piece in _pieces(lines))]


async def forget(turn: Turn, what: str) -> list[Reply]:
    """'Forget me': what would go and what would stay, before anything is erased.

    The button works today only.
    """
    subject = await subject_of(turn.db, turn.office.holdings, turn.who.key)
    parts = [turn.t("mydata.forget.text")]
    for holding in turn.office.holdings:
        pending = await holding.pending(turn.db, subject) if holding.pending else {}
        parts += [turn.t(f"mydata.forget.{name}", n=n) for name, n in pending.items() if n]
    if subject.duties:
        parts.append(turn.t("mydata.forget.kept", refs=", ".join(subject.duties)))
    return [
        Say(
            "\n".join(parts),
            title=turn.t("mydata.forget.title"),
            buttons=(
                Button(f"my_data.erase:{turn.today}", turn.t("mydata.button.erase"), "danger"),
                Button("my_data.keep", turn.t("mydata.button.keep")),
            ),
        )
    ]


async def press_erase(turn: Turn, argument: str) -> list[Reply]:
    """Confirmed: erase what no open duty needs."""
    if argument != turn.today.isoformat():
        raise Outdated
    over = [questions.over(turn, draft, "form.dropped") for draft in await drafts.open_of(turn)]
    done = await erase_person(turn.db, turn.who.key, turn.office.holdings)
    turn.state.clear()
    parts = [turn.t("mydata.erased.text")]
    if done.counts["recordings"]:
        parts.append(turn.t("mydata.erased.recordings"))
    if done.kept:
        parts.append(turn.t("mydata.forget.kept", refs=", ".join(done.kept)))
    if done.roster:
        parts.append(turn.t("mydata.erased.roster"))
    gone = {name: n for name, n in done.counts.items() if n and name not in ("roster", "accounts")}
    facts = tuple((_kind(turn, name), str(n)) for name, n in gone.items())
    return [Say("\n".join(parts), facts=facts), *over]


async def press_keep(turn: Turn, argument: str) -> list[Reply]:
    """Not after all."""
    return turn.say("mydata.forget.stopped")


def _kind(turn: Turn, name: str) -> str:
    """How a kind of rows is called: here, or in the texts of the dialog that holds them."""
    own = f"{name}.held"
    return turn.t(own if turn.texts.has(own) else f"mydata.kind.{name}")


def _pieces(lines: list[str]) -> list[str]:
    """The lines in as few messages as fit."""
    pieces, piece = [], ""
    for line in lines:
        for start in range(0, max(len(line), 1), LONGEST_MESSAGE):
            part = line[start : start + LONGEST_MESSAGE]
            if len(piece) + len(part) + 1 > LONGEST_MESSAGE:
                pieces.append(piece)
                piece = ""
            piece = f"{piece}\n{part}" if piece else part
    return [*pieces, piece]


async def page(turn: Turn, query: Query) -> View:
    """The same at the desk, with everything as a file."""
    (said,) = await show(turn, "")
    if not isinstance(said, Say):
        raise TypeError(type(said).__name__)
    text = replace(said, title="", buttons=(said.buttons[-1],))
    save = Link(turn.t("mydata.button.save"), "data", "data.json")
    return View(said.title, (text, Ways((save,))))


async def as_file(turn: Turn, query: Query) -> File:
    """All that is held about this person, word for word."""
    held = await export_person(turn.db, turn.who.key, turn.office.holdings)
    text = json.dumps(held, ensure_ascii=False, indent=1, default=str)
    return File("data.json", "application/json; charset=utf-8", text.encode())


def _on_roster(turn: Turn) -> bool:
    return turn.who.role != GUEST


SECTION = Section("data", "mydata.title", _on_roster, page, {"data.json": as_file})

DIALOG = Dialog(
    name="my_data",
    desk=(SECTION,),
    intents={"my_data": show, "forget_me": forget},
    presses={
        "my_data.show": show,
        "my_data.all": press_all,
        "my_data.forget": forget,
        "my_data.erase": press_erase,
        "my_data.keep": press_keep,
    },
    grave=frozenset({"my_data.erase"}),
    jobs={"retention.sweep": retention.sweep},
    periodic={"retention.sweep": timedelta(days=1)},
)
