"""Recordings as a person reads them: lines with the days left, and the buttons beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.engine.dialog import Voice
from bot.engine.replies import Button, Say
from bot.engine.texts import cut
from dialogs.recordings.planning import unneeded
from dialogs.recordings.table import Recording

MOST_LINES = 40
MOST_BUTTONS = 8  # recordings with buttons of their own in one message
LABEL_ON_BUTTON = 30


def left(voice: Voice, due: date, today: date) -> str:
    """'nog 7 dagen'."""
    days = (due - today).days
    key = "today" if days == 0 else "many" if days > 1 else "one" if days == 1 else "late"
    if days == -1:
        key = "late_one"
    return voice.t(f"recordings.left.{key}", n=abs(days))


def line(voice: Voice, recording: Recording, end: date | None, today: date) -> str:
    """What must happen with it, and when: 'in principe' unless the study ends (D3)."""
    due = recording.due
    if end and end <= today and due < today:
        return voice.t("recordings.line.past_end")
    if unneeded(recording):
        return voice.t("recordings.line.unneeded")
    tail = "_end" if due == end else ""
    key = "ahead" if due > today else "today" if due == today else "past"
    return voice.t(
        f"recordings.line.{key}{'' if key == 'past' else tail}",
        due=voice.day(due),
        left=left(voice, due, today),
    )


def lines(
    voice: Voice, rows: Sequence[Recording], end: date | None, today: date
) -> tuple[tuple[str, str], ...]:
    """A small table: name, and what must happen when."""
    return tuple(
        (
            row.label,
            voice.t(
                "recordings.line.made",
                day=voice.day(row.made_on),
                line=line(voice, row, end, today),
            ),
        )
        for row in rows[:MOST_LINES]
    )


def facts(
    voice: Voice, row: Recording, end: date | None, today: date
) -> tuple[tuple[str, str], ...]:
    """All that is known of one recording."""
    due = "due_end" if row.due == end else "due"
    pairs = (
        ("label", row.label),
        ("made_on", voice.day(row.made_on)),
        ("purpose", row.purpose),
        ("school", row.school),
        (due, voice.day(row.due)),
        ("left", left(voice, row.due, today)),
    )
    return tuple((voice.t(f"recordings.fact.{name}"), value) for name, value in pairs if value)


def overview(
    voice: Voice, rows: Sequence[Recording], end: date | None, today: date, text: str = ""
) -> Say:
    """The list of what is kept, with what must go first on top."""
    hidden = len(rows) - MOST_LINES
    return Say(
        text or voice.t("recordings.list.text"),
        title=voice.t("recordings.list.title"),
        facts=lines(voice, rows, end, today),
        note=voice.t("recordings.list.more", n=hidden) if hidden > 0 else "",
        buttons=(*each(voice, rows), button(voice, "add")),
    )


def button(voice: Voice, action: str, argument: object = "", style: str = "") -> Button:
    """The button of that action."""
    tail = f":{argument}" if argument != "" else ""
    return Button(f"recordings.{action}{tail}", voice.t(f"recordings.button.{action}"), style)


def each(voice: Voice, rows: Sequence[Recording]) -> tuple[Button, ...]:
    """Per recording: it is erased, or something else is the matter."""
    return tuple(
        Button(
            f"recordings.{action}:{row.id}",
            voice.t(f"recordings.button.{key}", label=name(voice, row, rows, LABEL_ON_BUTTON)),
        )
        for row in rows[:MOST_BUTTONS]
        for action, key in (("deleted", "deleted_one"), ("show", "show"))
    )


def name(voice: Voice, row: Recording, among: Sequence[Recording], most: int = 200) -> str:
    """The label; with the day where another one is called the same."""
    twins = [other for other in among if other.label.casefold() == row.label.casefold()]
    label = cut(row.label, most)
    return f"{label}, {voice.day(row.made_on)}" if len(twins) > 1 else label


def choices(voice: Voice, row: Recording, *, ended: bool) -> tuple[Button, ...]:
    """Everything that can be said of one recording that is due. After the study nothing moves."""
    more = () if ended else ("later", "needed")
    return (
        button(voice, "deleted", row.id, "primary"),
        *(button(voice, action, row.id) for action in more),
        button(voice, "question", row.id),
    )


def numbers(rows: Sequence[Recording]) -> str:
    """The argument of a button about several recordings."""
    return ",".join(str(row.id) for row in rows)
