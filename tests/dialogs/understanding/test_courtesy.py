"""Courtesy around a question changes nothing: wrapped in it, the same is read and decided."""

from itertools import product

import pytest

from dialogs.understanding.words.scene import read
from tests.dialogs.understanding.saying import decided
from tests.reading import lexicon

SAID = {
    "nl": (
        "mijn laptop met de lesopnames is gejat",
        "ik heb mijn opname per ongeluk naar een ouder gestuurd",
        "een leerling wil niet gefilmd worden",
        "een moeder trekt haar toestemming voor mijn opname in",
        "mag ik mijn les in iRIS delen met mijn supervisor?",
        "mag ik mijn opname via WhatsApp sturen?",
        "hoe lang mag ik mijn opnames bewaren?",
        "wanneer is de bibliotheek open?",
    ),
    "en": (
        "my laptop with the recordings was stolen",
        "I sent my recording to a parent by mistake",
        "a pupil doesn't want to be filmed",
        "a mother withdraws her consent for my recording",
        "may I share my lesson in iRIS with my supervisor?",
        "may I send my recording by WhatsApp?",
        "how long may I keep my recordings?",
        "when is the library open?",
    ),
}
WRAPPINGS = {
    "nl": (
        "Hoi, sorry dat ik je stoor, maar {}",
        "Goedemorgen! Ik hoop dat alles goed met je gaat. {}",
        "Beste mevrouw De Wit, ik heb een vraagje: {}",
        "Hallo, even een korte vraag: {} Alvast bedankt!",
        "{} Bedankt voor je hulp! Groetjes, Noor",
        "Hoi, mag ik iets vragen? {} Ik hoor het graag.",
        "Sorry voor de late vraag. {} Met vriendelijke groet, Joris van Dam",
        "Dag allemaal, misschien een domme vraag maar {} alvast heel erg bedankt",
    ),
    "en": (
        "Hi, sorry to bother you, but {}",
        "Good morning! I hope you are well. {}",
        "Dear Ms Brown, I have a question: {}",
        "Hello, just a quick question: {} Thanks in advance!",
        "{} Thank you so much for your help! Best wishes, Noor",
        "Hi there, can I ask you something? {} Thanks!",
        "Sorry for the late message. {} Kind regards, John Smith",
        "Hey, I know you're very busy. {} Many thanks in advance",
    ),
}
GRID = [
    (said, wrapping) for lang in SAID for said, wrapping in product(SAID[lang], WRAPPINGS[lang])
]


@pytest.mark.parametrize(("said", "wrapping"), GRID)
def test_wrapped_is_read_as_unwrapped(said: str, wrapping: str) -> None:
    stop = "" if said.endswith("?") or wrapping.endswith("}") else "."

    assert decided(wrapping.format(said + stop)) == decided(said)


@pytest.mark.parametrize(
    "text", ["Hoi", "bedankt", "Hi there!", "Thank you so much", "Hoi, alles goed?", "Sorry"]
)
def test_courtesy_alone_stays_as_it_is(text: str) -> None:
    """It is a greeting or thanks; the bot answers it as such."""
    assert read(text, lexicon()).text == text


@pytest.mark.parametrize(
    "text",
    [
        "hij bedankt voor de eer, zei hij, over mijn opname",
        "mag ik filmen, en dan delen",
        "ik heb een vraag over het delen van opnames",
        "ik hoop dat het goed is dat ik mijn les opneem",
        "I have a question about sharing recordings",
        "good morning lessons may be filmed?",
    ],
)
def test_what_only_looks_like_courtesy_stays(text: str) -> None:
    kept = read(text, lexicon()).text

    assert kept == text or "lessons may be filmed" in kept
