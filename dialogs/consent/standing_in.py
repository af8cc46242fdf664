"""Somebody else handles it: one case handed over by a coordinator, or all of them for a holiday."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.engine import people
from bot.engine.dialog import FormDialog, Handler, Refused, Turn
from bot.engine.forms import Context, Field, Form, Kind, not_past
from bot.engine.outbox import Notice
from bot.engine.people import Who
from bot.engine.replies import Reply, Say
from bot.engine.store.tables import Draft
from dialogs.consent import records
from dialogs.consent.desk import Desk, answered_here
from dialogs.consent.table import Case, CaseState, Delegation


def address(value: str, context: Context) -> str | None:
    """Rule: looks like an e-mail address."""
    return None if people.is_email(value) else "not_an_address"


_TO = Field("to", required=True, rules=(address,))
HAND_OVER = Form("consent_hand_over", (_TO,), sends=True)
DELEGATE = Form(
    "consent_delegate",
    (_TO, Field("until", Kind.DATE, required=True, rules=(not_past,), ahead=True)),
    sends=True,
)


async def hand_over(turn: Turn, ref: str) -> list[Reply]:
    """To whom should it go?"""
    case = await _to_hand_over(turn, ref)
    return await turn.open_form(HAND_OVER.name, data={"ref": case.ref})


async def handed(turn: Turn, values: Mapping[str, Any], draft: Draft) -> list[Reply]:
    """The case is somebody else's now: they get it, who had it and the student hear it."""
    case = await _to_hand_over(turn, str(draft.data.get("ref")))
    to = await _handling(turn, values["to"])
    if to is None or to.key in (case.student, case.holder):
        return turn.say("consent.not_handling", email=values["to"])
    desk, before = Desk.of(turn), await Desk.of(turn).handlers(case)
    case.handed_to = case.holder = to.key
    case.state, case.seen_at, case.passed_on_at = CaseState.SENT, None, None
    entry = await desk.note(case, turn.who.key, "handed", to.name)
    await desk.hand_over(case, entry, to.key, "handed")
    voice = await desk.voice(case.student)
    await desk.tell(case, entry, case.student, voice.t("consent.told.handed", new=to.name))
    for person in (p for p in before if p not in (to.key, turn.who.key)):
        voice = await desk.voice(person)
        await desk.tell(case, entry, person, voice.t("consent.told.handed_away", new=to.name))
    await desk.update(case, entry, (to.key, *answered_here(turn)))
    await desk.plan("consent.remind", case, desk.follow_up(turn.now))
    return turn.say("consent.done.handed", ref=case.ref, name=to.name)


async def delegate(turn: Turn, what: str) -> list[Reply]:
    """Who stands in, and until when?"""
    _only_handling(turn)
    return await turn.open_form(DELEGATE.name)


async def delegated(turn: Turn, values: Mapping[str, Any], draft: Draft) -> list[Reply]:
    """From now on both handle these cases; with the last day it ends by itself."""
    _only_handling(turn)
    to = await _handling(turn, values["to"])
    if to is None or to.key == turn.who.key:
        return turn.say("consent.not_handling", email=values["to"])
    until = date.fromisoformat(values["until"])
    row = Delegation(person=turn.who.key, to=to.key, until=until, at=turn.now)
    await turn.db.merge(row)
    voice = await turn.office.voice_for(turn.db, to.key)
    text = voice.t("consent.delegation.told", name=turn.who.name, day=voice.day(until))
    said = Say(text, title=voice.t("consent.delegation.title"))
    await turn.notify(Notice(to.key, said, f"delegation:{turn.event.id}"))
    open_cases = await _own_open(turn)
    desk = Desk.of(turn)
    for case in open_cases:
        entry = await desk.note(case, turn.who.key, "delegated", to.name)
        await desk.hand_over(case, entry, to.key, "delegated")
    return turn.say(
        "consent.delegation.done", name=to.name, day=turn.voice.day(until), n=len(open_cases)
    )


async def ended(turn: Turn, what: str) -> list[Reply]:
    """Back already: the stand-in has nothing to do with it any more."""
    _only_handling(turn)
    row = await turn.db.get(Delegation, turn.who.key, with_for_update=True)
    if row is None:
        return turn.say("consent.delegation.none")
    voice = await turn.office.voice_for(turn.db, row.to)
    text = voice.t("consent.delegation.over", name=turn.who.name)
    said = Say(text, title=voice.t("consent.delegation.title"))
    await turn.notify(Notice(row.to, said, f"delegation:{turn.event.id}"))
    await turn.db.delete(row)
    return turn.say("consent.delegation.ended")


def may_hand_over(turn: Turn) -> bool:
    """Who may give a case to somebody else."""
    return turn.who.role == "coordinator"


def _only_handling(turn: Turn) -> None:
    if turn.who.role not in records.HANDLING:
        raise Refused("consent.not_yours")


async def _to_hand_over(turn: Turn, ref: str) -> Case:
    """An open case, for a coordinator; the same refusal for 'not there'."""
    case = await records.get(turn.db, ref) if may_hand_over(turn) else None
    if case is None or not case.is_open:
        raise Refused("consent.not_yours")
    return case


async def _handling(turn: Turn, email: object) -> Who | None:
    who = await people.find(turn.db, str(email).lower())
    return who if who.role in records.HANDLING else None


async def _own_open(turn: Turn) -> list[Case]:
    """The open cases of this person's own, not those they act for."""
    mine = frozenset({turn.who.key})
    return [
        case
        for case in await records.to_do(turn)
        if records.may_handle(
            replace(turn.who, role="supervisor"),
            case,
            await people.find(turn.db, case.student),
            mine,
        )
    ]


FORMS = (FormDialog(HAND_OVER, handed), FormDialog(DELEGATE, delegated))
PRESSES: dict[str, Handler] = {
    "consent.hand_over": hand_over,
    "consent.delegate": delegate,
    "consent.delegate_end": ended,
}
