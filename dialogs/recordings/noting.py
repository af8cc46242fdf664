"""Noting a recording: from a sentence at once, or with a form; and correcting it later."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlmodel import col, select

from bot.engine.dialog import FormDialog, Turn
from bot.engine.forms import Context, Field, Form, Kind, not_future
from bot.engine.questions import PERSONAL
from bot.engine.replies import Reply, Say
from bot.engine.store.tables import OPEN_STATES, Draft, DraftState
from dialogs.recordings.register import end_of, may_use, own, reckon, still_there
from dialogs.recordings.sentences import Lesson, lessons
from dialogs.recordings.showing import button, facts
from dialogs.recordings.table import Recording

LINK = re.compile(r"\w+://|\bwww\.|\b[\w-]+\.(?:nl|com|org|net|eu|io|be)\b", re.IGNORECASE)
OLDEST = timedelta(days=3653)
LONGEST_LABEL = 80


def neutral(value: str, _: Context) -> str | None:
    """Rule: no link, and nothing that looks like a person's details."""
    if LINK.search(value):
        return "link"
    return "personal" if PERSONAL.search(value) else None


def recent(value: str, context: Context) -> str | None:
    """Rule: no date of more than ten years ago, which is a slip of the pen."""
    today = context.now.astimezone(context.zone).date()
    return "too_long_ago" if date.fromisoformat(value) < today - OLDEST else None


FORM = Form(
    "recording",
    (
        Field("label", required=True, max_length=LONGEST_LABEL, rules=(neutral,)),
        Field("made_on", Kind.DATE, required=True, rules=(not_future, recent)),
        Field("purpose", max_length=120, rules=(neutral,)),
        Field("school", max_length=80, rules=(neutral,)),
    ),
)


async def say_added(turn: Turn, what: str) -> list[Reply]:
    """'I recorded year 3 this morning': noted at once when the day is known, else asked for."""
    await may_use(turn)
    told = lessons(turn.said, turn.now, turn.zone) if turn.said else []
    if len(told) > 1 and all(one.day and not _wrong_day(turn, one.day) for one in told):
        return await _several(turn, told)
    label = _label({"label": told[0].label if told else ""}) or _label(turn.heard.data)
    day = _day(turn.heard.data.get("date", ""))
    if day is None:
        intro = turn.t("recordings.when") if label else ""
        return await turn.open_form("recording", {"label": label}, intro=intro)
    if key := _wrong_day(turn, day):
        intro = turn.t(key, day=turn.office.voice(turn.lang).day(day))
        return await turn.open_form("recording", {"label": label}, intro=intro)
    label = label or _unnamed(turn, day)
    count = turn.heard.data.get("count", "")
    if count.isdecimal() and int(count) > 1:
        label = turn.t("recordings.several", label=label[: LONGEST_LABEL - 20], count=count)
    return await _note(turn, {"label": label, "made_on": day.isoformat()})


async def _several(turn: Turn, told: Sequence[Lesson]) -> list[Reply]:
    """Each recording of a sentence, with its own card."""
    replies: list[Reply] = []
    for one in told:
        if one.day:
            label = _label({"label": one.label}) or _unnamed(turn, one.day)
            replies += await _note(turn, {"label": label, "made_on": one.day.isoformat()})
    return replies


def _unnamed(turn: Turn, day: date) -> str:
    return turn.t("recordings.default_label", day=turn.office.voice(turn.lang).day(day))


def _wrong_day(turn: Turn, day: date) -> str:
    """The sentence for a day that cannot be, '' for one that can."""
    if day > turn.today:
        return "recordings.future"
    return "recordings.long_ago" if day < turn.today - OLDEST else ""


async def press_add(turn: Turn, argument: str) -> list[Reply]:
    """The button to note a recording."""
    await may_use(turn)
    return await turn.open_form("recording")


