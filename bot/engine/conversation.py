"""One turn: an event in, replies out, all of it in one transaction.

The event's id, the changed records, the conversation's state and every message that must reach
somebody commit together. Only then may the adapter tell the platform "received".
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import identify, memory, people
from bot.engine.dialog import Dialog, Handler, Office, OnUpload, Outdated, Refused, Turn
from bot.engine.events import (
    Address,
    Arrived,
    Event,
    Left,
    Opened,
    Pressed,
    Said,
    SentFile,
    Submitted,
    Uploaded,
)
from bot.engine.filling import Filling
from bot.engine.hearing import Plain, Reader
from bot.engine.holdings import owned
from bot.engine.jobs import Worker, add
from bot.engine.listening import Listening, remember
from bot.engine.metrics import OUTCOMES, TURNS
from bot.engine.moving import moved
from bot.engine.outbox import Parcel
from bot.engine.questions import Dates
from bot.engine.replies import Ask, Reply, Say
from bot.engine.store.database import Database
from bot.engine.store.tables import Account, Conversation
from bot.engine.texts import Texts

log = structlog.get_logger(__name__)

PAGE = "page"  # a plain web page: what it shows comes in its own answer, nothing is sent
SAY = "say:"  # a button that says a sentence
LONGEST_TEXT = 20_000
LONGEST_SUGGESTION = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an event.

    status: handled, refused (nothing changed, the reply says why), broke (a fault of ours; what
    was sent in is not kept) or duplicate. replies: what was said (already in the outbox, except
    to `Opened`). ask: a form to open now, when the event said it can; not in the outbox.
    errors: sentences per field of a submitted form.
    """

    status: str
    lang: str = "nl"
    replies: tuple[Reply, ...] = ()
    ask: Ask | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


