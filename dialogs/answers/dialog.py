"""Questions about the guidelines: the verdict first, the clause quoted, the next step as a button."""

from __future__ import annotations

from dataclasses import replace

from bot.engine.dialog import Dialog, Turn
from bot.engine.metrics import ANSWERS
from bot.engine.outbox import Parcel
from bot.engine.replies import Button, Quote, Reply, Say
from dialogs import help
from dialogs.answers.compose import Answer, compose
from dialogs.answers.table import HOLDING, Unanswered
from dialogs.consent.records import of_student
from dialogs.guidelines import Guidelines
from dialogs.understanding.model.understood import Understanding

OFFERS = {
    "breach": "breach.start",
    "escalation": "consent.start",
    "recordings": "recordings.add",
}


async def reply(turn: Turn, what: str) -> list[Reply]:
    """The answer as one message; in another language only when the person chose that."""
    if not isinstance(turn.heard, Understanding):
        return await help.explain(turn, "")
    if not isinstance(turn.office.rules, Guidelines):
        raise TypeError("this office has no guidelines to answer from")
    found = compose(turn.heard, turn.office.rules, turn.texts)
    ANSWERS.labels(found.verdict, found.lang).inc()
    if turn.office.collect_unanswered and found.outcome in ("unknown", "did_you_mean"):
        turn.db.add(Unanswered(question=turn.said[:500], outcome=found.outcome, day=turn.today))
    answered = drawn(found, turn)
    if turn.event.address.private:
        answered = await _held(answered, found, turn)
    else:
        await _tell_privately(found, turn)
    if found.verdict == "out_of_scope":
        # Not our subject: what is, stands under the answer as buttons.
        return [replace(answered, buttons=(answered.buttons or help.menu(turn, "").buttons))]
    return [answered]


async def _held(say: Say, found: Answer, turn: Turn) -> Say:
    """No leave while the person's own consent problem is open (U4): first the supervisor, then the camera."""
    if found.verdict not in {"allowed", "only_if"}:
        return say
    case = next((one for one in await of_student(turn) if one.is_open), None)
    if case is None:
        return say
    texts, lang = turn.texts, found.lang
    title = texts("answer.headline.only_if", lang) if found.verdict == "allowed" else say.title
    held = texts("ask.held", lang, reference=case.ref)
    return replace(say, title=title, text="\n".join(part for part in (held, say.text) if part))


async def _tell_privately(found: Answer, turn: Turn) -> None:
    """Where others read along the words alone count; what counts for this person comes in private."""
    rules = turn.office.rules
    school = rules.school(turn.who.school) if isinstance(rules, Guidelines) else None
    told = Say(text="", title=turn.texts("ask.private.title", found.lang))
    lines = []
    if school and found.verdict in {"allowed", "only_if", "keep", "not_allowed"}:
        lines.append(turn.texts("ask.private.school", found.lang, school=school.name))
    held = await _held(told, found, turn)
    if held is not told:
        lines.append(held.text)
    if lines:
        say = replace(told, text="\n".join(lines))
        parcel = Parcel(turn.event.address.privately(), say)
        await turn.later(parcel.job(f"{turn.event.id}:personal"))


def drawn(found: Answer, turn: Turn) -> Say:
    """One answer, part by part."""
    buttons = [Button(f"say:{option.phrase}", option.label) for option in found.options]
    if found.offer:
        action = OFFERS[found.offer]
        label = turn.texts(f"ask.offer.{found.offer}", found.lang)
        style = "danger" if found.offer == "breach" else "primary"
        buttons.insert(0, Button(action, label, style))
    return Say(
        text="\n".join(part for part in (found.reason, *found.notes) if part),
        title=found.headline,
        quotes=tuple(
            Quote(q.heading, q.nl, q.en if found.lang == "en" else "") for q in found.quotes
        ),
        note=found.understood,
        buttons=tuple(buttons),
    )


DIALOG = Dialog(name="ask", holdings=(HOLDING,), intents={"ask": reply}, public=frozenset({"ask"}))
