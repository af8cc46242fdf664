"""A case as a message: for who handles it, for its student, and as text to send by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import people
from bot.engine.dialog import Office, Voice
from bot.engine.replies import Button, Say
from bot.engine.texts import cut
from dialogs import history
from dialogs.consent import records
from dialogs.consent.table import Case, CaseState
from dialogs.history import Entry

FACTS = ("recording", "made_on", "due", "kind", "recorded", "date", "school", "question")
DAYS = ("made_on", "due", "date")
SPOKEN = ("sent", "answered", "proposed", "added", "fits", "misfits")
SHOWN_STEPS = 6
SHOWN_WORDS = 200


def ref(case: Case) -> str:
    """The name under which messages about this case replace each other."""
    return f"case:{case.ref}"


def title(voice: Voice, case: Case) -> str:
    """What it is about, and its number."""
    return voice.t(f"consent.about.{case.kind}", ref=case.ref)


async def for_handler(db: AsyncSession, voice: Voice, case: Case, intro: str = "now") -> Say:
    """The card with buttons. intro: why it comes now (a text of `consent.asks`)."""
    name = await records.name_of(db, case.student)
    email = f" ({case.student})" if people.is_email(case.student) and name != case.student else ""
    actions = ("seen", "answer", "moment", "settle") if case.state == CaseState.SENT else (
        "answer", "moment", "settle",
    )  # fmt: skip
    is_open = case.is_open
    return Say(
        text=voice.t(f"consent.asks.{intro if is_open else case.state}", name=name),
        title=title(voice, case),
        facts=(
            (voice.t("consent.fact.student"), f"{name}{email}"),
            *facts(voice, case),
            *await acting(db, voice, case),
        ),
        note=await steps(db, voice, case),
        buttons=tuple(
            Button(
                f"consent.{action}:{case.ref}",
                voice.t(f"consent.button.{action}"),
                "primary" if action == "answer" else "",
            )
            for action in actions
            if is_open
        ),
        ref=ref(case),
    )


async def for_student(db: AsyncSession, voice: Voice, case: Case) -> Say:
    """Where the case stands, and what comes next."""
    holder = await records.name_of(db, case.holder)
    is_open = case.is_open
    text = [voice.t(f"consent.now.{case.state}", name=holder)]
    if case.state == CaseState.SETTLED and case.outcome:
        text.append(outcome(voice, case))
    if is_open:
        text += [advice(voice, case.answers), voice.t(f"consent.duty.{case.kind}")]
    if case.state == CaseState.SENT:
        text.append(voice.t("consent.chase"))
    return Say(
        text="\n".join(part for part in text if part),
        title=title(voice, case),
        facts=(*facts(voice, case), *await acting(db, voice, case)),
        note=await steps(db, voice, case),
        buttons=tuple(
            Button(f"consent.{action}:{case.ref}", voice.t(f"consent.button.{action}"))
            for action in ("add", "withdraw")
            if is_open
        ),
        ref=ref(case),
    )


def reactions(voice: Voice, case: Case, proposal: Entry) -> tuple[Button, ...]:
    """What the student can say to a proposed moment."""
    return tuple(
        Button(f"consent.{button}:{case.ref}:{proposal.id}", voice.t(f"consent.button.{button}"))
        for button in ("fits", "misfits")
    )


async def acting(db: AsyncSession, voice: Voice, case: Case) -> tuple[tuple[str, str], ...]:
    """Who has to do something now: who did not speak last."""
    if not case.is_open:
        return ()
    last = await records.last(db, case, *SPOKEN)
    to = case.student if last and last.author != case.student else case.holder
    return ((voice.t("consent.fact.acting"), await records.name_of(db, to)),) if to else ()


def line(voice: Voice, case: Case, name: str = "") -> str:
    """The case in one line, for a list."""
    who = f" · {name}" if name else ""
    state = voice.t(f"consent.state.{case.state}")
    return f"{title(voice, case)}{who}: {state} ({voice.day(case.opened_at.astimezone(voice.zone).date())})"


def facts(voice: Voice, case: Case) -> tuple[tuple[str, str], ...]:
    """What the student told, in the reader's language."""
    return tuple(
        (voice.t(f"consent.fact.{name}"), _shown(voice, name, str(case.answers[name])))
        for name in FACTS
        if case.answers.get(name)
    )


def advice(voice: Voice, answers: dict[str, object]) -> str:
    """Advice until it is discussed, called advice: the guidelines only say 'discuss' (U4)."""
    recorded = answers.get("recorded")
    return voice.t(f"consent.advice.{recorded}") if recorded in ("yes", "no") else ""


async def steps(db: AsyncSession, voice: Voice, case: Case) -> str:
    """The last steps, a line each."""
    lines = [
        voice.t(
            f"consent.step.{entry.what}",
            at=voice.moment(entry.at),
            name=await records.name_of(db, entry.author),
            words=cut(words(voice, case, entry), SHOWN_WORDS),
        )
        for entry in (await history.entries_of(db, case.ref))[-SHOWN_STEPS:]
    ]
    return "\n".join(lines)


def words(voice: Voice, case: Case, entry: Entry) -> str:
    """The words of a step as a person reads them."""
    if entry.what == "proposed":
        moment, _, more = entry.words.partition(" ")
        return ", ".join(p for p in (voice.moment(datetime.fromisoformat(moment)), more) if p)
    if entry.what == "settled":
        return outcome(voice, case)
    return entry.words


def outcome(voice: Voice, case: Case) -> str:
    """How it was settled: the choice, and the supervisor's own words."""
    choice, _, more = case.outcome.partition(" ")
    form = {"consent": "consent_settle", "keeping": "consent_keep"}[case.kind]
    chosen = voice.t(f"{form}.outcome.{choice}")
    return f"{chosen}. {more}" if more else f"{chosen}."


def by_hand(voice: Voice, case: Case, name: str) -> str:
    """The same request as text that the student can send without us."""
    told = "\n".join(f"{label}: {value}" for label, value in facts(voice, case))
    return voice.t(f"consent.by_hand.{case.kind}", facts=told, name=name)


def mailed(voice: Voice, office: Office, say: Say, case: Case, to: str) -> Say:
    """The same message by mail: one link to the page instead of buttons."""
    url = office.link(case.ref, to)
    link = Button("", voice.t("consent.mail.open"), url=url)
    note = voice.t("consent.mail.link" if url else "consent.mail.no_link")
    return replace(
        say,
        note="\n\n".join(part for part in (say.note, note) if part),
        buttons=(link,) if url else (),
        ref="",
        replace=False,
    )


def _shown(voice: Voice, name: str, value: str) -> str:
    if name in DAYS:
        return voice.day(date.fromisoformat(value))
    if name == "kind":
        return voice.t(f"consent.kind.{value}")
    if name == "recorded":
        return voice.t(f"form.{value}")
    return value
