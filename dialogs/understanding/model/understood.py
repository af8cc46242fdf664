"""A message, understood: its readings, and what the decision table makes of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from dialogs.guidelines import Rule
from dialogs.understanding.rules.facts import Fact, Reading

# Requests that the table answers too: an incident, and trouble with consent.
STARTS = {"breach.start": "breach", "consent.start": "consent"}


@dataclass(frozen=True)
class Decision:
    """What one question comes to: the likeliest verdict, the reading behind it, and the row that decided.

    `rule` is None for a task; `share`: how likely the verdict is, 0 to 1; `topics`: what else it may be about, when
    that has to be asked.
    """

    reading: Reading
    rule: Rule | None
    share: float
    topics: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """Of the label guide."""
        return self.rule.verdict if self.rule else "task"

    @property
    def outcome(self) -> str:
        """answered, did_you_mean, unknown, missing (one fact is asked) or task (another dialog does it)."""
        if self.rule is None or (self.reading.intent in STARTS and not self.topics):
            return "task"
        if self.rule.verdict == "clarify":
            return "did_you_mean" if self.topics else "missing"
        return "unknown" if self.rule.verdict in {"ask", "out_of_scope"} else "answered"


@dataclass(frozen=True)
class Understanding:
    """What a message says. `readings` are the ways to read it, the likeliest first; `parts` are its questions when it
    asks several; `decisions` are the verdicts on them, the strictest first; `lang` is the language to answer in."""

    text: str
    lang: str
    readings: tuple[Reading, ...]
    parts: tuple["Understanding", ...] = ()
    decisions: tuple[Decision, ...] = ()
    weighed: bool = True  # whether the chances of the readings mean something; else there is one, by rules alone
    guard: tuple[str, ...] = ()  # words that speak against a plain yes
    doubt: tuple[str, ...] = ()  # words nobody knows: with them nothing is simply allowed

    @property
    def best(self) -> Reading:
        """The reading that decides; before anything is decided, the likeliest one."""
        return self.decisions[0].reading if self.decisions else self.readings[0]

    @property
    def intent(self) -> str:
        """What is wanted: "ask", or a task."""
        return self.best.intent

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that decide."""
        return self.best.facts

    @property
    def data(self) -> Mapping[str, str]:
        """What the dialog of a task can use."""
        return self.best.data

    @property
    def sure(self) -> bool:
        """An answer, or a task that is not a passing word."""
        return self.decisions[0].outcome in {"answered", "task"}

    @property
    def personal(self) -> bool:
        """An incident, or trouble with consent."""
        rule = self.decisions[0].rule
        return rule is not None and rule.offer in {"breach", "escalation"}

    def value(self, name: str) -> str:
        """The value of a fact, or "none"."""
        return self.best.value(name)
