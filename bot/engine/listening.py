"""Who gets a typed sentence: the claims on it are gathered here, the strongest first.

Where others read along only what was read in the sentence counts: forms and cases take words from
private places alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

from sqlmodel import col, select

from bot.engine import drafts, form_claims, memory
from bot.engine.claims import SURE, Claim, Rank, choose, meant_button
from bot.engine.dialog import Dialog, Outdated, Turn
from bot.engine.events import Said
from bot.engine.filling import Filling
from bot.engine.hearing import Heard, Plain, Reader
from bot.engine.replies import Ask, Button, Reply, Say
from bot.engine.store.tables import OPEN_STATES, Account, Draft
from bot.engine.texts import LANGUAGES, Texts, cut

GRAVE = frozenset({"form.send", "form.drop"})
GENERATIONS = 2  # turns whose buttons are still in sight
MOST_OFFERED = 30
LONGEST_LABEL = 8  # words; a longer sentence is no button
SHOWN = 200
MEMORY = timedelta(hours=12)

Press = Callable[[Turn, str], Awaitable[list[Reply]]]


class Listening:
    """Gathers the claims of everybody, and does what the chosen one says."""

    def __init__(
        self,
        reader: Reader,
        dialogs: Sequence[Dialog],
        filling: Filling,
        texts: Texts,
        press: Press,
    ) -> None:
        self.reader = reader
        self._dialogs = tuple(dialogs)
        self._filling = filling
        self._texts = texts
        self._press = press
        # One at a time: long thoughts about one message keep nobody's connection waiting.
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="reader")
        self._intents = {name: act for d in dialogs for name, act in d.intents.items()}
        self._grave = GRAVE.union(*(d.grave for d in dialogs))

    async def said(self, turn: Turn) -> list[Reply]:
        """What was typed, taken for what it is; asked about when two things are likely."""
        chosen = choose(await self._claims(turn))
        turn.state.pop("asked", None)
        if len(chosen) == 1:
            return await chosen[0].act(turn)
        turn.state["asked"] = {"said": turn.said, "at": turn.now.isoformat()}
        buttons = [Button(f"claim.take:{c.name}", c.label) for c in chosen]
        return [Say(turn.t("claims.which", words=cut(turn.said, SHOWN)), buttons=tuple(buttons))]

    async def taken(self, turn: Turn, name: str) -> list[Reply]:
        """The person says what the sentence was; it is read again, and must still be that."""
        asked = turn.state.pop("asked", None)
        if asked is None or asked["at"] < (turn.now - MEMORY).isoformat():
            raise Outdated
        turn.said, turn.heard = asked["said"], Plain()
        claim = next((c for c in await self._claims(turn) if c.name == name), None)
        if claim is None:
            raise Outdated
        return await claim.act(turn)

    async def instead(self, turn: Turn, number: str) -> list[Reply]:
        """Words that were shown for somebody were not meant for them: they are a new question."""
        draft = await drafts.pressed(turn, number)
        words = [value for value in draft.answers.values() if isinstance(value, str)]
        turn.said, turn.heard = "\n".join(words), Plain()
        dropped = await self._filling.act(turn, draft, "drop")
        return [*await self.meant(turn), *dropped[1:]]

    async def _claims(self, turn: Turn) -> list[Claim]:
        meaning = Claim(Rank.MEANING, 0.9, "meaning", turn.t("claims.new"), self._meant)
        if turn.public or not turn.event.address.private:
            return [meaning]
        draft = await drafts.current(turn)
        found = form_claims.words(turn, self._filling, draft) if draft else []
        found += await self._buttons(turn, draft)
        if any(claim.likely >= SURE for claim in found):
            return [*found, meaning]
        heard = await self.hear(turn)
        own = await self._own_work(turn) if turn.said else []
        if draft:
            own = [claim for claim in own if claim.rank is Rank.COMMAND]
            found += form_claims.values(turn, self._filling, draft, heard, commanded=bool(own))
        return [*found, *own, meaning]

    async def _own_work(self, turn: Turn) -> list[Claim]:
        """What the sentence may be in this person's own work."""
        claims: list[Claim] = []
        for dialog in self._dialogs:
            claims += await dialog.claims(turn) if dialog.claims else ()
        return claims

    async def _meant(self, turn: Turn) -> list[Reply]:
        """What was read in the sentence; then an open form goes on."""
        replies = await self.meant(turn)
        draft = await drafts.current(turn) if "form" in turn.state else None
        shown = any(
            isinstance(reply, Ask) and draft and reply.draft == draft.id for reply in replies
        )
        return (
            [*replies, *await self._filling.again(turn, draft)] if draft and not shown else replies
        )

    async def _buttons(self, turn: Turn, draft: Draft | None) -> list[Claim]:
        """The buttons whose words were typed: those just shown, else those of cards that lie open."""
        if not turn.said or len(turn.said.split()) > LONGEST_LABEL:
            return []
        polite = turn.texts.words("claims.words.polite")
        shown = offered(turn)
        new = shown[0] if shown else []
        found = meant_button(turn.said, new, polite)
        if not found:
            standing = [button for older in shown[1:] for button in older]
            for dialog in self._dialogs:
                standing += await dialog.offers(turn) if dialog.offers else ()
            standing += [] if draft else await self._unfinished(turn)
            unique = {button.id: button for button in standing}
            found = [
                (b, fit)
                for b, fit in meant_button(turn.said, [*unique.values()], polite)
                if fit != 0.95
            ]
        return [self._button(turn, button, fit, several=len(found) > 1) for button, fit in found]

    def _button(self, turn: Turn, button: Button, fit: float, *, several: bool) -> Claim:
        action, _, argument = button.id.partition(":")
        likely = 0.7 if action in self._grave and fit < 0.95 else max(fit, SURE)
        label = f"{button.label} ({argument})" if several and argument else button.label
        return Claim(Rank.BUTTON, likely, button.id, label, partial(self._pressed, button.id))

    async def _pressed(self, button: str, turn: Turn) -> list[Reply]:
        return await self._press(turn, button)

    async def _unfinished(self, turn: Turn) -> list[Button]:
        """Going on with a form that was left: its reminder may be far up."""
        found = await turn.db.exec(
            select(Draft)
            .where(Draft.person == turn.who.key, col(Draft.state).in_(OPEN_STATES))
            .order_by(col(Draft.id).desc())
            .limit(1)
        )
        return [Button(f"form.resume:{draft.id}", turn.t("form.go_on")) for draft in found]

    async def hear(self, turn: Turn) -> Heard:
        """What was said, read once per turn, wherever it is answered; beside the event loop.

        Where others read along, the words alone count, and nothing that is known of the person.
        """
        if not turn.heard.intent:
            private = turn.event.address.private
            read = partial(
                self.reader.read,
                turn.said,
                context=memory.recent(turn),
                school=(turn.who.school or None) if private else None,
                now=turn.now,
                lang=turn.lang,
            )
            heard = self._phrase(turn)
            if heard is None:
                heard = await asyncio.get_running_loop().run_in_executor(self._beside, read)
            turn.heard = heard
        return turn.heard

    def _phrase(self, turn: Turn) -> Heard | None:
        """What a dialog listens for word for word."""
        said = " ".join(turn.said.casefold().strip(" .!?").split())
        for dialog in self._dialogs:
            for intent, key in dialog.phrases.items():
                for lang in LANGUAGES:
                    if said in self._texts.words(key, lang):
                        return Plain(intent, lang, sure=True)
        return None

    async def meant(self, turn: Turn) -> list[Reply]:
        """What the dialog says that listens to what was heard, in the language it was said in."""
        heard = await self.hear(turn)
        if isinstance(turn.event, Said):
            await _speak(turn, heard.lang)
        replies = await self._intents.get(heard.intent, self._intents["ask"])(turn, "")
        memory.remember(turn)
        return replies


async def _speak(turn: Turn, lang: str) -> None:
    """Answer in the language that was spoken, unless the person chose one."""
    account = await turn.db.get(Account, turn.event.address.account_key)
    if account and not account.chosen and lang in LANGUAGES:
        turn.lang = account.language = lang


def offered(turn: Turn) -> list[list[Button]]:
    """The buttons of the last messages here, those of the newest turn first."""
    return [[Button(*pair) for pair in shown] for shown in turn.state.get("offered", [])]


def remember(turn: Turn, replies: Sequence[Reply]) -> None:
    """Keep which buttons are in sight, so that their words can be typed."""
    says = [reply.question if isinstance(reply, Ask) else reply for reply in replies]
    shown = [[b.id, b.label] for say in says for b in say.buttons if not b.url]
    if shown:
        before = turn.state.get("offered", [])
        turn.state["offered"] = [shown[:MOST_OFFERED], *before][:GENERATIONS]
