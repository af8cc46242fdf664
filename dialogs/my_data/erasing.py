"""'Forget me': erases what no open duty needs, and says what stays until when."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import people
from bot.engine.forms import Kind
from bot.engine.jobs import ENDLESS
from bot.engine.store.tables import (
    Account,
    Breach,
    Case,
    Conversation,
    Draft,
    Entry,
    Job,
    Lane,
    LocalMessage,
    Person,
    Posted,
    Recording,
)
from dialogs.breach.form import FORM as BREACH
from dialogs.my_data.held import account_names, jobs_to, rows

FREE_TEXT = frozenset(f.name for f in BREACH.fields if f.kind in (Kind.TEXT, Kind.PARAGRAPH))


@dataclass(frozen=True, slots=True)
class Erased:
    """What went: how many rows of which kind. kept: references of duties that are still open.

    roster: whether the roster row stays, because of those duties or because of a role for others.
    """

    counts: dict[str, int]
    kept: tuple[str, ...]
    roster: bool

    def __str__(self) -> str:
        gone = ", ".join(f"{n} {kind}" for kind, n in self.counts.items() if n) or "nothing"
        stays = [*self.kept, *(["the roster row"] if self.roster else [])]
        return f"erased: {gone}" + (f"; kept: {', '.join(stays)}" if stays else "")


async def erase_person(db: AsyncSession, key: str, now: datetime) -> Erased:
    """Erase a person. Open cases and reports stay until they are closed, and how to reach them."""
    kept = await open_duties(db, key)
    accounts = await people.accounts_of(db, key)
    counts = {
        "recordings": await _drop(db, Recording, Recording.owner == key),
        "drafts": await _drop(db, Draft, Draft.person == key),
        "conversations": await _drop(db, Conversation, Conversation.person == key),
        "local messages": await _drop(
            db, LocalMessage, col(LocalMessage.account).in_(account_names(accounts, key))
        ),
        "cases": await _cases(db, key),
        "reports": await _reports(db, key),
        "messages": await _messages(db, key, accounts),
    }
    for name in account_names(accounts, key):
        await _drop(db, Posted, col(Posted.key).endswith(f":{name}", autoescape=True))
        await _drop(db, Lane, col(Lane.key).endswith(f"@{name}", autoescape=True))
    person = next(iter(await rows(db, Person, Person.email == key)), None)
    roster = person is not None and (bool(kept) or person.role != "student")
    if person and not roster:
        counts["roster"] = await _drop(db, Person, Person.email == key)
    if not kept:
        keys = [account.key for account in accounts]
        counts["accounts"] = await _drop(db, Account, col(Account.key).in_(keys))
    return Erased(counts, kept, roster)


async def open_duties(db: AsyncSession, key: str) -> tuple[str, ...]:
    """References of the open cases and reports that need this person."""
    cases = await rows(
        db,
        Case,
        col(Case.closed_at).is_(None),
        (col(Case.student) == key) | (col(Case.supervisor) == key) | (col(Case.holder) == key),
    )
    reports = await rows(db, Breach, Breach.reporter == key, col(Breach.closed_at).is_(None))
    return (*(row.ref for row in cases), *(row.ref for row in reports))


async def _drop(db: AsyncSession, table: type[SQLModel], *which: Any) -> int:
    result = await db.exec(delete(table).where(*which))
    return result.rowcount


async def _cases(db: AsyncSession, key: str) -> int:
    """Closed cases: the person's own go, with their history; from others' only the name goes."""
    closed = await rows(db, Case, col(Case.closed_at).is_not(None))
    own = [row for row in closed if row.student == key]
    for row in own:
        await _drop(db, Entry, Entry.subject == row.ref)
        await db.delete(row)
    for row in closed:
        if row not in own and key in (row.supervisor, row.holder):
            row.supervisor = "" if row.supervisor == key else row.supervisor
            row.holder = "" if row.holder == key else row.holder
            await _unsay(db, row.ref, key)
    await db.flush()
    return len(own)


async def _reports(db: AsyncSession, key: str) -> int:
    """Closed reports: the institute must keep a register (AVG 33(5)), but without the reporter."""
    closed = await rows(db, Breach, Breach.reporter == key, col(Breach.closed_at).is_not(None))
    for row in closed:
        row.reporter = row.reporter_name = ""
        row.answers = {k: v for k, v in row.answers.items() if k not in FREE_TEXT}
        await _unsay(db, row.ref, key)
    await db.flush()
    return len(closed)


async def _unsay(db: AsyncSession, subject: str, key: str) -> None:
    for entry in await rows(db, Entry, Entry.subject == subject, Entry.author == key):
        entry.author = entry.words = ""


async def _messages(db: AsyncSession, key: str, accounts: Sequence[Account]) -> int:
    """Words in the outbox. What is done keeps its place, so that nothing is ever sent again."""
    found = await jobs_to(db, key, accounts, everywhere=True)
    # A privacy officer or supervisor who goes must not take others' reports along.
    cases = await rows(db, Case, col(Case.closed_at).is_(None))
    reports = await rows(db, Breach, col(Breach.closed_at).is_(None))
    refs = [*(row.ref for row in cases), *(row.ref for row in reports)]
    count = 0
    for job in found:
        if job.done is None and (job.payload.get(ENDLESS) or _serves(job, refs)):
            continue
        count += 1
        if job.done is None:
            await db.delete(job)
            continue
        job.payload, job.lane = {}, ""
        if key in job.key:
            job.key = f"erased:{hashlib.sha256(job.key.encode()).hexdigest()}"
    await db.flush()
    return count


def _serves(job: Job, refs: Sequence[str]) -> bool:
    content = f"{job.key} {job.payload}"
    return any(ref in content for ref in refs)
