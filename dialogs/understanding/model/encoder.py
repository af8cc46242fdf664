"""The sentence encoder: how likely is each value of each fact? It never gives a verdict.

A small multilingual network (Google's Universal Sentence Encoder, trained on here by `training/train.py`), run with
numpy. What it is and where it comes from: `network/SOURCES.md`. Without its files the rules decide alone.
"""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor
from threadpoolctl import threadpool_limits

from dialogs.understanding.model.heads import Array, Heads, Probabilities
from dialogs.understanding.model.pinned import pinned

FOLDER = Path(__file__).with_name("network")
FILES = ("weights.npz", "names.json", "subwords.model")

BRANCHES = (
    (2, 0),
    (3, 1),
    (5, 2),
)  # words a branch looks at together, and how many of them lie before
WIDTH = 256  # of a branch
LONGEST = 160  # subwords
EARLIER = 2  # earlier messages that are read along
LOUDER = 8  # the sentence vector has length 1; its many small values are brought to the size of the others


class Encoder(Protocol):
    """Whatever can weigh the readings of a message."""

    def probabilities(
        self, text: str, earlier: Sequence[str], names: Iterable[str]
    ) -> Probabilities:
        """Fact -> value -> probability, each fact adding up to 1. `earlier`: messages before, oldest first;
        `names`: what `features` sees in the message."""


class Network:
    """The encoder with its heads. Shapes: a message of n subwords is (n, 1280) before it becomes one vector of 768."""

    def __init__(
        self, weights: Mapping[str, NDArray[Any]], names: Mapping[str, Any], subwords: bytes
    ) -> None:
        """`weights`: arrays by name; `names`: {"marks": [...], "ruled": [...], "heads": {fact: [value, ...]}}."""
        self._table = weights["table"]
        self._w: dict[str, Array] = {
            name: value.astype(np.float32) for name, value in weights.items() if name != "table"
        }
        self._heads = Heads(weights, names)
        self._subwords = SentencePieceProcessor(model_proto=subwords)

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Self | None:
        """The encoder in `folder`; None, and a line in the log, when its files are missing or not the ones pinned."""
        files = pinned(folder, FILES)
        if files is None:
            return None
        threadpool_limits(1, user_api="blas")  # these products are too small to share out
        with np.load(io.BytesIO(files["weights.npz"]), allow_pickle=False) as arrays:
            weights = {name: arrays[name] for name in arrays.files}
        return cls(weights, json.loads(files["names.json"]), files["subwords.model"])

    def probabilities(
        self, text: str, earlier: Sequence[str], names: Iterable[str]
    ) -> Probabilities:
        """See `Encoder`."""
        before = " ".join(earlier[-EARLIER:])
        return self._heads.probabilities(
            self._sentence(text), self._sentence(before) if before else None, names
        )

    def _layer(self, name: str, values: Array) -> Array:
        return _relu(values @ self._w[f"{name}.w"] + self._w[f"{name}.b"])

    def _sentence(self, text: str) -> Array:
        """A message as one vector (768): its meaning as a whole, and the strongest of each sign in it."""
        w = self._w
        ids = np.array([1, *self._subwords.encode(text.lower()), 2][:LONGEST])
        words = self._table[ids] * w["scale"][ids, None] + w["low"][ids, None]
        mixed = _layer_norm(words @ w["proj.w"] + w["proj.b"], w["proj.gain"], w["proj.shift"])
        parts = [words]
        for at, (size, left) in enumerate(BRANCHES):
            branch = mixed[:, at * WIDTH : (at + 1) * WIDTH]
            for layer in ("first", "second"):
                branch = branch + self._layer(f"{layer}{size}", _windows(branch, size, left))
            parts.append(branch)
        signs = _layer_norm(np.concatenate(parts, axis=1), w["gain"], w["shift"])
        count = np.float32(len(ids))
        mean = (signs.sum(axis=0) @ w["mean.w"] + count * w["mean.b"]) / np.sqrt(count)
        first = _relu(mean @ w["deep0"])
        second = _relu(mean @ w["skip1"] + first @ w["deep1"])
        third = _relu(second @ w["deep2"])
        whole = np.tanh(second @ w["skip3"] + third @ w["deep3"])
        whole *= LOUDER / np.maximum(np.linalg.norm(whole), np.float32(1e-6))
        return np.concatenate([whole, self._layer("pool", signs).max(axis=0)])


def _windows(values: Array, size: int, left: int) -> Array:
    """Each row with its neighbours beside it: (n, width) -> (n, size * width); zeros outside."""
    padded = np.pad(values, ((left, size - 1 - left), (0, 0)))
    return np.concatenate([padded[at : at + len(values)] for at in range(size)], axis=1)


def _relu(values: Array) -> Array:
    return np.maximum(values, 0)


def _layer_norm(values: Array, gain: Array, shift: Array) -> Array:
    """Layer normalisation."""
    centred = values - values.mean(axis=-1, keepdims=True)
    spread: Array = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(1e-12))
    scaled: Array = centred / spread * gain + shift
    return scaled
