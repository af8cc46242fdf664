"""Are an institute's names and numbers whole and possible, and does no text have one of its own?"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.engine.texts import LANGUAGES, Texts
from dialogs.guidelines.filling import span
from dialogs.guidelines.names import SPOKEN, Names

MONTHS, HOURS = range(1, 121), range(1, 73)  # AVG art. 33: the institute itself has 72 hours
LONGEST = 14  # of the supervisor's title: "Naar mijn ..." must fit a button of 24 characters
_PROPER = ("institute", "institute_full")
_ORDINARY = ("plan", "supervisor", "officer", "coordinator")

Finding = tuple[str, str, str]  # table, key, what is wrong


def wrong_names(own: Mapping[str, Any]) -> Iterator[Finding]:
    """What is wrong in `[names]` and its languages."""
    if not str(own.get("system", "")).strip():
        yield "names", "system", "The name of the recording system `system` is missing."
    spellings = own.get("system_spellings")
    if not isinstance(spellings, list) or not all(isinstance(s, str) for s in spellings):
        yield "names", "system_spellings", "`system_spellings` must be a list of words."
    for key, possible in (("months", MONTHS), ("hours", HOURS)):
        number = own.get(key)
        if type(number) is not int or number not in possible:
            limits = f"a whole number from {possible[0]} to {possible[-1]}"
            yield "names", key, f"`{key}` must be {limits}, not {number!r}."
    for lang in LANGUAGES:
        spoken = own.get(lang, {})
        for key in SPOKEN:
            if not str(spoken.get(key, "")).strip():
                yield f"names.{lang}", key, f"`{key}` of [names.{lang}] is missing."
        if len(str(spoken.get("supervisor", ""))) > LONGEST:
            message = f"`supervisor` is too long for a button: at most {LONGEST} letters."
            yield f"names.{lang}", "supervisor", message


def wrong_addresses(addresses: Mapping[str, Any]) -> Iterator[Finding]:
    """What is wrong in `[addresses]`."""
    officers = addresses.get("privacy_officer", "")
    officers = officers if isinstance(officers, list) else [officers]
    if not officers or not all(
        re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", str(one)) for one in officers
    ):
        message = "The e-mail address of the privacy officer is missing, or is none."
        yield "addresses", "privacy_officer", message
    if not str(addresses.get("step_plan", "")).startswith("https://"):
        message = "The web address of the step-by-step plan is missing: it begins with https://."
        yield "addresses", "step_plan", message


def wrong_numbers(names: Names, lang: str, source: str, texts: Texts) -> Iterator[Finding]:
    """A number that the guidelines' own text nowhere says."""
    for key, unit, number in (("months", "month", names.months), ("hours", "hour", names.hours)):
        if unit == "month" and number % 12 == 0:
            continue  # may well be said in years
        said = {span(texts, lang, unit, number), span(texts, lang, unit, number, letters=False)}
        if not any(words.lower() in source.lower() for words in said):
            message = f"The source text nowhere says {' or '.join(sorted(said))}."
            yield "names", key, message


def own_names(
    names: Names, folder: Path, texts: Texts, *, ordinary: bool
) -> Iterator[tuple[Path, int, str]]:
    """(file, line, name) of every sentence under `folder` that says a name or number by itself.

    ordinary: roles and the plan too, which at another institute may be words that we use anyway.
    What people type is no sentence of ours: lists of words, and the `phrase` behind a button.
    """
    for lang, spoken in names.spoken.items():
        literals = {
            names.system,
            names.system_short,
            *(spoken[key] for key in (*_PROPER, *(_ORDINARY if ordinary else ()))),
            *names.officer_addresses,
            names.plan_url,
            span(texts, lang, "month", names.months),
            span(texts, lang, "month", names.months, letters=False),
            span(texts, lang, "hour", names.hours),
        }
        looked = {re.compile(rf"(?<!\w){re.escape(one)}(?!\w)", re.IGNORECASE) for one in literals}
        for path in sorted((folder / lang).glob("*.toml")):
            yield from _in_file(path, looked)


def _in_file(path: Path, looked: set[re.Pattern[str]]) -> Iterator[tuple[Path, int, str]]:
    text = path.read_text(encoding="utf-8")
    for sentence in _sentences(tomllib.loads(text)):
        plain = re.sub(r"\{\w+\}", "{}", sentence)
        for one in looked:
            if hit := one.search(plain):
                line = _line(text, sentence, hit[0])
                yield path, line, hit[0]


def _sentences(tree: Mapping[str, Any]) -> Iterator[str]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _sentences(value)
        elif isinstance(value, str) and key != "phrase":
            yield value


def _line(text: str, sentence: str, name: str) -> int:
    """The line of the file where this sentence says this name."""
    part = next(part for part in sentence.splitlines() if name in part)
    at = text.find(part)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1
