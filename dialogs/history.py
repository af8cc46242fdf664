"""The history of a case or report: who did what, with what words.

Two dialogs write it, each about its own subjects, and each answers for its own lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.dialog import Turn
from bot.engine.holdings import drop, plain, rows
from bot.engine.store.columns import moment


class Entry(SQLModel, table=True):
    """One step in the history of a case or breach, oldest first: who did what, with what words.

    place: the platform where it was done, '' for what the bot did by itself.
    """

    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(index=True)
    at: datetime = moment()
    author: str
    what: str
    words: str = ""
    place: str = ""


async def note(
    db: AsyncSession,
    subject: str,
    at: datetime,
    author: str,
    what: str,
    words: str = "",
    place: str = "",
) -> Entry:
    """Write a step down; it then has its id, which makes the keys of what follows from it."""
    entry = Entry(subject=subject, at=at, author=author, what=what, words=words, place=place)
    db.add(entry)
    await db.flush()
    return entry


async def step(turn: Turn, subject: str, what: str, words: str = "") -> Entry:
    """Write down what this turn's person does, here and now."""
    place = turn.event.address.platform
    return await note(turn.db, subject, turn.now, turn.who.key, what, words, place)


async def entries_of(db: AsyncSession, subject: str) -> Sequence[Entry]:
    """What happened, oldest first."""
    found = await db.exec(select(Entry).where(Entry.subject == subject).order_by(col(Entry.id)))
    return found.all()


async def with_history(db: AsyncSession, ref: str, row: SQLModel) -> dict[str, Any]:
    """A row as JSON data, with its history."""
    return {**row.model_dump(mode="json"), "history": plain(await entries_of(db, ref))}


async def words_in(db: AsyncSession, author: str, subjects: Any) -> list[dict[str, Any]]:
    """What somebody said about these subjects, as JSON data."""
    return plain(await rows(db, Entry, Entry.author == author, col(Entry.subject).in_(subjects)))


async def unsay(db: AsyncSession, subject: str, author: str) -> None:
    """Take somebody's name and words out of a history that stays."""
    for entry in await rows(db, Entry, Entry.subject == subject, Entry.author == author):
        entry.author = entry.words = ""


async def forget(db: AsyncSession, subject: str) -> None:
    """Remove the whole history of a subject."""
    await drop(db, Entry, Entry.subject == subject)
