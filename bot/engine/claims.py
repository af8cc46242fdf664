"""What a typed sentence may be, and who gets it.

Everybody puts in a claim: the open form, the buttons in sight, each dialog, and what was read in
the sentence. A claim says how strong its kind is, how likely it is, and what it would do. The
strongest likely one gets the sentence; when that is not sure, the person is asked. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from bot.engine.replies import Button, Reply

if TYPE_CHECKING:
    from bot.engine.dialog import Turn

SURE = 0.8  # is acted on
POSSIBLE = 0.5  # is asked about
NEAR = 85  # of 100: a label with a slip of the pen
SHORTEST_NEAR = 4  # letters; of less every other word is near
GAP = 3  # words that may stand between two words of a phrase
REFERENCE = re.compile(r"\b([A-Za-z]{2})-?(\d{4})-?(\d{1,6})\b")
YES_NO = (("ja", "yes"), ("nee", "no"))


class Rank(IntEnum):
    """The kinds of claims, the strongest first."""

    EXIT = 1
    BUTTON = 2
    ANSWER = 3
    FIELD = 4
    COMMAND = 5
    MEANING = 6


Act = Callable[["Turn"], Awaitable[list[Reply]]]


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a sentence may be.

    likely: 0 to 1. name: what it would do, the same when the sentence is read again. label: the
    words of a button that does it, for when the person is asked. act: does it.
    """

    rank: Rank
    likely: float
    name: str
    label: str
    act: Act


def choose(claims: Iterable[Claim]) -> list[Claim]:
    """The claim that gets the sentence; several when the person has to be asked.

    Two sure claims of one kind are asked about, and a likely one that is not sure is asked about
    together with the next that is.
    """
    best: dict[str, Claim] = {}
    for claim in claims:
        known = best.get(claim.name)
        if claim.likely >= POSSIBLE and (known is None or _strength(claim) < _strength(known)):
            best[claim.name] = claim
    order = sorted(best.values(), key=_strength)
    sure = next((claim for claim in order if claim.likely >= SURE), None)
    if sure is None:
        return order
    before = [claim for claim in order if claim.rank < sure.rank]
    rivals = [
        claim for claim in order if claim.rank == sure.rank and claim.likely >= sure.likely - 0.05
    ]
    return [*before, sure] if before else rivals


def _strength(claim: Claim) -> tuple[int, float]:
    return claim.rank, -claim.likely


def plain(text: str) -> str:
    """Lower case, without punctuation and doubled blanks."""
    return " ".join(re.findall(r"[\w'’-]+", text.casefold()))


def references(text: str) -> list[str]:
    """The references of cases and reports in a text, as they are written: BR-2026-0007."""
    return [f"{m[1].upper()}-{m[2]}-{int(m[3]):04d}" for m in REFERENCE.finditer(text)]


def says(text: str, phrases: Iterable[str]) -> bool:
    """Whether one of the phrases is said: its words in that order, a few others between them.

    A word that ends in '*' stands for every word that begins so.
    """
    return after(text, phrases) is not None


def after(text: str, phrases: Iterable[str]) -> str | None:
    """What stands after the first of the phrases that is said, as it was typed; None if none is."""
    found = list(re.finditer(r"[\w'’-]+", text))
    tokens = [match.group().casefold() for match in found]
    for phrase in phrases:
        end = _end(tokens, phrase.casefold().split())
        if end is not None:
            return text[found[end - 1].end() :].lstrip(" :,.;-").strip()
    return None


def _end(tokens: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Where the words of a phrase end, wherever it begins; None when it is not said."""
    ends = (_from(tokens, wanted, start) for start in range(len(tokens)))
    return next((end for end in ends if end is not None), None)


def _from(tokens: Sequence[str], wanted: Sequence[str], start: int) -> int | None:
    at, near = start, 1
    for word in wanted:
        found = [n for n in range(at, min(at + near, len(tokens))) if _is(tokens[n], word)]
        if not found:
            return None
        at, near = found[0] + 1, GAP
    return at


def _is(token: str, word: str) -> bool:
    return token.startswith(word[:-1]) if word.endswith("*") else token == word


def meant_button(
    said: str, buttons: Sequence[Button], polite: Sequence[str]
) -> list[tuple[Button, float]]:
    """The buttons whose words these are, with how well they fit: 1 is the label itself.

    A reference in the sentence leaves the buttons of that case; polite words count for nothing.
    """
    refs = references(said)
    rest = plain(REFERENCE.sub(" ", said))
    if refs:
        buttons = [button for button in buttons if any(ref in button.id for ref in refs)]
        rest = _without(rest, polite)
    found = [(button, _fit(rest, plain(button.label), polite)) for button in buttons]
    best = max((fit for _, fit in found), default=0.0)
    return [(button, fit) for button, fit in found if fit == best and fit >= POSSIBLE]


def _fit(said: str, label: str, polite: Sequence[str]) -> float:
    if not said or not label:
        return 0.0
    if said == label or _without(said, polite) == _without(label, polite) != "":
        return 1.0
    if any(said == word and label.split(maxsplit=1)[0] == word for pair in YES_NO for word in pair):
        return 0.95
    near = fuzz.ratio(said, label)
    if (
        len(said) >= SHORTEST_NEAR
        and near >= NEAR
        and abs(len(said.split()) - len(label.split())) < 2
    ):
        return 0.85
    return 0.0


def _without(text: str, polite: Sequence[str]) -> str:
    return " ".join(word for word in text.split() if word not in polite)
