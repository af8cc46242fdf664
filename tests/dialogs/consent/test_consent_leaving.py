"""People leave: no right is left, nothing open is lost, and their address hands nothing on."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.engine import leaving, people, roster
from bot.engine.store.tables import Account, Person
from bot.wiring import HOLDINGS
from dialogs import my_data
from dialogs.my_data.retention import clean
from tests.chat import words
from tests.dialogs.consent.conftest import ANNA, CO, EMILY, FIRST, OTHER, SUP, School

HEAD = "email,name,role,language,school,programme_end,supervisor_email\n"


async def leave(school: School, *emails: str) -> None:
    async with school.chat.database.transaction() as db:
        for email in emails:
            await leaving.leave(db, email, HOLDINGS, school.chat.clock())
    await school.chat.worker.drain(school.chat.clock())


async def come(school: School, *lines: str) -> None:
    async with school.chat.database.transaction() as db:
        text = HEAD + "\n".join(lines)
        report = await roster.import_people(db, text, dry_run=False, holdings=HOLDINGS)
    assert report.well, report.problems


async def test_a_preview_names_what_is_open(school: School) -> None:
    await school.open()
    async with school.chat.database.transaction() as db:
        both = await leaving.preview(db, [SUP, ANNA, "nobody@uni.nl"], HOLDINGS)
        alone = await leaving.preview(db, [SUP], HOLDINGS)
    assert [(one.email, one.open, one.students) for one in both] == [
        (ANNA, (FIRST,), ()),
        (SUP, (FIRST,), ()),
    ]
    assert alone[0].students == (ANNA,)
    assert str(alone[0]) == (
        f"{SUP} (supervisor) Sup; open: {FIRST}; without a supervisor then: {ANNA}"
    )


async def test_a_supervisor_who_left_can_do_nothing_and_the_coordinator_gets_it(
    school: School,
) -> None:
    await school.open()
    await school.read(SUP)
    await leave(school, SUP)
    assert "is weg" in await school.read(CO)
    assert "Sup is weg. Ik heb je vraag doorgegeven aan Co." in await school.read(ANNA)
    for button in ("consent.seen", "consent.answer", "consent.settle", "case.show"):
        assert "Anna" not in await school.press(SUP, f"{button}:{FIRST}")
    assert "gezien door Co" in await school.press(CO, f"consent.seen:{FIRST}")


async def test_the_new_supervisor_of_the_roster_takes_over(school: School) -> None:
    await school.open()
    async with school.chat.database.transaction() as db:
        anna = (await db.exec(select(Person).where(Person.email == ANNA))).one()
        anna.supervisor_email = OTHER
    await leave(school, SUP)
    assert "It is yours now: Anna" in await school.read(OTHER)
    assert await school.read(CO) == ""
    await school.press(OTHER, f"consent.seen:{FIRST}")


async def test_nothing_is_handed_on_with_the_address(school: School) -> None:
    await school.open()
    await school.chat.say(ANNA, "mag ik een filmpje delen met mijn ouders")
    await leave(school, ANNA, SUP)
    await come(
        school, f"{ANNA},Another Anna,student,en,,,{OTHER}", f"{SUP},Another Sup,supervisor,en,,,"
    )
    async with school.chat.database.transaction() as db:
        held = await my_data.export_person(db, ANNA, HOLDINGS)
        before = await people.former_keys(db, ANNA)
        then = await my_data.export_person(db, before[0], HOLDINGS)
        accounts = list(await db.exec(select(Account).where(Account.email == ANNA)))
    assert held["roster"]["name"] == "Another Anna"
    assert {n: rows for n, rows in held.items() if rows and n not in ("person", "roster")} == {}
    assert [case["ref"] for case in then["cases"]] == [FIRST]
    assert accounts == []
    assert FIRST not in words(await school.chat.say(ANNA, "status"))
    assert "Anna" not in await school.press(SUP, f"consent.seen:{FIRST}")
    assert "Another" not in await school.press(ANNA, f"consent.withdraw:{FIRST}")


async def test_who_left_keeps_the_own_data_until_the_address_is_anothers(school: School) -> None:
    await school.open()
    await leave(school, ANNA)
    async with school.chat.database.transaction() as db:
        who = await people.find(db, ANNA)
        held = await my_data.export_person(db, ANNA, HOLDINGS)
    assert (who.role, who.left, who.name) == ("guest", True, "Anna")
    assert [case["ref"] for case in held["cases"]] == [FIRST]


async def test_the_row_of_who_left_goes_after_its_period(school: School) -> None:
    await leave(school, EMILY)
    office = school.chat.talk._office
    later = school.chat.clock() + timedelta(days=office.keep_closed + 1)
    async with school.chat.database.transaction() as db:
        await clean(db, later, office)
        assert await people.listed(db, EMILY) is False
        assert await people.listed(db, ANNA) is True


@pytest.mark.parametrize(
    ("leavers", "everybody", "refused"),
    [(0, 0, False), (1, 1, False), (1, 2, False), (2, 6, False), (2, 5, True), (40, 100, True)],
)
def test_half_the_roster_never_goes_by_accident(
    leavers: int, everybody: int, refused: bool
) -> None:
    assert leaving.too_many(leavers, everybody) is refused
