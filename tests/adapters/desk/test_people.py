"""The coordinator keeps the roster: one by one, by a list that is looked at first, and back again."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from aiohttp import FormData
from sqlmodel import select

from bot.engine.store.tables import Person
from dialogs.history import Entry
from dialogs.people.table import RosterImport
from tests.adapters.desk.conftest import (
    ANNA,
    CHIEF,
    EMILY,
    OFFICER,
    OTHER_SUP,
    SUP,
    DeskSite,
    Visitor,
)  # fmt: skip

LIST = """Naam;E-mailadres;Rol;School;Begeleider
Anna Nieuw;anna@uni.nl;student;Het Lyceum;sup@uni.nl
Bram;bram@uni.nl;student;;sup@uni.nl
"""


async def upload(visitor: Visitor, text: str, name: str = "people.import") -> str:
    await visitor.see("people/import" if name == "people.import" else "data")
    fields = next(f for _, f in visitor.forms() if f.get("kind") in ("upload", "press"))
    data = FormData()
    mine = {"kind": "upload", "name": "people.import", "id": uuid.uuid4().hex}
    for key, value in {**fields, **mine}.items():
        data.add_field(key, value)
    data.add_field("file", text.encode("utf-16"), filename="lijst.csv", content_type="text/csv")
    return await visitor._take(await visitor.client.post("/desk/do", data=data))


async def people(desk: DeskSite) -> dict[str, Person]:
    async with desk.app.database.transaction() as db:
        return {p.email: p for p in await db.exec(select(Person).where(Person.active))}


async def test_searching_and_who_was_never_reached(desk: DeskSite) -> None:
    chief = await desk.enter(CHIEF)
    await chief.see("people")
    assert "Mensen: 6" in chief.words
    await chief.see("people?q=anna")
    assert "Mensen: 1" in chief.words
    assert "nog nooit" in chief.words
    await desk.chat.say(ANNA, "hallo")
    await chief.see("people?reached=never")
    assert ANNA not in chief.text
    assert EMILY in chief.text


async def test_adding_changing_and_removing_one_person(desk: DeskSite) -> None:
    chief = await desk.enter(CHIEF)
    await chief.see("people")
    await chief.press("Iemand toevoegen")
    await chief.press("Opslaan", email="geen adres", name="Cas", role="student")
    assert "Dit is geen e-mailadres" in chief.words
    await chief.press(
        "Opslaan", email="Cas@uni.nl", name="Cas", role="student",
        supervisor_email=SUP, programme_end="2027-08-31",
    )  # fmt: skip
    assert "Cas staat op de lijst" in chief.words
    assert (await people(desk))["cas@uni.nl"].supervisor_email == SUP
    await chief.see("people/cas@uni.nl")
    assert "31 augustus 2027" in chief.words
    await chief.press("Aanpassen")
    await chief.press(
        "Opslaan", name="Cas Bos", role="student", supervisor_email=ANNA, programme_end=""
    )
    assert "geen supervisor" in chief.words  # Anna is a student
    await chief.see("people/cas@uni.nl")
    await chief.press("Aanpassen")
    await chief.press(
        "Opslaan", name="Cas Bos", role="student", supervisor_email=OTHER_SUP, programme_end=""
    )
    found = (await people(desk))["cas@uni.nl"]
    assert (found.name, found.supervisor_email, found.programme_end) == ("Cas Bos", OTHER_SUP, None)
    await chief.see("people/cas@uni.nl")
    await chief.press("Van de lijst halen")
    assert "cas@uni.nl" in await people(desk)
    await chief.press("Ja, van de lijst halen")
    assert "cas@uni.nl" not in await people(desk)
    async with desk.app.database.transaction() as db:
        steps = await db.exec(select(Entry).where(Entry.subject == "person:cas@uni.nl"))
        assert [(e.author, e.what, e.place) for e in steps] == [
            (CHIEF, "added", "desk"), (CHIEF, "changed", "desk"), (CHIEF, "removed", "desk"),
        ]  # fmt: skip


async def test_a_list_changes_nothing_until_it_is_confirmed_and_can_be_undone(
    desk: DeskSite,
) -> None:
    chief, before = await desk.enter(CHIEF), await people(desk)
    await upload(chief, LIST)
    for words in ("Bram", "Naam: Anna → Anna Nieuw", "School: – → Het Lyceum", EMILY):
        assert words in chief.words, words
    assert await people(desk) == before
    await chief.press("Klopt, en haal er 1 van de lijst")
    now = await people(desk)
    assert {*now} == {*before, "bram@uni.nl"} - {EMILY}
    assert (now[ANNA].name, now[ANNA].language) == ("Anna Nieuw", "nl")  # no column: it stays
    async with desk.app.database.transaction() as db:
        anna = (await db.exec(select(Person).where(Person.email == ANNA))).one()
        anna.school = "Elders"
    await chief.see("people/import")
    await chief.press("Deze import terugdraaien")
    now = await people(desk)
    assert {*now} == {*before}
    assert (now[ANNA].name, now[ANNA].school) == ("Anna Nieuw", "Elders")  # changed since
    assert now[EMILY] == before[EMILY]
    assert "Daarna al veranderd" in chief.words


async def test_who_is_not_in_the_list_stays_unless_asked_for(desk: DeskSite) -> None:
    chief = await desk.enter(CHIEF)
    await upload(chief, LIST)
    await chief.press("Klopt: zo overnemen")
    assert EMILY in await people(desk)


async def test_wrong_lines_are_named_and_nothing_can_be_confirmed(desk: DeskSite) -> None:
    chief, before = await desk.enter(CHIEF), await people(desk)
    await upload(chief, LIST + "Cas;geen adres;student;;\nDirk;dirk@uni.nl;koning;;\n")
    for words in ("geen adres is geen e-mailadres", "koning is geen rol"):
        assert words in chief.words
    async with desk.app.database.transaction() as db:
        number = (await db.exec(select(RosterImport))).one().id
    await chief.press_id(f"people.confirm:{number}", "people/import")
    assert await people(desk) == before


async def test_columns_are_pointed_out_by_hand(desk: DeskSite) -> None:
    chief = await desk.enter(CHIEF)
    await upload(chief, "Wie;Waar\nCas;cas@uni.nl\n")
    assert "Van een paar kolommen weet ik niet" in chief.words
    await chief.press("Kolommen aanwijzen")
    await chief.press("Bekijken", name="A", email="B", everybody="student")
    await chief.press("Klopt: zo overnemen")
    assert (await people(desk))["cas@uni.nl"].role == "student"


async def test_a_file_that_is_no_list(desk: DeskSite) -> None:
    chief = await desk.enter(CHIEF)
    await upload(chief, "")
    assert "Dit bestand is leeg" in chief.words


async def test_nobody_takes_themselves_off(desk: DeskSite) -> None:
    chief = await desk.enter(CHIEF)
    await chief.see(f"people/{CHIEF}")
    await chief.press("Van de lijst halen")
    await chief.press_id(f"people.removed:{CHIEF}")
    assert CHIEF in await people(desk)


BUTTONS = (
    "people.add", f"people.change:{EMILY}", f"people.remove:{EMILY}", f"people.removed:{EMILY}",
    "people.match", "people.confirm:1", "people.confirm:1:gone", "people.drop", "people.undo:1",
)  # fmt: skip


@pytest.mark.parametrize("who", [ANNA, SUP, OFFICER])
async def test_nobody_else_sees_or_keeps_the_roster(desk: DeskSite, who: str) -> None:
    chief, before = await desk.enter(CHIEF), await people(desk)
    await upload(chief, LIST)
    visitor: Any = await desk.enter(who)
    for path in (
        "see/people",
        f"see/people/{EMILY}",
        "see/people/import",
        "file/people/people.xlsx",
    ):
        await visitor.open(f"/desk/{path}")
        assert visitor.status == 404, path
        assert "Els" not in visitor.words
    await visitor.see("data")
    for button in BUTTONS:
        await visitor.press_id(button, "data")
        assert "Alleen de" in visitor.words, button
    await upload(visitor, LIST, "other")
    assert "Alleen de" in visitor.words
    assert await people(desk) == before
