"""Reports as they are kept, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.forms import Kind
from bot.engine.holdings import Counts, Held, Holding, Old, Periods, Subject, rows
from bot.engine.store.columns import document, maybe_moment, moment
from dialogs import history
from dialogs.breach.form import FORM
from dialogs.history import Entry

FREE_TEXT = frozenset(f.name for f in FORM.fields if f.kind in (Kind.TEXT, Kind.PARAGRAPH))


class BreachState(StrEnum):
    """How far a report is."""

    SENT = "sent"  # not yet accepted by the mail server
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class Breach(SQLModel, table=True):
    """A report of a possible breach (O3). Only the reporter and the privacy officer see it."""

    ref: str = Field(primary_key=True)
    reporter: str = Field(index=True)
    reporter_name: str = ""
    state: str = BreachState.SENT
    answers: dict[str, Any] = document()
    noticed_at: datetime = moment()
    reported_at: datetime = moment()
    delivered_at: datetime | None = maybe_moment()
    acknowledged_at: datetime | None = maybe_moment()
    closed_at: datetime | None = maybe_moment()
    closing: str = ""


async def _held(db: AsyncSession, subject: Subject) -> Held:
    key = subject.key
    not_own = select(Breach.ref).where(Breach.reporter != key)
    return {
        "reports": [
            await history.with_history(db, row.ref, row)
            for row in await rows(db, Breach, Breach.reporter == key)
        ],
        "words_in_other_cases": await history.words_in(db, key, not_own),
    }


async def _erase(db: AsyncSession, subject: Subject) -> Counts:
    """Closed reports: the institute must keep a register (AVG 33(5)), but without the reporter."""
    key = subject.key
    closed = await rows(db, Breach, Breach.reporter == key, col(Breach.closed_at).is_not(None))
    for row in closed:
        row.reporter = row.reporter_name = ""
        row.answers = {k: v for k, v in row.answers.items() if k not in FREE_TEXT}
        await history.unsay(db, row.ref, key)
    await db.flush()
    return {"reports": len(closed)}


async def _open(db: AsyncSession, key: str | None) -> Sequence[str]:
    still: list[ColumnElement[bool]] = [col(Breach.closed_at).is_(None)]
    if key is not None:
        still.append(col(Breach.reporter) == key)
    return [row.ref for row in await rows(db, Breach, *still)]


def _old(periods: Periods) -> Sequence[Old]:
    closed = col(Breach.closed_at) < periods.closed
    return [(Entry, col(Entry.subject).in_(select(Breach.ref).where(closed))), (Breach, closed)]


HOLDING = Holding(
    tables=(Breach, Entry),
    held=_held,
    erase=_erase,
    open=_open,
    old=_old,
    owned=(Breach.reporter,),
)
