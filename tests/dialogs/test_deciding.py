"""From chances to a verdict: never a yes by a small chance, never a lost incident. With an encoder that says what a test wants."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.answers.compose import Answer
from dialogs.guidelines import load
from dialogs.understanding.model.heads import Probabilities
from dialogs.understanding.rules.reading import SLOTS
from dialogs.understanding.rules.tasks import TOPICS
from tests.reading import answer, reader_with

NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)
GUIDELINES = load()
ALL_TOPICS = [*GUIDELINES.domains["about"], *TOPICS]
SHARE = "mag ik mijn opname in iris delen met mijn begeleider?"


class Saying:
    """An encoder with fixed chances; slots are none where nothing is said of them."""

    def __init__(self, about: Mapping[str, float], **slots: str) -> None:
        self.about, self.slots = about, slots

    def probabilities(
        self, text: str, earlier: Sequence[str], names: Iterable[str]
    ) -> Probabilities:
        values = {slot: self.slots.get(slot, "none") for slot in SLOTS}
        return {
            "about": {topic: self.about.get(topic, 0.0) for topic in ALL_TOPICS},
            **{
                slot: {value: float(value == chosen) for value in GUIDELINES.domains[slot]}
                for slot, chosen in values.items()
            },
        }


def asked(text: str, saying: Saying) -> Answer:
    return answer(text, now=NOW, by=reader_with(saying))


def test_a_sure_yes_is_a_yes() -> None:
    saying = Saying({"share": 0.97, "open": 0.03}, place="system", audience="supervisor")

    assert asked(SHARE, saying).verdict == "allowed"


@pytest.mark.parametrize(
    "about",
    [
        {"share": 0.75, "open": 0.25},
        {"task.deleted": 0.93, "share": 0.07},
        {"task.deleted": 0.995, "delete": 0.005},
        {"delete": 0.75, "other": 0.25},
        {"delete": 0.75, "when_delete": 0.2, "other": 0.05},
    ],
)
def test_less_than_sure_is_no_yes(about: Mapping[str, float]) -> None:
    """Also when what would have spoken against it was ruled out before."""
    saying = Saying(about, place="system", audience="supervisor")

    assert asked(SHARE, saying).verdict != "allowed"
    assert asked("mag ik mijn opname nu verwijderen?", saying).verdict != "allowed"


def test_an_unlikely_breach_still_offers_the_report() -> None:
    found = asked(
        "de film van dinsdag",
        Saying({"breach": 0.3, "open": 0.25, "other": 0.25, "share": 0.2}),
    )

    assert (found.verdict, found.offer, found.outcome) == ("must", "breach", "answered")


def test_what_may_be_many_things_becomes_a_choice() -> None:
    found = asked(
        "de film van dinsdag",
        Saying({"keep": 0.2, "publish": 0.22, "how_long": 0.2, "consent_open": 0.3}),
    )

    assert (found.verdict, found.outcome) == ("clarify", "did_you_mean")
    assert len(found.options) == 3


@given(
    st.dictionaries(st.sampled_from(ALL_TOPICS), st.floats(0, 1), max_size=6),
    st.sampled_from(
        [SHARE, "mag ik die verwijderen?", "laptop gestolen! mag ik dat filmen? en delen?", ""]
    ),
)
def test_any_chances_give_an_answer(about: dict[str, float], text: str) -> None:
    total = sum(about.values()) or 1.0
    saying = Saying({topic: chance / total for topic, chance in about.items()}, place="system")

    found = asked(text, saying)

    assert found.verdict == "task" or found.headline


@pytest.mark.parametrize(
    "text",
    [
        "laat maar, mijn telefoon met de opname is weg",
        "ik wil graag een datalek doorgeven hoe doe ik dat",
        "Start een datalekmelding voor mij alsjeblieft",
        "start a breach report for me please now",
        f"{'Vandaag gaf ik les over de Gouden Eeuw en dat ging best aardig. ' * 18}En mijn laptop met de lesopname is gisteren gestolen.",
        "mijn les gaat rond in een groepsapp",
        "my lesson is going around in a group chat",
        "Hoe lang mag ik een opname bewaren? Mijn telefoon met de beelden is gestolen in de trein. Mag ik een nieuwe opname maken?",
    ],
)
def test_an_incident_is_never_lost(text: str) -> None:
    """With the real encoder: the report is offered or begun."""
    assert answer(text, now=NOW).offer == "breach"


@pytest.mark.parametrize(
    "text", ["gisteren", "morgen", "ja hoor", "dinsdag", "12 mei", "drie", "yes"]
)
def test_a_bare_word_is_no_task(text: str) -> None:
    """People type these as answers to a form."""
    assert answer(text, now=NOW).verdict != "task"
