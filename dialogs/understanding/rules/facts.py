"""What is understood of a message: facts, and the readings they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fact:
    """One thing understood: a name, a value of the decision table, and the words it came from."""

    name: str
    value: str
    words: str


@dataclass(frozen=True)
class Reading:
    """One way to read a message. `chance`: how likely, 0 to 1; `intent`: "ask", or the task that is wanted;
    `data`: what the dialog of a task can use."""

    chance: float
    intent: str
    facts: tuple[Fact, ...]
    data: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """The value of a fact, or "none"."""
        return next((fact.value for fact in self.facts if fact.name == name), "none")
