"""Cases as they are kept, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Field, SQLModel, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import jobs
from bot.engine.holdings import Counts, Held, Holding, Old, Periods, Subject, drop, plain, rows
from bot.engine.store.columns import document, maybe_moment, moment
from dialogs import history
from dialogs.history import Entry


class CaseState(StrEnum):
    """How far a case is."""

    SENT = "sent"
    SEEN = "seen"
    ANSWERED = "answered"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


OPEN = (CaseState.SENT, CaseState.SEEN, CaseState.ANSWERED)
WAITING = (CaseState.SENT, CaseState.SEEN)


class Case(SQLModel, table=True):
    """A consent problem (U4), taken to the student's own supervisor.

    holder: who must act now (an e-mail). handed_to: whom a coordinator gave it to, '' for nobody.
    kind: 'consent', or 'keeping' when a recording is still needed after its date.
    """

    ref: str = Field(primary_key=True)
    kind: str = "consent"
    student: str = Field(index=True)
    supervisor: str = ""
    holder: str = Field(default="", index=True)
    handed_to: str = ""
    state: str = CaseState.SENT
    answers: dict[str, Any] = document()
    opened_at: datetime = moment()
    seen_at: datetime | None = maybe_moment()
    answered_at: datetime | None = maybe_moment()
    passed_on_at: datetime | None = maybe_moment()
    closed_at: datetime | None = maybe_moment()
    outcome: str = ""

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in OPEN

    @property
    def is_waiting(self) -> bool:
        """Whether nobody reacted to it yet."""
        return self.state in WAITING


class Delegation(SQLModel, table=True):
    """Who handles a supervisor's cases while they are away, up to and with the day `until`."""

    person: str = Field(primary_key=True)
    to: str = Field(index=True)
    until: date
    at: datetime = moment()


async def _held(db: AsyncSession, subject: Subject) -> Held:
    """The own cases whole; of students' cases no more than that they are, and the own words."""
    key = subject.key
    handled = or_(col(Case.supervisor) == key, col(Case.holder) == key, col(Case.handed_to) == key)
    away = or_(col(Delegation.person) == key, col(Delegation.to) == key)
    others = await rows(db, Case, handled, Case.student != key)
    not_own = select(Case.ref).where(Case.student != key)
    return {
        "cases": [
            await history.with_history(db, row.ref, row)
            for row in await rows(db, Case, Case.student == key)
        ],
        "cases_of_students": [
            {"ref": row.ref, "kind": row.kind, "state": row.state, "opened_at": str(row.opened_at)}
            for row in others
        ],
        "delegations": plain(await rows(db, Delegation, away)),
        "words_in_other_cases": await history.words_in(db, key, not_own),
    }


async def _erase(db: AsyncSession, subject: Subject) -> Counts:
    """Closed cases: the person's own go, with their history; from others' only the name goes."""
    key = subject.key
    closed = await rows(db, Case, col(Case.closed_at).is_not(None))
    own = [row for row in closed if row.student == key]
    for row in own:
        await history.forget(db, row.ref)
        await db.delete(row)
    for row in closed:
        if row not in own and key in (row.supervisor, row.holder, row.handed_to):
            row.handed_to = "" if row.handed_to == key else row.handed_to
            row.supervisor = "" if row.supervisor == key else row.supervisor
            row.holder = "" if row.holder == key else row.holder
            await history.unsay(db, row.ref, key)
    await db.flush()
    away = or_(col(Delegation.person) == key, col(Delegation.to) == key)
    return {"cases": len(own), "delegations": await drop(db, Delegation, away)}


async def _open(db: AsyncSession, key: str | None) -> Sequence[str]:
    still: list[ColumnElement[bool]] = [col(Case.closed_at).is_(None)]
    if key is not None:
        still.append(
            or_(
                col(Case.student) == key,
                col(Case.supervisor) == key,
                col(Case.holder) == key,
                col(Case.handed_to) == key,
            )
        )
    return [row.ref for row in await rows(db, Case, *still)]


def _old(periods: Periods) -> Sequence[Old]:
    closed = col(Case.closed_at) < periods.closed
    return [
        (Entry, col(Entry.subject).in_(select(Case.ref).where(closed))),
        (Case, closed),
        (Delegation, col(Delegation.until) < periods.done.date()),
    ]


async def _leaves(db: AsyncSession, key: str, now: datetime) -> None:
    """What lay with who left goes to the next; see `chasing.left`. Nobody stands in any more."""
    await drop(db, Delegation, or_(col(Delegation.person) == key, col(Delegation.to) == key))
    if await rows(db, Case, Case.holder == key, col(Case.closed_at).is_(None)):
        more = jobs.More(f"consent.left:{key}:{now.isoformat()}", "consent.left", {"who": key})
        await jobs.add(db, more, now)


HOLDING = Holding(
    tables=(Case, Entry, Delegation),
    held=_held,
    erase=_erase,
    open=_open,
    old=_old,
    leaves=_leaves,
    owned=(Case.student,),
)
