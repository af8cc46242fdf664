"""One turn: an event in, replies out, all of it in one transaction.

The event's id, the changed records, the conversation's state and every message that must reach
somebody commit together. Only then may the adapter tell the platform "received".
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import bindparam, text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import people
from bot.engine.dialog import (
    Dialog,
    Handler,
    Office,
    OnUpload,
    Outdated,
    Refused,
    Turn,
)
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
from bot.engine.hearing import Heard, Plain, Reader
from bot.engine.jobs import Worker, add
from bot.engine.metrics import OUTCOMES, TURNS
from bot.engine.outbox import Parcel
from bot.engine.questions import Dates
from bot.engine.replies import Ask, Reply, Say
from bot.engine.store.columns import Moment
from bot.engine.store.database import Database, run
from bot.engine.store.tables import Account, Conversation
from bot.engine.texts import LANGUAGES, Texts

log = structlog.get_logger(__name__)

SAY = "say:"  # a button that says a sentence
LONGEST_TEXT = 20_000
LONGEST_SUGGESTION = 500
SENTENCE = 4  # words; less is a try at an answer to the open form, not another question
REMEMBERED = 3
MEMORY = timedelta(minutes=30)


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
        self.reader = reader
        self._office = office
        self._dialogs = tuple(dialogs)
        self.filling = Filling([f for d in dialogs for f in d.forms], dates)
        self._intents: dict[str, Handler] = {}
        self._presses: dict[str, Handler] = {}
        self._uploads: dict[str, OnUpload] = {}
        for dialog in dialogs:
            self._intents |= dialog.intents
            self._presses |= dialog.presses
            self._uploads |= dialog.uploads
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
            if not await _first_time(db, key, now):
                return Outcome("duplicate")
        account = await people.meet(db, event, now)
        if isinstance(event, Left):
            account.lost_at = now
            return Outcome("handled")
        turn = await self._turn(db, event, account, now)
        row = await self._place(turn)
        key = row.key
        errors: dict[str, str] = {}
        status = "handled"
        try:
            async with db.begin_nested():
                replies, errors = await self._answer(turn, account)
        except Refused as known:
            status = "refused"
            row = await self._conversation(db, key, turn)
            turn.state = dict(row.state)
            replies = turn.say(known.key, **known.values)
        except Exception:
            # The last resort: the event counts as handled, or it would come back for ever.
            status, mark = "broke", uuid.uuid4().hex[:8]
            log.exception("turn.broke", mark=mark, kind=type(event).__name__)
            row = await self._conversation(db, key, turn)
            turn.state = dict(row.state)
            replies = turn.say("turn.broke", mark=mark)
        row.state, row.at = turn.state, now
        return await self._queue(turn, replies, errors, status)

    async def _turn(self, db: AsyncSession, event: Event, account: Account, now: datetime) -> Turn:
        who = await people.find(db, account.email or account.key)
        if who.name == who.key and account.name:
            who = replace(who, name=account.name)
        return Turn(
            event=event,
            who=who,
            now=now,
            lang=_language(account, who, event),
            zone=self._office.zone,
            office=self._office,
            db=db,
            state={},
            texts=self.texts,
            forms=self.filling,
            dialogs=self._dialogs,
        )

    async def _place(self, turn: Turn) -> Conversation:
        """Load the conversation this turn belongs to.

        What is asked in a channel is answered in its thread; anything about a case, a person or
        a recording is answered in private.
        """
        event = turn.event
        if isinstance(event, Said | SentFile):
            turn.said = event.text
        elif isinstance(event, Pressed) and event.button.startswith(SAY):
            # A suggested sentence: pressing is saying it.
            turn.said = event.button.removeprefix(SAY)[:LONGEST_SUGGESTION]
        turn.said = turn.said.replace("\x00", "")[:LONGEST_TEXT].strip()
        row = await self._conversation(turn.db, event.address.key, turn)
        turn.state = dict(row.state)
        if event.address.private or isinstance(event, SentFile):
            return row
        if turn.said:
            heard = self._hear(turn)
            if heard.intent in self._public and not heard.personal:
                return row
        turn.public = event.address
        turn.event = replace(event, address=event.address.privately())
        row = await self._conversation(turn.db, turn.event.address.key, turn)
        turn.state = dict(row.state)
        return row

    async def _answer(self, turn: Turn, account: Account) -> tuple[list[Reply], dict[str, str]]:
        event = turn.event
        greeted = account.greeted_at is not None
        if not isinstance(event, Opened):
            account.greeted_at = account.greeted_at or turn.now
        match event:
            case Said():
                return await self._said(turn, account), {}
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
                return await self._intents["greeting"](turn, ""), {}
            case Opened():
                sections = [say for home in self._homes for say in await home(turn)]
                return list(sections), {}
        raise TypeError(type(event).__name__)

    async def _said(self, turn: Turn, account: Account) -> list[Reply]:
        filled = await self.filling.typed(turn)
        if filled and filled[1]:
            return filled[0]
        heard = self._hear(turn)
        asked = turn.state.get("form", {}).get("field") and heard.intent == "ask"
        if filled and not (heard.sure and (not asked or len(turn.said.split()) >= SENTENCE)):
            return filled[0]
        if not account.chosen and heard.lang in LANGUAGES:
            turn.lang = account.language = heard.lang
        replies = await self._meant(turn)
        # A question in the middle of a form is answered; then the form goes on.
        return [*replies, filled[0][-1]] if filled and "form" in turn.state else replies

    def _hear(self, turn: Turn) -> Heard:
        """What was said, read once per turn, wherever it is answered."""
        if not turn.heard.intent:
            turn.heard = self.reader.read(
                turn.said,
                context=_recent(turn),
                school=turn.who.school or None,
                now=turn.now,
                lang=turn.lang,
            )
        return turn.heard

    async def _meant(self, turn: Turn) -> list[Reply]:
        """What the dialog says that listens to what was heard."""
        handler = self._intents.get(self._hear(turn).intent, self._intents["ask"])
        replies = await handler(turn, "")
        _remember(turn)
        return replies

    async def _pressed(self, turn: Turn, button: str) -> list[Reply]:
        action, _, argument = button.partition(":")
        if button.startswith(SAY):
            return await self._meant(turn)
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
        if isinstance(event, Opened) or event.address.answers_in_place:
            return Outcome(status, turn.lang, tuple(replies), ask, errors)
        if turn.public and isinstance(event, Said):
            note = Say(turn.t("turn.private"))
            await add(turn.db, Parcel(turn.public, note).job(f"{event.id}:private"), turn.now)
        for n, reply in enumerate(replies):
            if reply is not ask:
                key = f"{event.id}:{n}"
                await add(turn.db, Parcel(event.address, reply).job(key), turn.now)
        return Outcome(status, turn.lang, tuple(replies), ask, errors)

    async def _conversation(self, db: AsyncSession, key: str, turn: Turn) -> Conversation:
        """The row, locked: one turn at a time per person and place, in every process."""
        await run(
            db,
            text(
                "INSERT INTO conversation (key, person, state, at)"
                " VALUES (:key, :person, '{}', :at) ON CONFLICT (key) DO NOTHING"
            ).bindparams(bindparam("at", type_=Moment)),
            {"key": key, "person": turn.who.key, "at": turn.now},
        )
        found = await db.exec(select(Conversation).where(Conversation.key == key).with_for_update())
        row = found.one()
        row.person = turn.who.key
        return row


async def _first_time(db: AsyncSession, key: str, now: datetime) -> bool:
    """Whether no process had this event before. One that has it just now makes us wait."""
    statement = text(
        "INSERT INTO accepted (key, at) VALUES (:key, :at) ON CONFLICT (key) DO NOTHING RETURNING key"
    ).bindparams(bindparam("at", type_=Moment))
    row = await run(db, statement, {"key": key, "at": now})
    return row.first() is not None


def _language(account: Account, who: people.Who, event: Event) -> str:
    """The language chosen or last spoken here, else the roster's, else the platform's."""
    for lang in (account.language, who.language, event.locale[:2].lower()):
        if lang in LANGUAGES:
            return lang
    return "nl"


def _sentences(replies: list[Reply], codes: dict[str, str]) -> dict[str, str]:
    ask = next((r for r in replies if isinstance(r, Ask)), None)
    return {f.name: f.error for f in ask.fields if f.error} if ask and codes else {}


def _recent(turn: Turn) -> tuple[str, ...]:
    """What this person said here a moment ago, oldest first, for follow-up questions."""
    since = (turn.now - MEMORY).isoformat()
    return tuple(text for at, text in turn.state.get("said", []) if at >= since)


def _remember(turn: Turn) -> None:
    if turn.heard.intent != "ask":
        turn.state.pop("said", None)
        return
    said: list[Any] = [*turn.state.get("said", []), [turn.now.isoformat(), turn.said[:500]]]
    turn.state["said"] = said[-REMEMBERED:]
