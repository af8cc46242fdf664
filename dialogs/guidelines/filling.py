"""The institute's names and numbers, as what stands in the placeholders of the texts."""

from __future__ import annotations

from bot.engine.texts import Texts, Values
from dialogs.guidelines.model import Guidelines


def values(guidelines: Guidelines, texts: Texts) -> Values:
    """Language -> placeholder -> what stands there, for `Texts.bound`."""
    names = guidelines.names
    return {
        lang: {
            **said,
            "system": names.system,
            "system_short": names.system_short,
            "months": names.months,
            "months_word": span(texts, lang, "month", names.months),
            "hours": names.hours,
            "hours_word": span(texts, lang, "hour", names.hours),
            "officer_address": " / ".join(names.officer_addresses),
            "plan_url": names.plan_url,
            "report_clause": _heading(guidelines, "breach", lang),
            "consent_clause": _heading(guidelines, "escalation", lang),
        }
        for lang, said in names.spoken.items()
    }


def _heading(guidelines: Guidelines, offer: str, lang: str) -> str:
    """What the clause is called that a breach, or a problem with consent, comes under."""
    row = next((row for row in guidelines.rules if row.offer == offer and row.clauses), None)
    if row is None:
        return guidelines.title
    return guidelines.heading(row.clauses[0], lang)


def span(texts: Texts, lang: str, unit: str, number: int, *, letters: bool = True) -> str:
    """'zes maanden', '24 hours': small numbers of months in letters, as in running text."""
    spelled = letters and unit == "month" and texts.has(f"number.{number}", lang)
    said = texts(f"number.{number}", lang) if spelled else number
    return texts(f"number.{unit if number == 1 else f'{unit}s'}", lang, n=said)
