"""The figures of the sets of questions may not fall, and nothing may be wrongly allowed."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.understanding import evaluate

QUESTIONS = Path(__file__).parents[2] / "questions"
NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
# Verdict, clause and offer in percent, one point below what was measured: raise them when the figures rise.
FLOORS = {
    "material.jsonl": (95.3, 98, 98),
    "voices.jsonl": (92.3, 98, 98),
    "scenes.jsonl": (91.5, 98, 98),
    "corridor.jsonl": (94.1, 98, 98),
    "inbox.jsonl": (91.8, 98, 98),
    "street.jsonl": (88.4, 98, 91),
    "desk.jsonl": (88.1, 98, 92),
    "read.jsonl": (92, 98, 92),
    "second.jsonl": (86.9, 96, 86.8),
    "third.jsonl": (91, 97, 90),
    "fourth.jsonl": (90, 97, 90),
}
FALSE_OFFERS = 2.0  # percent, on any set


def figures_of(path: Path) -> dict[str, float]:
    rows = path.read_text(encoding="utf-8").splitlines()
    return evaluate([json.loads(row) for row in rows if row.strip()], NOW)


@pytest.mark.parametrize(("name", "floors"), FLOORS.items())
def test_figures_hold(name: str, floors: tuple[float, float, float]) -> None:
    """No unsafe permit, the right language, and answers as good as before."""
    figures = figures_of(QUESTIONS / name)

    assert figures["unsafe_permits"] == 0
    assert all(
        figures[key] >= floor
        for key, floor in zip(("verdict", "clause", "offer"), floors, strict=True)
    )
    assert figures["false_offers"] <= FALSE_OFFERS
    assert figures["language"] >= 98


def test_the_figures_of_the_shared_questions_hold(shared: Path) -> None:
    """The labelled questions beside the checkout: nothing is learnt from them."""
    figures = figures_of(shared / "questions" / "dev.jsonl")

    assert figures["unsafe_permits"] == 0
    assert figures["verdict"] >= 95
    assert figures["clause"] >= 97
    assert figures["offer"] >= 95
    assert figures["false_offers"] <= 1
    assert figures["language"] >= 99
