"""The sentence encoder: pinned, deterministic, and never needed for an answer."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dialogs.understanding.model import encoder
from dialogs.understanding.reader import understand
from tests.figures import evaluate

NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)
QUESTIONS = Path(__file__).parents[2] / "questions"


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the encoder's files that a test may spoil."""
    folder = tmp_path / "network"
    shutil.copytree(encoder.FOLDER, folder)
    monkeypatch.setattr(encoder, "FOLDER", folder)
    encoder.load.cache_clear()
    yield folder
    encoder.load.cache_clear()


def test_the_chances_of_every_fact_add_up_to_one() -> None:
    found = encoder.load()
    assert found is not None

    odds = found.odds(
        "mag ik mijn les aan oma laten zien?", ["hoi"], ["k:do.show", "r:about=show", "strange"]
    )

    assert all(sum(values.values()) == pytest.approx(1, abs=1e-4) for values in odds.values())
    assert max(odds["audience"], key=lambda value: odds["audience"][value]) == "family"


@pytest.mark.parametrize("text", ["", "\0", "😀" * 400, "x" * 5000, "?", "مرحبا"])
def test_any_text_has_chances(text: str) -> None:
    found = encoder.load()
    assert found is not None

    assert found.odds(text, [text], []) == found.odds(text, [text], [])


@pytest.mark.parametrize("name", ["weights.npz", "names.json", "pieces.model"])
def test_a_file_that_is_not_as_pinned_is_not_used(copied: Path, name: str) -> None:
    (copied / name).write_bytes((copied / name).read_bytes() + b" ")

    assert encoder.load() is None


def test_without_its_files_the_rules_decide(copied: Path) -> None:
    shutil.rmtree(copied)

    found = understand("my phone with the recording got stolen on the train", now=NOW)

    assert found.value("about") == "breach"
    assert not found.weighed


def test_without_its_files_nothing_is_wrongly_allowed(copied: Path) -> None:
    """The rules alone understand less, and are no less safe for it."""
    shutil.rmtree(copied)
    rows = (QUESTIONS / "second.jsonl").read_text(encoding="utf-8").splitlines()

    figures = evaluate(map(json.loads, rows), NOW)

    assert figures["unsafe_permits"] == 0
    assert figures["verdict"] >= 55
