"""'My data' and 'forget me': what is held about a person, and how it goes away."""

from __future__ import annotations

import json
from datetime import date, timedelta

from bot.engine.dialog import Dialog, Office, Outdated, Turn
from bot.engine.replies import Button, Reply, Say
from dialogs.my_data import retention
from dialogs.my_data.erasing import Erased, erase_person, open_duties
from dialogs.my_data.held import export_person

__all__ = ["Erased", "erase_person", "export_person", "make"]

LONGEST_MESSAGE = 2500
KINDS = (
    "accounts", "conversations", "drafts", "recordings", "cases", "reports",
    "cases_of_students", "words_in_other_cases", "messages", "local_chat",
)  # fmt: skip
ERASED = ("recordings", "drafts", "conversations", "cases", "reports", "messages")


async def show(turn: Turn, what: str) -> list[Reply]:
    """'My data': what is held, in short, with all of it behind a button."""
    held = await export_person(turn.db, turn.who.key)
    roster = held["roster"] or {}
    voice = turn.office.voice(turn.lang)
    if roster:
        end = roster["programme_end"]
        roster["role"] = voice.t(f"mydata.role.{roster['role']}")
        roster["programme_end"] = voice.day(date.fromisoformat(end)) if end else ""
    facts = [
        (turn.t(f"mydata.roster.{name}"), roster[name])
        for name in ("name", "email", "role", "school", "programme_end", "supervisor_email")
        if roster.get(name)
    ]
    facts += [(turn.t(f"mydata.kind.{kind}"), str(len(held[kind]))) for kind in KINDS if held[kind]]
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
    held = await export_person(turn.db, turn.who.key)
    # The chat itself can be read back by scrolling; its copies here would double everything.
    shown = {k: v for k, v in held.items() if v and k not in ("messages", "local_chat")}
    lines = json.dumps(shown, ensure_ascii=False, indent=1, default=str).splitlines()
    return [Say(turn.t("mydata.all")), *(Say(piece) for piece in _pieces(lines))]


async def forget(turn: Turn, what: str) -> list[Reply]:
    """'Forget me': what would go and what would stay, before anything is erased.

    The button works today only.
    """
    held = await export_person(turn.db, turn.who.key)
    open_rows = [row for row in held["recordings"] if row["deleted_at"] is None]
    drafts = [row for row in held["drafts"] if row["state"] in ("open", "ready") and row["answers"]]
    kept = await open_duties(turn.db, turn.who.key)
    parts = [turn.t("mydata.forget.text")]
    if open_rows:
        parts.append(turn.t("mydata.forget.recordings", n=len(open_rows)))
    if drafts:
        parts.append(turn.t("mydata.forget.drafts", n=len(drafts)))
    if kept:
        parts.append(turn.t("mydata.forget.kept", refs=", ".join(kept)))
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
    done = await erase_person(turn.db, turn.who.key, turn.now)
    turn.state.clear()
    parts = [turn.t("mydata.erased.text")]
    if done.counts["recordings"]:
        parts.append(turn.t("mydata.erased.recordings"))
    if done.kept:
        parts.append(turn.t("mydata.forget.kept", refs=", ".join(done.kept)))
    if done.roster:
        parts.append(turn.t("mydata.erased.roster"))
    facts = tuple(
        (turn.t(f"mydata.kind.{kind}"), str(done.counts[kind]))
        for kind in ERASED
        if done.counts[kind]
    )
    return [Say("\n".join(parts), facts=facts)]


async def press_keep(turn: Turn, argument: str) -> list[Reply]:
    """Not after all."""
    return turn.say("mydata.forget.stopped")


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


def make(office: Office) -> Dialog:
    """The dialog, and the daily removal of what is past its period."""
    return Dialog(
        name="my_data",
        intents={"my_data": show, "forget_me": forget},
        presses={
            "my_data.show": show,
            "my_data.all": press_all,
            "my_data.forget": forget,
            "my_data.erase": press_erase,
            "my_data.keep": press_keep,
        },
        jobs={"retention.sweep": retention.job(office)},
        periodic={"retention.sweep": timedelta(days=1)},
    )
