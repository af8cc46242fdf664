"""How old a recording is, or will be, in months: "8 maanden geleden", "uit september ... in april"."""

import re
from functools import cache

from dialogs.dates.calendar_words import MONTH, month, number
from dialogs.understanding.words.scene import Scene

_COUNT = r"(?P<n>\d{1,3}|[a-zé]+)"
_SPAN = re.compile(
    rf"\b{_COUNT}(?:\s+(?:a|en een half|and a half))?\s*"
    r"(?P<unit>maand(?:en)?|months?|jaar|years?|weken|weeks|mnd)\b"
)
_MONTHS = re.compile(
    rf"\b(?:uit|van|vanaf|in|tot|sinds|from|since|of|until|till|last|vorige|afgelopen|eind|begin|tegen|by)\s+(?P<month>{MONTH})\b(?!\s*\d)"
)
_WEEKS_A_MONTH = 4.345


def months_old(scene: Scene, now_month: int) -> tuple[float, str] | None:
    """The longest time named, in months, with its words; None when no time is named.

    Two months by name ("from September ... in April") are the time between them; one is the time until now.
    """
    text = scene.text.lower()
    spans = [found for match in _SPAN.finditer(text) if (found := _span(match)) is not None]
    if spans:
        return max(spans)
    named = [(month(match["month"]), match.group()) for match in _MONTHS.finditer(text)]
    if not named or not scene.has("rec", "do.keep"):
        return None
    first, last = named[0][0], named[1][0] if len(named) > 1 else now_month
    return float((last - first) % 12), " ... ".join(words for _, words in named[:2])


@cache
def _factor(unit: str) -> float:
    if unit.startswith(("jaar", "year")):
        return 12
    return 1 / _WEEKS_A_MONTH if unit.startswith("we") else 1


def _span(match: re.Match[str]) -> tuple[float, str] | None:
    value = number(match["n"])
    if value is None:
        return None
    return float(value) * _factor(match["unit"]), match.group()
