"""The side of who handles a case: seen, answer, propose a moment, settle."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.engine.dialog import FormDialog, Handler, Refused, Turn
from bot.engine.forms import Context, Field, Form, Kind
from bot.engine.replies import Reply, Say
from bot.engine.store.tables import Draft
from dialogs.consent import appointments, cards, records
from dialogs.consent.desk import Desk, answered_here
from dialogs.consent.table import Case, CaseState


def still_to_come(value: str, context: Context) -> str | None:
    """Rule: a moment after now."""
    return None if datetime.fromisoformat(value) > context.now else "not_to_come"


ANSWER = Form(
    "consent_answer",
    (Field("words", Kind.PARAGRAPH, required=True, max_length=2000, asks=True),),
    sends=True,
    incidents=True,
)
MOMENT = Form(
    "consent_moment",
    (
        Field("at", Kind.MOMENT, required=True, rules=(still_to_come,), ahead=True),
        Field("place", max_length=200),
    ),
    sends=True,
)
SETTLE = Form(
    "consent_settle",
    (
        Field(
            "outcome", Kind.CHOICE, required=True, options=("goes_on", "changed", "off", "other")
        ),
        Field("words", Kind.PARAGRAPH, max_length=1000),
    ),
    sends=True,
    incidents=True,
)
KEEP = Form(
    "consent_keep",
    (
        Field("outcome", Kind.CHOICE, required=True, options=("erase", "needed", "other")),
        Field("words", Kind.PARAGRAPH, max_length=1000),
    ),
    sends=True,
    incidents=True,
)

Act = Callable[[Turn, Case], Awaitable[list[Reply]]]


def _on_open(act: Act) -> Handler:
    """A button of a case: only for who handles it, and kindly when it is closed already."""

    async def pressed(turn: Turn, ref: str) -> list[Reply]:
        case = await records.to_handle(turn, ref)
        return await act(turn, case) if case.is_open else await _card(turn, case)

    return pressed


async def _seen(turn: Turn, case: Case) -> list[Reply]:
    if case.state == CaseState.SENT:
        desk = Desk.of(turn)
        case.state, case.seen_at = CaseState.SEEN, turn.now
        case.holder = turn.who.key
        entry = await desk.note(case, turn.who.key, "seen")
        voice = await desk.voice(case.student)
        text = voice.t("consent.told.seen", name=turn.who.name)
        await desk.tell(case, entry, case.student, text)
        await desk.update(case, entry, answered_here(turn))
    return await _card(turn, case)


async def _answer(turn: Turn, case: Case) -> list[Reply]:
    return await turn.open_form("consent_answer", data={"ref": case.ref})


async def _moment(turn: Turn, case: Case) -> list[Reply]:
    return await turn.open_form("consent_moment", data={"ref": case.ref})


async def _settle(turn: Turn, case: Case) -> list[Reply]:
    form = {"consent": "consent_settle", "keeping": "consent_keep"}[case.kind]
    return await turn.open_form(form, data={"ref": case.ref})


async def answered(turn: Turn, values: Mapping[str, Any], draft: Draft) -> list[Reply]:
    """An answer in words."""
    return await _step(turn, draft, "answered", str(values["words"]))


async def proposed(turn: Turn, values: Mapping[str, Any], draft: Draft) -> list[Reply]:
    """A moment to meet."""
    words = f"{values['at']} {values.get('place') or ''}".strip()
    return await _step(turn, draft, "proposed", words)


async def settled(turn: Turn, values: Mapping[str, Any], draft: Draft) -> list[Reply]:
    """The outcome; the case closes."""
    words = f"{values['outcome']} {values.get('words') or ''}".strip()
    return await _step(turn, draft, "settled", words)


async def _step(turn: Turn, draft: Draft, what: str, words: str) -> list[Reply]:
    """Write the step down, tell the student, and bring every card up to date."""
    desk = Desk.of(turn)
    try:
        case = await records.to_handle(turn, str(draft.data.get("ref")))
    except Refused as refused:
        # Said, not raised: the form must close, or it would swallow the next sentences too.
        return turn.say(refused.key)
    if not case.is_open:
        # Closed while the form was open: nothing is sent, and what was typed is not kept.
        return [Say(turn.t("consent.closed_meanwhile")), *await _card(turn, case)]
    case.state = CaseState.SETTLED if what == "settled" else CaseState.ANSWERED
    case.seen_at = case.seen_at or turn.now
    case.answered_at = case.answered_at or turn.now
    case.holder = turn.who.key
    if what == "settled":
        case.closed_at, case.outcome = turn.now, words
    entry = await desk.note(case, turn.who.key, what, words)
    voice = await desk.voice(case.student)
    buttons = cards.reactions(voice, case, entry) if what == "proposed" else ()
    file = appointments.attached(voice, case, entry, turn.now) if what == "proposed" else None
    buttons += await appointments.link(turn, case, case.student, voice) if file else ()
    text = voice.t(
        f"consent.told.{what}", name=turn.who.name, words=cards.words(voice, case, entry)
    )
    await desk.tell(case, entry, case.student, text, buttons, file)
    await desk.update(case, entry, answered_here(turn))
    name = await records.name_of(turn.db, case.student)
    mine = await appointments.link(turn, case, turn.who.key, turn.voice) if file else ()
    done = Say(turn.t(f"consent.done.{what}", name=name), buttons=mine)
    return [done, *await _card(turn, case)]


async def _card(turn: Turn, case: Case) -> list[Reply]:
    card = await cards.for_handler(turn.db, turn.office.voice(turn.lang), case)
    return [replace(card, replace=True)]


FORMS = (
    FormDialog(ANSWER, answered),
    FormDialog(MOMENT, proposed),
    FormDialog(SETTLE, settled),
    FormDialog(KEEP, settled),
)
PRESSES: dict[str, Handler] = {
    "consent.seen": _on_open(_seen),
    "consent.answer": _on_open(_answer),
    "consent.moment": _on_open(_moment),
    "consent.settle": _on_open(_settle),
}
