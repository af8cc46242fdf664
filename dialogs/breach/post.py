"""A report's way to the privacy officer, and the truth about it to who reported.

By e-mail, tried until the mail server accepts it, and as a card in the chat of every privacy
officer. 'Delivered' is said only after the mail server accepted the letter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import people
from bot.engine.dialog import Office, Voice, Work
from bot.engine.job_table import Priority
from bot.engine.jobs import add, to_payload
from bot.engine.outbox import ByMail, Fate, Notice
from bot.engine.replies import Button, Say
from dialogs.breach import words
from dialogs.breach.table import Breach, BreachState
from dialogs.history import Entry, entries_of, note

BOT = "bot"
BY_HAND_AFTER = 3  # failed attempts; the first three take some seconds
LETTER = "nl"  # of the institute, whatever language the reporter speaks


async def locked(db: AsyncSession, ref: str) -> Breach | None:
    """The report, for this transaction alone."""
    return await db.get(Breach, ref, with_for_update=True)


async def officers(db: AsyncSession, office: Office) -> list[str]:
    """Everybody who handles reports: the roster's privacy officers, and the office's address."""
    listed = [person.email for person in await people.having(db, "privacy_officer")]
    return list(dict.fromkeys([*listed, *office.officers]))


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes to the privacy officer: the report, or what was told later.

    question: the entry that asked for it, 0 when nobody did.
    """

    breach: Breach
    entry: Entry
    question: int = 0

    async def written(self, db: AsyncSession, office: Office) -> Say:
        """Subject and text, readable without any system."""
        voice = office.voice(LETTER)
        if self.entry.what == "reported":
            text = words.letter(voice, self.breach, office.hours)
            return Say(text, title=words.subject(voice, self.breach))
        asked = await db.get(Entry, self.question) if self.question else None
        text = words.more_letter(voice, self.breach, self.entry, asked.words if asked else "")
        return Say(text, title=voice.t("breachmail.more_subject", ref=self.breach.ref))


@dataclass(frozen=True, slots=True)
class About:
    """Which report and which entry a message tells of; of a letter also the question and the address."""

    ref: str
    entry: int
    question: int = 0
    to: str = ""


async def send_letter(db: AsyncSession, office: Office, letter: Letter, now: datetime) -> None:
    """Mail it to every address of the office, without ever giving up; once per address."""
    breach, entry = letter.breach, letter.entry
    written = await letter.written(db, office)
    for address in office.officers:
        notice = Notice(
            address,
            written,
            f"breach:{breach.ref}:{entry.id}:mail:{address}",
            mail=ByMail.ONLY,
            then="breach.delivered",
            failed="breach.undelivered",
            data=to_payload(About(breach.ref, entry.id or 0, letter.question, address)),
            endless=True,
            priority=Priority.URGENT,
        )
        await add(db, notice.job(), now)


async def send_cards(
    db: AsyncSession,
    office: Office,
    breach: Breach,
    now: datetime,
    *,
    news: Entry | None = None,
    but: str = "",
) -> None:
    """The report's card in every officer's chat, except that of `but`.

    With `news` from the reporter it is a new message; else it replaces the earlier one.
    """
    entries = await entries_of(db, breach.ref)
    for officer in await officers(db, office):
        if officer == but:
            continue
        voice = await office.voice_for(db, officer)
        card = words.card(voice, breach, entries, now, office.hours, news.what if news else "")
        number = (news.id or 0) if news else 0
        notice = Notice(
            officer,
            replace(card, replace=news is None),
            f"breach:{breach.ref}:card:{len(entries)}:{officer}",
            mail=ByMail.NEVER,
            then="breach.carded" if news else "",
            data=to_payload(About(breach.ref, number)),
            priority=Priority.URGENT,
        )
        await add(db, notice.job(), now)


async def _subject(work: Work) -> tuple[About, Breach, Entry] | None:
    """What the job is about; None when it is gone."""
    about = work.load(About)
    breach, entry = await locked(work.db, about.ref), await work.db.get(Entry, about.entry)
    return (about, breach, entry) if breach and entry else None


