"""Who answers a typed sentence: the open form, or the dialog that listens to what was heard."""

from __future__ import annotations

from collections.abc import Sequence

from bot.engine import memory
from bot.engine.claims import SURE, Claim, Strength, choose
from bot.engine.dialog import Dialog, Spoken, Turn
from bot.engine.filling import Filling
from bot.engine.hearing import Heard, Plain, Reader
from bot.engine.replies import Reply
from bot.engine.store.tables import Account
from bot.engine.texts import LANGUAGES, Texts

UNCLEAR = 0.3
SENTENCE = 4  # words; less is a try at an answer to the open form, not another question


class Listening:
    """Reads a sentence once, and gives it to who claims it."""

    def __init__(
        self, reader: Reader, dialogs: Sequence[Dialog], filling: Filling, texts: Texts
    ) -> None:
        self.reader = reader
        self._dialogs = tuple(dialogs)
        self._filling = filling
        self._texts = texts
        self._intents = {name: act for d in dialogs for name, act in d.intents.items()}

    async def said(self, turn: Turn, account: Account) -> list[Reply]:
        """Who claims the sentence answers it; the reader is asked only when the form is not sure."""
        claims = await self._filling.claims(turn)
        form = claims[0] if claims else None
        if form is None or form.likelihood < SURE:
            claims.append(self._claim_of_dialog(turn, in_form=form is not None))
        chosen = choose(claims).claims[0]
        if chosen in claims[:1] and form is chosen:
            return await chosen.act(turn)
        if not account.chosen and turn.heard.lang in LANGUAGES:
            turn.lang = account.language = turn.heard.lang
        at = turn.state.get("form")
        replies = await chosen.act(turn)
        if form and at and turn.state.get("form") == at:
            # A question in the middle of a form is answered; then the form goes on.
            replies = [*replies, (await form.act(turn))[-1]]
        return replies

    def _claim_of_dialog(self, turn: Turn, *, in_form: bool) -> Spoken:
        """What was heard, for the dialog that listens to it.

        In the middle of a form only what is clear counts, and of questions only whole sentences:
        less is a try at an answer to the open field.
        """
        heard = self.hear(turn)
        question = heard.intent == "ask"
        kind = Strength.QUESTION if question else Strength.COMMAND
        if not in_form:
            return Claim(kind, 1.0, self.meant)
        whole = len(turn.said.split()) >= SENTENCE
        asked = question and turn.state.get("form", {}).get("field")
        clear = heard.sure and (whole or not asked)
        return Claim(kind, 1.0 if clear else UNCLEAR, self.meant)

    def hear(self, turn: Turn) -> Heard:
        """What was said, read once per turn, wherever it is answered."""
        if not turn.heard.intent:
            turn.heard = self._phrase(turn) or self.reader.read(
                turn.said,
                context=memory.recent(turn),
                school=turn.who.school or None,
                now=turn.now,
                lang=turn.lang,
            )
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
        """What the dialog says that listens to what was heard."""
        handler = self._intents.get(self.hear(turn).intent, self._intents["ask"])
        replies = await handler(turn, "")
        memory.remember(turn)
        return replies
