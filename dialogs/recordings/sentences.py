"""What a sentence says about recordings: which lessons, of which days; erased, or to be erased."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import TypeVar

from bot.engine.claims import Claim, Rank, says
from bot.engine.dialog import Turn
from bot.engine.replies import Button, Reply, Say
from dialogs.dates.days import read_date
from dialogs.recordings.register import kept, matching
from dialogs.recordings.showing import numbers
from dialogs.recordings.table import Recording
from dialogs.understanding.rules.details import class_name

Part = TypeVar("Part", str, date)
PARTS = re.compile(r"\s*(?:,|;|\+|&|\ben\b|\band\b)\s*", re.IGNORECASE)
NUMBERED = re.compile(r"\s+(?:les|lesson|uur|groep|group)\s*\d{1,2}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One recording that a sentence names: the name as it was typed ('' without one), and the day."""

    label: str
    day: date | None


def lessons(text: str, now: datetime, zone: tzinfo) -> list[Lesson]:
    """All recordings in a sentence; 'gisteren 3 havo en 4 vwo' are two of one day.

    What a part leaves out it has from the part before it, else from the one behind it.
    """
    parts = [Lesson(label(part), read_date(part, now, zone)) for part in PARTS.split(text)]
    parts = [part for part in parts if part.label or part.day]
    days = [part.day for part in parts]
    labels = [part.label for part in parts]
    found = [
        Lesson(
            part.label or _near([*reversed(labels[:at]), *labels[at:]]) or "",
            part.day or _near([*reversed(days[:at]), *days[at:]]),
        )
        for at, part in enumerate(parts)
    ]
    return list(dict.fromkeys(found))


def label(text: str) -> str:
    """The class in a text as it was typed, with the lesson's number behind it."""
    name = class_name(text)
    at = text.lower().find(name.lower()) if name else -1
    if name is None or at < 0:
        return name or ""
    more = NUMBERED.match(text, at + len(name))
    return text[at : more.end() if more else at + len(name)]


def _near(parts: Sequence[Part | None]) -> Part | None:
    return next((part for part in parts if part), None)


async def claims(turn: Turn) -> Sequence[Claim]:
    """'Verwijder de opname 3 havo' asks for something only the student can do; and 'alles gewist'."""
    words = turn.texts.words
    if turn.who.role != "student":
        return []
    if says(turn.said, words("recordings.words.all_deleted")):
        return [_claim(turn, "all_deleted", _all_deleted)]
    begins = turn.said.split()[:2]
    if says(" ".join(begins), words("recordings.words.delete")) and "?" not in turn.said:
        return [_claim(turn, "delete", _delete)]
    if says(turn.said, words("recordings.words.remind")):
        return [_claim(turn, "remind", _remind)]
    return []


def _claim(turn: Turn, name: str, act: object) -> Claim:
    title = turn.t("recordings.list.title")
    return Claim(Rank.COMMAND, 0.9, f"recordings.{name}", title, act)  # type: ignore[arg-type]


async def _all_deleted(turn: Turn) -> list[Reply]:
    rows = await kept(turn.db, turn.who.key)
    return _sure(turn, rows, rows) if rows else turn.say("recordings.none")


async def _delete(turn: Turn) -> list[Reply]:
    """The bot cannot erase a recording: has the student done it?"""
    rows = await kept(turn.db, turn.who.key)
    day = read_date(turn.said, turn.now, turn.zone)
    found = matching(rows, day.isoformat() if day else "", label(turn.said))
    return _sure(turn, found, rows) if rows else turn.say("recordings.none")


def _sure(turn: Turn, found: Sequence[Recording], rows: Sequence[Recording]) -> list[Reply]:
    """Nothing is noted as erased before the student says that it has been."""
    voice = turn.voice
    names = ", ".join(f"{row.label} ({voice.day(row.made_on)})" for row in found or rows)
    yes = Button(
        f"recordings.deleted:{numbers(found or rows)}",
        turn.t("recordings.button.is_deleted"),
        "primary",
    )
    no = Button("recordings.list", turn.t("recordings.button.not_deleted"))
    return [Say(turn.t("recordings.deleted.sure", label=names), buttons=(yes, no))]


async def _remind(turn: Turn) -> list[Reply]:
    """Reminders come by themselves; the first ones are named."""
    rows = [row for row in await kept(turn.db, turn.who.key) if row.next_at]
    if not rows:
        add = Button("recordings.add", turn.t("recordings.button.add"), "primary")
        return [Say(turn.t("recordings.remind.nothing"), buttons=(add,))]
    facts = tuple(
        (row.label, turn.voice.day(row.next_at.astimezone(turn.zone).date()))
        for row in rows
        if row.next_at
    )
    return [Say(turn.t("recordings.remind.coming"), facts=facts)]
