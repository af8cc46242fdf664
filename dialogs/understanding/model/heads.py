"""The heads of an encoder: from the vectors of a message and of those before it to the probability of every value."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Probabilities = Mapping[str, Mapping[str, float]]


class Heads:
    """One hidden layer over the message, the messages before, the marks and what the rules found; a head per fact."""

    def __init__(self, weights: Mapping[str, NDArray[Any]], names: Mapping[str, Any]) -> None:
        """`weights`: arrays by name, among them those of `ctx`, `marks`, `ruled`, `hidden` and each fact, `.w` and `.b`;
        `names`: {"marks": [...], "ruled": [...], "heads": {fact: [value, ...]}}."""
        self._heads: Mapping[str, list[str]] = names["heads"]
        self._marks = {name: at for at, name in enumerate(names["marks"])}
        self._ruled = {name: at for at, name in enumerate(names["ruled"])}
        layers = ("ctx", "marks", "ruled", "hidden", *self._heads)
        self._w: dict[str, Array] = {
            f"{layer}.{part}": weights[f"{layer}.{part}"].astype(np.float32)
            for layer in layers
            for part in "wb"
        }

    def probabilities(
        self, message: Array, before: Array | None, names: Iterable[str]
    ) -> Probabilities:
        """Fact -> value -> probability; `message` and `before` are vectors of one width, `before` None for a first message."""
        found = list(names)
        context = np.zeros_like(self._w["ctx.b"]) if before is None else self._relu("ctx", before)
        marks = self._relu("marks", _ones(found, self._marks))
        ruled = self._relu("ruled", _ones(found, self._ruled))
        hidden = self._relu("hidden", np.concatenate([message, context, marks, ruled]))
        return {
            name: dict(zip(values, _softmax(self._linear(name, hidden)), strict=True))
            for name, values in self._heads.items()
        }

    def _linear(self, name: str, values: Array) -> Array:
        return values @ self._w[f"{name}.w"] + self._w[f"{name}.b"]

    def _relu(self, name: str, values: Array) -> Array:
        return np.maximum(self._linear(name, values), 0)


def _ones(found: Iterable[str], places: Mapping[str, int]) -> Array:
    vector = np.zeros(len(places), dtype=np.float32)
    vector[[places[name] for name in found if name in places]] = 1
    return vector


def _softmax(values: Array) -> list[float]:
    powers = np.exp(values - values.max())
    return [float(chance) for chance in powers / powers.sum()]
