"""What a student says of a recording: erased, later, still needed, no longer needed, a question."""

from __future__ import annotations

from collections.abc import Sequence

from bot.engine.dialog import Outdated, Turn
from bot.engine.replies import Button, Reply, Say
from dialogs.recordings.planning import UNNEEDED, snoozed
from dialogs.recordings.register import end_of, kept, matching, may_use, own, reckon, still_there
from dialogs.recordings.showing import (
    button,
    choices,
    each,
    facts,
    lines,
    name,
    numbers,
    overview,
)
from dialogs.recordings.table import Recording

COPIES = ("none", "gone", "left")


async def listing(turn: Turn, what: str) -> list[Reply]:
    """'My recordings': all that is kept, with the days left."""
    await may_use(turn)
    rows = await kept(turn.db, turn.who.key)
    voice = turn.office.voice(turn.lang)
    if not rows:
        return [Say(voice.t("recordings.none"), buttons=(button(voice, "add"),))]
    end = await end_of(turn.db, turn.who.key)
    return [overview(voice, rows, end, turn.today)]


async def home(turn: Turn) -> list[Say]:
    """The own recordings on the home page."""
    if turn.who.role != "student":
        return []
    rows = await kept(turn.db, turn.who.key)
    voice = turn.office.voice(turn.lang)
    if not rows:
        return [Say(voice.t("recordings.none"), buttons=(button(voice, "add"),))]
    return [overview(voice, rows, await end_of(turn.db, turn.who.key), turn.today)]


async def press_show(turn: Turn, argument: str) -> list[Reply]:
    """One recording, with everything that can be said of it."""
    (row,) = await own(turn, argument.partition(",")[0])
    still_there(turn, row)
    voice = turn.office.voice(turn.lang)
    end = await end_of(turn.db, row.owner)
    ended = end is not None and end <= turn.today
    more = tuple(button(voice, action, row.id) for action in ("now", "edit"))
    buttons = (*choices(voice, row, ended=ended), *more)
    return [Say(facts=facts(voice, row, end, turn.today), buttons=buttons)]


async def say_deleted(turn: Turn, what: str) -> list[Reply]:
    """'I erased year 3': the recording that is meant, or a choice when that is not clear."""
    await may_use(turn)
    rows = await kept(turn.db, turn.who.key)
    voice = turn.office.voice(turn.lang)
    if not rows:
        return [Say(voice.t("recordings.none"), buttons=(button(voice, "add"),))]
    day = turn.heard.data.get("date", "")
    found = matching(rows, day, turn.heard.data.get("label", ""))
    if len(found) == 1:
        return _erase(turn, await own(turn, str(found[0].id)))
    # The day fits and the name does not: perhaps it goes by another name, so ask.
    found = found or (matching(rows, day, "") if day else [])
    end = await end_of(turn.db, turn.who.key)
    text = voice.t("recordings.which" if found else "recordings.not_found")
    return [overview(voice, found or rows, end, turn.today, text)]


async def press_deleted(turn: Turn, argument: str) -> list[Reply]:
    """'Erased': noted as what the student says; asks once about copies."""
    rows = await own(turn, argument)
    fresh = [row for row in rows if row.deleted_at is None]
    if not fresh:
        still_there(turn, rows[0])
    return _erase(turn, fresh)


async def press_copies(turn: Turn, argument: str) -> list[Reply]:
    """What the student says about clips, shared versions and copies."""
    which, _, said = argument.partition(":")
    rows = await own(turn, which)
    if said not in COPIES or any(row.deleted_at is None for row in rows):
        raise Outdated
    if any(row.copies not in ("", "left") or row.copies == said for row in rows):
        raise Outdated("recordings.copies.already")
    for row in rows:
        row.copies = said
    buttons: tuple[Button, ...] = ()
    if said == "left":
        voice = turn.office.voice(turn.lang)
        gone = Button(
            f"recordings.copies:{which}:gone", voice.t("recordings.button.copies_gone"), "primary"
        )
        buttons = (gone, Button("breach.start", voice.t("recordings.button.breach")))
    return [Say(turn.t(f"recordings.copies.{said}"), buttons=buttons)]


async def press_undo(turn: Turn, argument: str) -> list[Reply]:
    """It was not erased after all: back in the list, reminders included."""
    rows = await own(turn, argument)
    if any(row.deleted_at is None for row in rows):
        raise Outdated("recordings.deleted.not_undone")
    end = await end_of(turn.db, turn.who.key)
    for row in rows:
        row.deleted_at, row.copies = None, ""
        reckon(row, turn.now, turn.zone, end, turn.office.months)
    voice = turn.office.voice(turn.lang)
    text = voice.t("recordings.deleted.undone")
    return [Say(text, facts=lines(voice, rows, end, turn.today), buttons=each(voice, rows))]


async def press_later(turn: Turn, argument: str) -> list[Reply]:
    """'Remind me later': only the reminder waits, and never past the end of the study (D3)."""
    rows = await own(turn, argument)
    open_rows = [row for row in rows if row.deleted_at is None]
    if not open_rows:
        still_there(turn, rows[0])
    end = await end_of(turn.db, turn.who.key)
    voice = turn.office.voice(turn.lang)
    if end and end <= turn.today:
        return [Say(voice.t("recordings.later.end"), buttons=each(voice, open_rows))]
    for row in open_rows:
        row.next_at = snoozed(row, turn.now, turn.zone, end)
    first = min(row.next_at for row in open_rows if row.next_at)
    return turn.say("recordings.later.done", day=voice.day(first.astimezone(turn.zone).date()))


async def press_now(turn: Turn, argument: str) -> list[Reply]:
    """'No longer needed': then it must go now (D2)."""
    (row,) = await own(turn, argument.partition(",")[0])
    still_there(turn, row)
    row.due, row.stage = min(row.due, turn.today), UNNEEDED
    end = await end_of(turn.db, turn.who.key)
    reckon(row, turn.now, turn.zone, end, turn.office.months)
    deleted = button(turn.office.voice(turn.lang), "deleted", row.id, "primary")
    return [Say(turn.t("recordings.now.done"), buttons=(deleted,))]


async def press_question(turn: Turn, argument: str) -> list[Reply]:
    """'I have a question': asking is just typing."""
    asked = turn.t("recordings.button.ask_long")
    return [Say(turn.t("recordings.question.hint"), buttons=(Button(f"say:{asked}", asked),))]


def _erase(turn: Turn, rows: Sequence[Recording]) -> list[Reply]:
    voice = turn.office.voice(turn.lang)
    for row in rows:
        row.deleted_at, row.next_at = turn.now, None
    names = ", ".join(name(voice, row, rows) for row in rows)
    which = numbers(rows)
    answers = tuple(
        Button(f"recordings.copies:{which}:{said}", voice.t(f"recordings.button.copies_{said}"))
        for said in COPIES
    )
    keys = ("unseen", "ask")
    done = voice.t("recordings.deleted.done", label=names, at=voice.moment(turn.now))
    return [
        Say(
            "\n".join([done, *(voice.t(f"recordings.deleted.{key}") for key in keys)]),
            buttons=(*answers, button(voice, "undo", which)),
        )
    ]
