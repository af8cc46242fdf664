"""From sentences to facts: both languages, follow-ups, homonyms, tasks, and input that means harm."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.understanding.model.understood import Understanding
from tests.reading import lexicon, reader

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)


def read(text: str, *context: str, school: str | None = None) -> Understanding:
    """Understand `text` after `context`."""
    return reader().read(text, context=context, school=school, now=NOW)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("Mag ik mijn lesopname mailen naar mijn supervisor?", {"place": "mail", "audience": "supervisor"}),
        ("May I show my lesson recording to my flatmate?", {"about": "show", "audience": "friend"}),
        ("mag ik mijn les filmen met de camera van school", {"about": "record", "place": "device"}),
        ("Mag ik de iRIS-app op mijn eigen tablet gebruiken om mijn les op te nemen?", {"about": "record", "place": "system_app"}),
        ("Can I put the recording on a USB stick?", {"place": "stick"}),
        ("hoe lang mag ik mijn opnames bewaren", {"about": "how_long"}),
        ("mag mijn opname van 8 maanden geleden nog in iris blijven staan", {"time": "over_six"}),
        ("May I keep my recordings after I graduate?", {"about": "keep", "time": "after_study"}),
        ("een ouder weigert toestemming voor mijn lesopname", {"about": "consent"}),
        ("somebody hacked my iris account", {"about": "breach"}),
        ("mag ik mijn opname met Iris delen", {"audience": "someone"}),
        ("Mag ik op mijn HOS-school een les opnemen?", {"school": "HOS"}),
        ("mag ik de opnmae doorsturen naar mijn huisgenot via watsapp", {"place": "messenger", "audience": "friend"}),
    ],
)  # fmt: skip
def test_finds_facts(text: str, facts: dict[str, str]) -> None:
    """Acts, people, places and times are found, through typos too."""
    found = read(text)

    assert {name: found.value(name) for name in facts} == facts


@pytest.mark.parametrize(
    "text",
    [
        "hoeveel vakantiedagen mag ik opnemen", "how do I explain long division to year 7", "de kraan in mijn lokaal lekt",
        "what is the world record for juggling", "de iris van het oog is gekleurd", "do you need OSH training for the lab",
        "kan iemand mijn les overnemen", "mag ik een documentaire laten zien in de klas",
    ],
)  # fmt: skip
def test_leaves_look_alikes_alone(text: str) -> None:
    """Words that sound like ours, in another sense, are no question about recordings."""
    assert read(text).value("about") == "other"


def test_a_follow_up_keeps_the_facts_it_does_not_replace() -> None:
    """ "And with my parents?" is still about sharing in iRIS Connect."""
    found = read("en met mijn ouders?", "Mag ik mijn opname in iRIS delen met mijn supervisor?")

    assert (found.value("about"), found.value("place"), found.value("audience")) == (
        "share",
        "system",
        "family",
    )


def test_a_new_topic_drops_old_facts() -> None:
    """A whole new question begins afresh, but the school stays."""
    found = read(
        "Hoe lang mag ik een lesopname bewaren?",
        "Ik zit bij OSH",
        "Mag ik mijn opname mailen naar mijn oma?",
    )

    assert (found.value("about"), found.value("audience"), found.value("school")) == (
        "how_long",
        "none",
        "OSH",
    )


@pytest.mark.parametrize(
    ("text", "intent", "data"),
    [
        ("Registreer mijn opname van 3 havo van 12 maart", "recordings.add", {"date": "2026-03-12", "label": "3 havo"}),
        ("please log a recording: filmed year 9 on 3 February in iRIS", "recordings.add", {"date": "2026-02-03"}),
        ("which recordings do you have listed for me", "recordings.list", {}),
        ("ik heb de opname van 4 november verwijderd", "recordings.deleted", {"date": "2026-11-04"}),
        ("hoe staat het met mijn melding", "case.status", {}),
        ("Can we switch to Dutch please", "language", {"to": "nl"}),
        ("wat kun je allemaal", "help", {}),
        ("dankjewel", "thanks", {}),
        ("hi", "greeting", {}),
        ("vergeet mij", "forget_me", {}),
        ("welke gegevens bewaar je over mij", "my_data", {}),
        ("ik wil een datalek melden", "breach.start", {}),
        ("stop", "cancel", {}),
    ],
)  # fmt: skip
def test_recognises_tasks(text: str, intent: str, data: dict[str, str]) -> None:
    """What people want done is recognised, with a date and a neutral label."""
    found = read(text)

    assert found.intent == intent
    assert data.items() <= dict(found.data).items()


@pytest.mark.parametrize(
    ("text", "lang"), [("mag ik dit delen", "nl"), ("may I share this", "en"), ("ok", "nl")]
)
def test_answers_in_the_language_of_the_question(text: str, lang: str) -> None:
    """A fragment without a language gets Dutch."""
    assert read(text).lang == lang


def test_a_fragment_goes_on_in_the_language_before() -> None:
    """After English, "ok" is English."""
    assert read("iris?", "May I share my recording with my tutor").lang == "en"


def test_two_questions_are_two_parts() -> None:
    """Each question of a message is kept."""
    found = read("Hoe lang mag ik mijn opname bewaren? En mag ik hem op YouTube zetten?")

    assert [part.value("about") for part in found.parts] == ["how_long", "publish"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * 20_000,
        "mag ik " * 3000,
        "😀😀",
        "\0\0mag\0",
        "\u202eهل يمكنني",
        "?" * 500,
        "(" * 999,
    ],
)
def test_survives_any_input_fast(text: str) -> None:
    """Nothing raises, and nothing takes long."""
    read("mag ik")
    begun = time.process_time()

    read(text)

    assert time.process_time() - begun < 0.8


def test_a_long_story_does_not_hide_a_breach() -> None:
    """The sign of a breach is found far behind the part that is read in full."""
    filler = (
        "Vandaag gaf ik les over de Tachtigjarige Oorlog en dat ging best aardig met deze klas. "
        * 60
    )

    assert (
        read(f"{filler} En toen is mijn laptop met de lesopname gestolen.").value("about")
        == "breach"
    )


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from(sorted(lexicon().literals)), max_size=12).map(" ".join)
)
def test_never_raises_and_is_deterministic(text: str) -> None:
    """Any text is understood, and always in the same way."""
    assert read(text) == read(text)
