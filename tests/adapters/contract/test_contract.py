"""What holds on every surface: one set of tests, for the terminal, the local page, Slack and Teams.

The page behind a mail is another kind of surface (no sentence can be typed there): `test_page.py` holds the same for it.
"""

from typing import Any

import pytest
from sqlmodel import select

from dialogs.consent.table import Case
from tests.adapters.contract.surfaces import Surface

QUESTION = "Mag ik dit filmpje op YouTube zetten?"
PAST, COMING = "2026-11-02", "2026-12-07"
ANSWERS = {"kind": "many_refuse", "recorded": "no"}
SEND = "form.send:1"


async def cases(both: Any) -> int:
    async with both.app.database.transaction() as db:
        return len((await db.exec(select(Case))).all())


async def test_a_question_is_answered(surface: Surface) -> None:
    shown = await surface.say(QUESTION)

    assert "Nee, dat mag niet." in shown
    assert "Ik begreep" in shown


async def test_a_form_is_filled_wrong_corrected_and_sent(surface: Surface, both: Any) -> None:
    assert "Wanneer wil je opnemen?" in await surface.press("consent.start")
    assert "Deze dag is al geweest." in await surface.fill(**ANSWERS, date=PAST)
    assert await cases(both) == 0

    assert "Klopt dit?" in await surface.fill(**ANSWERS, date=COMING)
    assert "CP-2026-0001" in await surface.press(SEND)
    assert await cases(both) == 1


async def test_what_comes_twice_is_done_once(surface: Surface, both: Any) -> None:
    await surface.press("consent.start")
    await surface.fill(**ANSWERS, date=COMING)
    await surface.press(SEND)
    again = await surface.again()

    assert "CP-2026" not in again
    assert await cases(both) == 1


async def test_a_button_that_is_over_is_answered_kindly(surface: Surface, both: Any) -> None:
    await surface.press("consent.start")
    await surface.fill(**ANSWERS, date=COMING)
    await surface.press(SEND)

    assert "Er is niets veranderd." in await surface.press(SEND)
    assert await cases(both) == 1


async def test_a_question_that_comes_twice_is_answered_once(surface: Surface) -> None:
    await surface.say(QUESTION)

    assert "Nee, dat mag niet." not in await surface.again()


@pytest.mark.parametrize("button", ["", "nothing", "consent.settle:CP-1999-0001", "x" * 3000])
async def test_a_button_that_never_was_is_answered(surface: Surface, button: str) -> None:
    assert await surface.press(button)


async def test_what_is_broken_is_answered_and_the_next_question_too(surface: Surface) -> None:
    assert await surface.broken() in (200, 400)

    assert "Nee, dat mag niet." in await surface.say(QUESTION)
