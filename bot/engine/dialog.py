"""What a dialog is, and what it gets to work with during a turn.

A feature is a file or folder in `dialogs/` with one `Dialog`, a constant: which intents and buttons
it answers, which forms it has, and what it does with them. Handlers return replies; they never send.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import TypeAdapter
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import jobs, people, when
from bot.engine.claims import Claim
from bot.engine.events import Address, Event
from bot.engine.forms import Form
from bot.engine.hearing import Heard, Plain
from bot.engine.holdings import Holding
from bot.engine.outbox import Notice
from bot.engine.people import Who
from bot.engine.replies import Button, Reply, Say
from bot.engine.store.tables import Draft
from bot.engine.texts import LANGUAGES, Texts
from bot.engine.views import Doors, Section

Shape = TypeVar("Shape")


class Refused(Exception):
    """A known reason not to do what was asked. `key` is the sentence for the person.

    What the turn changed so far is undone; the sentence is still said.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class Outdated(Refused):
    """A button or form of an old message: recognised, not obeyed."""

    def __init__(self, key: str = "turn.outdated", **values: object) -> None:
        super().__init__(key, **values)


class Forms(Protocol):
    """Opens forms for dialogs; the filling in is the engine's work."""

    async def open(
        self,
        turn: Turn,
        form: str,
        values: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        *,
        intro: str = "",
        draft: Draft | None = None,
    ) -> list[Reply]:
        """See `Turn.open_form`."""
        ...

    async def pass_on(
        self, turn: Turn, form: str, words: str, data: Mapping[str, Any], *, intro: str = ""
    ) -> list[Reply]:
        """See `Turn.pass_on`."""
        ...


@dataclass(frozen=True, slots=True)
class Voice:
    """Words for one person: the texts in their language, times in their zone."""

    texts: Texts
    lang: str
    zone: tzinfo

    def t(self, key: str, **values: object) -> str:
        """A sentence."""
        return self.texts(key, self.lang, **values)

    def day(self, day: date) -> str:
        """'2 oktober 2026'."""
        return when.say_day(day, self.lang)

    def moment(self, moment: datetime) -> str:
        """'maandag 23 november 2026 14:03'."""
        return when.say_moment(moment, self.lang, self.zone)


@dataclass(frozen=True, slots=True)
class Office:
    """What dialogs know of the institute they work for.

    privacy_officer: where a breach is reported, the first of privacy_officers. months: how long a recording may be kept, in
    principle. hours: within how many of noticing a breach must be reported. link: makes the signed page address for (subject, e-mail),
    for who is reached by mail alone; '' when there is no web server.
    doors: the ways into the desk; None where there is none.
    holdings: everything that is kept, whoever keeps it. rules: the institute's guidelines, for the
    dialogs that know their shape.
    keep_closed, keep_talk: days after which closed cases, and conversations, are removed.
    """

    texts: Texts
    zone: tzinfo
    privacy_officer: str
    link: Callable[[str, str], str]
    months: int
    hours: int
    keep_closed: int = 365
    keep_talk: int = 30
    collect_unanswered: bool = False
    holdings: tuple[Holding, ...] = ()
    rules: object = None
    privacy_officers: tuple[str, ...] = ()
    doors: Doors | None = None

    @property
    def officers(self) -> tuple[str, ...]:
        """Every address to which a breach is reported, the one that is named first."""
        return self.privacy_officers or (self.privacy_officer,)

    def voice(self, lang: str) -> Voice:
        """Words in this language."""
        return Voice(self.texts, lang, self.zone)

    async def voice_for(self, db: AsyncSession, person: str) -> Voice:
        """Words for somebody who is not in this turn: their own choice, else the roster's."""
        accounts = await people.accounts_of(db, person)
        spoken = next((a.language for a in accounts if a.language in LANGUAGES), "")
        who = await people.find(db, person)
        return self.voice(spoken or (who.language if who.language in LANGUAGES else "nl"))