async def delivered(work: Work) -> None:
    """The mail server accepted a letter: only now does the reporter read 'delivered'."""
    found = await _subject(work)
    if found is None:
        return
    about, breach, entry = found
    at = work.load(Fate).at
    if entry.what == "reported":
        breach.delivered_at = breach.delivered_at or at
        if breach.state == BreachState.SENT:
            breach.state = BreachState.DELIVERED
    if "delivered" in await steps_of(work.db, entry):
        return  # at another address of the office: said already
    await _step(work.db, entry, at, "delivered")
    voice = await work.office.voice_for(work.db, breach.reporter)
    clock, day = words.clock_time(voice, at)
    key = _key(entry, "delivered")
    said = Say(
        voice.t(key, ref=about.ref, clock=clock, day=day, address=about.to),
        title=voice.t(f"{key}_title", ref=about.ref),
        buttons=(Button(f"breach.add:{about.ref}", voice.t("breach.button.add")),),
    )
    await work.notify(Notice(breach.reporter, said, f"breach:{about.ref}:{entry.id}:delivered"))


async def carded(work: Work) -> None:
    """It stands in an officer's chat. Said only when the letter is in trouble."""
    found = await _subject(work)
    if found is None:
        return
    about, breach, entry = found
    known = await steps_of(work.db, entry)
    if "carded" in known:
        return
    at = work.load(Fate).at
    await _step(work.db, entry, at, "carded")
    if "by_hand" in known and "delivered" not in known:
        voice = await work.office.voice_for(work.db, breach.reporter)
        said = Say(f"{say_carded(voice, entry, at)}\n{voice.t('breach.still_by_hand')}")
        await work.notify(Notice(breach.reporter, said, f"breach:{about.ref}:{entry.id}:carded"))


async def undelivered(work: Work) -> None:
    """A failed attempt. After some of them, or without any mail, say so and help by hand."""
    found = await _subject(work)
    if found is None:
        return
    about, breach, entry = found
    fate, db = work.load(Fate), work.db
    letter = Letter(breach, entry, about.question)
    if about.to not in work.office.officers:
        await send_letter(db, work.office, letter, work.now)  # the address was mended since
    soon = fate.way != "none" and fate.attempts < BY_HAND_AFTER
    known = await steps_of(db, entry)
    if soon or "delivered" in known or "by_hand" in known or breach.acknowledged_at:
        return
    await _step(db, entry, work.now, "by_hand")
    said, written = await _help(work, letter, fate.way, known)
    key = f"breach:{breach.ref}:{entry.id}:by_hand"
    await work.notify(Notice(breach.reporter, said, key, after=(written,)))


async def _help(
    work: Work, letter: Letter, way: str, known: Mapping[str, datetime]
) -> tuple[Say, Say]:
    """What to do now, and the letter to send by hand."""
    entry, address = letter.entry, work.office.privacy_officer
    voice = await work.office.voice_for(work.db, letter.breach.reporter)
    key = _key(entry, "no_mail" if way == "none" else "not_delivered")
    parts = [voice.t(key, ref=entry.subject, address=address)]
    if "carded" in known:
        parts.append(say_carded(voice, entry, known["carded"]))
    parts.append(voice.t("breach.send_yourself", address=address))
    title = voice.t(_key(entry, "not_delivered_title"), ref=entry.subject)
    written = await letter.written(work.db, work.office)
    return Say("\n".join(parts), title=title), written


async def steps_of(db: AsyncSession, entry: Entry) -> dict[str, datetime]:
    """What became of what this entry says: 'delivered', 'carded', 'by_hand', with the time."""
    return {
        e.what: e.at
        for e in await entries_of(db, entry.subject)
        if e.author == BOT and e.words == f"#{entry.id}"
    }


def say_carded(voice: Voice, entry: Entry, at: datetime) -> str:
    """'It does stand in the officer's chat.'"""
    clock, day = words.clock_time(voice, at)
    return voice.t(_key(entry, "carded"), ref=entry.subject, clock=clock, day=day)


async def _step(db: AsyncSession, entry: Entry, at: datetime, what: str) -> None:
    """What became of what this entry says."""
    await note(db, entry.subject, at, BOT, what, f"#{entry.id}")


def _key(entry: Entry, name: str) -> str:
    """The sentence about a report, or about what was told later."""
    return f"breach.{name}" if entry.what == "reported" else f"breach.more_{name}"
