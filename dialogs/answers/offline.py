"""Answers outside a conversation: for the command line and for programs (`ask`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.engine.texts import Texts
from dialogs.answers.compose import Answer, compose
from dialogs.understanding.model.grounds import with_words
from dialogs.understanding.reader import Reader
from dialogs.understanding.rules.facts import Reading


class Asker:
    """Answers single questions; needs no database."""

    def __init__(self, reader: Reader, texts: Texts) -> None:
        self._reader = reader
        self._texts = texts

    def answer(
        self,
        question: str,
        now: datetime,
        *,
        school: str | None = None,
        lang: str | None = None,
        context: Sequence[str] = (),
    ) -> Answer:
        """One answer, in `lang` when given. `context`: earlier messages of the same person, oldest first."""
        found = self._reader.read(question, context=context, school=school, now=now, answer_in=lang)
        return compose(found, self._reader.guidelines, self._texts)

    def grounded(
        self, question: str, now: datetime, *, school: str | None = None, lang: str | None = None
    ) -> Answer:
        """One answer whose facts have their words, also where no phrase names them. Reads the question many times."""
        found = self.answer(question, now, school=school, lang=lang)

        def read(text: str) -> tuple[Reading, ...]:
            return self._reader.read(text, school=school, now=now).readings

        return replace(found, facts=with_words(question, found.facts, read))

    def line(self, asked: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """One line of `ask --jsonl`: {"id", "text", "school", "context"} in, its answer out."""
        found = self.answer(
            asked["text"],
            now,
            school=asked.get("school"),
            context=tuple(asked.get("context") or ()),
        )
        return {"id": asked.get("id"), **_stable(found)}


def as_json(found: Answer) -> dict[str, Any]:
    """One answer of `ask --json`: the stable fields, and how it came about."""
    return {
        **_stable(found),
        "outcome": found.outcome,
        "understood": [
            {"fact": fact.name, "value": fact.value, "words": fact.words} for fact in found.facts
        ],
        "rule": found.rule,
        "confidence": round(found.confidence, 3),
        "options": [option.label for option in found.options],
    }


def explained(found: Answer) -> str:
    """The answer with what was understood and the rule that decided, for people."""
    facts = [f"  {fact.name} = {fact.value}  («{fact.words}»)" for fact in found.facts]
    return "\n".join(
        [
            found.text,
            "",
            f"verdict {found.verdict}, rule {found.rule}, confidence {found.confidence:.2f}",
            *facts,
        ]
    )


def _stable(found: Answer) -> dict[str, Any]:
    return {
        "verdict": found.verdict,
        "clauses": list(found.clauses),
        "offer": found.offer,
        "lang": found.lang,
        "text": found.text,
    }
