"""The student's side of a consent problem."""

from bot.engine.store.tables import Person
from tests.dialogs.consent.conftest import (
    ANNA,
    CO,
    EMILY,
    FIRST,
    GUEST,
    OTHER,
    SUP,
    School,
    labels,
)  # fmt: skip


async def test_question_by_question_in_dutch(school: School) -> None:
    chat = school.chat
    intro = await school.press(ANNA, "consent.start")
    assert "Dit gaat naar je supervisor, Sup." in intro
    await chat.say(ANNA, "2")
    assert "neem nog niets op" in await school.say(ANNA, "nee")
    assert "Deze dag is al geweest" in await school.say(ANNA, "gisteren")
    assert "Wat wil je je supervisor vragen?" in await school.say(ANNA, "dinsdag")
    summary = await school.say(ANNA, "Mag ik de rest filmen?")
    assert "24 november 2026" in summary
    assert "Segbroek" in summary  # from the roster: not asked again
    sent = await school.press(ANNA, "form.send")
    assert f"Toestemming {FIRST}\nVerstuurd naar Sup. Nog niet gezien." in sent
    card = await school.read(SUP)
    assert "Anna wil dit met je bespreken" in card
    assert "Mag ik de rest filmen?" in card


async def test_question_by_question_in_english(school: School) -> None:
    assert "This goes to your supervisor, Odd." in await school.press(EMILY, "consent.start")
    await school.chat.say(EMILY, "Consent was withdrawn")
    assert "do not show or share the recording" in await school.say(EMILY, "yes")
    await school.press(EMILY, "form.finish")
    sent = await school.press(EMILY, "form.send")
    assert f"Consent {FIRST}\nSent to Odd. Not seen yet." in sent
    assert "Emily wants to discuss this with you" in await school.read(OTHER)


async def test_stopping_half_way_sends_nothing_and_goes_on_later(school: School) -> None:
    await school.press(ANNA, "consent.start")
    await school.chat.say(ANNA, "2")
    assert "Er is niets verstuurd" in await school.say(ANNA, "stop")
    assert await school.read(SUP) == ""
    await school.press(ANNA, "form.resume")
    await school.chat.fill(ANNA, recorded="no")
    assert FIRST in await school.press(ANNA, "form.send")


async def test_the_same_form_sent_twice_is_one_case(school: School) -> None:
    await school.open()
    assert "al klaar of gestopt" in await school.press(ANNA, "form.send:1")
    assert await school.steps("CP-2026-0001") == ["sent", "delivered"]
    assert "CP-2026-0002" not in await school.press(ANNA, "case.status")


async def test_a_second_problem_beside_the_first(school: School) -> None:
    await school.open()
    await school.open(kind="school_refuses")
    await school.read(SUP)
    await school.press(SUP, f"consent.seen:{FIRST}")
    states = await school.press(ANNA, "case.status")
    assert f"{FIRST}: gezien" in states
    assert "CP-2026-0002: verstuurd, nog niet gezien" in states
    assert "De school wil het niet" in await school.press(ANNA, "case.show:CP-2026-0002")


async def test_withdrawing(school: School) -> None:
    await school.open()
    await school.read(SUP)
    assert "echt intrekken?" in await school.press(ANNA, "consent.withdraw")
    assert "Je hebt dit ingetrokken" in await school.press(ANNA, "Ja, intrekken")
    assert "Anna heeft de vraag ingetrokken" in await school.read(SUP)
    assert "ingetrokken. Je hoeft niets meer" in await school.press(SUP, f"consent.seen:{FIRST}")
    assert (await school.steps())[-1] == "withdrawn"


async def test_withdrawing_twice_or_after_all_not(school: School) -> None:
    await school.open()
    await school.press(ANNA, "consent.withdraw")
    assert "Nog niet gezien" in await school.press(ANNA, "Nee, laten staan")
    await school.press(ANNA, f"consent.withdrawn:{FIRST}")
    await school.press(ANNA, f"consent.withdrawn:{FIRST}")
    assert (await school.steps()).count("withdrawn") == 1


async def test_without_a_supervisor_the_coordinator_gets_it(empty: School) -> None:
    await empty.roster(supervisor="")
    assert "Ik weet niet wie je supervisor is" in await empty.press(ANNA, "consent.start")
    await empty.chat.fill(ANNA, kind="other", recorded="no")
    assert "Verstuurd naar Co" in await empty.press(ANNA, "form.send")
    assert "Daarom krijg jij hem als coördinator" in await empty.read(CO)


async def test_who_is_not_on_the_roster_is_told_and_helped(school: School) -> None:
    await school.press(GUEST, "consent.start")
    await school.chat.fill(GUEST, kind="no_answer", recorded="no")
    assert "Verstuurd naar Co" in await school.press(GUEST, "form.send")
    assert GUEST in await school.read(CO)


async def test_with_nobody_to_go_to_the_text_is_given(empty: School) -> None:
    await empty.roster(coordinator=False, supervisor="")
    sent = await empty.open()
    assert "Ik kan dit niet voor je bezorgen" in sent
    assert "Beste supervisor," in sent
    assert "Probleem: Veel mensen weigeren" in sent
    assert "\n\nAnna" in sent


async def test_a_supervisor_who_left_counts_as_none(empty: School) -> None:
    await empty.chat.people(
        Person(email=SUP, name="Sup", role="supervisor", active=False),
        Person(email=ANNA, name="Anna", role="student", language="nl", supervisor_email=SUP),
        Person(email=CO, name="Co", role="coordinator"),
    )
    assert "Verstuurd naar Co" in await empty.open()


async def test_the_form_is_for_students(school: School) -> None:
    assert "voor studenten" in await school.press(SUP, "consent.start")
    assert "Er wacht niets op jou" in await school.press(SUP, "case.status")


async def test_nothing_going_on(school: School) -> None:
    assert "niets voor jou" in await school.press(ANNA, "case.status")


async def test_another_student_sees_and_does_nothing(school: School) -> None:
    await school.open()
    for button in ("case.show", "consent.withdraw", "consent.withdrawn", "consent.seen"):
        assert "not yours" in await school.press(EMILY, f"{button}:{FIRST}")
    assert "not yours" in await school.press(EMILY, "case.show:CP-2026-9999")
    assert (await school.case()).state == "sent"


async def test_a_moment_can_be_taken_or_refused_once(school: School) -> None:
    await school.open()
    await school.read(SUP)
    await school.press(SUP, "consent.moment")
    await school.fill(SUP, at="2026-11-26T14:00", place="")
    assert "donderdag 26 november 2026 14:00. Kun je dan?" in await school.read(ANNA)
    assert labels(await school.chat.press(ANNA, "consent.misfits"))[-1] == "Intrekken"
    assert "Anna kan niet op het moment" in await school.read(SUP)
    assert "al beantwoord" in await school.press(ANNA, f"consent.fits:{FIRST}:4")


async def test_while_a_problem_is_open_no_leave_is_given(school: School) -> None:
    """The answer to a question about recording names the problem first, until it is settled."""
    question = "Mag ik mijn les in iRIS Connect opnemen voor mijn opdracht?"
    assert "nog open" not in await school.say(ANNA, question)
    await school.open()

    held = await school.say(ANNA, question)

    assert held.startswith("Dat mag alleen onder een voorwaarde.")
    assert f"Je toestemmingsprobleem {FIRST} is nog open." in held
