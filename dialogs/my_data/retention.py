"""What is removed by itself, and when: closed cases and reports, talk, and finished work."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.dialog import Office
from bot.engine.jobs import Inside, Task
from bot.engine.store.tables import (
    Accepted,
    Breach,
    Case,
    Conversation,
    Draft,
    Entry,
    Job,
    Lane,
    LocalMessage,
    Posted,
    Recording,
)

KEEP_DONE = timedelta(days=30)  # accepted events and finished work: long past any redelivery


async def clean(db: AsyncSession, now: datetime, office: Office) -> dict[str, int]:
    """Remove what is past its period; how many rows of each table."""
    closed = now - timedelta(days=office.keep_closed)
    talk = now - timedelta(days=office.keep_talk)
    done = now - KEEP_DONE
    old: list[tuple[type[SQLModel], ColumnElement[bool]]] = [
        (Entry, col(Entry.subject).in_(select(Case.ref).where(col(Case.closed_at) < closed))),
        (Entry, col(Entry.subject).in_(select(Breach.ref).where(col(Breach.closed_at) < closed))),
        (Case, col(Case.closed_at) < closed),
        (Breach, col(Breach.closed_at) < closed),
        (Conversation, col(Conversation.at) < talk),
        (Draft, col(Draft.at) < talk),
        (LocalMessage, col(LocalMessage.at) < talk),
        (Posted, col(Posted.at) < closed),
        (Recording, col(Recording.deleted_at) < talk),
        (Accepted, col(Accepted.at) < done),
        (Job, col(Job.done) < done),
        (Job, col(Job.error).is_not(None) & (col(Job.due) < done)),
        (Lane, col(Lane.free) < done),
    ]
    counts: dict[str, int] = {}
    for table, which in old:
        name = table.__name__.lower()
        counts[name] = counts.get(name, 0) + await _drop(db, table, which)
    return counts


async def _drop(db: AsyncSession, table: type[SQLModel], which: ColumnElement[bool]) -> int:
    # Nothing of these rows is loaded in a job's session, so there is nothing to keep in step.
    statement = delete(table).where(which).execution_options(synchronize_session=False)
    return (await db.exec(statement)).rowcount


def job(office: Office) -> Inside:
    """The daily work."""

    async def run(task: Task, db: AsyncSession, now: datetime) -> None:
        await clean(db, now, office)

    return run
