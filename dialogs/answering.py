"""From a message to an answer: the facts through the decision table, the words from the texts. Pure.

A verdict comes from the table alone; this module chooses words, quotes and buttons for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.texts import Texts
from dialogs import wording
from dialogs.guidelines import Guidelines, Rule, School
from dialogs.understanding import Fact, Understanding, understand

STRICTEST = (
    "must", "not_allowed", "school_rules", "ask", "only_if", "info", "clarify", "allowed", "out_of_scope",
)  # fmt: skip
_OFFERS = {
    "recordings.add": "recordings",
    "recordings.list": "recordings",
    "recordings.deleted": "recordings",
}
_STARTS = {"breach.start": "breach", "consent.start": "consent"}


@dataclass(frozen=True)
class Quote:
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
    quotes: tuple[Quote, ...]
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


@dataclass(frozen=True)
class _Decision:
    """One question with the row that decided it."""

    understanding: Understanding
    rule: Rule
    school: School | None


def answer(
    text: str,
    *,
    context: Sequence[str] = (),
    school: str | None = None,
    lang: str | None = None,
    fallback: str | None = None,
    now: datetime,
    guidelines: Guidelines,
    texts: Texts,
) -> Answer:
    """Answer a message. `context` are earlier messages of the same person, `lang` forces the language,
    `fallback` is for a message that does not show its own.

    Never raises on any text. GuidelinesError when the decision table has a hole, which `guidelines check` finds.
    """
    names = {
        alias: one.id for one in guidelines.schools for alias in (one.name.lower(), *one.aliases)
    }
    found = understand(
        text, context=context, school=school, now=now, lang=lang, fallback=fallback, schools=names
    )
    if found.intent not in {"ask", *_STARTS}:
        return _task(found, texts)
    decisions = [_decide(part, guidelines) for part in found.parts] or [_decide(found, guidelines)]
    first, *rest = sorted(decisions, key=lambda one: STRICTEST.index(one.rule.verdict))
    return _answer(found, first, rest, guidelines, texts)


def _task(found: Understanding, texts: Texts) -> Answer:
    return Answer(
        verdict="task", clauses=(), offer=_OFFERS.get(found.intent), lang=found.lang, outcome="task",
        headline=texts("answer.headline.task", found.lang), reason="", quotes=(), notes=(), understood="", options=(),
        facts=found.facts, rule=found.intent, confidence=found.confidence, intent=found.intent, data=found.data,
    )  # fmt: skip


def _decide(found: Understanding, guidelines: Guidelines) -> _Decision:
    facts = {fact.name: fact.value for fact in found.facts}
    school = guidelines.school(facts.get("school", ""))
    facts["school"] = "own" if school else "none"
    facts["about"] = _STARTS.get(found.intent, facts.get("about", "open"))
    rule = guidelines.decide(facts)
    if rule.verdict == "allowed" and _uncertain(found, rule, guidelines):
        rule = guidelines.decide(
            {
                **facts,
                "place": "none",
                "about": "when_delete" if rule.id == "delete" else facts["about"],
            }
        )
    return _Decision(found, rule, school)


def _uncertain(found: Understanding, rule: Rule, guidelines: Guidelines) -> bool:
    """A plain yes needs every word understood, and no member school of a partnership that may have other rules."""
    guarded = bool(found.guard) and rule.id != "delete"
    return guarded or bool(found.doubt) or wording.hint(found.text, guidelines) is not None


def _answer(
    found: Understanding,
    first: _Decision,
    rest: list[_Decision],
    guidelines: Guidelines,
    texts: Texts,
) -> Answer:
    rule, lang = _suggested(found, first.rule), found.lang
    words = wording.Wording(texts, lang, guidelines, first.school)
    quotes = tuple(Quote(*parts) for parts in wording.quotes(rule, guidelines, lang))
    return Answer(
        verdict=rule.verdict,
        clauses=rule.clauses,
        offer=rule.offer,
        lang=lang,
        outcome=_outcome(found, rule),
        headline=words.headline(rule),
        reason=words.reason(rule),
        quotes=quotes,
        notes=words.notes(found, rule, [one.rule for one in rest], quoted=bool(quotes)),
        understood=words.understood(first.understanding),
        options=tuple(Option(*pair) for pair in words.options(found, rule)),
        facts=first.understanding.facts,
        rule=rule.id,
        confidence=found.confidence,
        intent=found.intent,
        data=found.data,
    )


def _suggested(found: Understanding, rule: Rule) -> Rule:
    """Where nothing is sure and there is something to suggest, the answer is "did you mean ...?"."""
    if not found.choices or found.parts or rule.verdict not in {"ask", "out_of_scope"}:
        return rule
    return replace(
        rule, id="did_you_mean", verdict="clarify", clauses=(), reason="did_you_mean", refer=None
    )


def _outcome(found: Understanding, rule: Rule) -> str:
    if found.intent in _STARTS:
        return "task"
    if rule.verdict == "clarify":
        return "did_you_mean" if found.choices else "missing"
    return "unknown" if rule.verdict in {"ask", "out_of_scope"} else "answered"
