"""People leave: their rights end at once, and what is open goes on without them.

Until their address becomes another's, what is theirs stays theirs to see and to erase. Then all that
carries it gets a key of its own, so that who has the address next inherits nothing: no account, no
conversation, no case, no student, no page at the desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import AutoString, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import keeping, people
from bot.engine.holdings import Holding, Subject, drop
from bot.engine.store.tables import Account, Conversation, Job, Person, Secret

LARGEST_SHARE = 3  # a file in which more than a third of the roster is missing may be the wrong one


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody who leaves.

    open: references of what is open and names them. students: theirs, who are without a supervisor then.
    """

    email: str
    name: str
    role: str
    open: tuple[str, ...] = ()
    students: tuple[str, ...] = ()

    def __str__(self) -> str:
        more = [f"open: {', '.join(self.open)}"] if self.open else []
        if self.students:
            more.append(f"without a supervisor then: {', '.join(self.students)}")
        return "; ".join([f"{self.email} ({self.role}) {self.name}", *more])


def too_many(leavers: int, everybody: int) -> bool:
    """Whether so many at once look like a mistake."""
    return leavers > 1 and leavers * LARGEST_SHARE > everybody


async def preview(
    db: AsyncSession, emails: Iterable[str], holdings: Sequence[Holding]
) -> list[Leaver]:
    """What leaving would mean for each of these; who is not on the roster is left out."""
    wanted = list(emails)
    found = await db.exec(
        select(Person).where(col(Person.email).in_(wanted), Person.active).order_by(Person.email)
    )
    return [await _leaver(db, person, wanted, holdings) for person in found.all()]


async def _leaver(
    db: AsyncSession, person: Person, along: Sequence[str], holdings: Sequence[Holding]
) -> Leaver:
    asked = [holding.open for holding in holdings if holding.open]
    refs = [ref for duties in asked for ref in await duties(db, person.email)]
    students = await db.exec(
        select(Person.email)
        .where(Person.supervisor_email == person.email, Person.active)
        .where(col(Person.email).not_in(along))
        .order_by(Person.email)
    )
    return Leaver(
        person.email, person.name, person.role, tuple(dict.fromkeys(refs)), tuple(students)
    )


async def leave(db: AsyncSession, email: str, holdings: Sequence[Holding], now: datetime) -> None:
    """Take somebody off the roster; nothing when nobody there has the address."""
    person = (await db.exec(select(Person).where(Person.email == email, Person.active))).first()
    if person is None:
        return
    person.active, person.left_at = False, now
    await db.flush()
    for holding in holdings:
        if holding.leaves:
            await holding.leaves(db, email, now)


async def retire(db: AsyncSession, person: Person, holdings: Sequence[Holding]) -> None:
    """Free the address of who left: all that carries it gets their key of before, and what only
    they could use goes."""
    email, former = person.email, people.former_key(person)
    await keeping.unsend(db, Subject(email, tuple(await people.accounts_of(db, email))))
    await drop(db, Conversation, Conversation.person == email)
    await drop(db, Account, Account.email == email)
    for table in dict.fromkeys(table for holding in holdings for table in holding.tables):
        if table not in (Person, Job, Secret):
            await _rename(db, table, email, former)
    for student in await db.exec(select(Person).where(Person.supervisor_email == email)):
        student.supervisor_email = ""
    person.email = former
    await db.flush()


async def _rename(db: AsyncSession, table: type[SQLModel], before: str, after: str) -> None:
    for column in table.__table__.columns:  # type: ignore[attr-defined]  # every table has them
        if isinstance(column.type, AutoString) and not column.primary_key:
            await db.exec(update(table).where(column == before).values({column.name: after}))
