"""A report in words: as a letter to the privacy officer, and as a card in the officer's chat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.engine import when
from bot.engine.dialog import Voice
from bot.engine.forms import Field, empty
from bot.engine.people import is_email
from bot.engine.replies import Button, Say
from dialogs.breach.clock import deadline, institute_deadline, say_span
from dialogs.breach.form import FORM
from dialogs.breach.table import Breach, BreachState
from dialogs.history import Entry

Facts = tuple[tuple[str, str], ...]
SPOKEN = ("question", "answer", "addition")  # entries whose words belong on the card


def kind(voice: Voice, breach: Breach) -> str:
    """What happened, in a few words."""
    return voice.t(f"breach.what.{breach.answers['what']}")


def subject(voice: Voice, breach: Breach) -> str:
    """The title of the letter."""
    return voice.t("breachmail.subject", ref=breach.ref, kind=kind(voice, breach))


def letter(voice: Voice, breach: Breach, hours: int) -> str:
    """The whole report as plain text that can be read, and sent, without any system."""
    facts = (
        (voice.t("breach.fact.ref"), breach.ref),
        *reporter(voice, breach),
        *moments(voice, breach, hours),
        *answered(voice, breach),
    )
    left_out = [
        voice.t(f"breach.fact.{f.name}")
        for f in FORM.fields
        if f.name != "noticed_at" and empty(breach.answers.get(f.name))
    ]
    parts = [
        voice.t("breachmail.intro", zone=str(voice.zone)),
        "\n".join(f"{label}: {value}" for label, value in facts),
        voice.t("breachmail.left_out", fields=", ".join(left_out)) if left_out else "",
        voice.t("breachmail.end"),
    ]
    return "\n\n".join(part for part in parts if part)


def more_letter(voice: Voice, breach: Breach, entry: Entry, question: str) -> str:
    """What the reporter told later, as plain text."""
    facts = [(voice.t("breach.fact.ref"), breach.ref), *reporter(voice, breach)]
    if question:
        facts.append((voice.t("breach.fact.question"), question))
    facts.append((voice.t("breach.fact.answer"), entry.words))
    parts = (
        voice.t("breachmail.more_intro"),
        "\n".join(f"{label}: {value}" for label, value in facts),
    )
    return "\n\n".join(parts)


def reporter(voice: Voice, breach: Breach) -> Facts:
    """Who reported, and how to reach them."""
    reach = breach.reporter if is_email(breach.reporter) else voice.t("breach.only_chat")
    named = breach.reporter_name and breach.reporter_name != breach.reporter
    who = breach.reporter_name if named else voice.t("breach.no_name")
    return (
        (voice.t("breach.fact.reporter"), who),
        (voice.t("breach.fact.reach"), reach),
    )


def moments(voice: Voice, breach: Breach, hours: int, now: datetime | None = None) -> Facts:
    """Noticed, reported, and both clocks; with `now`, what is left of the 72 hours."""
    until = institute_deadline(breach.reported_at)
    institute = voice.moment(until)
    if now and breach.closed_at is None:
        left = say_span(voice, until - now) if until > now else ""
        key = "breach.left" if left else "breach.over"
        institute = f"{institute} ({voice.t(key, left=left)})"
    return (
        (voice.t("breach.fact.noticed_at"), voice.moment(breach.noticed_at)),
        (voice.t("breach.fact.deadline"), voice.moment(deadline(breach.noticed_at, hours))),
        (voice.t("breach.fact.reported_at"), voice.moment(breach.reported_at)),
        (voice.t("breach.fact.institute_deadline"), institute),
    )


def answered(voice: Voice, breach: Breach) -> Facts:
    """What the reporter filled in, in the order of the form."""
    return tuple(
        (voice.t(f"breach.fact.{field.name}"), _shown(voice, field, breach.answers[field.name]))
        for field in FORM.fields
        if not empty(breach.answers.get(field.name))
    )


def state(voice: Voice, breach: Breach) -> str:
    """Where the report stands, as the privacy officer reads it."""
    return voice.t(
        f"breach.state.{'open' if breach.state in (BreachState.SENT, BreachState.DELIVERED) else breach.state}"
    )


def card(
    voice: Voice,
    breach: Breach,
    entries: Sequence[Entry],
    now: datetime,
    hours: int,
    news: str = "",
) -> Say:
    """The report in the officer's chat, with what was asked and answered since, and buttons."""
    said = tuple(
        (f"{voice.t(f'breach.fact.{e.what}')} ({voice.moment(e.at)})", e.words)
        for e in entries
        if e.what in SPOKEN
    )
    closing = ((voice.t("breach.fact.closing"), breach.closing),) if breach.closed_at else ()
    headline = voice.t(f"breach.news.{news}") if news else ""
    return Say(
        f"{headline} {state(voice, breach)}".strip(),
        title=voice.t("breach.card_title", ref=breach.ref, kind=kind(voice, breach)),
        facts=(
            *reporter(voice, breach),
            *moments(voice, breach, hours, now),
            *answered(voice, breach),
            *said,
            *closing,
        ),
        note=voice.t("breach.clock_note"),
        buttons=_officer_buttons(voice, breach),
        ref=f"breach:{breach.ref}",
    )


def clock_time(voice: Voice, moment: datetime) -> tuple[str, str]:
    """'14:03' and '23 november 2026'."""
    local = moment.astimezone(voice.zone)
    return when.say_clock(moment, voice.zone), voice.day(local.date())


def _officer_buttons(voice: Voice, breach: Breach) -> tuple[Button, ...]:
    if breach.closed_at:
        return ()
    buttons = [
        Button(f"breach.ask:{breach.ref}", voice.t("breach.button.ask")),
        Button(f"breach.close:{breach.ref}", voice.t("breach.button.close")),
    ]
    if not breach.acknowledged_at:
        seen = Button(f"breach.ack:{breach.ref}", voice.t("breach.button.ack"), "primary")
        buttons.insert(0, seen)
    return tuple(buttons)


def _shown(voice: Voice, field: Field, value: object) -> str:
    values = value if isinstance(value, list) else [value]
    return ", ".join(_option(voice, field, str(v)) for v in values)


def _option(voice: Voice, field: Field, value: str) -> str:
    if value not in field.options:
        return value
    own = f"breach.{field.name}.{value}"
    return voice.t(own if voice.texts.has(own) else f"form.{value}")
