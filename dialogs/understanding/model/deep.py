"""A deeper sentence encoder, for the messages of which the small one is unsure.

The network is multilingual-e5-small (12 layers), as it was published; only the heads on it are learnt here, by
`training/deep.py`. What it is and where it comes from: `deep_network/SOURCES.md`. Run by ONNX Runtime in 8-bit
integers: a usual question takes 6 ms, in 32 bits 15.
"""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import structlog
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor

from dialogs.understanding.model.encoder import EARLIER
from dialogs.understanding.model.heads import Array, Heads, Probabilities
from dialogs.understanding.model.pinned import pinned

FOLDER = Path(__file__).with_name("deep_network")
FILES = ("sentence.onnx", "weights.npz", "names.json", "subwords.model")
LONGEST = 96  # subwords; what stands behind them is the small encoder's alone: the time it takes grows with each
_BEGIN, _END = 0, 2  # of a sentence, among the subwords
_ASKED = "query: "  # what the network was taught to find before a question


class DeepSentence:
    """From a text to a vector: the means over its subwords of the 7th, 10th and 12th layer, 3 * 384 wide."""

    def __init__(self, graph: bytes, weights: Mapping[str, NDArray[Any]], subwords: bytes) -> None:
        """`graph`: the layers in ONNX format; `weights`: of the subwords `table` (8-bit), `scale` and `position`."""
        import onnxruntime as ort

        ort.disable_telemetry_events()
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._table = weights["table"]
        self._scale = weights["scale"].astype(np.float32)[:, None]
        self._position = weights["position"].astype(np.float32)
        self._subwords = SentencePieceProcessor(model_proto=subwords)

    def vector(self, text: str) -> Array:
        """The vector of a text, as the network gives it."""
        ids = [_BEGIN, *self._subwords.encode(_ASKED + text), _END][:LONGEST]
        words = self._table[ids] * self._scale[ids] + self._position[: len(ids)]
        found: Array = self._session.run(None, {"words": words[None]})[0][0]
        return found


class DeepNetwork:
    """The deep encoder with its heads."""

    def __init__(
        self, sentence: DeepSentence, weights: Mapping[str, NDArray[Any]], names: Mapping[str, Any]
    ) -> None:
        """`weights`: those of `Heads`, and `mean` and `spread` of the vectors that they learnt from, each for several
        trainings from another start, stacked: what all of them say together is steadier than one."""
        self._sentence = sentence
        self._heads = [
            Heads(
                {name: value[at] for name, value in weights.items() if name[-2:] in {".w", ".b"}},
                names,
            )
            for at in range(len(weights["mean"]))
        ]
        self._mean = weights["mean"].astype(np.float32)
        self._spread = weights["spread"].astype(np.float32)

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Self | None:
        """The encoder in `folder`, warm; None, and a line in the log, when its files are not there or not as
        pinned, or ONNX Runtime is not installed."""
        files = pinned(folder, FILES)
        if files is None:
            return None
        with np.load(io.BytesIO(files["weights.npz"]), allow_pickle=False) as arrays:
            weights = {name: arrays[name] for name in arrays.files}
        try:
            sentence = DeepSentence(files["sentence.onnx"], weights, files["subwords.model"])
        except ImportError:  # there is no ONNX Runtime for every system
            structlog.get_logger().error("encoder_without_runtime", folder=folder.name)
            return None
        found = cls(sentence, weights, json.loads(files["names.json"]))
        found.probabilities("", (), ())  # the first run lays out its memory
        return found

    def probabilities(
        self, text: str, earlier: Sequence[str], names: Iterable[str]
    ) -> Probabilities:
        """See `Encoder`."""
        told = list(names)
        before = " ".join(earlier[-EARLIER:])
        message = self._vectors(text)
        context = self._vectors(before) if before else [None] * len(message)
        found = [
            heads.probabilities(one, other, told)
            for heads, one, other in zip(self._heads, message, context, strict=True)
        ]
        return {
            fact: {value: sum(one[fact][value] for one in found) / len(found) for value in values}
            for fact, values in found[0].items()
        }

    def _vectors(self, text: str) -> Sequence[Array]:
        """The vector of a text as each of the heads is used to it."""
        return list((self._sentence.vector(text) - self._mean) / self._spread)
