"""From a message to an answer: the facts through the decision table, the words from the texts. Pure.

A verdict comes from the table alone; this module chooses words, quotes and buttons for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.engine.texts import Texts
from dialogs.answers import words as wording
from dialogs.guidelines import Guidelines, Rule, School
from dialogs.understanding.model import confidence
from dialogs.understanding.reader import Fact, Reading, Understanding, understand

STRICTEST = (
    "must", "not_allowed", "school_rules", "ask", "only_if", "info", "clarify", "allowed", "out_of_scope",
)  # fmt: skip
_OFFERS = {
    "recordings.add": "recordings",
    "recordings.list": "recordings",
    "recordings.deleted": "recordings",
}
_STARTS = {"breach.start": "breach", "consent.start": "consent"}
_SUGGESTIONS = {
    "share": "share", "show": "share", "use": "share", "publish": "share", "copy": "share", "edit": "share", "watch": "share",
    "keep": "keep", "how_long": "keep", "when_delete": "delete", "delete": "delete", "record": "record", "what_with": "record",
    "breach": "breach", "report": "breach", "consent": "consent", "consent_open": "consent",
}  # fmt: skip


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
    """What one question comes to: the likeliest verdict, the reading behind it, and the row that decided.

    `rule` is None for a task; `share`: how likely the verdict is, 0 to 1; `topics`: what else it may be about.
    """

    reading: Reading
    rule: Rule | None
    share: float
    topics: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """Of the label guide."""
        return self.rule.verdict if self.rule else "task"


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
    found = understand(
        text, context=context, school=school, now=now, lang=lang, fallback=fallback,
        schools=guidelines.school_names(),
    )  # fmt: skip
    decided = _decide(found, guidelines)
    if decided.rule is None:
        return _task(found, decided, texts)
    decisions = [_decide(part, guidelines) for part in found.parts]
    if not decisions or decided.rule.offer:
        decisions.append(decided)  # an incident told around the questions counts too
    ruled = [(one, one.rule) for one in decisions if one.rule is not None]
    ruled.sort(key=lambda pair: STRICTEST.index(pair[1].verdict))
    return _answer(found, ruled or [(decided, decided.rule)], guidelines, texts)


def _task(found: Understanding, decided: _Decision, texts: Texts) -> Answer:
    reading = decided.reading
    return Answer(
        verdict="task", clauses=(), offer=_OFFERS.get(reading.intent), lang=found.lang, outcome="task",
        headline=texts("answer.headline.task", found.lang), reason="", quotes=(), notes=(), understood="", options=(),
        facts=reading.facts, rule=reading.intent, confidence=decided.share, intent=reading.intent, data=reading.data,
    )  # fmt: skip


def _decide(found: Understanding, guidelines: Guidelines) -> _Decision:
    """The verdict that most of the likelihood speaks for, each reading through the table; in doubt never a yes."""
    weighed = [_Decision(one, _rule(one, found, guidelines), one.chance) for one in found.readings]
    if not found.weighed:
        return weighed[0]
    if sum(one.share for one in weighed if one.verdict == "allowed") < confidence.YES:
        weighed = [_without_yes(one, guidelines) for one in weighed]
    share: dict[str, float] = {}
    for one in weighed:
        share[one.verdict] = share.get(one.verdict, 0.0) + one.share
    best = max(share, key=lambda verdict: share[verdict])
    first = _likeliest([one for one in weighed if one.verdict == best])
    sure = share[best] / max(sum(share.values()), _ANY)
    doubted = sure < confidence.ANSWER and not (first.rule and first.rule.offer)
    return replace(first, share=sure, topics=_topics(found) if doubted else ())


_ANY = 1e-9


def _likeliest(decisions: Sequence[_Decision]) -> _Decision:
    """Of decisions with one verdict: the row that most speaks for, in its likeliest reading."""
    share: dict[str, float] = {}
    for one in decisions:
        row = one.rule.id if one.rule else one.reading.intent
        share[row] = share.get(row, 0.0) + one.share
    best = max(share, key=lambda row: share[row])
    return next(
        one for one in decisions if best == (one.rule.id if one.rule else one.reading.intent)
    )


def _without_yes(decision: _Decision, guidelines: Guidelines) -> _Decision:
    """The same reading with a row that is no plain yes."""
    if decision.verdict != "allowed":
        return decision
    rule = _cautious(decision.reading, guidelines)
    if rule.verdict == "allowed":
        rule = guidelines.decide({**_facts(decision.reading, guidelines), "about": "open"})
    return replace(decision, rule=rule)


def _rule(reading: Reading, found: Understanding, guidelines: Guidelines) -> Rule | None:
    """The row for a reading; None for a task."""
    if reading.intent not in {"ask", *_STARTS}:
        return None
    rule = guidelines.decide(_facts(reading, guidelines))
    if rule.verdict == "allowed" and _uncertain(found, rule, guidelines):
        return _cautious(reading, guidelines)
    return rule


def _facts(reading: Reading, guidelines: Guidelines) -> dict[str, str]:
    facts = {fact.name: fact.value for fact in reading.facts}
    facts["school"] = "own" if _school(reading, guidelines) else "none"
    facts["about"] = _STARTS.get(reading.intent, facts.get("about", "open"))
    return facts


def _school(reading: Reading, guidelines: Guidelines) -> School | None:
    return guidelines.school(reading.value("school"))


def _cautious(reading: Reading, guidelines: Guidelines) -> Rule:
    """The row where it is not said that all happens in iRIS Connect; instead of leave to delete, the duty."""
    facts = _facts(reading, guidelines)
    about = "when_delete" if facts["about"] == "delete" else facts["about"]
    return guidelines.decide({**facts, "place": "none", "about": about})


def _uncertain(found: Understanding, rule: Rule, guidelines: Guidelines) -> bool:
    """A plain yes needs every word understood, and no member school of a partnership that may have other rules."""
    guarded = bool(found.guard) and not (found.weighed and rule.id == "delete")
    return guarded or bool(found.doubt) or wording.hint(found.text, guidelines) is not None


def _topics(found: Understanding) -> tuple[str, ...]:
    """What a message may be about, the likeliest first, as far as it can be offered."""
    chances: dict[str, float] = {}
    for reading in found.readings:
        topic = _SUGGESTIONS.get(_STARTS.get(reading.intent, reading.value("about")))
        if topic is not None and reading.intent in {"ask", *_STARTS}:
            chances[topic] = chances.get(topic, 0.0) + reading.chance
    likely = [topic for topic, chance in chances.items() if chance >= confidence.CHOICE]
    return tuple(sorted(likely, key=lambda topic: -chances[topic])[: confidence.CHOICES])


def _answer(
    found: Understanding,
    decisions: list[tuple[_Decision, Rule]],
    guidelines: Guidelines,
    texts: Texts,
) -> Answer:
    (first, rule), *rest = decisions
    topics = () if found.parts else first.topics
    if topics:
        rule = replace(
            rule,
            id="did_you_mean",
            verdict="clarify",
            clauses=(),
            reason="did_you_mean",
            refer=None,
        )
    reading, lang = first.reading, found.lang
    words = wording.Wording(texts, lang, guidelines, _school(reading, guidelines))
    quotes = tuple(Quote(*parts) for parts in wording.quotes(rule, guidelines, lang))
    return Answer(
        verdict=rule.verdict,
        clauses=rule.clauses,
        offer=rule.offer,
        lang=lang,
        outcome=_outcome(reading, rule, topics),
        headline=words.headline(rule),
        reason=words.reason(rule),
        quotes=quotes,
        notes=words.notes(found, reading, rule, [one for _, one in rest], quoted=bool(quotes)),
        understood=words.understood(reading),
        options=tuple(Option(*pair) for pair in words.options(found, rule, topics)),
        facts=reading.facts,
        rule=rule.id,
        confidence=first.share,
        intent=reading.intent,
        data=reading.data,
    )


def _outcome(reading: Reading, rule: Rule, topics: tuple[str, ...]) -> str:
    if reading.intent in _STARTS and not topics:
        return "task"
    if rule.verdict == "clarify":
        return "did_you_mean" if topics else "missing"
    return "unknown" if rule.verdict in {"ask", "out_of_scope"} else "answered"