@dataclass
class Turn:
    """One event being answered, inside one transaction.

    lang: the language to answer in. state: what the conversation remembers (JSON data; change it
    in place). zone: the person's time zone. said: what was typed, '' when nothing was. heard: what
    was read in it. dialogs: all there are. public: the channel it was asked in, when the answer moved from there to the
    private chat.
    """

    event: Event
    who: Who
    now: datetime
    lang: str
    zone: tzinfo
    db: AsyncSession
    state: dict[str, Any]
    texts: Texts
    forms: Forms
    office: Office
    dialogs: Sequence[Dialog] = ()
    said: str = ""
    heard: Heard = field(default_factory=Plain)
    public: Address | None = None

    def t(self, key: str, **values: object) -> str:
        """A sentence in this person's language."""
        return self.texts(key, self.lang, **values)

    def say(self, key: str, **values: object) -> list[Reply]:
        """A reply of one sentence."""
        return [Say(self.t(key, **values))]

    @property
    def voice(self) -> Voice:
        """Words for this person."""
        return Voice(self.texts, self.lang, self.zone)

    @property
    def today(self) -> date:
        """The person's own calendar day."""
        return self.now.astimezone(self.zone).date()

    async def later(self, more: jobs.More) -> bool:
        """Add durable work to this turn's transaction."""
        return await jobs.add(self.db, more, self.now)

    async def open_form(
        self,
        form: str,
        values: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        *,
        intro: str = "",
    ) -> list[Reply]:
        """Start a form, or pick up the person's half-filled one of the same name and data."""
        return await self.forms.open(self, form, values, data, intro=intro)

    async def pass_on(
        self, form: str, words: str, data: Mapping[str, Any], *, intro: str = ""
    ) -> list[Reply]:
        """Show these words for the one open question of a form, to be sent when the person says so."""
        return await self.forms.pass_on(self, form, words, data, intro=intro)

    async def notify(self, notice: Notice) -> bool:
        """Have a message reach another person, wherever they are."""
        return await self.later(notice.job())


@dataclass(frozen=True, slots=True)
class Work:
    """A job of a dialog being done, inside one transaction: what it gets in place of a turn."""

    office: Office
    db: AsyncSession
    now: datetime
    task: jobs.Task

    def load(self, shape: type[Shape]) -> Shape:
        """The job's payload as this dataclass; what it does not name is left out."""
        return TypeAdapter(shape).validate_python(self.task.payload)

    async def later(self, more: jobs.More) -> bool:
        """Add further work to this transaction; False when it was planned before."""
        return await jobs.add(self.db, more, self.now)

    async def notify(self, notice: Notice) -> bool:
        """Have a message reach a person; False when that very message was planned before."""
        return await self.later(notice.job())


Handler = Callable[[Turn, str], Awaitable[list[Reply]]]
OnSubmit = Callable[[Turn, Mapping[str, Any], Draft], Awaitable[list[Reply]]]
OnOpen = Callable[[Turn, Draft], Awaitable[None]]
OnAnswers = Callable[[Turn, Draft, tuple[str, ...]], Awaitable[list[Reply]]]
OnWork = Callable[[Work], Awaitable[None]]
Sections = Callable[[Turn], Awaitable[list[Say]]]
Claims = Callable[[Turn], Awaitable[Sequence[Claim]]]
Offers = Callable[[Turn], Awaitable[Sequence[Button]]]
Known = Callable[[Turn], Mapping[str, Any]]
OnUpload = Callable[[Turn, bytes], Awaitable[list[Reply]]]


@dataclass(frozen=True, slots=True)
class FormDialog:
    """A form and what to do with its answers.

    opened: runs once, when a new draft begins (to plan reminders, say).
    remark: what to say about the fields just answered, before the next question or the summary
    (then the draft is 'ready'; no names when it is shown again). known: what a new draft begins
    with, from the person and from what was just said; shown, to be confirmed.
    """

    form: Form
    submit: OnSubmit
    opened: OnOpen | None = None
    remark: OnAnswers | None = None
    known: Known | None = None


@dataclass(frozen=True, slots=True)
class Dialog:
    """One thing you can talk about.

    intents: what was heard -> handler. presses: button 'feature.action' -> handler. Both get what
    stands after ':' in the button's id, '' when it was said; `turn.heard` tells what was read.
    jobs: kinds of *inside* work. periodic: those of them that run once every so long.
    texts: a folder with its own sentences per language. phrases: what can be typed for it: an
    intent, and the text key of its list of words. holdings: what it keeps in which tables.
    home: its part of the home page. status: how the things stand that this person has going, or
    has to do. desk: its pages at the desk. uploads: what it does with a file sent in there.
    public: intents that may be answered where others read along; all else goes private.
    claims: what a sentence may be in this person's own work. offers: the buttons of cards that lie
    with them, so that their words can be typed. grave: presses that reach somebody or remove
    something; none of them is guessed.
    """

    name: str
    intents: Mapping[str, Handler] = field(default_factory=dict)
    presses: Mapping[str, Handler] = field(default_factory=dict)
    forms: Sequence[FormDialog] = ()
    jobs: Mapping[str, OnWork] = field(default_factory=dict)
    periodic: Mapping[str, timedelta] = field(default_factory=dict)
    texts: Path | None = None
    phrases: Mapping[str, str] = field(default_factory=dict)
    holdings: Sequence[Holding] = ()
    home: Sections | None = None
    status: Sections | None = None
    desk: Sequence[Section] = ()
    uploads: Mapping[str, OnUpload] = field(default_factory=dict)
    public: frozenset[str] = frozenset()
    claims: Claims | None = None
    offers: Offers | None = None
    grave: frozenset[str] = frozenset()
