"""Imports of the roster as they are kept: to look at before they count, and to undo the last one."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Field, SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.holdings import Counts, Held, Holding, Old, Periods, Subject, drop, rows
from bot.engine.store.columns import document, moment
from dialogs import history
from dialogs.history import Entry

PREFIX = "person:"  # a person's history stands under this and their address


class ImportState(StrEnum):
    """How far an import is."""

    PREVIEW = "preview"
    DONE = "done"
    UNDONE = "undone"


class RosterImport(SQLModel, table=True):
    """A list that was sent in. person: by whom.

    sheet: its head, lines and which column is which, until it is confirmed.
    before: per address how the roster had them ('was', None for nobody) and has them now ('now').
    """

    id: int | None = Field(default=None, primary_key=True)
    person: str = Field(index=True)
    state: str = ImportState.PREVIEW
    at: datetime = moment()
    sheet: dict[str, Any] = document()
    before: dict[str, Any] = document()


async def _held(db: AsyncSession, subject: Subject) -> Held:
    """That there were imports, not whom they were about: those find it in their own row."""
    found = await rows(db, RosterImport, RosterImport.person == subject.key)
    steps = await history.entries_of(db, f"{PREFIX}{subject.key}")
    return {
        "roster_imports": [{"at": str(row.at), "state": row.state} for row in found],
        "roster_changes": [{"at": str(step.at), "what": step.what} for step in steps],
    }


async def _erase(db: AsyncSession, subject: Subject) -> Counts:
    for row in await rows(db, RosterImport):
        if subject.key in row.before:
            row.before = {k: v for k, v in row.before.items() if k != subject.key}
    return {
        "roster_imports": await drop(db, RosterImport, RosterImport.person == subject.key),
        "roster_changes": await drop(db, Entry, Entry.subject == f"{PREFIX}{subject.key}"),
    }


def _old(periods: Periods) -> list[Old]:
    changed = col(Entry.subject).startswith(PREFIX) & (col(Entry.at) < periods.closed)
    return [(Entry, changed), (RosterImport, col(RosterImport.at) < periods.talk)]


HOLDING = Holding(tables=(RosterImport, Entry), held=_held, erase=_erase, old=_old)
