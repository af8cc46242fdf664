"""From what was read to the answer: headline, reason, quotes, notes and buttons, all from the texts. Pure.

The verdict is there already, from the decision table alone; this module chooses words, quotes and buttons for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.engine.texts import Texts
from dialogs.answers.words import Wording, quotes
from dialogs.guidelines import Guidelines
from dialogs.understanding.model.understood import Decision, Understanding
from dialogs.understanding.rules.facts import Fact

_OFFERS = {
    "recordings.add": "recordings",
    "recordings.list": "recordings",
    "recordings.deleted": "recordings",
}


@dataclass(frozen=True)
class Quoted:
    """A clause to show: `nl` word for word from the guidelines, `en` the unofficial reading."""

    clause: str
    heading: str
    nl: str
    en: str


@dataclass(frozen=True)
class Option:
    """A button: pressing it says `phrase`."""

    label: str
    phrase: str


@dataclass(frozen=True)
class Answer:
    """One answer, part by part; `text` is all of it in plain text.

    `outcome`: answered, did_you_mean, unknown, missing (one fact is asked) or task (another dialog does it).
    """

    verdict: str
    clauses: tuple[str, ...]
    offer: str | None
    lang: str
    outcome: str
    headline: str
    reason: str
    quotes: tuple[Quoted, ...]
    notes: tuple[str, ...]
    understood: str
    options: tuple[Option, ...]
    facts: tuple[Fact, ...]
    rule: str
    confidence: float
    intent: str
    data: Mapping[str, str]

    @property
    def text(self) -> str:
        """The whole answer, one part per line."""
        quotes = (
            f"{q.heading}: “{q.en if self.lang == 'en' and q.en else q.nl}”" for q in self.quotes
        )
        if self.lang == "en":
            quotes = (f"{q.heading}: “{q.nl}” ({q.en})" for q in self.quotes)
        options = " / ".join(option.label for option in self.options)
        parts = (self.headline, self.reason, *quotes, *self.notes, self.understood, options)
        return "\n".join(part for part in parts if part)


def compose(found: Understanding, guidelines: Guidelines, texts: Texts) -> Answer:
    """The answer to what was understood."""
    first, *rest = found.decisions
    if first.rule is None:
        return _task(found, first, texts)
    reading, rule = first.reading, first.rule
    words = Wording(texts, found.lang, guidelines, guidelines.school(reading.value("school")))
    quoted = tuple(Quoted(*parts) for parts in quotes(rule, guidelines, found.lang))
    others = [one.rule for one in rest if one.rule is not None]
    return Answer(
        verdict=rule.verdict,
        clauses=rule.clauses,
        offer=rule.offer,
        lang=found.lang,
        outcome=first.outcome,
        headline=words.headline(rule),
        reason=words.reason(rule),
        quotes=quoted,
        notes=words.notes(found, reading, rule, others, quoted=bool(quoted)),
        understood=words.understood(reading),
        options=_options(words, found, first),
        facts=reading.facts,
        rule=rule.id,
        confidence=first.share,
        intent=reading.intent,
        data=reading.data,
    )


def _options(words: Wording, found: Understanding, first: Decision) -> tuple[Option, ...]:
    topics: Sequence[str] = first.topics
    rule = first.rule
    return tuple(Option(*pair) for pair in words.options(found, rule, topics)) if rule else ()


def _task(found: Understanding, decided: Decision, texts: Texts) -> Answer:
    reading = decided.reading
    return Answer(
        verdict="task", clauses=(), offer=_OFFERS.get(reading.intent), lang=found.lang, outcome="task",
        headline=texts("answer.headline.task", found.lang), reason="", quotes=(), notes=(), understood="", options=(),
        facts=reading.facts, rule=reading.intent, confidence=decided.share, intent=reading.intent, data=reading.data,
    )  # fmt: skip
