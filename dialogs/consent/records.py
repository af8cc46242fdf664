"""The file of a case: its number, who may open it, and its history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import people
from bot.engine.dialog import Refused, Turn
from bot.engine.people import Who
from bot.engine.store.database import next_number
from bot.engine.store.tables import Person
from dialogs.consent.table import OPEN, Case, Delegation
from dialogs.history import Entry

HANDLING = ("supervisor", "coordinator")
MOST_LISTED = 20


async def new_ref(turn: Turn) -> str:
    """The next number of this year: CP-2026-0003."""
    name = f"CP-{turn.today.year}"
    return f"{name}-{await next_number(turn.db, name):04d}"


async def get(db: AsyncSession, ref: str) -> Case | None:
    """The case, locked: what student and supervisor do at once happens one after the other."""
    return await db.get(Case, ref, with_for_update=True)


async def acts_for(db: AsyncSession, key: str, today: date) -> frozenset[str]:
    """Whose cases somebody may handle: their own, and of who is away and named them."""
    away = await db.exec(
        select(Delegation.person).where(Delegation.to == key, Delegation.until >= today)
    )
    return frozenset({key, *away})


async def acting(db: AsyncSession, people_: Sequence[str], today: date) -> list[str]:
    """These people and who stands in for them today, each once."""
    found = await db.exec(
        select(Delegation).where(col(Delegation.person).in_(people_), Delegation.until >= today)
    )
    others = {row.person: row.to for row in found}
    return list(dict.fromkeys([*people_, *(others[p] for p in people_ if p in others)]))


def may_handle(who: Who, case: Case, student: Who, mine: frozenset[str]) -> bool:
    """The student's own supervisor, and whom it was handed to; once it is passed on, every
    coordinator too. mine: whose cases they may handle (`acts_for`).

    The roster decides who the supervisor is now; the case remembers one for who has left it.
    """
    if who.role not in HANDLING:
        return False
    if (student.supervisor_email or case.supervisor) in mine or case.handed_to in mine:
        return True
    return who.role == "coordinator" and case.passed_on_at is not None


async def to_handle(turn: Turn, ref: str) -> Case:
    """The case for who may act on it; the same refusal for 'not yours' and 'not there'."""
    case = await get(turn.db, ref)
    if case and await handles(turn, case):
        return case
    raise Refused("consent.not_yours")


async def handles(turn: Turn, case: Case) -> bool:
    """Whether this turn's person may act on it."""
    mine = await acts_for(turn.db, turn.who.key, turn.today)
    return may_handle(turn.who, case, await people.find(turn.db, case.student), mine)


async def own(turn: Turn, ref: str) -> Case:
    """The case for the student who opened it."""
    case = await get(turn.db, ref)
    if case and case.student == turn.who.key:
        return case
    raise Refused("consent.not_yours")


async def of_student(turn: Turn) -> Sequence[Case]:
    """All cases of this person, the newest first."""
    found = await turn.db.exec(
        select(Case)
        .where(Case.student == turn.who.key)
        .order_by(col(Case.opened_at).desc(), col(Case.ref).desc())
        .limit(MOST_LISTED)
    )
    return found.all()


async def to_do(turn: Turn) -> Sequence[Case]:
    """The open cases this supervisor or coordinator may handle, the oldest first."""
    if turn.who.role not in HANDLING:
        return ()
    names = await acts_for(turn.db, turn.who.key, turn.today)
    students = select(Person.email).where(col(Person.supervisor_email).in_(names))
    mine = [
        col(Case.student).in_(students),
        col(Case.supervisor).in_(names),
        col(Case.handed_to).in_(names),
    ]
    if turn.who.role == "coordinator":
        mine.append(col(Case.passed_on_at).is_not(None))
    found = await turn.db.exec(
        select(Case)
        .where(col(Case.state).in_(OPEN), or_(*mine))
        .order_by(col(Case.opened_at), col(Case.ref))
    )
    cases = [
        case
        for case in found
        if may_handle(turn.who, case, await people.find(turn.db, case.student), names)
    ]
    return cases[:MOST_LISTED]


async def last(db: AsyncSession, case: Case, *what: str, author: str = "") -> Entry | None:
    """The last step of one of these kinds."""
    query = select(Entry).where(Entry.subject == case.ref, col(Entry.what).in_(what))
    if author:
        query = query.where(Entry.author == author)
    return (await db.exec(query.order_by(col(Entry.id).desc()))).first()


async def name_of(db: AsyncSession, key: str) -> str:
    """How somebody is called: by the roster, else by their chat, else by their key."""
    who = await people.find(db, key)
    if who.name != key:
        return who.name
    accounts = await people.accounts_of(db, key)
    return next((account.name for account in accounts if account.name), key)
