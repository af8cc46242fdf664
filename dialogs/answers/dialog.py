"""Questions about the guidelines: the verdict first, the clause quoted, the next step as a button."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.engine.dialog import Dialog, Turn
from bot.engine.metrics import ANSWERS
from bot.engine.replies import Button, Quote, Reply, Say
from bot.engine.store.tables import Unanswered
from bot.engine.texts import Texts
from dialogs import help
from dialogs.answers.decide import Answer, answer
from dialogs.consent.records import OPEN, of_student
from dialogs.guidelines.model import Guidelines

OFFERS = {
    "breach": "breach.start",
    "escalation": "consent.start",
    "recordings": "recordings.add",
}


@dataclass(frozen=True)
class Asked:
    """A question with its answer, as the intent of a turn."""

    answer: Answer

    @property
    def intent(self) -> str:
        """'ask', or the task that the sentence is."""
        return self.answer.intent

    @property
    def lang(self) -> str:
        """The language of the answer."""
        return self.answer.lang

    @property
    def data(self) -> Mapping[str, str]:
        """What a task needs (a date, a label)."""
        return self.answer.data

    @property
    def sure(self) -> bool:
        """An answer, or a task that is not a passing word."""
        return self.answer.outcome in ("answered", "task")

    @property
    def personal(self) -> bool:
        """An incident, or trouble with consent."""
        return self.answer.offer in ("breach", "escalation")


class Understanding:
    """Understands a sentence by answering it: one pass, the same for chat and command line."""

    def __init__(self, guidelines: Guidelines, texts: Texts) -> None:
        self._guidelines = guidelines
        self._texts = texts

    def read(
        self,
        text: str,
        *,
        context: Sequence[str] = (),
        school: str | None = None,
        now: datetime,
        lang: str | None = None,
    ) -> Asked:
        """See `bot.engine.hearing.Reader`."""
        found = answer(
            text,
            context=context,
            school=school,
            fallback=lang,
            now=now,
            guidelines=self._guidelines,
            texts=self._texts,
        )
        return Asked(found)


async def reply(turn: Turn, what: str) -> list[Reply]:
    """The answer as one message; in another language only when the person chose that."""
    if not isinstance(turn.heard, Asked):
        return [help.menu(turn, turn.t("help.all.student"))]
    found = turn.heard.answer
    ANSWERS.labels(found.verdict, found.lang).inc()
    if turn.office.collect_unanswered and found.outcome in ("unknown", "did_you_mean"):
        turn.db.add(Unanswered(question=turn.said[:500], outcome=found.outcome, day=turn.today))
    answered = await _held(drawn(found, turn), found, turn)
    if found.verdict == "out_of_scope":
        # Not our subject: what is, stands under the answer as buttons.
        return [replace(answered, buttons=(answered.buttons or help.menu(turn, "").buttons))]
    return [answered]


async def _held(say: Say, found: Answer, turn: Turn) -> Say:
    """No leave while the person's own consent problem is open (U4): first the supervisor, then the camera."""
    if found.verdict not in {"allowed", "only_if"}:
        return say
    case = next((one for one in await of_student(turn) if one.state in OPEN), None)
    if case is None:
        return say
    texts, lang = turn.texts, found.lang
    title = texts("answer.headline.only_if", lang) if found.verdict == "allowed" else say.title
    held = texts("ask.held", lang, reference=case.ref)
    return replace(say, title=title, text="\n".join(part for part in (held, say.text) if part))


def drawn(found: Answer, turn: Turn) -> Say:
    """One answer, part by part."""
    buttons = [Button(f"say:{option.phrase}", option.label) for option in found.options]
    if found.offer:
        action = OFFERS[found.offer]
        label = turn.texts(f"ask.offer.{found.offer}", found.lang)
        style = "danger" if found.offer == "breach" else "primary"
        buttons.insert(0, Button(action, label, style))
    return Say(
        text="\n".join(part for part in (found.reason, *found.notes) if part),
        title=found.headline,
        quotes=tuple(
            Quote(q.heading, q.nl, q.en if found.lang == "en" else "") for q in found.quotes
        ),
        note=found.understood,
        buttons=tuple(buttons),
    )


dialog = Dialog(name="ask", intents={"ask": reply}, public=frozenset({"ask"}))
