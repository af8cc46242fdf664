"""The words around a verdict: headline, reason, quotes, notes, what was understood, buttons."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.engine.texts import Texts
from dialogs.guidelines import Guidelines, Rule, School
from dialogs.understanding.model.understood import Understanding
from dialogs.understanding.model.verdict import hint
from dialogs.understanding.rules.facts import Reading

_QUOTES = 2
_SHOWN = ("about", "audience", "place", "purpose", "time", "need", "permission")
_MISSING = {
    "audience": (
        "audience_supervisor",
        "audience_peer",
        "audience_coach",
        "audience_third",
        "audience_public",
    ),
    "purpose": ("purpose_training", "purpose_other"),
    "act": ("act_record", "act_share", "act_keep", "act_breach"),
    "device": ("device_yes", "device_no"),
}
_PERMISSION_NOTE = frozenset(
    {"public", "outside", "record_outside", "keep_outside", "copy", "use_after", "keep_after"}
)


def quotes(rule: Rule, guidelines: Guidelines, lang: str) -> Iterator[tuple[str, str, str, str]]:
    """(clause, heading, Dutch, English) of what a row quotes; nothing where no verdict on a rule is given."""
    if rule.verdict in {"clarify", "out_of_scope"}:
        return
    named = {quote.partition(".")[0]: quote.partition(".")[2] for quote in rule.quote}
    for name in rule.clauses[:_QUOTES]:
        clause = guidelines.clauses[name]
        part = clause.passages[named[name]] if name in named else clause
        yield (
            name,
            guidelines.heading(name, lang),
            part.words[guidelines.language],
            guidelines.reading(part, lang),
        )


@dataclass(frozen=True)
class Wording:
    """Words for one answer in one language."""

    texts: Texts
    lang: str
    guidelines: Guidelines
    school: School | None

    def say(self, key: str, **values: object) -> str:
        """A text of this dialog."""
        return self.texts(f"answer.{key}", self.lang, **values)

    def headline(self, rule: Rule) -> str:
        """The verdict in one sentence: of the reason when it has its own, else of the verdict."""
        own = f"head.{rule.reason}"
        return self.say(
            own if self.texts.has(f"answer.{own}", self.lang) else f"headline.{rule.verdict}"
        )

    def reason(self, rule: Rule) -> str:
        """Why, in a few short sentences."""
        return self.say(f"reason.{rule.reason}", school_url=self._school_urls())

    def _school_urls(self) -> str:
        schools = [self.school] if self.school else list(self.guidelines.schools)
        return ", ".join(school.url for school in schools)

    def notes(
        self,
        found: Understanding,
        reading: Reading,
        rule: Rule,
        others: Sequence[Rule],
        *,
        quoted: bool,
    ) -> tuple[str, ...]:
        """The other questions of the message, warnings, and to whom to go."""
        notes = [
            self.say("note.also", headline=self.headline(other), reason=self.reason(other))
            for other in others
            if other.id != rule.id
        ]
        if self.school and rule.verdict in {"must", "info"} and not rule.id.startswith("school"):
            notes.append(self.say("note.school", school=self.school.name))
        elif (
            not self.school
            and rule.verdict != "out_of_scope"
            and (named := hint(found.text, self.guidelines))
        ):
            notes.append(self.say("note.school_hint", hint=named[0], school=named[1].name))
        if rule.reason in _PERMISSION_NOTE and reading.value("permission") == "claimed":
            notes.append(self.say("note.permission"))
        if found.doubt and rule.verdict == "only_if" and not rule.missing:
            notes.append(self.say("note.caution"))
        if rule.refer and rule.verdict in {"ask", "not_allowed", "school_rules", "only_if"}:
            notes.append(self.say(f"refer.{rule.refer}", school_url=self._school_urls()))
        if quoted and self.lang == "en":
            notes.append(self.say("note.unofficial"))
        return tuple(notes)

    def understood(self, found: Reading) -> str:
        """What was read, in words ("Ik begreep: delen + medestudenten"), so that a wrong reading is visible."""
        labels = [
            self.say(f"fact.{'act' if fact.name == 'about' else fact.name}.{fact.value}")
            for fact in found.facts
            if fact.name in _SHOWN
            and not (fact.name == "about" and fact.value in {"other", "unclear", "open"})
        ]
        if self.school:
            labels.append(self.say("fact.school.own", school=self.school.name))
        if not labels:
            return self.say("understood.nothing") if found.value("about") == "other" else ""
        return self.say("understood.prefix", facts=self.say("understood.joint").join(labels))

    def options(
        self, found: Understanding, rule: Rule, topics: Sequence[str]
    ) -> Iterator[tuple[str, str]]:
        """Buttons: (label, what pressing says) for one missing fact, or for a school to confirm."""
        suggested = tuple(f"act_{topic}" for topic in topics)
        for name in suggested or _MISSING.get(rule.missing or "", ()):
            yield self.say(f"option.{name}.label"), self.say(f"option.{name}.phrase")
        named = None if self.school else hint(found.text, self.guidelines)
        if named and rule.verdict not in {"out_of_scope", "task"}:
            name = named[1].name
            yield (
                self.say("option.school_yes.label", school=name),
                self.say("option.school_yes.phrase", school=name),
            )
