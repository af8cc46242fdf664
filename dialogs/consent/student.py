"""The student's side: telling the problem, seeing where it stands, taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.engine import people
from bot.engine.dialog import FormDialog, Outdated, Turn
from bot.engine.forms import Field, Form, Kind, not_past
from bot.engine.people import Who
from bot.engine.questions import WordReader
from bot.engine.replies import Button, Reply, Say
from bot.engine.store.tables import Draft
from dialogs.consent import cards, records
from dialogs.consent.desk import Desk, answered_here
from dialogs.consent.table import Case, CaseState
from dialogs.dates import days

PROBLEMS = (
    "no_answer", "one_or_few_refuse", "many_refuse", "school_refuses", "withdrawn", "who_signs",
    "other",
)  # fmt: skip
TELLING = timedelta(minutes=30)  # how long what was told still belongs to the problem
NOT_STUDENTS = ("supervisor", "coordinator", "privacy_officer")

# Never asked: names, why somebody refuses, addresses, class lists. The school is asked because
# some have a Regeling of their own (U2); who is on the roster with a school is not asked again.
FORM = Form(
    "consent",
    (
        Field("kind", Kind.CHOICE, required=True, options=PROBLEMS),
        Field("recorded", Kind.YES_NO, required=True),
        Field("date", Kind.DATE, rules=(not_past,), ahead=True),
        Field("school", max_length=100),
        Field("question", Kind.PARAGRAPH, max_length=1000, asks=True),
    ),
    confirm=True,
    incidents=True,
)
LINE = Form(
    "consent_line",
    (Field("words", Kind.PARAGRAPH, required=True, max_length=1000, asks=True),),
    sends=True,
    incidents=True,
)


async def begin(turn: Turn, what: str) -> list[Reply]:
    """The form, with a word on whom it goes to."""
    if turn.who.role in NOT_STUDENTS:
        button = Button("case.status", turn.t("consent.button.status"), "primary")
        return [Say(turn.t("consent.for_students"), buttons=(button,))]
    supervisor = await _supervisor(turn)
    fallback = await Desk.of(turn).fallbacks()
    if supervisor:
        intro = turn.t("consent.intro.supervisor", name=supervisor.name)
    elif fallback:
        name = await records.name_of(turn.db, fallback[0])
        intro = turn.t("consent.intro.fallback", name=name)
    else:
        intro = turn.t("consent.intro.nobody")
    return await turn.open_form("consent", intro=intro)


def known(turn: Turn) -> Mapping[str, Any]:
    """What was just told of who refuses, and when; shown, to be confirmed or changed."""
    since = (turn.now - TELLING).isoformat()
    said = [words for at, words in turn.state.get("said", []) if at >= since] or [turn.said]
    read = WordReader(turn.texts, FORM.name, turn.now, turn.zone, days)
    kind, day = read.meant(FORM.field("kind"), said[-1]), read.date(said[-1], ahead=True)
    ahead = day.isoformat() if day and day > turn.today else ""
    return {"school": turn.who.school, "kind": kind[0] if len(kind) == 1 else "", "date": ahead}


async def remark(turn: Turn, draft: Draft, names: tuple[str, ...]) -> list[Reply]:
    """The advice, as soon as it is known whether there is a recording."""
    if "recorded" not in names:
        return []
    return [Say(cards.advice(turn.office.voice(turn.lang), draft.answers))]


async def submit(turn: Turn, values: Mapping[str, Any], _: Draft) -> list[Reply]:
    """The form was sent off."""
    return await open_case(turn, "consent", values)


async def open_case(turn: Turn, kind: str, answers: Mapping[str, Any]) -> list[Reply]:
    """Take a case of this turn's student to the supervisor, else to the coordinator (U4).

    kind 'consent': the answers of the form above. kind 'keeping' (a recording is still needed
    after its date): 'recording' (the neutral label), 'made_on' and 'due' (ISO days), 'school' and
    'question' (why it is still needed); all may be left out. The first reply's ref is
    'case:CP-2026-0003'. With nobody to go to there is no case, and the reply is a text to send.
    """
    desk, voice = Desk.of(turn), turn.office.voice(turn.lang)
    supervisor = await _supervisor(turn)
    to = await desk.acting([supervisor.key]) if supervisor else await desk.fallbacks()
    case = Case(
        ref="",
        kind=kind,
        student=turn.who.key,
        supervisor=supervisor.key if supervisor else "",
        holder=to[0] if to else "",
        answers=dict(answers),
        opened_at=turn.now,
        passed_on_at=None if supervisor else turn.now,
    )
    if not to:
        return [Say(turn.t("consent.nobody")), Say(cards.by_hand(voice, case, turn.who.name))]
    case.ref = await records.new_ref(turn)
    turn.db.add(case)
    entry = await desk.note(case, turn.who.key, "sent")
    for person in to:
        await desk.hand_over(case, entry, person, "first" if supervisor else "alone")
    await desk.plan("consent.remind", case, desk.follow_up(turn.now))
    return [await cards.for_student(turn.db, voice, case)]


async def add(turn: Turn, ref: str) -> list[Reply]:
    """Add a line to one's own case, at any time."""
    case = await records.own(turn, ref)
    if not case.is_open:
        return await _as_it_is(turn, case)
    return await turn.open_form(LINE.name, data={"ref": case.ref})


