"""Two encoders, one behind the other: the deep one is asked where the small one is unsure, and then both count."""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dialogs.understanding.model import deep, encoder, thresholds
from dialogs.understanding.model.deep import DeepNetwork
from dialogs.understanding.model.encoder import Encoder, Network
from dialogs.understanding.model.heads import Probabilities
from dialogs.understanding.model.weighing import SLOTTED

_LEAST = 1e-6  # a probability counts as at least this much: one encoder alone rules nothing out


def load(small_in: Path = encoder.FOLDER, deep_in: Path = deep.FOLDER) -> Encoder | None:
    """The encoders that come with the bot: both, the small one alone, or none, as far as their files are as pinned."""
    first = Network.load(small_in)
    second = DeepNetwork.load(deep_in) if first is not None else None
    return first if first is None or second is None else Cascade(first, second)


class Cascade:
    """The first encoder where it is sure; else both, multiplied, the second with the weight `thresholds.DEEP`."""

    def __init__(self, first: Encoder, second: Encoder) -> None:
        self._first, self._second = first, second

    def probabilities(
        self, text: str, earlier: Sequence[str], names: Iterable[str]
    ) -> Probabilities:
        """See `Encoder`."""
        told = list(names)
        found = self._first.probabilities(text, earlier, told)
        if sure(found):
            return found
        other = self._second.probabilities(text, earlier, told)
        return {fact: _both(values, other[fact]) for fact, values in found.items()}


def sure(found: Probabilities) -> bool:
    """Whether the topic is beyond doubt, and with a topic that slots decide on the slots too."""
    topic, chance = max(found["about"].items(), key=lambda pair: pair[1])
    if chance < thresholds.SURE_TOPIC:
        return False
    slots = [values for fact, values in found.items() if fact != "about"]
    return topic not in SLOTTED or all(
        max(values.values()) >= thresholds.SURE_SLOT for values in slots
    )


def _both(first: Mapping[str, float], second: Mapping[str, float]) -> Mapping[str, float]:
    """The weighted geometric mean of two distributions, adding up to 1."""
    weight = thresholds.DEEP
    raised = {
        value: math.exp(
            (1 - weight) * math.log(max(chance, _LEAST))
            + weight * math.log(max(second[value], _LEAST))
        )
        for value, chance in first.items()
    }
    total = sum(raised.values())
    return {value: chance / total for value, chance in raised.items()}