class Talk:
    """Takes every event of every platform to the dialog that answers it."""

    def __init__(
        self,
        database: Database,
        texts: Texts,
        dialogs: Sequence[Dialog],
        reader: Reader,
        dates: Dates,
        office: Office,
    ) -> None:
        self._database = database
        self.texts = texts
        self._office = office
        self._owned = owned(office.holdings)
        self._dialogs = tuple(dialogs)
        self.filling = Filling([f for d in dialogs for f in d.forms], dates)
        self._intents: dict[str, Handler] = {}
        self._presses: dict[str, Handler] = {}
        self._uploads: dict[str, OnUpload] = {}
        for dialog in dialogs:
            self._intents |= dialog.intents
            self._presses |= dialog.presses
            self._uploads |= dialog.uploads
        self.listening = Listening(reader, self._dialogs, self.filling, texts, self._pressed)
        self._public = frozenset().union(*(d.public for d in dialogs))
        self._homes = [d.home for d in dialogs if d.home]
        self._worker: Worker | None = None

    def attach(self, worker: Worker) -> None:
        """Wake this worker after every turn, so that replies do not wait for a poll."""
        self._worker = worker

    def wake(self) -> None:
        """Have the worker look for due work now."""
        if self._worker:
            self._worker.wake()

    async def handle(self, event: Event, now: datetime) -> Outcome:
        """Answer one event. Never raises for what a person can do; database failures do raise,
        so that the platform delivers again."""
        async with self._database.transaction() as db:
            outcome = await self._accept(db, event, now)
        TURNS.labels(event.address.platform, type(event).__name__.lower()).inc()
        OUTCOMES.labels(outcome.status).inc()
        self.wake()
        return outcome

    async def say(
        self, address: Address, replies: Sequence[Reply], key: str, now: datetime
    ) -> None:
        """Queue replies outside a turn (a form that could not be opened after all)."""
        async with self._database.transaction() as db:
            for n, reply in enumerate(replies):
                await add(db, Parcel(address, reply).job(f"{key}:{n}"), now)
        if self._worker:
            self._worker.wake()

    # -- the turn ----------------------------------------------------------------------------

    async def _accept(self, db: AsyncSession, event: Event, now: datetime) -> Outcome:
        for key in (event.id, *event.also):
            if not await memory.first_time(db, key, now):
                return Outcome("duplicate")
        account = await people.meet(db, event, now, self._owned)
        if isinstance(event, Left):
            account.lost_at = now
            return Outcome("handled")
        if event.email is None and not event.address.answers_in_place:
            await add(db, identify.job(account, event.address), now)
        who = await people.recognised(db, account, event, now)
        turn = self._turn(db, event, who, now, memory.language(account, who, event))
        row = await self._place(turn)
        status, replies, errors = await self._tried(turn, account)
        if status != "handled":
            # What the turn changed is undone, what it remembered too.
            row = await memory.conversation(turn, row.key)
            turn.state = dict(row.state)
        if turn.event.address.private:
            remember(turn, replies)
        row.state, row.at = turn.state, now
        return await self._queue(turn, replies, errors, status)

    def _turn(
        self, db: AsyncSession, event: Event, who: people.Who, now: datetime, lang: str
    ) -> Turn:
        return Turn(
            event=event,
            who=who,
            now=now,
            lang=lang,
            zone=self._office.zone,
            office=self._office,
            db=db,
            state={},
            texts=self.texts,
            forms=self.filling,
            dialogs=self._dialogs,
            said=_words(event),
        )

    async def _tried(self, turn: Turn, account: Account) -> tuple[str, list[Reply], dict[str, str]]:
        """The answer and how it went; of what is refused or breaks nothing stays but the sentence."""
        try:
            async with turn.db.begin_nested():
                replies, errors = await self._answer(turn, account)
        except Refused as known:
            said = turn.say(known.key, **known.values)
            unproven = [] if isinstance(known, Outdated) else _unproven(turn)
            return "refused", [*said, *unproven], {}
        except Exception:
            # The last resort: the event counts as handled, or it would come back for ever.
            mark = uuid.uuid4().hex[:8]
            log.exception("turn.broke", mark=mark, kind=type(turn.event).__name__)
            return "broke", turn.say("turn.broke", mark=mark), {}
        return "handled", replies, errors

    async def _place(self, turn: Turn) -> Conversation:
        """Load the conversation this turn belongs to.

        What is asked in a channel is answered in its thread; anything about a case, a person or
        a recording is answered in private.
        """
        event = turn.event
        row = await memory.conversation(turn, event.address.key)
        turn.state = dict(row.state)
        if event.address.private or isinstance(event, SentFile):
            return row
        if turn.said:
            heard = await self.listening.hear(turn)
            if heard.intent in self._public and not heard.personal:
                return row
        turn.public = event.address
        if turn.who.school:
            turn.heard = Plain()  # it was read without what is known of the person
        turn.event = replace(event, address=event.address.privately())
        row = await memory.conversation(turn, turn.event.address.key)
        turn.state = dict(row.state)
        return row

    async def _answer(self, turn: Turn, account: Account) -> tuple[list[Reply], dict[str, str]]:
        event = turn.event
        greeted = account.greeted_at is not None
        if not isinstance(event, Opened):
            account.greeted_at = account.greeted_at or turn.now
        match event:
            case Said():
                return await self.listening.said(turn), {}
            case Pressed():
                return await self._pressed(turn, event.button), {}
            case Submitted():
                replies, codes = await self.filling.submitted(turn, event)
                return replies, _sentences(replies, codes)
            case Uploaded() if event.upload in self._uploads:
                return await self._uploads[event.upload](turn, event.content), {}
            case SentFile():
                turn.heard = Plain("file", turn.lang)
                return await self._intents["file"](turn, ""), {}
            case Arrived():
                if greeted:
                    return [], {}
                turn.heard = Plain("greeting", turn.lang)
                return [*await self._intents["greeting"](turn, ""), *_unproven(turn)], {}
            case Opened():
                sections = [say for home in self._homes for say in await home(turn)]
                return [*_unproven(turn), *sections], {}
        raise TypeError(type(event).__name__)

    async def _pressed(self, turn: Turn, button: str) -> list[Reply]:
        action, _, argument = button.partition(":")
        if button.startswith(SAY):
            turn.said, turn.heard = button.removeprefix(SAY)[:LONGEST_SUGGESTION], Plain()
            return await self.listening.meant(turn)
        if action == "claim.take":
            return await self.listening.taken(turn, argument)
        if action == "form.notthis":
            return await self.listening.instead(turn, argument)
        if action.startswith("form."):
            return await self.filling.pressed(turn, action.removeprefix("form."), argument)
        if action in self._presses:
            return await self._presses[action](turn, argument)
        raise Outdated

    async def _queue(
        self, turn: Turn, replies: list[Reply], errors: dict[str, str], status: str
    ) -> Outcome:
        event = turn.event
        ask = None
        if event.can_open:
            ask = next((r for r in replies if isinstance(r, Ask) and (r.whole or errors)), None)
        if isinstance(event, Opened) or event.address.platform == PAGE:
            return Outcome(status, turn.lang, tuple(replies), ask, errors)
        for n, reply in ((n, reply) for n, reply in enumerate(replies) if reply is not ask):
            parcel, key = Parcel(event.address, reply), f"{event.id}:{n}"
            if turn.public and isinstance(event, Said):
                parcel = moved(parcel, turn, first=n == 0)
            if isinstance(reply, Say) and reply.ref and not reply.replace:
                # One live card per thing: the one that stood before loses its buttons.
                old = Say(turn.t("turn.newer"), ref=reply.ref, replace=True, retire=True)
                await add(turn.db, Parcel(event.address, old).job(f"{key}:old"), turn.now)
            await add(turn.db, parcel.job(key), turn.now)
        return Outcome(status, turn.lang, tuple(replies), ask, errors)


def _unproven(turn: Turn) -> list[Reply]:
    """Why somebody who may be on the roster is a guest now, and what to do about it."""
    if not turn.who.unproven:
        return []
    return turn.say(f"who.{turn.who.unproven}", platform=turn.event.address.platform.title())


def _words(event: Event) -> str:
    """What was typed; a suggested sentence that is pressed counts as typed."""
    said = ""
    if isinstance(event, Said | SentFile):
        said = event.text
    elif isinstance(event, Pressed) and event.button.startswith(SAY):
        said = event.button.removeprefix(SAY)[:LONGEST_SUGGESTION]
    return said[:LONGEST_TEXT].strip()


def _sentences(replies: list[Reply], codes: dict[str, str]) -> dict[str, str]:
    ask = next((r for r in replies if isinstance(r, Ask)), None)
    return {f.name: f.error for f in ask.fields if f.error} if ask and codes else {}
