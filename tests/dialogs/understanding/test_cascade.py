"""Two encoders, one behind the other: the deep one is asked in doubt alone, and neither is needed for an answer."""

import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.understanding.model import cascade, thresholds
from dialogs.understanding.model.cascade import Cascade, sure
from dialogs.understanding.model.deep import FILES, FOLDER, DeepNetwork
from dialogs.understanding.model.encoder import Network
from dialogs.understanding.model.heads import Probabilities

CERTAIN = {"none": 1.0, "family": 0.0}
MEGABYTES = 60  # all files of both encoders together


class Fixed:
    """An encoder that always says the same, and counts how often it is asked."""

    def __init__(self, found: Probabilities) -> None:
        self.found, self.asked = found, 0

    def probabilities(
        self, text: str, earlier: Sequence[str], names: Iterable[str]
    ) -> Probabilities:
        list(names)
        self.asked += 1
        return self.found


def both(first: Probabilities, second: Probabilities) -> tuple[Probabilities, int]:
    deep = Fixed(second)
    return Cascade(Fixed(first), deep).probabilities("x", [], iter(["k:rec"])), deep.asked


@pytest.fixture(scope="module")
def deep() -> DeepNetwork:
    found = DeepNetwork.load()
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("about", "audience", "asked"),
    [
        ({"breach": 0.97, "share": 0.03}, CERTAIN, 0),
        ({"breach": 0.97, "share": 0.03}, {"none": 0.5, "family": 0.5}, 0),  # no slot decides on it
        ({"breach": 0.5, "share": 0.5}, CERTAIN, 1),
        ({"share": 0.97, "breach": 0.03}, CERTAIN, 0),
        ({"share": 0.97, "breach": 0.03}, {"none": 0.6, "family": 0.4}, 1),
    ],
)
def test_the_deep_one_is_asked_in_doubt_alone(
    about: dict[str, float], audience: dict[str, float], asked: int
) -> None:
    first = {"about": about, "audience": audience}

    assert both(first, first)[1] == asked
    assert sure(first) is (asked == 0)


chances = st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda v: sum(v) > 0.01)


@given(chances, chances)
def test_both_count_and_still_add_up_to_one(one: list[float], other: list[float]) -> None:
    first = {"about": dict(zip("abc", [value / sum(one) for value in one], strict=True))}
    second = {"about": dict(zip("abc", [value / sum(other) for value in other], strict=True))}

    found = both(first, second)[0]["about"]

    assert sum(found.values()) == pytest.approx(1)
    assert all(0 < value <= 1 for value in found.values()) or sure(first)


def test_neither_encoder_alone_rules_a_value_out_or_decides() -> None:
    first = {"about": {"breach": 0.6, "share": 0.4}}
    second = {"about": {"breach": 0.0, "share": 1.0}}

    found = both(first, second)[0]["about"]

    assert 0 < found["breach"] < found["share"]
    assert thresholds.DEEP < 0.5


def test_the_deep_one_reads_what_the_words_say(deep: DeepNetwork) -> None:
    found = deep.probabilities("mag ik mijn les aan oma laten zien?", ["hoi"], ["k:do.show"])

    assert all(sum(values.values()) == pytest.approx(1, abs=1e-4) for values in found.values())
    assert max(found["audience"], key=lambda value: found["audience"][value]) == "family"


@pytest.mark.parametrize("text", ["", "\0", "😀" * 400, "x" * 5000, "?", "مرحبا"])
def test_any_text_has_probabilities(deep: DeepNetwork, text: str) -> None:
    assert deep.probabilities(text, [text], []) == deep.probabilities(text, [text], [])


def test_both_weigh_the_same_values(deep: DeepNetwork) -> None:
    small = Network.load()
    assert small is not None
    one, other = (encoder.probabilities("hoi", [], []) for encoder in (small, deep))

    assert {fact: list(values) for fact, values in one.items()} == {
        fact: list(values) for fact, values in other.items()
    }


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_not_as_pinned_is_not_used(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "deep_network"
    shutil.copytree(FOLDER, folder)
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")

    assert DeepNetwork.load(folder) is None


def test_without_its_runtime_it_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)

    assert DeepNetwork.load() is None
    assert isinstance(cascade.load(), Network)


def test_what_comes_with_the_bot_is_both_and_small_enough() -> None:
    files = [path for folder in ("network", "deep_network") for path in FOLDER.with_name(folder).iterdir()]  # fmt: skip

    assert isinstance(cascade.load(), Cascade)
    assert sum(path.stat().st_size for path in files) < MEGABYTES * 2**20


@pytest.mark.parametrize(("missing", "left"), [("deep", Network), ("small", type(None))])
def test_without_its_files_the_small_one_reads_alone(
    missing: str, left: type, tmp_path: Path
) -> None:
    folders = {"small": FOLDER.with_name("network"), "deep": FOLDER, missing: tmp_path}

    assert type(cascade.load(folders["small"], folders["deep"])) is left
