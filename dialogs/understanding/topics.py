"""A small classifier that suggests a topic where the lexicon is thin. It never gives a verdict.

Multinomial logistic regression; weights are reviewed data, trained by `bench/train_topics.py` on the material.
"""

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

EXAMPLES = Path(__file__).with_name("examples.toml")
WEIGHTS = Path(__file__).with_name("topics.json")


@cache
def weights() -> Mapping[str, Mapping[str, float]]:
    """Feature -> topic -> weight; empty when the file is not there."""
    return json.loads(WEIGHTS.read_text(encoding="utf-8")) if WEIGHTS.exists() else {}


def score(
    names: Sequence[str], model: Mapping[str, Mapping[str, float]]
) -> list[tuple[float, str]]:
    """(probability, topic), the likeliest first."""
    known = [model[name] for name in names if name in model]
    scale = 1 / math.sqrt(len(known) + 1)
    sums: dict[str, float] = {topic: 0.0 for row in known for topic in row} | dict.fromkeys(
        model.get("", {}), 0.0
    )
    for row in (model.get("", {}), *known):
        for topic, value in row.items():
            sums[topic] = sums.get(topic, 0.0) + value * scale
    if not sums:
        return [(1.0, "other")]
    top = max(sums.values())
    odds = {topic: math.exp(value - top) for topic, value in sums.items()}
    total = sum(odds.values())
    return sorted(((value / total, topic) for topic, value in odds.items()), reverse=True)
