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
    "material.jsonl": (97.4, 98.4, 99),
    "voices.jsonl": (96.2, 98.2, 99),
    "scenes.jsonl": (97.1, 97.7, 97.6),
    "corridor.jsonl": (96.4, 98.7, 99),
    "inbox.jsonl": (95.8, 98.3, 99),
    "street.jsonl": (96.4, 98.2, 97.5),
    "desk.jsonl": (95, 98.6, 96.4),
    "read.jsonl": (90.2, 99, 94.5),
    "second.jsonl": (88.2, 94.3, 94.1),
    "third.jsonl": (92.3, 98.4, 93.3),
    "fourth.jsonl": (92.6, 97.4, 96.8),
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
    assert figures["verdict"] >= 97.8
    assert figures["clause"] >= 97.8
    assert figures["offer"] >= 99
    assert figures["false_offers"] <= 1
    assert figures["language"] >= 99
