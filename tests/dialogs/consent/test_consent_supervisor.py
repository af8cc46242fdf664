"""The side of who handles a case."""

import pytest
from sqlmodel import select

from bot.engine.store.tables import Person
from tests.dialogs.consent.conftest import ANNA, CO, EMILY, FIRST, OTHER, SUP, School, labels


async def test_seen_answered_and_settled(school: School) -> None:
    await school.open()
    await school.read(SUP)
    assert "gezien door Sup" in await school.press(SUP, "consent.seen")
    assert "Sup heeft je vraag gezien." in await school.read(ANNA)
    await school.press(SUP, "consent.answer")
    assert "Je antwoord gaat naar Anna." in await school.fill(SUP, words="Film van achteren.")
    assert "Sup antwoordt: Film van achteren." in await school.read(ANNA)
    await school.press(SUP, f"consent.settle:{FIRST}")
    assert "Afgerond. Anna krijgt bericht." in await school.fill(SUP, outcome="changed", words="")
    assert "Afgerond door Sup.\nDe opname gaat anders door." in await school.read(ANNA)
    assert await school.steps() == ["sent", "delivered", "seen", "answered", "settled"]


async def test_each_reads_their_own_language(school: School) -> None:
    await school.open(EMILY, kind="who_signs")
    async with school.chat.database.transaction() as db:
        odd = (await db.exec(select(Person).where(Person.email == OTHER))).one()
        odd.language = "nl"
        db.add(odd)
    await school.read(OTHER)
    assert "Onduidelijk wie tekent" in await school.press(OTHER, f"consent.seen:{FIRST}")
    assert "Odd has seen your question." in await school.read(EMILY)


async def test_a_double_click_is_one_step(school: School) -> None:
    await school.open()
    await school.press(SUP, f"consent.seen:{FIRST}")
    await school.press(SUP, f"consent.seen:{FIRST}")
    assert await school.steps() == ["sent", "delivered", "seen"]


async def test_a_moment_must_be_still_to_come(school: School) -> None:
    await school.open()
    await school.press(SUP, f"consent.moment:{FIRST}")
    assert "Dit moment is al geweest" in await school.fill(SUP, at="2026-11-20T14:00")
    assert "begrijp ik niet" in await school.fill(SUP, at="binnenkort")
    assert "Je voorstel gaat naar Anna" in await school.fill(SUP, at="dinsdag 14:00", place="B2")
    assert "dinsdag 24 november 2026 14:00, B2" in await school.read(ANNA)


async def test_old_buttons_of_a_settled_case_are_answered_kindly(school: School) -> None:
    await school.open()
    await school.press(SUP, f"consent.settle:{FIRST}")
    await school.fill(SUP, outcome="off")
    for button in ("seen", "answer", "moment", "settle"):
        assert "Je hoeft niets meer te doen" in await school.press(SUP, f"consent.{button}:{FIRST}")
    assert (await school.steps())[-1] == "settled"


async def test_a_form_open_while_the_student_withdraws(school: School) -> None:
    await school.open()
    await school.press(SUP, f"consent.answer:{FIRST}")
    await school.press(ANNA, f"consent.withdrawn:{FIRST}")
    assert "niet verstuurd" in await school.fill(SUP, words="Bel me.")
    assert "Bel me" not in await school.read(ANNA)


@pytest.mark.parametrize("button", ["seen", "answer", "moment", "settle"])
async def test_only_the_own_supervisor_may_act(school: School, button: str) -> None:
    await school.open()
    for other in (OTHER, EMILY, ANNA, CO):
        said = await school.press(other, f"consent.{button}:{FIRST}")
        assert "niet van jou" in said or "not yours" in said
    assert await school.steps() == ["sent", "delivered"]


async def test_a_form_cannot_be_sent_in_for_another(school: School) -> None:
    """The draft is the supervisor's, but no longer the student."""
    await school.open()
    await school.press(SUP, f"consent.answer:{FIRST}")
    async with school.chat.database.transaction() as db:
        anna = (await db.exec(select(Person).where(Person.email == ANNA))).one()
        anna.supervisor_email = OTHER
        db.add(anna)
    assert "niet van jou" in await school.fill(SUP, words="Ja hoor.")
    assert "answered" not in await school.steps()
    assert "al klaar" in await school.press(SUP, "form.stop:2")  # the form does not linger


async def test_the_list_of_what_waits(school: School) -> None:
    await school.open()
    await school.open(EMILY)
    said = await school.chat.press(SUP, "case.status")
    assert f"{FIRST} · Anna: verstuurd, nog niet gezien (23 november 2026)" in said[0].text
    assert labels(said) == [FIRST]
    assert "CP-2026-0002 · Emily" in await school.press(OTHER, "case.status")
    assert "Er wacht niets" in await school.press(CO, "case.status")


async def test_cards_change_in_place(school: School) -> None:
    await school.open()
    await school.read(SUP)
    card = await school.chat.press(SUP, "consent.seen")
    assert [reply.ref for reply in card] == [f"case:{FIRST}"]
    assert len(await school.chat.inbox(ANNA)) == 2  # the news, and the state in its old place
