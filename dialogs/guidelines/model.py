"""What a guidelines file says: clauses, schools, addresses and the table that decides. Frozen."""

from collections.abc import Mapping
from dataclasses import dataclass

from dialogs.guidelines.names import Names

VERDICTS = (
    "allowed", "only_if", "not_allowed", "must", "info", "ask", "school_rules", "clarify", "task", "out_of_scope",
)  # fmt: skip
OFFERS = ("breach", "escalation", "recordings")
REFERS = ("supervisor", "privacy_officer", "school")


class GuidelinesError(Exception):
    """The guidelines file cannot be used."""


@dataclass(frozen=True)
class Passage:
    """A piece of a clause that can be quoted on its own: language -> words."""

    words: Mapping[str, str]


@dataclass(frozen=True)
class Clause:
    """One clause, by language: the words of the guidelines' own stand in the source text, the others are readings."""

    id: str
    headings: Mapping[str, str]
    words: Mapping[str, str]
    passages: Mapping[str, Passage]


@dataclass(frozen=True)
class School:
    """A training school with its own Regeling. `hints` are member schools: they lead to a question, not an answer."""

    id: str
    name: str
    aliases: tuple[str, ...]
    hints: tuple[str, ...]
    url: str


@dataclass(frozen=True)
class Rule:
    """A row of the decision table: when the facts fit, this is the verdict."""

    id: str
    step: int
    when: Mapping[str, frozenset[str]]
    verdict: str
    clauses: tuple[str, ...]
    quote: tuple[str, ...]
    offer: str | None
    reason: str
    refer: str | None
    missing: str | None

    def fits(self, facts: Mapping[str, str]) -> bool:
        """Whether every fact this row names has one of its values."""
        return all(facts.get(name, "none") in values for name, values in self.when.items())


@dataclass(frozen=True)
class Guidelines:
    """A whole guidelines file, ready to decide."""

    institute: str
    title: str
    language: str
    edition: str
    text: str
    clauses: Mapping[str, Clause]
    schools: tuple[School, ...]
    names: Names
    addresses: Mapping[str, str]
    domains: Mapping[str, tuple[str, ...]]
    rules: tuple[Rule, ...]

    def decide(self, facts: Mapping[str, str]) -> Rule:
        """The first row, by step, that fits. Values the file does not know count as "none".

        GuidelinesError when no row fits; `check` proves that this cannot happen.
        """
        known = {name: facts.get(name, "none") for name in self.domains}
        known = {
            name: value if value in self.domains[name] else "none" for name, value in known.items()
        }
        if known.get("about") == "none":
            known["about"] = "open"
        for rule in self.rules:
            if rule.fits(known):
                return rule
        raise GuidelinesError(f"No row of the decision table fits these facts: {known}.")

    def heading(self, clause: str, lang: str) -> str:
        """What a clause is called in a language, else in the guidelines' own."""
        headings = self.clauses[clause].headings
        return headings.get(lang) or headings[self.language]

    def reading(self, piece: Clause | Passage, lang: str) -> str:
        """The unofficial translation; '' in the guidelines' own language."""
        return "" if lang == self.language else piece.words.get(lang, "")

    def school_names(self) -> dict[str, str]:
        """Every name of a school, in lower case, and the id of that school."""
        return {name: one.id for one in self.schools for name in (one.name.lower(), *one.aliases)}

    def school(self, words: str) -> School | None:
        """The school with that id, name or alias."""
        low = words.strip().lower()
        return next(
            (s for s in self.schools if low in {s.id.lower(), s.name.lower(), *s.aliases}), None
        )
