"""From weighed readings to verdicts: each reading through the decision table, and in doubt never a yes. Pure.

A verdict comes from the table alone; no word of an answer is chosen here.
"""

from collections.abc import Sequence
from dataclasses import replace

from dialogs.guidelines import Guidelines, Rule, School
from dialogs.understanding.model import thresholds
from dialogs.understanding.model.understood import STARTS, Decision, Understanding
from dialogs.understanding.rules.facts import Reading

STRICTEST = (
    "must", "not_allowed", "school_rules", "ask", "only_if", "info", "clarify", "allowed", "out_of_scope",
)  # fmt: skip
# What a topic is offered as, when people are asked what they mean.
_SUGGESTIONS = {
    "share": "share", "show": "share", "use": "share", "publish": "share", "copy": "share", "edit": "share", "watch": "share",
    "keep": "keep", "how_long": "keep", "when_delete": "delete", "delete": "delete", "record": "record", "what_with": "record",
    "breach": "breach", "report": "breach", "consent": "consent", "consent_open": "consent",
}  # fmt: skip
_ANY = 1e-9


def decide(found: Understanding, guidelines: Guidelines) -> tuple[Decision, ...]:
    """The verdicts on a message, the strictest first; one, without a row, when it is a task.

    GuidelinesError when the decision table has a hole, which `guidelines check` finds.
    """
    whole = _decide(found, guidelines)
    if whole.rule is None:
        return (whole,)
    decisions = [_decide(part, guidelines) for part in found.parts]
    if not decisions or whole.rule.offer:
        decisions.append(whole)  # an incident told around the questions counts too
    ruled = [one for one in decisions if one.rule is not None] or [whole]
    first, *rest = sorted(ruled, key=lambda one: STRICTEST.index(one.verdict))
    return (replace(first, topics=()) if found.parts else _asking(first), *rest)


def hint(text: str, guidelines: Guidelines) -> tuple[str, School] | None:
    """A member school named in the text, and the partnership it may belong to."""
    low = " ".join(text.lower().split())
    for school in guidelines.schools:
        for name in school.hints:
            if name.lower() in low:
                return name, school
    return None


def _asking(decision: Decision) -> Decision:
    """Where it may be about several things: the question which."""
    if not decision.topics or decision.rule is None:
        return decision
    rule = replace(
        decision.rule, id="did_you_mean", verdict="clarify", clauses=(), reason="did_you_mean", refer=None,
    )  # fmt: skip
    return replace(decision, rule=rule)


def _decide(found: Understanding, guidelines: Guidelines) -> Decision:
    """The verdict that most of the likelihood speaks for, each reading through the table; in doubt never a yes."""
    weighed = [Decision(one, _rule(one, found, guidelines), one.chance) for one in found.readings]
    if not found.weighed:
        return weighed[0]
    if sum(one.share for one in weighed if one.verdict == "allowed") < thresholds.YES:
        weighed = [_without_yes(one, guidelines) for one in weighed]
    share: dict[str, float] = {}
    for one in weighed:
        share[one.verdict] = share.get(one.verdict, 0.0) + one.share
    best = max(share, key=lambda verdict: share[verdict])
    first = _likeliest([one for one in weighed if one.verdict == best])
    sure = share[best] / max(sum(share.values()), _ANY)
    doubted = sure < thresholds.ANSWER and not (first.rule and first.rule.offer)
    return replace(first, share=sure, topics=_topics(found) if doubted else ())


def _likeliest(decisions: Sequence[Decision]) -> Decision:
    """Of decisions with one verdict: the row that most speaks for, in its likeliest reading."""
    share: dict[str, float] = {}
    for one in decisions:
        share[_row(one)] = share.get(_row(one), 0.0) + one.share
    best = max(share, key=lambda row: share[row])
    return next(one for one in decisions if _row(one) == best)


def _row(decision: Decision) -> str:
    return decision.rule.id if decision.rule else decision.reading.intent


def _without_yes(decision: Decision, guidelines: Guidelines) -> Decision:
    """The same reading with a row that is no plain yes."""
    if decision.verdict != "allowed":
        return decision
    rule = _cautious(decision.reading, guidelines)
    if rule.verdict == "allowed":
        rule = guidelines.decide({**_facts(decision.reading, guidelines), "about": "open"})
    return replace(decision, rule=rule)


def _rule(reading: Reading, found: Understanding, guidelines: Guidelines) -> Rule | None:
    """The row for a reading; None for a task."""
    if reading.intent not in {"ask", *STARTS}:
        return None
    rule = guidelines.decide(_facts(reading, guidelines))
    if rule.verdict == "allowed" and _uncertain(reading, found, rule, guidelines):
        return _cautious(reading, guidelines)
    return rule


def _facts(reading: Reading, guidelines: Guidelines) -> dict[str, str]:
    facts = {fact.name: fact.value for fact in reading.facts}
    facts["school"] = "own" if guidelines.school(reading.value("school")) else "none"
    facts["about"] = STARTS.get(reading.intent, facts.get("about", "open"))
    return facts


def _cautious(reading: Reading, guidelines: Guidelines) -> Rule:
    """The row where it is not said that all happens in the system; instead of leave to delete, the duty."""
    facts = _facts(reading, guidelines)
    about = "when_delete" if facts["about"] == "delete" else facts["about"]
    return guidelines.decide({**facts, "place": "none", "about": about})


def _uncertain(reading: Reading, found: Understanding, rule: Rule, guidelines: Guidelines) -> bool:
    """A plain yes needs every word understood, every value known to the table, and no member school of a partnership
    that may have other rules."""
    guarded = bool(found.guard) and not (found.weighed and rule.id == "delete")
    known = guidelines.domains
    strange = any(
        fact.name in known and fact.name != "school" and fact.value not in known[fact.name]
        for fact in reading.facts
    )
    return guarded or strange or bool(found.doubt) or hint(found.text, guidelines) is not None


def _topics(found: Understanding) -> tuple[str, ...]:
    """What a message may be about, the likeliest first, as far as it can be offered."""
    chances: dict[str, float] = {}
    for reading in found.readings:
        topic = _SUGGESTIONS.get(STARTS.get(reading.intent, reading.value("about")))
        if topic is not None and reading.intent in {"ask", *STARTS}:
            chances[topic] = chances.get(topic, 0.0) + reading.chance
    likely = [topic for topic, chance in chances.items() if chance >= thresholds.CHOICE]
    return tuple(sorted(likely, key=lambda topic: -chances[topic])[: thresholds.CHOICES])
