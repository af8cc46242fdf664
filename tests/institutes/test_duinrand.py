"""Another institute replaces one file: its own names, numbers, clauses and schools, and nobody else's."""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import dialogs
from bot.engine.store.tables import Person
from bot.settings import load as load_settings
from bot.wiring import wired
from dialogs.answers.offline import Asker
from dialogs.guidelines import check, load
from dialogs.understanding.reader import Reader
from tests.chat import Chat, words
from tests.conftest import Ticker

FILE = Path(__file__).with_name("duinrand") / "duinrand.toml"
LINES = FILE.with_name("questions.jsonl").read_text(encoding="utf-8").splitlines()
QUESTIONS = [json.loads(line) for line in LINES]
NOW = datetime(2026, 11, 24, 14, tzinfo=UTC)
FOREIGN = re.compile(
    r"\biris|\biclon|stappenplan|step-by-step plan|privacy officer|supervisor|leidenuniv|"
    r"\b(zes|6) maanden|\b(six|6) months|\b24\b|uitgangspunten|doelbinding|\bOSH\b|\bHOS\b",
    re.IGNORECASE,
)
KIM, TUTOR, OFFICER = "kim@duinrand.example", "tutor@duinrand.example", "fg@duinrand.example"


@pytest.fixture(scope="module")
def asker() -> Asker:
    guidelines = load(FILE)
    return Asker(Reader.load(guidelines), dialogs.texts(guidelines))


def test_the_file_is_sound_and_there_are_sixty_questions() -> None:
    assert check(FILE) == []
    assert len(QUESTIONS) == 60


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked["id"])
def test_answers_its_own_questions_in_its_own_names(asker: Asker, asked: dict[str, Any]) -> None:
    found = asker.line(asked, NOW)

    assert found["verdict"] in asked["accept"]
    assert set(asked["clauses"]) <= set(found["clauses"])
    assert found["offer"] in asked["offer"]
    assert found["lang"] == asked["lang"]
    assert FOREIGN.findall(found["text"]) == []


@pytest.mark.parametrize(
    "text",
    [
        "Mag ik mijn les opnemen in iRIS Connect voor een opdracht van mijn opleiding?",
        "Mag ik mijn opname in iRIS delen met mijn begeleider voor mijn opdracht?",
        "May I share my recording in iRIS Connect with my tutor for my assignment?",
        "May I share my recording through iris with my tutor?",
        "Mag ik mijn opname in iriss delen met mijn begeleider voor mijn opdracht?",
        "May I share my recording in irisconect with my tutor for my assignment?",
    ],
)
def test_the_system_of_another_institute_is_not_its_own(asker: Asker, text: str) -> None:
    assert asker.answer(text, NOW).verdict not in {"allowed", "only_if"}


@pytest.fixture
async def world(sqlite_url: str, clock: Ticker) -> AsyncIterator[Chat]:
    """The whole bot with the other institute's file, a student and a tutor."""
    settings = load_settings(_env_file=None, database_url=sqlite_url, guidelines=FILE)
    async with wired(settings, clock) as app:
        chat = Chat(app.database, app.talk, app.worker, clock)
        await chat.people(
            Person(
                email=KIM, name="Kim", role="student", supervisor=TUTOR, school="",
                programme_end=date(2029, 7, 1), language="nl",
            ),
            Person(email=TUTOR, name="Tess", role="supervisor", language="nl"),
            Person(email=OFFICER, name="Fee", role="privacy_officer", language="nl"),
        )  # fmt: skip
        yield chat


async def test_talks_in_its_own_names_everywhere(world: Chat) -> None:
    heard = [
        words(replies)
        for replies in [
            await world.arrive(KIM),
            await world.say(KIM, "help"),
            await world.say(KIM, "Mag ik mijn les opnemen in LesKijker voor mijn opdracht?"),
            await world.file(KIM, "video/mp4"),
            await world.press(KIM, "breach.start"),
            await world.press(KIM, "form.stop"),
            await world.press(KIM, "consent.start"),
            await world.press(KIM, "form.stop"),
            await world.press(KIM, "recordings.add"),
            await world.say(KIM, "stop"),
            await world.say(KIM, "mijn gegevens"),
            await world.say(OFFICER, "help"),
            await world.say(TUTOR, "help"),
        ]
    ]

    assert FOREIGN.findall("\n".join(heard)) == []
    assert "LesKijker" in heard[2]
    assert "functionaris gegevensbescherming" in "\n".join(heard)
    assert "48 uur" in "\n".join(heard)


async def test_keeps_a_recording_for_its_own_months(world: Chat) -> None:
    await world.press(KIM, "recordings.add")
    said = words(await world.fill(KIM, made_on="2026-11-20", label="Les 3"))

    assert "20 november 2027" in said


async def test_reminds_of_a_report_by_its_own_deadline(world: Chat) -> None:
    await world.press(KIM, "breach.start")
    begun = world.clock.now
    reminded = []
    for hour in range(1, 49):
        world.clock.now = begun + timedelta(hours=hour)
        await world.worker.drain(world.clock())
        if await world.inbox(KIM):
            reminded.append(hour)

    assert reminded == [1, 24, 40, 47]
