"""The figures of the sets of questions may not fall, and nothing may be wrongly allowed."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.figures import evaluate

TOP = Path(__file__).parents[3]
FOLDERS = (TOP / "training" / "sets", TOP / "tests" / "questions")
NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)


class Bounds(NamedTuple):
    """In percent: the least of verdict, clause, offer and language, and the most false offers."""

    verdict: float
    clause: float
    offer: float
    language: float
    false_offers: float


# One point from what was measured, or nearer: tighten them when the figures get better.
BOUNDS = {
    "material.jsonl": Bounds(97.4, 98.4, 99, 98.9, 1.1),
    "voices.jsonl": Bounds(96.2, 98.2, 99, 99.0, 1.8),
    "scenes.jsonl": Bounds(97.1, 97.7, 97.6, 99.0, 1.0),
    "corridor.jsonl": Bounds(96.4, 98.7, 99, 99.0, 1.0),
    "inbox.jsonl": Bounds(95.8, 98.3, 99, 99.0, 1.8),
    "street.jsonl": Bounds(96.4, 98.2, 97.5, 99.0, 1.3),
    "desk.jsonl": Bounds(95, 98.6, 96.4, 99.0, 1.6),
    "dev.jsonl": Bounds(98.6, 97.8, 99, 99, 1),
    "read.jsonl": Bounds(93.2, 99, 99, 99.0, 2.0),
    "second.jsonl": Bounds(91.5, 94.3, 96.6, 98.5, 2.0),
    "third.jsonl": Bounds(93.6, 98.4, 93.3, 99.0, 2.0),
    "fourth.jsonl": Bounds(92.6, 97.4, 96.8, 99.0, 2.0),
    "fifth.jsonl": Bounds(78.3, 99, 97.5, 99.0, 3.3),
    "sixth.jsonl": Bounds(79.5, 98, 87.9, 99.0, 6.0),
}


def figures_of(path: Path) -> dict[str, float]:
    rows = path.read_text(encoding="utf-8").splitlines()
    return evaluate([json.loads(row) for row in rows if row.strip()], NOW)


@pytest.mark.parametrize(("name", "bounds"), BOUNDS.items())
def test_figures_hold(name: str, bounds: Bounds) -> None:
    """No unsafe permit, and nothing worse than before by more than a point."""
    (path,) = [folder / name for folder in FOLDERS if (folder / name).exists()]
    figures = figures_of(path)

    assert figures["unsafe_permits"] == 0
    assert figures["verdict"] >= bounds.verdict
    assert figures["clause"] >= bounds.clause
    assert figures["offer"] >= bounds.offer
    assert figures["language"] >= bounds.language
    assert figures["false_offers"] <= bounds.false_offers