async def press_edit(turn: Turn, argument: str) -> list[Reply]:
    """Correct what was noted: the form with everything filled in."""
    (row,) = await own(turn, argument.partition(",")[0])
    still_there(turn, row)
    data = {"recording": row.id}
    await _drop_older(turn, data)
    draft = Draft(
        person=turn.who.key,
        form=FORM.name,
        data=data,
        answers={
            "label": row.label,
            "made_on": row.made_on.isoformat(),
            "purpose": row.purpose or None,
            "school": row.school or None,
        },
        begun_at=turn.now,
        at=turn.now,
    )
    turn.db.add(draft)
    await turn.db.flush()
    return await turn.forms.open(turn, FORM.name, draft=draft)


async def _drop_older(turn: Turn, data: Mapping[str, Any]) -> None:
    """A correction begun earlier would show what was true then."""
    older = await turn.db.exec(
        select(Draft).where(
            Draft.person == turn.who.key,
            Draft.form == FORM.name,
            col(Draft.state).in_(OPEN_STATES),
        )
    )
    for draft in older:
        if draft.data == data:
            draft.state, draft.answers = DraftState.DROPPED, {}


async def submitted(turn: Turn, values: Mapping[str, Any], draft: Draft) -> list[Reply]:
    """The form, for a new recording or for a correction."""
    number = draft.data.get("recording")
    if number is None:
        await may_use(turn)
        return await _note(turn, values)
    (row,) = await own(turn, str(number))
    still_there(turn, row)
    end = await end_of(turn.db, row.owner)
    moved = row.made_on.isoformat() != values["made_on"]
    _fill(row, values)
    if moved:
        reckon(row, turn.now, turn.zone, end, turn.office.months)
    return [_shown(turn, row, end, turn.t("recordings.changed"))]


async def press_ok(turn: Turn, argument: str) -> list[Reply]:
    """What was noted is right."""
    (row,) = await own(turn, argument.partition(",")[0])
    still_there(turn, row)
    # What is kept always has a next reminder.
    at = (row.next_at or turn.now).astimezone(turn.zone)
    day = turn.office.voice(turn.lang).day(at.date())
    return turn.say("recordings.confirmed", day=day)


async def _note(turn: Turn, values: Mapping[str, Any]) -> list[Reply]:
    end = await end_of(turn.db, turn.who.key)
    made = date.fromisoformat(values["made_on"])
    row = Recording(owner=turn.who.key, label="", made_on=made, due=made, added_at=turn.now)
    _fill(row, values)
    row.school = row.school or turn.who.school
    reckon(row, turn.now, turn.zone, end, turn.office.months)
    turn.db.add(row)
    await turn.db.flush()
    shown = _shown(turn, row, end, turn.t("recordings.noted"))
    ok = button(turn.office.voice(turn.lang), "ok", row.id, "primary")
    return [replace(shown, buttons=(ok, *shown.buttons))]


def _fill(row: Recording, values: Mapping[str, Any]) -> None:
    row.label = values["label"]
    row.made_on = date.fromisoformat(values["made_on"])
    row.purpose = values.get("purpose") or ""
    row.school = values.get("school") or ""


def _shown(turn: Turn, row: Recording, end: date | None, text: str) -> Say:
    voice = turn.office.voice(turn.lang)
    if row.due < turn.today:
        text = f"{text}\n{voice.t('recordings.overdue')}"
    rules = ["recordings.rule", *(["recordings.rule_school"] if row.school else [])]
    actions = ("deleted", "edit", "list") if row.due < turn.today else ("edit", "list")
    return Say(
        text,
        facts=facts(voice, row, end, turn.today),
        note=" ".join(voice.t(key) for key in rules),
        buttons=tuple(button(voice, a, "" if a == "list" else row.id) for a in actions),
    )


def _label(data: Mapping[str, str]) -> str:
    """The name from the sentence, unless it holds what does not belong here."""
    label = " ".join(data.get("label", "").split())[:LONGEST_LABEL]
    return "" if LINK.search(label) or PERSONAL.search(label) else label


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


form = FormDialog(FORM, submitted)
