"""The report while it is being filled in: the questions, first aid, and reminders to finish it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.engine.dialog import Turn, Work
from bot.engine.forms import Field, Form, Kind, empty, not_future
from bot.engine.jobs import More, to_payload
from bot.engine.outbox import Notice
from bot.engine.questions import WordReader
from bot.engine.replies import Ask, Button, Reply, Say
from bot.engine.store.tables import Draft, DraftState
from dialogs.breach.clock import marks, say_deadline
from dialogs.dates import days

KINDS = (
    "phone_lost", "laptop_lost", "stolen", "wrong_person", "wrong_group", "posted_self", "posted_other",
    "open_link", "hacked", "screen", "copy_lost", "found", "other",
)  # fmt: skip
MAYBE = ("yes", "no", "unknown")

FORM = Form(
    "breach",
    (
        Field("noticed_at", Kind.MOMENT, required=True, rules=(not_future,), now=True),
        Field("what", Kind.CHOICE, required=True, options=KINDS),
        Field("story", Kind.PARAGRAPH, required=True, max_length=1500),
        Field("happened_at"),
        Field("ongoing", Kind.CHOICE, options=MAYBE),
        Field("recordings"),
        Field("people", Kind.CHOICE, options=("to_5", "to_15", "to_35", "more", "unknown")),
        Field("minors", Kind.CHOICE, options=MAYBE),
        Field(
            "place",
            Kind.CHOICE,
            options=("iris", "phone", "laptop", "stick", "mail", "online", "other", "unknown"),
        ),
        Field(
            "access", Kind.CHOICE, options=("institute", "school", "outside", "public", "unknown")
        ),
        Field("protection", Kind.CHOICE, options=MAYBE),
        Field(
            "done",
            Kind.CHOICES,
            options=(
                "removed",
                "asked_to_delete",
                "locked",
                "password",
                "signed_out",
                "police",
                "told_owner",
                "nothing",
            ),
        ),
        Field("sensitive", Kind.CHOICE, options=MAYBE),
        Field("school"),
    ),
    confirm=True,
    incidents=True,
)
TELLING = timedelta(minutes=30)  # how long what was told still belongs to the report


async def start(turn: Turn, what: str) -> list[Reply]:
    """Begin a report, or offer to go on with an unfinished one.

    The deadline and the address come first, always (O3).
    """
    first = Say(
        say_deadline(turn.voice, None, turn.now, turn.office),
        note=turn.t("breach.start_note"),
    )
    # A modal covers the chat, so it repeats the line.
    replies = await turn.open_form(FORM.name, intro=first.text if turn.event.can_open else "")
    await _begin_again(turn, replies)
    return [first, *replies]


async def _begin_again(turn: Turn, replies: list[Reply]) -> None:
    """A form that was opened before and left empty counts from now, reminders too."""
    ask = next((r for r in replies if isinstance(r, Ask)), None)
    draft = await turn.db.get(Draft, ask.draft) if ask else None
    if draft and draft.begun_at < turn.now and all(empty(v) for v in draft.answers.values()):
        draft.begun_at = turn.now
        await plan(turn, draft)


def known(turn: Turn) -> Mapping[str, Any]:
    """What was just told, when it names a kind of incident: shown, to be confirmed or changed."""
    since = (turn.now - TELLING).isoformat()
    said = [words for at, words in turn.state.get("said", []) if at >= since] or [turn.said]
    told = said[-1]
    kind = WordReader(turn.texts, FORM.name, turn.now, turn.zone, days).meant(
        FORM.field("what"), told
    )
    return {"what": kind[0], "story": told} if len(kind) == 1 and "?" not in told else {}


async def remark(turn: Turn, draft: Draft, names: tuple[str, ...]) -> list[Reply]:
    """The time that is left, as soon as it is known, and first aid for this kind of incident."""
    said: list[Reply] = []
    noticed = _noticed(draft)
    if "noticed_at" in names or draft.state == DraftState.READY:
        await plan(turn, draft)
    if noticed and ("noticed_at" in names or draft.state == DraftState.READY):
        said.append(Say(say_deadline(turn.voice, noticed, turn.now, turn.office)))
    kind = draft.answers.get("what")
    if kind in KINDS and turn.state.get("first_aid") != [draft.id, kind]:
        turn.state["first_aid"] = [draft.id, kind]
        said.append(
            Say(
                turn.t(f"breach.aid.{kind}"),
                title=turn.t("breach.aid_title"),
                note=turn.t("breach.aid_note"),
            )
        )
    return said


# -- reminders -----------------------------------------------------------------------------------


async def plan(turn: Turn, draft: Draft) -> None:
    """Remind some hours after the beginning, or sooner: that long after noticing."""
    noticed = _noticed(draft)
    for start in (noticed, draft.begun_at) if noticed else (draft.begun_at,):
        dues = {hours: start + timedelta(hours=hours) for hours in marks(turn.office.hours)}
        for hours, due in dues.items():
            if due > turn.now:
                await turn.later(_reminder(draft, start, hours, dues))


@dataclass(frozen=True, slots=True)
class Reminder:
    """Of which draft; so many hours after which start, and when the next one comes (or None)."""

    draft: int
    start: datetime
    hours: int
    next: datetime | Literal[""] = ""


def _reminder(draft: Draft, start: datetime, hours: int, dues: Mapping[int, datetime]) -> More:
    following = [due for other, due in dues.items() if other > hours]
    payload = to_payload(Reminder(draft.id or 0, start, hours, following[0] if following else ""))
    key = f"breach:draft:{draft.id}:{start.isoformat()}:{hours}"
    return More(key, "breach.remind", payload, due=dues[hours])


async def remind(work: Work) -> None:
    """Remind, unless the report is sent or dropped, or another reminder took this one's place."""
    reminder, now = work.load(Reminder), work.now
    draft = await work.db.get(Draft, reminder.draft)
    if draft is None or not draft.is_open:
        return
    noticed, begun = _noticed(draft), draft.begun_at
    if reminder.start not in (begun, noticed):
        return  # the moment of noticing was corrected, or the form begun again
    if reminder.next and reminder.next <= now:
        return  # after a standstill one reminder is enough
    voice = await work.office.voice_for(work.db, draft.person)
    said = Say(
        "\n".join(
            (
                say_deadline(voice, noticed, now, work.office),
                voice.t("breach.unfinished", begun=voice.moment(begun)),
            )
        ),
        title=voice.t("breach.unfinished_title"),
        buttons=(
            Button(f"form.resume:{draft.id}", voice.t("form.go_on"), "primary"),
            Button(f"form.drop:{draft.id}", voice.t("form.drop")),
        ),
    )
    # One per hour mark, whichever clock came first.
    key = f"breach:draft:{draft.id}:{begun.isoformat()}:said:{reminder.hours}"
    await work.notify(Notice(draft.person, said, key))


def _noticed(draft: Draft) -> datetime | None:
    found = draft.answers.get("noticed_at")
    return datetime.fromisoformat(found) if found else None
