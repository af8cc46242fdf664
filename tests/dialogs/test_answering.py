"""Answers: right verdicts for known cases, words in both languages, and never a wrong yes."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dialogs
from dialogs.answers.compose import Answer
from dialogs.guidelines import load
from tests.reading import answer

GUIDELINES = load()
TEXTS = dialogs.texts(load())
NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)


def ask(text: str, *context: str, school: str | None = None, lang: str | None = None) -> Answer:
    """The answer to `text` after `context`."""
    return answer(text, context=context, school=school, lang=lang, now=NOW)


@pytest.mark.parametrize(
    ("text", "verdict", "clause", "offer"),
    [
        ("Mag ik dit filmpje op YouTube zetten? Alle ouders vinden het goed", "not_allowed", "O2", None),
        ("my phone with the recording got stolen on the train", "must", "O3", "breach"),
        ("Geldt dit ook op een HOS-school?", "school_rules", "U2", None),
        ("wat is het weer morgen", "out_of_scope", None, None),
        ("May I share my recording in iRIS Connect with my supervisor for my assignment?", "allowed", "O2", None),
        ("mag ik mijn lesopname eerder wissen", "allowed", "D2", None),
        ("Mag ik mijn opname laten zien aan mijn supervisor?", "only_if", "O2", None),
        ("Een moeder geeft geen toestemming voor de lesopname", "must", "U4", "escalation"),
        ("How long may I keep a lesson recording?", "info", "D3", None),
        ("Ik heb mijn opname per ongeluk naar de verkeerde persoon gestuurd", "must", "O3", "breach"),
        ("mag ik mijn opname delen?", "only_if", "O2", None),
        ("mag dit?", "clarify", None, None),
    ],
)  # fmt: skip
def test_known_cases(text: str, verdict: str, clause: str | None, offer: str | None) -> None:
    """Verdict, clause and offer of plain cases."""
    found = ask(text)

    assert (found.verdict, found.offer) == (verdict, offer)
    assert clause is None or clause in found.clauses


def test_a_school_with_its_own_rules_decides_but_a_breach_goes_first() -> None:
    """Row 3 of the order, and row 1 before it."""
    assert ask("mag ik mijn les filmen", school="OSH").verdict == "school_rules"
    assert ask("mijn laptop met lesopnames is gestolen", school="OSH").verdict == "must"


def test_two_questions_are_both_answered_the_strictest_first() -> None:
    """One message, two answers."""
    found = ask("Hoe lang mag ik mijn opname bewaren? En mag ik hem op YouTube zetten?")

    assert found.verdict == "not_allowed"
    assert any("zes maanden" in note for note in found.notes)


def test_quotes_are_literal_and_english_is_marked() -> None:
    """The Dutch wording stands in the source; an English answer says that its reading is unofficial."""
    found = ask("May I put my lesson recording on Instagram?")

    source = " ".join(GUIDELINES.text.split())
    assert found.quotes
    assert all(quote.nl in source for quote in found.quotes)
    assert "unofficial" in found.text


def test_shows_what_was_understood_and_asks_what_is_missing() -> None:
    """A wrong reading must be visible; a missing fact is asked with buttons."""
    found = ask("Mag ik hem delen?")

    assert found.outcome == "missing"
    assert 2 <= len(found.options) <= 5
    assert "delen" in found.understood


def test_a_member_school_leads_to_a_question() -> None:
    """A hint is never an answer."""
    found = ask("Mag ik op het Segbroek College een les opnemen in iRIS voor mijn opdracht?")

    assert found.verdict != "allowed"
    assert any("HOS" in option.label for option in found.options)


def test_an_option_completes_the_question() -> None:
    """What a button says is understood after the question before it."""
    asked = ask("Mag ik mijn opname delen?")

    verdicts = [ask(option.phrase, "Mag ik mijn opname delen?").verdict for option in asked.options]

    assert verdicts == ["only_if", "only_if", "not_allowed", "not_allowed", "not_allowed"]


OUTSIDE = ["via WhatsApp", "per mail", "op YouTube", "met mijn moeder", "met mijn huisgenoot", "by email", "on TikTok",
           "with my sister", "via WeTransfer", "op mijn OneDrive", "in de nieuwsbrief", "to a journalist"]  # fmt: skip
FRAMES = ["Mag ik mijn opname in iRIS Connect delen {} voor mijn opdracht?", "May I share my recording in iRIS Connect {} for my assignment?",
          "mijn supervisor vindt het goed, mag ik de lesopname delen {} voor de opleiding in iris", "{} mag mijn opname toch wel"]  # fmt: skip


STRANGERS = ["met mijn supervisor en haar man", "with my yoga teacher", "with the cleaner", "met de buurtvereniging",
             "with everyone at school", "via Threema", "with my supervisor without the parents' consent",
             "met mijn trainer", "with my coach at the gym", "with my supervisor on his own laptop"]  # fmt: skip


@pytest.mark.parametrize("frame", FRAMES[:2])
@pytest.mark.parametrize("stranger", STRANGERS)
def test_never_allows_what_it_does_not_wholly_understand(frame: str, stranger: str) -> None:
    """A person or a channel the lexicon does not know is no ground for a yes."""
    assert ask(frame.format(stranger)).verdict != "allowed"


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(FRAMES),
    st.sampled_from(OUTSIDE),
    st.text(alphabet="abcdefgh ,.!?", max_size=25),
)
def test_never_allows_what_goes_outside(frame: str, outside: str, noise: str) -> None:
    """An outside channel or a third party is never simply allowed, whatever stands around it."""
    assert ask(f"{noise} {frame.format(outside)} {noise}").verdict != "allowed"


def test_every_sentence_is_short_and_in_both_languages() -> None:
    """Same keys, same placeholders, at most 15 words a sentence."""
    keys = {
        lang: {key for key in TEXTS.keys(lang) if key.startswith("answer.")}
        for lang in ("nl", "en")
    }
    assert keys["nl"] == keys["en"]
    for key in keys["nl"]:
        assert TEXTS.placeholders(key, "nl") == TEXTS.placeholders(key, "en")
        for lang in ("nl", "en"):
            words = TEXTS(key, lang, **dict.fromkeys(TEXTS.placeholders(key, lang), "x"))
            assert (
                max(len(sentence.split()) for sentence in re.split(r"(?<=[.?!:])\s", words)) <= 15
            ), key
