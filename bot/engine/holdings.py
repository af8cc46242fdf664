"""What the bot holds about people: declared by whoever keeps it, asked by 'my data' and retention.

A dialog, a platform and the engine each declare their `Holding`; nobody else lists their tables.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, delete
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.engine.store.database import erasing
from bot.engine.store.tables import Account

Row = TypeVar("Row", bound=SQLModel)
Held = Mapping[str, Sequence[Mapping[str, Any]]]
Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Subject:
    """The person whose data it is.

    key: the person's key. accounts: their chat accounts. duties: references of what is still open
    and needs them. everybodys: references of all that is open, whoever it needs.
    """

    key: str
    accounts: tuple[Account, ...] = ()
    duties: tuple[str, ...] = ()
    everybodys: tuple[str, ...] = ()

    @property
    def names(self) -> set[str]:
        """What they are called in addresses: their key, and the accounts' own names."""
        return {self.key, *(account.key.split(":", 2)[-1] for account in self.accounts)}


@dataclass(frozen=True, slots=True)
class Periods:
    """What lies before these moments is past its period.

    closed: closed cases and reports. talk: conversations. done: accepted events, finished work.
    """

    closed: datetime
    talk: datetime
    done: datetime


Old = tuple[type[SQLModel], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Holding:
    """What one owner keeps in its tables, and what becomes of it.

    held: all that names a person, JSON data by the name it has in 'my data'
    (`mydata.kind.<name>`, or `<name>.held` in the dialog's own texts).
    erase: remove it, as far as no open duty needs it; how many rows, by those names.
    pending: what a person may not expect to lose with it (`mydata.forget.<name>`, with its number).
    open: references of what is still open: of this person, or of everybody for None.
    old: which rows are past their period, in the order in which they can go.
    leaves: what must happen when somebody leaves: what others wait for goes on without them.
    owned: the columns that name whose record it is; they follow who becomes known.
    """

    tables: tuple[type[SQLModel], ...]
    held: Callable[[AsyncSession, Subject], Awaitable[Held]] | None = None
    erase: Callable[[AsyncSession, Subject], Awaitable[Counts]] | None = None
    pending: Callable[[AsyncSession, Subject], Awaitable[Counts]] | None = None
    open: Callable[[AsyncSession, str | None], Awaitable[Sequence[str]]] | None = None
    old: Callable[[Periods], Sequence[Old]] | None = None
    leaves: Callable[[AsyncSession, str, datetime], Awaitable[None]] | None = None
    owned: tuple[Any, ...] = ()


def owned(holdings: Iterable[Holding]) -> tuple[Any, ...]:
    """The columns of all tables that name whose record it is."""
    return tuple(column for holding in holdings for column in holding.owned)


def of_owner(
    name: str,
    table: type[SQLModel],
    owner: Any,
    *,
    old: Callable[[Periods], ColumnElement[bool]] | None = None,
    pending: ColumnElement[bool] | None = None,
) -> Holding:
    """A table whose rows belong to the person in one column, and go with them."""

    async def held(db: AsyncSession, subject: Subject) -> Held:
        return {name: plain(await rows(db, table, owner == subject.key))}

    async def erase(db: AsyncSession, subject: Subject) -> Counts:
        return {name: await drop(db, table, owner == subject.key)}

    async def waiting(db: AsyncSession, subject: Subject) -> Counts:
        return {name: len(await rows(db, table, owner == subject.key, pending))}

    return Holding(
        tables=(table,),
        held=held,
        erase=erase,
        pending=waiting if pending is not None else None,
        old=(lambda periods: [(table, old(periods))]) if old else None,
        owned=(owner,),
    )


async def rows(db: AsyncSession, table: type[Row], *which: Any) -> list[Row]:
    """The rows of a table that fit, in the order of their keys."""
    order = table.__table__.primary_key.columns  # type: ignore[attr-defined]  # every table has it
    return list(await db.exec(select(table).where(*which).order_by(*order)))


async def drop(db: AsyncSession, table: type[SQLModel], *which: Any) -> int:
    """Remove the rows that fit; how many."""
    erasing(db)
    return (await db.exec(delete(table).where(*which))).rowcount


def plain(found: Sequence[SQLModel]) -> list[dict[str, Any]]:
    """Rows as JSON data."""
    return [row.model_dump(mode="json") for row in found]


def among(column: Any, values: Any) -> ColumnElement[bool]:
    """The condition that a column has one of these values."""
    return col(column).in_(values)
