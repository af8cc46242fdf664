"""Who an account is: what a platform vouches for, and for how long it is believed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot.engine import people
from bot.engine.events import Address, Said
from bot.engine.people import CHANGED, GUEST, HIDDEN, UNSAID, Who
from bot.engine.store.database import Database
from bot.engine.store.tables import Account, Draft, Person
from tests.conftest import NOW

PLACE = Address("slack", "T1", "U1", "D1")
SAID = Said(id="e1", address=PLACE, at=NOW, text="hoi")
ROLES = ("student", "supervisor", "privacy_officer", "coordinator")
OWNED: Sequence[Any] = (Draft.person,)


async def seen(database: Database, at: timedelta = timedelta(), **more: Any) -> Who:
    """An event comes; who is it?"""
    event, now = replace(SAID, **more), NOW + at
    async with database.transaction() as db:
        account = await people.meet(db, event, now, OWNED)
        return await people.recognised(db, account, event, now)


async def roster(database: Database, **roles: str) -> None:
    async with database.transaction() as db:
        for name, role in roles.items():
            db.add(Person(email=f"{name}@school.nl", name=name.title(), role=role))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("minutes", [0, 29, 31, 24 * 60])
async def test_an_old_belief_lasts_half_an_hour_for_a_student_and_for_nobody_else(
    database: Database, role: str, minutes: int
) -> None:
    """Half an hour here and half an hour in the adapter's memory: never longer than an hour."""
    await roster(database, anna=role)
    assert (await seen(database, email="anna@school.nl")).role == role
    who = await seen(database, timedelta(minutes=minutes), email=None)

    believed = role == "student" and minutes <= 30
    assert who.role == (role if believed else GUEST)
    assert who.unproven == ("" if believed else UNSAID)
    assert (who.key == "anna@school.nl") is believed

    again = await seen(database, timedelta(minutes=minutes + 1), email="anna@school.nl")
    assert (again.role, again.unproven) == (role, "")


@pytest.mark.parametrize(
    ("email", "aliases"),
    [
        ("anna@school.nl", ()),
        ("a.de.wit@mail.nl", ("anna@school.nl",)),
        ("ANNA@school.nl", ("x@y.nl",)),
    ],
)
async def test_the_address_that_is_on_the_roster_counts(
    database: Database, email: str, aliases: tuple[str, ...]
) -> None:
    await roster(database, anna="student")
    who = await seen(database, email=email, aliases=aliases)
    assert (who.role, who.key) == ("student", "anna@school.nl")


async def test_a_guest_who_becomes_known_keeps_what_was_theirs(database: Database) -> None:
    await roster(database, anna="student")
    assert (await seen(database, email="", unproven=HIDDEN)).unproven == HIDDEN
    async with database.transaction() as db:
        db.add(Draft(person=PLACE.account_key, form="breach", begun_at=NOW, at=NOW))
        db.add(Draft(person="slack:T1:U2", form="breach", begun_at=NOW, at=NOW))
    await seen(database, email="anna@school.nl")
    async with database.transaction() as db:
        owners = [draft.person for draft in await db.exec(select(Draft).order_by(Draft.id))]
    assert owners == ["anna@school.nl", "slack:T1:U2"]


async def test_what_was_begun_while_nobody_could_say_follows_too(database: Database) -> None:
    await roster(database, po="privacy_officer")
    await seen(database, email="po@school.nl")
    assert (await seen(database, email=None)).key == PLACE.account_key
    async with database.transaction() as db:
        db.add(Draft(person=PLACE.account_key, form="breach", begun_at=NOW, at=NOW))
    await seen(database, email="po@school.nl")
    async with database.transaction() as db:
        assert (await db.exec(select(Draft))).one().person == "po@school.nl"


async def test_a_changed_address_is_told_and_inherits_nothing(database: Database) -> None:
    await roster(database, anna="student")
    await seen(database, email="anna@school.nl")
    async with database.transaction() as db:
        db.add(Draft(person="anna@school.nl", form="breach", begun_at=NOW, at=NOW))
    for _ in range(2):
        who = await seen(database, email="anna.jansen@school.nl")
        assert (who.role, who.unproven) == (GUEST, CHANGED)
    async with database.transaction() as db:
        assert (await db.exec(select(Draft))).one().person == "anna@school.nl"
        assert (await db.exec(select(Account))).one().email == "anna.jansen@school.nl"
    await roster(database, **{"anna.jansen": "student"})
    assert (await seen(database, email="anna.jansen@school.nl")).unproven == ""
