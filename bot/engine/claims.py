"""What a sentence may be, and who gets it.

Whoever could do something with a typed sentence claims it; the engine chooses. Pure: nothing is
done before the choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

Act = TypeVar("Act")

SURE = 0.8  # from here on the order of strength decides, not the likelihood
CERTAIN = 0.95  # what less is no ground to reach a person or to remove something
CLOSE = 0.15  # two guesses nearer to each other than this are asked about


class Strength(IntEnum):
    """The kinds of claim, the strongest first."""

    EXIT = 1  # stop, help, a language; an incident, also inside a form
    BUTTON = 2  # the words are a button on offer
    WAITED_FOR = 3  # an answer that somebody waits for
    FIELD = 4  # a value for the open form
    COMMAND = 5  # something this person's role can have done
    QUESTION = 6  # about the rules
    ABOUT_BOT = 7  # about the bot itself


@dataclass(frozen=True, slots=True)
class Claim(Generic[Act]):
    """One thing that a sentence may be.

    likelihood: 0 to 1. act: what would be done. reaches: whether that reaches a person or removes
    something.
    """

    kind: Strength
    likelihood: float
    act: Act
    reaches: bool = False


@dataclass(frozen=True, slots=True)
class Choice(Generic[Act]):
    """Who gets the sentence. `ask`: it must be asked first which of these claims was meant."""

    claims: tuple[Claim[Act], ...]
    ask: bool = False


def choose(claims: Sequence[Claim[Act]]) -> Choice[Act]:
    """The strongest claim that is sure; else the likeliest, with what comes close to it.

    Nothing that reaches a person or removes something is chosen on a guess: that is asked about.
    ValueError when nobody claims.
    """
    if not claims:
        raise ValueError("a sentence that nobody claims")
    ordered = sorted(claims, key=lambda claim: (claim.kind, -claim.likelihood))
    sure = next((claim for claim in ordered if claim.likelihood >= SURE), None)
    if sure:
        return Choice((sure,), ask=sure.reaches and sure.likelihood < CERTAIN)
    best = max(ordered, key=lambda claim: claim.likelihood)
    close = tuple(c for c in ordered if best.likelihood - c.likelihood < CLOSE)
    return Choice(close, ask=len(close) > 1 or any(claim.reaches for claim in close))
