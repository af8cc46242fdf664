"""What a maintainer adds is read, also where the encoder has never heard of it; and readers do not know each other."""

import shutil
from datetime import UTC, datetime
from functools import cache

import pytest

from dialogs.guidelines import load
from dialogs.guidelines.loading import DEFAULT
from dialogs.understanding.model.encoder import Network
from dialogs.understanding.reader import Reader
from dialogs.understanding.words.lexicon import FOLDER, Lexicon
from tests.reading import reader

NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)
ADDED = {
    "10_things.toml": '[audience.journalist]\nexample = "een journalist"\nphrases = ["journalist*", "verslaggever*"]',
    "11_places.toml": '[place.noticeboard]\nexample = "op het prikbord"\nphrases = ["prikbord*"]',
    "31_topics.toml": '[about.parking]\nexample = "waar parkeer ik"\nphrases = ["parkeren", "parkeer"]',
    "33_tasks.toml": '[task.contact]\nexample = "wie kan ik bellen"\nphrases = ["(wie|welk nummer) ...... (bellen|spreken)"]',
}


PARKING = """
[[rule]]
id = "parking"
step = 19
when = { about = ["parking"] }
verdict = "info"
clauses = ["U1"]
reason = "open"
"""


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """With a new audience, place, topic and task, in the guidelines and in the lexicon, and the encoder as it was."""
    folder = tmp_path_factory.mktemp("grown")
    shutil.copytree(FOLDER, folder / "lexicon")
    for name, entry in ADDED.items():
        with (folder / "lexicon" / "nl" / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{entry}\n")
    text = DEFAULT.read_text(encoding="utf-8")
    text = text.replace('"outsider"', '"outsider", "journalist"').replace(
        '"lms"', '"lms", "noticeboard"'
    )
    text = text.replace('"unclear", "other",', '"unclear", "other", "parking",')
    text += PARKING
    (folder / DEFAULT.name).write_text(text, encoding="utf-8")
    shutil.copy(DEFAULT.with_suffix(".txt"), folder)
    guidelines = load(folder / DEFAULT.name)
    lexicon = Lexicon.load(guidelines, folder / "lexicon")
    return Reader(guidelines, lexicon, network())


@cache
def network() -> Network | None:
    return Network.load()


@pytest.mark.parametrize(
    "text",
    [
        "mag ik mijn opname delen met een journalist?",
        "Er belde een verslaggever van de krant, mag ik mijn lesopname aan die verslaggever laten zien?",
    ],
)
def test_a_new_audience_is_not_outvoted(grown: Reader, text: str) -> None:
    found = grown.read(text, now=NOW)

    assert found.value("audience") == "journalist"
    assert found.decisions[0].verdict == "not_allowed"


def test_a_new_place_is_not_outvoted(grown: Reader) -> None:
    found = grown.read(
        "mag ik een foto uit mijn lesopname op het prikbord in de gang hangen?", now=NOW
    )

    assert found.value("place") == "noticeboard"
    assert found.decisions[0].verdict == "not_allowed"


@pytest.mark.parametrize(
    "text",
    [
        "wie kan ik bellen",
        "wie kan ik hier vandaag nog even over bellen",
        "ik kom er met mijn lesopname niet uit, welk nummer kan ik vandaag nog bellen?",
    ],
)
def test_a_new_task_is_not_outvoted(grown: Reader, text: str) -> None:
    """An intent by its own name, however many words stand around it."""
    assert grown.read(text, now=NOW).intent == "contact"


def test_a_new_topic_is_not_outvoted(grown: Reader) -> None:
    found = grown.read("waar kan ik parkeren als ik kom filmen op mijn stageschool?", now=NOW)

    assert found.value("about") == "parking"
    assert found.decisions[0].verdict == "info"


def test_an_incident_goes_before_a_new_task(grown: Reader) -> None:
    found = grown.read("mijn laptop met lesopnames is gestolen, wie kan ik bellen?", now=NOW)

    assert found.decisions[0].rule is not None
    assert found.decisions[0].rule.offer == "breach"


def test_two_readers_stand_side_by_side(grown: Reader) -> None:
    """Each reads with its own lexicon, in whatever order they are asked."""
    text = "mag ik mijn opname delen met een journalist?"

    seen = [by.read(text, now=NOW).value("audience") for by in (reader(), grown, reader())]

    assert seen == ["outsider", "journalist", "outsider"]
