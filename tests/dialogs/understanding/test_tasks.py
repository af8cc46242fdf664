"""Requests in sentences: told recordings, erasing, the officer's words, and what only looks like one."""

from datetime import UTC, datetime

import pytest

from tests.reading import reader

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    ("text", "intent", "data"),
    [
        ("ik heb vandaag 3 havo opgenomen", "recordings.add", {"date": "2026-11-23", "label": "3 havo"}),
        ("Recorded 4H on Monday", "recordings.add", {"date": "2026-11-23", "label": "4H"}),
        ("I taped two lessons last Tuesday", "recordings.add", {"date": "2026-11-17", "count": "2"}),
        ("Delete done for 6 May. Update my list.", "recordings.deleted", {"date": "2026-05-06"}),
        ("mark my recording of 12 May as erased", "recordings.deleted", {"date": "2026-05-12"}),
        ("list al mn opnames pls", "recordings.list", {}),
        ("meldingen", "breach.register", {}),
        ("register of breaches", "breach.register", {}),
        ("mijn meldingen", "case.status", {}),
        ("Hoe staat het met BR-2026-0003?", "case.status", {}),
    ],
)  # fmt: skip
def test_a_request_is_a_task_with_its_data(text: str, intent: str, data: dict[str, str]) -> None:
    found = reader().read(text, now=NOW)
    assert found.intent == intent
    assert dict(found.data) == data


@pytest.mark.parametrize(
    "text",
    [
        "Ik heb vandaag 3 havo opgenomen, mag dat?",
        "Ik heb maandag mijn les in 4 vwo opgenomen met mijn telefoon",
        "ik heb gisteren mijn les opgenomen en een leerling wil niet in beeld",
        "ik heb gisteren mijn les opgenomen en naar mijn moeder gestuurd",
        "een leerling heeft gisteren mijn les gefilmd",
        "ik heb vandaag verlof opgenomen",
        "ik heb het bericht met mijn opname weer verwijderd uit de klassenapp",
        "I sold my old phone and just realised I never wiped it, there was a class video on it",
    ],
)
def test_more_than_a_note_is_no_task(text: str) -> None:
    assert reader().read(text, now=NOW).intent == "ask"


@pytest.mark.parametrize("word", ["help", "status", "stop"])
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_word_of_both_languages_keeps_the_language(word: str, lang: str) -> None:
    assert reader().read(word, now=NOW, lang=lang).lang == lang
