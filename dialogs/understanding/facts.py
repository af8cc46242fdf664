"""A fact: a name, a value of the decision table, and the words it came from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """One thing understood."""

    name: str
    value: str
    words: str
