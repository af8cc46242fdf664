"""The desk a case lies on: writing down its steps, and telling everybody whom they concern."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import jobs, people, when
from bot.engine.dialog import Office, Turn, Voice, Work
from bot.engine.outbox import ByMail, Notice
from bot.engine.replies import Attachment, Button, Say
from dialogs import history
from dialogs.consent import cards, records
from dialogs.consent.table import Case
from dialogs.history import Entry

WORKING_DAYS = 2
CARD_WORTH = timedelta(days=7)  # a card that could not be brought up to date by then is history


@dataclass(frozen=True, slots=True)
class Handed:
    """Which case was brought to whom, why (a text of `consent.asks`), and in which step."""

    ref: str
    to: str
    intro: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """Which case to look at again; turn: who had it then (`turn_of`)."""

    ref: str
    turn: str


@dataclass(frozen=True, slots=True)
class Gone:
    """Who left."""

    who: str


@dataclass(frozen=True)
class Desk:
    """Works in a turn and in a job alike: both have a session and a time.

    place: the platform of the turn, '' in a job.
    """

    office: Office
    db: AsyncSession
    now: datetime
    place: str = ""

    @classmethod
    def of(cls, at: Turn | Work) -> Desk:
        """The desk during a turn or a job."""
        place = at.event.address.platform if isinstance(at, Turn) else ""
        return cls(at.office, at.db, at.now, place)

    async def voice(self, person: str) -> Voice:
        """Words for this person."""
        return await self.office.voice_for(self.db, person)

    async def note(self, case: Case, author: str, what: str, words: str = "") -> Entry:
        """Write down a step; its number makes the keys of what follows from it."""
        return await history.note(self.db, case.ref, self.now, author, what, words, self.place)

    async def tell(
        self,
        case: Case,
        entry: Entry,
        to: str,
        text: str,
        buttons: Iterable[Button] = (),
        attachment: Attachment | None = None,
    ) -> None:
        """A new message about a step, in chat or else by mail."""
        voice = await self.voice(to)
        title = cards.title(voice, case)
        say = Say(text=text, title=title, buttons=tuple(buttons), attachment=attachment)
        mail = cards.mailed(voice, self.office, say, case, to)
        key = f"case:{case.ref}:{entry.id}:{to}:told"
        await self._send(Notice(to, say, key, mail_text=mail))

    async def update(self, case: Case, entry: Entry, but: Collection[str] = ()) -> None:
        """Bring the cards that people already have up to date, in place.

        but: who gets the new card in another way.
        """
        everybody = dict.fromkeys([case.student, *await self.handlers(case)])
        for to in everybody:
            if to in but:
                continue
            voice = await self.voice(to)
            draw = cards.for_student if to == case.student else cards.for_handler
            say = replace(await draw(self.db, voice, case), replace=True)
            key = f"case:{case.ref}:{entry.id}:{to}:card"
            soon = self.now + CARD_WORTH
            await self._send(Notice(to, say, key, mail=ByMail.NEVER, worth_until=soon))

    async def hand_over(self, case: Case, step: Entry | str, to: str, intro: str) -> None:
        """Bring the case to who must act, and hear whether it arrived.

        step: its entry, or the key of the job that does it; with `to` it makes it once.
        """
        name = str(step.id) if isinstance(step, Entry) else step
        voice = await self.voice(to)
        card = await cards.for_handler(self.db, voice, case, intro)
        notice = Notice(
            to,
            card,
            f"case:{case.ref}:{name}:{to}:asked",
            mail_text=cards.mailed(voice, self.office, card, case, to),
            then="consent.delivered",
            failed="consent.undelivered",
            data=jobs.to_payload(Handed(case.ref, to, intro, name)),
        )
        await self._send(notice)

    async def _send(self, notice: Notice) -> None:
        await jobs.add(self.db, notice.job(), self.now)

    async def handlers(self, case: Case) -> list[str]:
        """Who has a card of this case."""
        passed = await self.fallbacks() if case.passed_on_at else []
        people_ = [person for person in (case.supervisor, case.handed_to, *passed) if person]
        return await self.acting(people_)

    async def acting(self, people_: Sequence[str]) -> list[str]:
        """These people, and who stands in for them today."""
        today = self.now.astimezone(self.office.zone).date()
        return await records.acting(self.db, people_, today)

    async def fallbacks(self) -> list[str]:
        """The coordinators of the roster."""
        return [person.email for person in await people.having(self.db, "coordinator")]

    async def plan(self, kind: str, case: Case, due: datetime, again: str = "") -> None:
        """A look at the case at `due`, once for the supervisor and once for the fallback."""
        turn = turn_of(case)
        key = f"{kind}:{case.ref}:{turn}{again}"
        more = jobs.More(key, kind, jobs.to_payload(Look(case.ref, turn)), due)
        await jobs.add(self.db, more, self.now)

    def follow_up(self, since: datetime) -> datetime:
        """Two working days later, in working hours."""
        zone = self.office.zone
        return when.working_moment(when.add_working_days(since, WORKING_DAYS, zone), zone)


def turn_of(case: Case) -> str:
    """Whose turn it is: a look that was planned for somebody else is over."""
    turn = "fallback" if case.passed_on_at else "supervisor"
    return f"{turn}:{case.handed_to}" if case.handed_to else turn


def answered_here(turn: Turn) -> tuple[str, ...]:
    """Who gets the new card as the answer of this turn; nobody on the page, which sends nothing."""
    return () if turn.event.address.answers_in_place else (turn.who.key,)
