"""Trains the topic classifier from the labelled material and writes its weights as JSON. No heavy libraries.

usage: train_topics.py [--check] FILE ...        (JSON Lines with text, accept, clauses, offer, context, school)
The classifier only picks a topic where the lexicon finds none; verdicts come from the decision table.
"""

import argparse
import json
import math
import random
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from dialogs.understanding import tasks  # noqa: E402
from dialogs.understanding.features import features  # noqa: E402
from dialogs.understanding.scene import read  # noqa: E402
from dialogs.understanding.topics import EXAMPLES, WEIGHTS  # noqa: E402

EPOCHS, RATE, DECAY, SEED = 16, 3.0, 2e-5, 7
SMALLEST = 0.02  # weights below it are left out of the file
Example = tuple[list[str], str]


def label(line: dict[str, Any]) -> str | None:
    """The topic a labelled line teaches; None when it teaches none."""
    verdict, clauses = line["accept"][0], line["clauses"]
    if verdict == "school_rules" or line["context"] or line["school"]:
        return None
    if verdict == "task":
        return _task(line["text"])
    if verdict in {"out_of_scope", "clarify"}:
        return {"out_of_scope": "other"}.get(verdict, verdict)
    if "O3" in clauses[:1]:
        return "breach" if line["offer"] == ["breach"] else "open" if verdict == "ask" else "report"
    if "U4" in clauses:
        return (
            "consent"
            if line["offer"] == ["escalation"]
            else "consent_open"
            if verdict == "ask"
            else "secret"
        )
    if verdict == "ask":
        return "open"
    if verdict in {"info", "must"}:
        return {
            "D": "when_delete" if verdict == "must" else "how_long",
            "U": "rules",
            "O": "iris",
        }.get((clauses or ["U"])[0][0], "rules")
    return (
        "keep"
        if clauses and clauses[0] in {"D2", "D3"}
        else "safety"
        if clauses and clauses[0] == "O1"
        else "act"
    )


def _task(text: str) -> str | None:
    """Which task a line of the material asks for, as far as the rules know."""
    known = tasks.by_rules(read(text), asks="other", recordings=True)
    return next((topic for topic, intent in tasks.TOPICS.items() if intent == known), None)


def examples(paths: Iterable[Path]) -> list[Example]:
    """(features, topic) of every line that teaches one."""
    own = tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))
    written = [
        (features(read(text)), topic)
        for topic, block in own.items()
        for text in block.splitlines()
        if text
    ]
    lines = [
        json.loads(text)
        for path in paths
        for text in path.read_text(encoding="utf-8").splitlines()
        if text.strip()
    ]
    return written + [
        (features(read(line["text"])), topic)
        for line in lines
        if (topic := label(line)) is not None
    ]


def train(data: Sequence[Example], epochs: int = EPOCHS) -> dict[str, dict[str, float]]:
    """Multinomial logistic regression by stochastic gradient descent: feature -> topic -> weight."""
    topics = sorted({topic for _, topic in data})
    seen = Counter(name for names, _ in data for name in names)
    rows = [
        ([name for name in names if seen[name] > 1], topics.index(topic)) for names, topic in data
    ]
    counts = Counter(topic for _, topic in rows)
    balance = [(len(rows) / (len(topics) * counts[at])) ** 0.5 for at in range(len(topics))]
    weights: dict[str, list[float]] = {"": [0.0] * len(topics)}
    order = random.Random(SEED)
    for epoch in range(epochs):
        order.shuffle(rows)
        rate = RATE / (1 + epoch / 4)
        for names, right in rows:
            _step(weights, names, right, len(topics), rate * balance[right])
        for row in weights.values():
            row[:] = [value * (1 - DECAY * 1000 * rate) for value in row]
    return {
        name: {
            topics[at]: round(value, 3) for at, value in enumerate(row) if abs(value) >= SMALLEST
        }
        for name, row in sorted(weights.items())
        if any(abs(value) >= SMALLEST for value in row)
    }


def _step(
    weights: dict[str, list[float]], names: list[str], right: int, count: int, rate: float
) -> None:
    scale = 1 / math.sqrt(len(names) + 1)
    rows = [weights[""], *(weights.setdefault(name, [0.0] * count) for name in names)]
    scores = [sum(column) * scale for column in zip(*rows, strict=True)]
    top = max(scores)
    odds = [math.exp(score - top) for score in scores]
    total = sum(odds)
    for at in range(count):
        step = rate * ((at == right) - odds[at] / total) * scale
        if abs(step) > 1e-5:
            for row in rows:
                row[at] += step


def main() -> int:
    """Train on the files named and write the weights; with --check only say how folds left out are recognised."""
    cli = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    cli.add_argument("files", nargs="+", type=Path)
    cli.add_argument("--check", action="store_true")
    args = cli.parse_args()
    data = examples(args.files)
    if args.check:
        sys.stdout.write(
            f"{cross_check(data):.1f} % right on folds left out of {len(data)} examples\n"
        )
        return 0
    WEIGHTS.write_text(
        json.dumps(train(data), ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
    )
    return 0


def cross_check(data: Sequence[Example], folds: int = 5) -> float:
    """The share of examples recognised by a classifier that was trained without them."""
    from dialogs.understanding.topics import score

    right = 0
    for fold in range(folds):
        model = train([one for at, one in enumerate(data) if at % folds != fold])
        right += sum(
            score(names, model)[0][1] == topic
            for at, (names, topic) in enumerate(data)
            if at % folds == fold
        )
    return 100 * right / len(data)


if __name__ == "__main__":
    sys.exit(main())
