"""A report's way to the privacy officer, and the truth about it to who reported.

By e-mail, tried until the mail server accepts it, and as a card in the chat of every privacy
officer. 'Delivered' is said only after the mail server accepted the letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import people
from bot.engine.dialog import Office, Voice, notice
from bot.engine.jobs import Task, add
from bot.engine.replies import Button, Say
from bot.engine.store.tables import Breach, Entry
from dialogs.breach import words

BOT = "bot"
BY_HAND_AFTER = 3  # failed attempts; the first three take some seconds
LETTER = "nl"  # of the institute, whatever language the reporter speaks


async def locked(db: AsyncSession, ref: str) -> Breach | None:
    """The report, for this transaction alone."""
    return await db.get(Breach, ref, with_for_update=True)


async def entries_of(db: AsyncSession, ref: str) -> Sequence[Entry]:
    """The history of a report, oldest first."""
    found = await db.exec(select(Entry).where(Entry.subject == ref).order_by(col(Entry.id)))
    return found.all()


async def note(db: AsyncSession, entry: Entry) -> Entry:
    """Write a step into the history; it then has its id."""
    db.add(entry)
    await db.flush()
    return entry


async def officers(db: AsyncSession, office: Office) -> list[str]:
    """Everybody who handles reports: the roster's privacy officers, and the office's address."""
    listed = [person.email for person in await people.having(db, "privacy_officer")]
    return list(dict.fromkeys([*listed, office.privacy_officer]))


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


async def send_letter(db: AsyncSession, office: Office, letter: Letter, now: datetime) -> None:
    """Mail it, without ever giving up; once per address."""
    breach, entry, address = letter.breach, letter.entry, office.privacy_officer
    more = notice(
        address,
        await letter.written(db, office),
        f"breach:{breach.ref}:{entry.id}:mail:{address}",
        mail="only",
        then="breach.delivered",
        failed="breach.undelivered",
        data={"ref": breach.ref, "entry": entry.id, "question": letter.question, "to": address},
        endless=True,
    )
    await add(db, more, now)


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
        said = news.what if news else ""
        card = words.card(voice, breach, entries, now, office.hours, said)
        more = notice(
            officer,
            replace(card, replace=news is None),
            f"breach:{breach.ref}:card:{len(entries)}:{officer}",
            mail="never",
            then="breach.carded" if news else "",
            data={"ref": breach.ref, "entry": news.id if news else 0},
        )
        await add(db, more, now)


class After:
    """What follows once a letter or card arrived, or did not."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def delivered(self, task: Task, db: AsyncSession, now: datetime) -> None:
        """The mail server accepted a letter: only now does the reporter read 'delivered'."""
        ref, number = task.payload["ref"], task.payload["entry"]
        breach, entry = await locked(db, ref), await db.get(Entry, number)
        if breach is None or entry is None:
            return
        at = datetime.fromisoformat(task.payload["at"])
        if entry.what == "reported":
            breach.delivered_at = breach.delivered_at or at
            if breach.state == "sent":
                breach.state = "delivered"
        await note(db, _step(breach, entry, at, "delivered"))
        voice = await self._office.voice_for(db, breach.reporter)
        clock, day = words.clock_time(voice, at)
        key = _key(entry, "delivered")
        said = Say(
            voice.t(key, ref=ref, clock=clock, day=day, address=task.payload["to"]),
            title=voice.t(f"{key}_title", ref=ref),
            buttons=(Button(f"breach.add:{ref}", voice.t("breach.button.add")),),
        )
        await add(db, notice(breach.reporter, said, f"breach:{ref}:{number}:delivered"), now)

    async def carded(self, task: Task, db: AsyncSession, now: datetime) -> None:
        """It stands in an officer's chat. Said only when the letter is in trouble."""
        ref, number = task.payload["ref"], task.payload["entry"]
        breach, entry = await locked(db, ref), await db.get(Entry, number)
        if breach is None or entry is None:
            return
        known = await steps_of(db, entry)
        if "carded" in known:
            return
        at = datetime.fromisoformat(task.payload["at"])
        await note(db, _step(breach, entry, at, "carded"))
        if "by_hand" in known and "delivered" not in known:
            voice = await self._office.voice_for(db, breach.reporter)
            said = Say(f"{say_carded(voice, entry, at)}\n{voice.t('breach.still_by_hand')}")
            await add(db, notice(breach.reporter, said, f"breach:{ref}:{number}:carded"), now)

    async def undelivered(self, task: Task, db: AsyncSession, now: datetime) -> None:
        """A failed attempt. After some of them, or without any mail, say so and help by hand."""
        payload = task.payload
        breach, entry = await locked(db, payload["ref"]), await db.get(Entry, payload["entry"])
        if breach is None or entry is None:
            return
        letter = Letter(breach, entry, payload["question"])
        if payload["to"] != self._office.privacy_officer:
            await send_letter(db, self._office, letter, now)  # the address was mended since
        breach.failures += entry.what == "reported"
        soon = payload["way"] != "none" and payload["attempts"] < BY_HAND_AFTER
        known = await steps_of(db, entry)
        if soon or "delivered" in known or "by_hand" in known or breach.acknowledged_at:
            return
        await note(db, _step(breach, entry, now, "by_hand"))
        said, written = await self._help(db, letter, payload["way"], known)
        key = f"breach:{breach.ref}:{entry.id}:by_hand"
        await add(db, notice(breach.reporter, said, key, after=[written]), now)

    async def _help(
        self, db: AsyncSession, letter: Letter, way: str, known: Mapping[str, datetime]
    ) -> tuple[Say, Say]:
        """What to do now, and the letter to send by hand."""
        entry, address = letter.entry, self._office.privacy_officer
        voice = await self._office.voice_for(db, letter.breach.reporter)
        key = _key(entry, "no_mail" if way == "none" else "not_delivered")
        parts = [voice.t(key, ref=entry.subject, address=address)]
        if "carded" in known:
            parts.append(say_carded(voice, entry, known["carded"]))
        parts.append(voice.t("breach.send_yourself", address=address))
        title = voice.t(_key(entry, "not_delivered_title"), ref=entry.subject)
        written = await letter.written(db, self._office)
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


def _step(breach: Breach, entry: Entry, at: datetime, what: str) -> Entry:
    return Entry(subject=breach.ref, at=at, author=BOT, what=what, words=f"#{entry.id}")


def _key(entry: Entry, name: str) -> str:
    """The sentence about a report, or about what was told later."""
    return f"breach.{name}" if entry.what == "reported" else f"breach.more_{name}"
