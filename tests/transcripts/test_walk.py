"""From any state, any sequence of typed lines and presses: nothing is sent unseen, nothing changes
in silence, everything gets a reply, and nothing can be sent from two places."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import pytest
from sqlmodel import select

from adapters.local.tables import LocalMessage
from bot.engine.replies import Ask, from_json
from bot.engine.store.tables import OPEN_STATES, Draft
from dialogs.breach.table import Breach
from dialogs.consent.table import Case
from dialogs.recordings.table import Recording
from tests.chat import Chat, words
from tests.conftest import Ticker
from tests.transcripts.test_transcripts import PO, SAM, SUP, Stage

PEOPLE = (SAM, SAM, SUP, PO)
LINES = {
    "nl": (
        "datalek melden", "nu", "telefoon gestolen", "help", "stop", "ja", "nee", "klopt", "terug", "klaar",
        "aanpassen", "versturen", "ja, versturen", "nee, gisteren 22:15", "nee, een nieuwe vraag", "alles gewist",
        "ik heb gisteren 3 havo en 4 vwo opgenomen", "mijn opnames", "probleem met toestemming", "intrekken",
        "ik heb hem teruggevonden", "wat zijn de open meldingen?", "afronden", "ik heb het gezien", "afsluiten",
        "mag ik dit op YouTube zetten?", "english please", "BR-2026-0001", "CP-2026-0001", "opnieuw beginnen",
        "dinsdag 14:00", "kan het ook om 3 uur?", "Weggooien", "vergeet mij", "1", "veel mensen weigeren",
    ),
    "en": (
        "report a breach", "now", "phone stolen", "help", "stop", "yes", "no", "back", "done", "change", "send",
        "yes, send it", "no, yesterday 22:15", "no, a new question", "everything erased", "settle", "close",
        "I recorded year 3 and year 4 yesterday", "my recordings", "problem with consent", "withdraw",
        "I found it back", "what are the open reports?", "I have seen it", "start over", "Tuesday 14:00",
        "may I put this on YouTube?", "Nederlands graag", "BR-2026-0001", "CP-2026-0001", "forget me", "2",
    ),
}  # fmt: skip
OWN = {
    "nl": ("zeg tegen mijn student dat {}", "zeg tegen mijn begeleider dat {}", "vraag aan de melder: {}", "{}"),
    "en": ("tell my student that {}", "tell my supervisor that {}", "ask the reporter: {}", "{}"),
}  # fmt: skip
STEPS = 40


class Walk:
    """Somebody types or presses something; what must hold is looked at after every step."""

    def __init__(self, chat: Chat, seed: int, lang: str) -> None:
        self.chat, self.lang = chat, lang
        self.random = random.Random(seed)
        self.shown: dict[str, set[str]] = {who: set() for who in PEOPLE}
        self.buttons: dict[str, list[str]] = {who: [] for who in PEOPLE}
        self.tokens: dict[str, str] = {}
        self.done: list[str] = []

    async def step(self, number: int) -> None:
        """One line or press of somebody."""
        who = self.random.choice(PEOPLE)
        before = await self.records()
        replies = await self.act(who, number)
        read = words(replies)
        self.done[-1] += f" -> {read[:80]!r}"
        assert read, "no reply"
        assert "went wrong" not in read, read
        assert "ging iets mis" not in read, read
        self.note(who, replies)
        for ref, state in (await self.records()).items():
            if before.get(ref) != state:
                assert str(state[0]) in read, f"{ref} changed in silence: {read}"
        for other in self.shown:
            await self.only_shown_words(other)
        await self.one_live_send(who)

    async def act(self, who: str, number: int) -> list[Any]:
        """What they do."""
        known = self.buttons[who]
        if known and self.random.random() < 0.5:
            button = self.random.choice(known[-12:] if self.random.random() < 0.8 else known)
            self.done.append(f"{who} presses {button}")
            return await self.chat.press(who, button)
        said = self.random.choice(LINES[self.lang])
        if self.random.random() < 0.3:
            token = f"kenmerkend{number}x"
            self.tokens[token] = who
            said = self.random.choice(OWN[self.lang]).format(token)
        self.done.append(f"{who} says {said}")
        return await self.chat.say(who, said)

    def note(self, who: str, replies: Iterable[Any]) -> None:
        """Which words were shown with a button to send them, and which buttons there are."""
        for reply in replies:
            buttons = [b.id for b in Chat.buttons(reply) if b.id]
            self.buttons[who] += buttons
            if any(button.startswith("form.send") for button in buttons):
                read = words([reply])
                self.shown[who] |= {token for token in self.tokens if token in read}

    async def only_shown_words(self, who: str) -> None:
        """What reached somebody was first shown to who typed it, with a button to send it."""
        read = words(await self.messages(who))
        for token, author in self.tokens.items():
            if author != who and token in read:
                assert token in self.shown[author], f"{token} reached {who} unseen"

    async def messages(self, who: str) -> list[Any]:
        """All that stands in somebody's chat now."""
        async with self.chat.database.transaction() as db:
            query = select(LocalMessage).where(LocalMessage.account == who)
            rows = await db.exec(query.where(LocalMessage.author == "bot"))
            return [from_json(message.reply) for message in rows]

    async def one_live_send(self, who: str) -> None:
        """Each form can be sent from one message at most; one that is over from none."""
        sends = [
            int(button.id.partition(":")[2])
            for reply in await self.messages(who)
            if not isinstance(reply, Ask)
            for button in reply.buttons
            if button.id.startswith("form.send:")
        ]
        async with self.chat.database.transaction() as db:
            is_open = {d.id for d in await db.exec(select(Draft)) if d.state in OPEN_STATES}
        assert len(sends) == len(set(sends)), f"two live send buttons: {sends}"
        assert set(sends) <= is_open, f"a send button of a form that is over: {sends}"

    async def records(self) -> dict[str, tuple[Any, ...]]:
        """What is kept, by how it is called, as far as it concerns somebody."""
        async with self.chat.database.transaction() as db:
            cases = [(c.ref, (c.ref, c.state, c.outcome)) for c in await db.exec(select(Case))]
            reports = [
                (b.ref, (b.ref, b.acknowledged_at, b.closed_at, b.closing))
                for b in await db.exec(select(Breach))
            ]
            kept = [
                (f"recording {r.id}", (r.label, r.deleted_at, r.made_on))
                for r in await db.exec(select(Recording))
            ]
        return dict([*cases, *reports, *kept])


@pytest.mark.parametrize(("seed", "lang"), [(1, "nl"), (2, "en"), (3, "nl"), (4, "nl")])
async def test_any_walk(app: Any, clock: Ticker, seed: int, lang: str) -> None:
    stage = Stage(Chat(app.database, app.talk, app.worker, clock, locale=lang), "student", lang)
    await stage.set()
    for what in ("case", "report", "recordings"):
        await stage.before(what)
    walk = Walk(stage.chat, seed, lang)
    for who in walk.shown:
        walk.note(who, await stage.chat.inbox(who))
    for number in range(STEPS):
        try:
            await walk.step(number)
        except AssertionError as problem:
            raise AssertionError("\n".join([str(problem), *walk.done[-12:]])) from problem