async def add_words(turn: Turn, ref: str, words: str) -> list[Reply]:
    """Words typed for a case, shown before they go to who handles it."""
    case = await records.own(turn, ref)
    name = await records.name_of(turn.db, case.holder)
    intro = turn.t("consent.pass.add", name=name, ref=case.ref)
    return await turn.pass_on(LINE.name, words, {"ref": case.ref}, intro=intro)


async def submit_line(turn: Turn, values: Mapping[str, Any], draft: Draft) -> list[Reply]:
    """The line goes to everybody who handles the case, and stands in its card."""
    case, desk = await records.own(turn, str(draft.data["ref"])), Desk.of(turn)
    if not case.is_open:
        return [Say(turn.t("consent.closed_meanwhile")), *await _as_it_is(turn, case)]
    entry = await desk.note(case, turn.who.key, "added", str(values["words"]))
    for person in await desk.handlers(case):
        voice = await desk.voice(person)
        text = voice.t("consent.told.added", name=turn.who.name, words=entry.words)
        reply = Button(f"consent.answer:{case.ref}", voice.t("consent.button.answer"), "primary")
        await desk.tell(case, entry, person, text, (reply,))
    await desk.update(case, entry, answered_here(turn))
    name = await records.name_of(turn.db, case.holder)
    return [Say(turn.t("consent.done.added", name=name)), *await _as_it_is(turn, case)]


async def withdraw(turn: Turn, ref: str) -> list[Reply]:
    """Ask whether they are sure."""
    case = await records.own(turn, ref)
    if not case.is_open:
        return await _as_it_is(turn, case)
    yes = Button(f"consent.withdrawn:{ref}", turn.t("consent.button.withdrawn"), "danger")
    no = Button(f"case.show:{ref}", turn.t("consent.button.keep"))
    return [Say(turn.t("consent.sure", ref=ref), buttons=(yes, no))]


async def withdrawn(turn: Turn, ref: str) -> list[Reply]:
    """Close the case, and tell everybody who had it."""
    case, desk = await records.own(turn, ref), Desk.of(turn)
    if not case.is_open:
        return await _as_it_is(turn, case)
    case.state, case.closed_at = CaseState.WITHDRAWN, turn.now
    entry = await desk.note(case, turn.who.key, "withdrawn")
    for person in await desk.handlers(case):
        voice = await desk.voice(person)
        text = voice.t("consent.told.withdrawn", name=turn.who.name)
        await desk.tell(case, entry, person, text)
    await desk.update(case, entry, answered_here(turn))
    return await _as_it_is(turn, case)


async def fits(turn: Turn, argument: str) -> list[Reply]:
    """The proposed moment suits the student."""
    return await _reacted(turn, argument, "fits")


async def misfits(turn: Turn, argument: str) -> list[Reply]:
    """The proposed moment does not suit the student."""
    return await _reacted(turn, argument, "misfits")


async def _reacted(turn: Turn, argument: str, what: str) -> list[Reply]:
    ref, _, number = argument.partition(":")
    case, desk = await records.own(turn, ref), Desk.of(turn)
    proposal = await records.last(turn.db, case, "proposed", "fits", "misfits")
    still = proposal is not None and proposal.what == "proposed" and str(proposal.id) == number
    if proposal is None or not still or not case.is_open:
        raise Outdated("consent.proposal_over")
    entry = await desk.note(case, turn.who.key, what)
    voice = await desk.voice(proposal.author)
    text = voice.t(
        f"consent.told.{what}", name=turn.who.name, words=cards.words(voice, case, proposal)
    )
    again = Button(f"consent.moment:{ref}", voice.t("consent.button.moment"))
    await desk.tell(case, entry, proposal.author, text, (again,) if what == "misfits" else ())
    await desk.update(case, entry, answered_here(turn))
    name = await records.name_of(turn.db, proposal.author)
    return [Say(turn.t(f"consent.done.{what}", name=name)), *await _as_it_is(turn, case)]


async def _as_it_is(turn: Turn, case: Case) -> list[Reply]:
    card = await cards.for_student(turn.db, turn.office.voice(turn.lang), case)
    return [replace(card, replace=True)]


async def _supervisor(turn: Turn) -> Who | None:
    """The student's own supervisor, if the roster still knows them as one."""
    if not turn.who.supervisor_email:
        return None
    who = await people.find(turn.db, turn.who.supervisor_email)
    return who if who.role in records.HANDLING else None


FORMS = (FormDialog(FORM, submit, remark=remark, known=known), FormDialog(LINE, submit_line))
