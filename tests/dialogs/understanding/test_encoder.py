"""The sentence encoder: pinned, deterministic, and never needed for an answer."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dialogs.understanding.model.encoder import FOLDER, Network
from tests.figures import evaluate
from tests.reading import reader_with

NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)
QUESTIONS = Path(__file__).parents[2] / "questions"


@pytest.fixture(scope="module")
def network() -> Network:
    found = Network.load()
    assert found is not None
    return found


def test_the_probabilities_of_every_fact_add_up_to_one(network: Network) -> None:
    found = network.probabilities(
        "mag ik mijn les aan oma laten zien?", ["hoi"], ["k:do.show", "r:about=show", "strange"]
    )

    assert all(sum(values.values()) == pytest.approx(1, abs=1e-4) for values in found.values())
    assert max(found["audience"], key=lambda value: found["audience"][value]) == "family"


@pytest.mark.parametrize("text", ["", "\0", "😀" * 400, "x" * 5000, "?", "مرحبا"])
def test_any_text_has_probabilities(network: Network, text: str) -> None:
    assert network.probabilities(text, [text], []) == network.probabilities(text, [text], [])


@pytest.mark.parametrize("name", ["weights.npz", "names.json", "subwords.model"])
def test_a_file_that_is_not_as_pinned_is_not_used(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "network"
    shutil.copytree(FOLDER, folder)
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")

    assert Network.load(folder) is None


def test_without_its_files_the_rules_decide(tmp_path: Path) -> None:
    found = reader_with(Network.load(tmp_path)).read(
        "my phone with the recording got stolen on the train", now=NOW
    )

    assert found.value("about") == "breach"
    assert not found.weighed


def test_without_it_nothing_is_wrongly_allowed() -> None:
    """The rules alone understand less, and are no less safe for it."""
    rows = (QUESTIONS / "second.jsonl").read_text(encoding="utf-8").splitlines()

    figures = evaluate(map(json.loads, rows), NOW, reader_with(None))

    assert figures["unsafe_permits"] == 0
    assert figures["verdict"] >= 55
