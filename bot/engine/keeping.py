"""What the engine itself holds: who people are, where they talk, and what was sent to them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, or_
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine import people
from bot.engine.holdings import Counts, Held, Holding, Old, Periods, Subject, drop, plain, rows
from bot.engine.jobs import ENDLESS
from bot.engine.store.tables import (
    OPEN_STATES,
    Accepted,
    Account,
    Conversation,
    Counter,
    Draft,
    Job,
    Lane,
    Person,
    Posted,
    Secret,
)


async def _held(db: AsyncSession, subject: Subject) -> Held:
    key = subject.key
    return {
        "roster": plain(await rows(db, Person, Person.email == key)),
        "accounts": plain(subject.accounts),
        "conversations": plain(await rows(db, Conversation, Conversation.person == key)),
        "drafts": plain(await rows(db, Draft, Draft.person == key)),
        "messages": [_message(job) for job in await _jobs_to(db, subject)],
    }


async def _pending(db: AsyncSession, subject: Subject) -> Counts:
    open_drafts = col(Draft.state).in_(OPEN_STATES)
    found = await rows(db, Draft, Draft.person == subject.key, open_drafts)
    return {"drafts": sum(bool(draft.answers) for draft in found)}


async def _erase(db: AsyncSession, subject: Subject) -> Counts:
    """Who has open duties keeps the roster row and the way to be reached; so does who has a role."""
    key = subject.key
    counts = {
        "drafts": await drop(db, Draft, Draft.person == key),
        "conversations": await drop(db, Conversation, Conversation.person == key),
        "messages": await _messages(db, subject),
    }
    for name in subject.names:
        await drop(db, Posted, col(Posted.key).endswith(f":{name}", autoescape=True))
        await drop(db, Lane, col(Lane.key).endswith(f"@{name}", autoescape=True))
    if not subject.duties:
        own = or_(col(Person.role) == "student", col(Person.active).is_(False))
        counts["roster"] = await drop(db, Person, Person.email == key, own)
        keys = [account.key for account in subject.accounts]
        counts["accounts"] = await drop(db, Account, col(Account.key).in_(keys))
    return counts


def _old(periods: Periods) -> Sequence[Old]:
    return [
        (Person, col(Person.left_at) < periods.closed),
        (Conversation, col(Conversation.at) < periods.talk),
        (Draft, col(Draft.at) < periods.talk),
        (Posted, col(Posted.at) < periods.closed),
        (Accepted, col(Accepted.at) < periods.done),
        (Job, col(Job.done) < periods.done),
        (Job, col(Job.error).is_not(None) & (col(Job.due) < periods.done)),
        (Lane, col(Lane.free) < periods.done),
    ]


async def _messages(db: AsyncSession, subject: Subject) -> int:
    """Words in the outbox. What is done keeps its place, so that nothing is ever sent again.

    A privacy officer or supervisor who goes must not take others' reports along.
    """
    count = 0
    for job in await _jobs_to(db, subject, everywhere=True):
        if job.done is None and (job.payload.get(ENDLESS) or _serves(job, subject.everybodys)):
            continue
        count += 1
        if job.done is None:
            await db.delete(job)
            continue
        job.payload, job.lane = {}, ""
        if subject.key in job.key:
            job.key = f"erased:{hashlib.sha256(job.key.encode()).hexdigest()}"
    await db.flush()
    return count


async def unsend(db: AsyncSession, subject: Subject) -> None:
    """Nothing that was or is to be sent to who left is for who has the address next, save a report
    for the office."""
    for job in await _jobs_to(db, subject):
        if job.done is not None:
            job.payload = {}
        elif not job.payload.get(ENDLESS):
            await db.delete(job)
    await db.flush()


def _serves(job: Job, refs: Sequence[str]) -> bool:
    content = f"{job.key} {job.payload}"
    return any(ref in content for ref in refs)


async def _jobs_to(db: AsyncSession, subject: Subject, *, everywhere: bool = False) -> list[Job]:
    """The messages to this person in the outbox, sent or not.

    everywhere: also finished work for others that names this person.
    """
    found = await rows(db, Job, or_(*(_mentions(name) for name in subject.names)))
    return [
        job for job in found if _receives(job, subject) or (everywhere and job.done is not None)
    ]


def _mentions(name: str) -> ColumnElement[bool]:
    """Work whose key or content holds this text."""
    written = json.dumps(name)[1:-1]
    return or_(
        cast(col(Job.payload), Text).contains(written, autoescape=True),
        col(Job.key).contains(name, autoescape=True),
    )


def _receives(job: Job, subject: Subject) -> bool:
    """Whether this is a message to the person, by any way."""
    to = job.payload.get("to") or (job.payload.get("notice") or {}).get("to")
    if to == subject.key:
        return True
    address = job.payload.get("address")
    if not address:
        return False
    found = people.address_from(address)
    keys = {account.key for account in subject.accounts}
    return found.account == subject.key or found.account_key in keys


def _message(job: Job) -> dict[str, Any]:
    content = job.payload.get("reply") or job.payload.get("message") or {}
    done = job.done.isoformat() if job.done else None
    return {"due": job.due.isoformat(), "done": done, "message": content}


HOLDING = Holding(
    tables=(
        Person, Account, Conversation, Draft, Accepted, Job, Lane, Posted, Counter, Secret,
    ),
    held=_held,
    erase=_erase,
    pending=_pending,
    old=_old,
    owned=(Conversation.person, Draft.person),
)  # fmt: skip
